// The pages.
import { root } from "./runtime.js";
import { h, icon, show, svg } from "./dom.js";
import { t, languages, currentLanguage, speak, longDate } from "./i18n.js";
import { boardOf, calendarOf, departures } from "./timetable.js";
import { curve, extremes, isLow } from "./tides.js";

const kit = () => root.HarbourKit;

function badge(line) {
  return h("span", { class: "badge", "data-line": line.id, title: line.name }, line.id);
}

function waitText(departure, delay) {
  if (delay === null) return t("departure.cancelled");
  const wait = departure.wait + (delay ?? 0);
  return wait < 1 ? t("departure.now") : t("departure.in", { count: wait });
}

function departureRow(state, departure) {
  const delay = state.delays?.get(departure.key);
  return h(
    "li",
    { class: ["departure", delay === null && "departure-cancelled", delay > 0 && "departure-late"] },
    badge(departure.line),
    h("a", { href: `#/line/${encodeURIComponent(departure.line.id)}`, class: "departure-to" }, departure.to.name),
    h("span", { class: "departure-from" }, t("line.from", { pier: departure.pier.name })),
    h("time", { class: "departure-time" }, kit().formatTime(departure.minute, state.twelve)),
    delay > 0 && h("span", { class: "departure-delay" }, t("departure.late", { n: delay })),
    h("span", { class: "departure-wait" }, waitText(departure, delay)),
  );
}

function departureList(state, options) {
  const rows = departures(state.timetable, { at: new Date(), ...options });
  if (rows.length === 0) return h("p", { class: "empty" }, icon("wave"), t("home.none"));
  return h("ul", { class: "departures", "aria-live": "polite" }, rows.map((departure) => departureRow(state, departure)));
}

export function home(state) {
  const lines = [...state.timetable.lines.values()];
  return h(
    "section",
    { class: "page page-home" },
    state.delays === null && h("p", { class: "notice", role: "status" }, icon("warn"), t("app.offline")),
    h("h2", null, t("home.next")),
    departureList(state, { limit: 8 }),
    h("h2", null, t("home.lines")),
    h(
      "ul",
      { class: "lines" },
      lines.map((line) =>
        h(
          "li",
          null,
          h("a", { href: `#/line/${encodeURIComponent(line.id)}` }, badge(line), h("span", null, line.name)),
          h("small", null, t("line.stops", { count: line.stops.length })),
        ),
      ),
    ),
    h("p", { class: "fine" }, t("app.updated", { date: longDate(new Date(state.timetable.validFrom)) })),
  );
}

function boardTable(state, line) {
  return boardOf(state.timetable, line).map(({ kind, hours }) =>
    h(
      "table",
      { class: "board" },
      h("caption", null, t(`line.${kind}`)),
      h(
        "tbody",
        null,
        hours.map(({ hour, minutes }) => h("tr", null, h("th", { scope: "row" }, hour), h("td", null, minutes.join("  ")))),
      ),
    ),
  );
}

