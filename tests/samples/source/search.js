// The search worker: ranks piers and lines off the main thread. A classic worker, so that old WebViews run it.
importScripts(__VENDOR__);

/*! slot:worker */
let places = [];

self.addEventListener("message", (event) => {
  const request = event.data;
  if (request.kind === "index") {
    places = request.places;
    self.postMessage({ kind: "ready", count: places.length });
    return;
  }
  const ranked = places
    .map((place) => ({ place, score: self.HarbourKit.score(request.text, place.name) }))
    .filter((entry) => entry.score !== Infinity);
  const found = self.HarbourKit.sortBy(ranked, (entry) => entry.score + entry.place.name.length / 1000);
  self.postMessage({ kind: "found", turn: request.turn, places: found.slice(0, 12).map((entry) => entry.place) });
});
