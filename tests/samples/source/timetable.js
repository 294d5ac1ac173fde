// The timetable: read, checked, and asked for departures. Live delays are an extra that may be missing.
import { root } from "./runtime.js";

const LIVE = "https://api.harbour.example/v1/delays";
const kit = () => root.HarbourKit;

export class TimetableError extends Error {
  constructor(message, where) {
    super(`${message} (${where})`);
    this.name = "TimetableError";
    this.where = where;
  }
}

function need(condition, message, where) {
  if (!condition) throw new TimetableError(message, where);
}

function checkLine(line, index, piers) {
  const where = `lines[${index}]`;
  need(typeof line.id === "string" && line.id.length > 0, "a line has no id", where);
  need(/^#[0-9a-f]{6}$/i.test(line.colour), "a colour is expected", `${where}.colour`);
  need(Array.isArray(line.stops) && line.stops.length > 1, "a line has two stops or more", `${where}.stops`);
  line.stops.forEach((stop, at) => {
    need(piers.has(stop.pier), `unknown pier ${stop.pier}`, `${where}.stops[${at}]`);
    need(Number.isInteger(stop.after) && stop.after >= 0, "minutes after departure are expected", `${where}.stops[${at}].after`);
  });
  for (const kind of ["weekday", "saturday", "sunday"]) {
    const times = line.departures?.[kind];
    need(Array.isArray(times), `no departures for ${kind}`, `${where}.departures`);
    for (const time of times) need(!Number.isNaN(kit().parseTime(time)), `no time of day: ${time}`, `${where}.departures.${kind}`);
  }
}

export function checkTimetable(data) {
  need(data && data.format === "harbour-timetable/2", "another format", "format");
  need(Array.isArray(data.piers) && data.piers.length > 0, "no piers", "piers");
  const piers = new Map(data.piers.map((pier) => [pier.id, pier]));
  need(piers.size === data.piers.length, "a pier occurs twice", "piers");
  need(Array.isArray(data.lines), "no lines", "lines");
  data.lines.forEach((line, index) => checkLine(line, index, piers));
  return { ...data, piers, lines: new Map(data.lines.map((line) => [line.id, line])) };
}

export async function loadTimetable() {
  const answer = await fetch("data/timetable.json", { cache: "no-cache" });
  if (!answer.ok) throw new TimetableError(`status ${answer.status}`, "data/timetable.json");
  return checkTimetable(await answer.json());
}

/** Departures of one line on one day, in minutes since midnight, the day before's late boats included. */
function departuresOf(line, date, holidays) {
  const today = line.departures[kit().dayKind(date, holidays)].map((time) => kit().parseTime(time));
  const before = line.departures[kit().dayKind(kit().addDays(date, -1), holidays)]
    .map((time) => kit().parseTime(time) - kit().DAY)
    .filter((time) => time >= 0);
  return [...before, ...today].sort((left, right) => left - right);
}

export function departures(timetable, { at, pier, line, horizon = 180, limit = 20 }) {
  const now = kit().minutesOf(at);
  const found = [];
  for (const candidate of timetable.lines.values()) {
    if (line && candidate.id !== line) continue;
    for (const start of departuresOf(candidate, at, timetable.holidays)) {
      candidate.stops.forEach((stop, position) => {
        const last = position === candidate.stops.length - 1;
        if (pier ? stop.pier !== pier || last : position !== 0) return;
        const minute = start + stop.after;
        if (minute < now || minute > now + horizon) return;
        found.push({
          key: `${candidate.id}:${kit().isoDay(at)}:${start}`,
          line: candidate,
          pier: timetable.piers.get(stop.pier),
          to: timetable.piers.get(candidate.stops[candidate.stops.length - 1].pier),
          minute,
          wait: minute - now,
        });
      });
    }
  }
  return kit().sortBy(found, (departure) => departure.minute * 100 + departure.line.id.length).slice(0, limit);
}

export function boardOf(timetable, line) {
  return ["weekday", "saturday", "sunday"].map((kind) => ({
    kind,
    hours: kit()
      .sortBy(Object.entries(kit().groupBy(line.departures[kind], (time) => time.split(":")[0])), ([hour]) => hour)
      .map(([hour, times]) => ({ hour, minutes: times.map((time) => time.split(":")[1]) })),
  }));
}

/** Delays by departure key. Numbers are minutes; null means that the boat does not sail. */
export async function loadDelays(patience = 4000) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(LIVE, { signal: stop.signal, credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) return null;
    const body = await answer.json();
    return new Map(Object.entries(body.delays ?? {}).filter(([, value]) => value === null || Number.isFinite(value)));
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function stamp(date, minute) {
  const day = kit().addDays(date, Math.floor(minute / kit().DAY));
  return `${kit().isoDay(day).replaceAll("-", "")}T${kit().formatTime(minute).replace(":", "")}00`;
}

/** One crossing as a calendar file. */
export function calendarOf(departure, date) {
  const end = departure.line.stops[departure.line.stops.length - 1].after;
  const text = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Harbour Times//EN
BEGIN:VEVENT
UID:${departure.key}@harbour.example
DTSTART:${stamp(date, departure.minute)}
DTEND:${stamp(date, departure.minute + end)}
SUMMARY:${departure.line.name}
LOCATION:${departure.pier.name}
END:VEVENT
END:VCALENDAR
`;
  return new Blob([text.replaceAll("\n", "\r\n")], { type: "text/calendar" });
}
