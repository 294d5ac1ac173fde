// The lazy page: who made it, which version it is, and where the licences are.

const PARTS = [
  ["Harbour Kit", "2.1.0", "times of day, calendars, search"],
  ["Harbour Times", "1.4.2", "this app"],
];

/*! slot:token */
const WORDS = {
  en: {
    lead: "Ferry times for the harbour, also without a network.",
    data: "The timetable is part of the app and comes with its updates. Live delays are asked for without any identifier.",
    parts: "Parts",
    licences: "Licences",
  },
  de: {
    lead: "Fährzeiten für den Hafen, auch ohne Netz.",
    data: "Der Fahrplan ist Teil der App und kommt mit ihren Aktualisierungen. Verspätungen werden ohne jede Kennung abgefragt.",
    parts: "Bestandteile",
    licences: "Lizenzen",
  },
};

export default function about({ h, icon, t, version, bundle, language }) {
  const words = WORDS[language] ?? WORDS.en;
  const licences = h("pre", { class: "licences" });
  const open = async () => {
    const answer = await fetch("3rdpartylicenses.txt");
    licences.textContent = await answer.text();
  };
  return h(
    "section",
    { class: "page page-about" },
    h("h2", null, t("about.title")),
    h("p", null, icon("wave"), words.lead),
    h("p", null, t("about.version", { version: bundle === "builtin" ? version : bundle })),
    h("p", { class: "fine" }, words.data),
    h("h3", null, words.parts),
    h(
      "dl",
      null,
      PARTS.map(([name, number, purpose]) => [h("dt", null, `${name} ${number}`), h("dd", null, purpose)]),
    ),
    h("button", { type: "button", class: "action", onclick: open }, words.licences),
    licences,
  );
}
