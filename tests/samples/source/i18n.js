// Texts: English is built in, the rest is data beside the app.

const BUILT_IN = {
  "app.title": "Harbour Times",
  "app.offline": "Stored timetable; live delays are not available",
  "app.updated": "Timetable of {date}",
  "home.next": "Next departures",
  "home.none": "No more departures today",
  "home.lines": "Lines",
  "line.stops": "{count|one stop|{n} stops}",
  "line.from": "from {pier}",
  "line.weekday": "Monday to Friday",
  "line.saturday": "Saturday",
  "line.sunday": "Sunday and public holidays",
  "line.calendar": "Add crossing to calendar",
  "departure.now": "now",
  "departure.in": "in {count|one minute|{n} minutes}",
  "departure.late": "+{n} min",
  "departure.cancelled": "cancelled",
  "pier.title": "Pier {name}",
  "pier.access.step-free": "Step-free access",
  "pier.access.steps": "Steps at low water",
  "pier.low": "Low water: the steps are steep now",
  "pier.tide": "Tide (estimate)",
  "pier.tide.high": "High water",
  "pier.tide.low": "Low water",
  "search.title": "Search",
  "search.hint": "Pier or line",
  "search.none": "Nothing found for “{text}”",
  "settings.title": "Settings",
  "settings.language": "Language",
  "settings.clock": "Clock",
  "settings.clock.24": "24 hours",
  "settings.clock.12": "12 hours",
  "about.title": "About",
  "about.version": "Version {version}",
  "error.missing": "This page does not exist",
  "error.load": "The timetable could not be read",
  "nav.home": "Departures",
  "nav.back": "Back",
};

const LANGUAGES = { en: "English", de: "Deutsch" };

let language = "en";
let texts = BUILT_IN;

export const languages = () => Object.entries(LANGUAGES);
export const currentLanguage = () => language;

export async function speak(wanted) {
  const known = Object.hasOwn(LANGUAGES, wanted) ? wanted : "en";
  try {
    const answer = await fetch(`i18n/${known}.json`);
    const more = await answer.json();
    texts = { ...BUILT_IN, ...Object.fromEntries(Object.entries(more).filter(([, text]) => typeof text === "string")) };
    language = known;
  } catch {
    texts = BUILT_IN;
    language = "en";
  }
  document.documentElement.lang = language;
}

/** "{name}" is replaced; "{count|one|many}" chooses, with "{n}" inside as the number. */
export function t(key, values = {}) {
  const text = texts[key] ?? BUILT_IN[key] ?? key;
  return text
    .replace(/\{count\|([^|]*)\|((?:[^{}]|\{n\})*)\}/g, (_, one, many) => (values.count === 1 ? one : many.replace("{n}", values.count)))
    .replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function longDate(date) {
  return new Intl.DateTimeFormat(language, { dateStyle: "full" }).format(date);
}