function saveCrossing(departure) {
  const address = URL.createObjectURL(calendarOf(departure, new Date()));
  const link = h("a", { href: address, download: `${departure.line.id}-${departure.minute}.ics` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export function linePage(state, { id }) {
  const line = state.timetable.lines.get(id);
  if (!line) return missing();
  const next = departures(state.timetable, { at: new Date(), line: id, limit: 1 })[0];
  return h(
    "section",
    { class: "page page-line" },
    h("h2", null, badge(line), line.name),
    h(
      "ol",
      { class: "stops" },
      line.stops.map((stop) => {
        const pier = state.timetable.piers.get(stop.pier);
        return h("li", null, h("a", { href: `#/pier/${pier.id}` }, pier.name), h("small", null, `+${stop.after}′`));
      }),
    ),
    departureList(state, { line: id, limit: 4 }),
    next && h("button", { type: "button", class: "action", onclick: () => saveCrossing(next) }, icon("clock"), t("line.calendar")),
    boardTable(state, line),
  );
}

function tidePanel(state) {
  const now = new Date();
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const waters = extremes(day, kit().addDays(day, 1));
  const line = svg("polyline", { points: curve(day, 288, 40), fill: "none", stroke: "currentColor", "stroke-width": 2 });
  const x = (kit().minutesOf(now) / kit().DAY) * 288;
  const mark = svg("line", { x1: x, x2: x, y1: 0, y2: 80, class: "tide-now", stroke: "currentColor", "stroke-dasharray": "3 3" });
  return h(
    "figure",
    { class: "tide" },
    h("figcaption", null, t("pier.tide")),
    svg("svg", { viewBox: "0 0 288 80", role: "img", "aria-label": t("pier.tide") }, line, mark),
    h(
      "ul",
      { class: "tide-list" },
      waters.map((water) =>
        h("li", null, t(`pier.tide.${water.kind}`), " ", h("time", null, kit().formatTime(kit().minutesOf(water.at), state.twelve))),
      ),
    ),
  );
}

export function pierPage(state, { id }) {
  const pier = state.timetable.piers.get(id);
  if (!pier) return missing();
  return h(
    "section",
    { class: "page page-pier" },
    h("h2", null, t("pier.title", { name: pier.name })),
    h("p", null, t(`pier.access.${pier.access}`)),
    pier.access === "steps" && isLow(new Date()) && h("p", { class: "notice", role: "status" }, icon("warn"), t("pier.low")),
    departureList(state, { pier: id, limit: 12 }),
    pier.access === "steps" && tidePanel(state),
  );
}

function createSearcher(state) {
  const places = [
    ...[...state.timetable.piers.values()].map((pier) => ({ name: pier.name, href: `#/pier/${pier.id}` })),
    ...[...state.timetable.lines.values()].map((line) => ({ name: line.name, href: `#/line/${encodeURIComponent(line.id)}` })),
  ];
  const worker = new Worker("assets/" + __SEARCH__);
  const waiting = new Map();
  let turn = 0;
  worker.addEventListener("message", ({ data }) => {
    if (data.kind !== "found") return;
    waiting.get(data.turn)?.(data.places);
    waiting.delete(data.turn);
  });
  worker.postMessage({ kind: "index", places });
  return (text) =>
    new Promise((resolve) => {
      waiting.set(++turn, resolve);
      worker.postMessage({ kind: "find", text, turn });
    });
}

let searcher;

export function searchPage(state) {
  searcher ??= createSearcher(state);
  const results = h("ul", { class: "results", "aria-live": "polite" });
  const find = kit().debounce(async (text) => {
    if (text.trim() === "") return show(results);
    const places = await searcher(text);
    if (places.length === 0) return show(results, h("li", { class: "empty" }, t("search.none", { text })));
    return show(results, places.map((place) => h("li", null, h("a", { href: place.href }, place.name))));
  }, 150);
  return h(
    "section",
    { class: "page page-search" },
    h("h2", null, t("search.title")),
    h("input", {
      type: "search",
      placeholder: t("search.hint"),
      "aria-label": t("search.hint"),
      autocomplete: "off",
      oninput: (event) => find(event.target.value),
    }),
    results,
  );
}

export function settingsPage(state, _, again) {
  const choice = (name, value, label, on, chosen) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: "radio", name, value, checked: on, onchange: () => chosen(value) }),
      h("span", null, label),
    );
  return h(
    "section",
    { class: "page page-settings" },
    h("h2", null, t("settings.title")),
    h(
      "fieldset",
      null,
      h("legend", null, t("settings.language")),
      languages().map(([code, label]) =>
        choice("language", code, label, code === currentLanguage(), async (value) => {
          await speak(value);
          again();
        }),
      ),
    ),
    h(
      "fieldset",
      null,
      h("legend", null, t("settings.clock")),
      ["24", "12"].map((hours) =>
        choice("clock", hours, t(`settings.clock.${hours}`), (hours === "12") === state.twelve, (value) => {
          state.twelve = value === "12";
          again();
        }),
      ),
    ),
  );
}

export function missing() {
  return h("section", { class: "page page-missing" }, icon("boat"), h("p", null, t("error.missing")));
}

export function failed(problem) {
  return h(
    "section",
    { class: "page page-failed" },
    icon("warn"),
    h("p", null, t("error.load")),
    h("pre", null, problem?.message ?? ""),
  );
}
