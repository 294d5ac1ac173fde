// An estimate of the tide from the four largest constituents of a made-up harbour: enough to warn of steep steps.

const HOUR = 3600000;
const START = Date.UTC(2026, 0, 1);

// name, height in metres, degrees per hour, phase in degrees
const CONSTITUENTS = [
  ["M2", 1.42, 28.9841042, 214],
  ["S2", 0.38, 30, 281],
  ["N2", 0.27, 28.4397295, 190],
  ["K1", 0.09, 15.0410686, 17],
];

export function height(date) {
  const hours = (date - START) / HOUR;
  return CONSTITUENTS.reduce((sum, [, size, speed, phase]) => sum + size * Math.cos(((speed * hours - phase) * Math.PI) / 180), 0);
}

/** High and low waters between two moments, to the nearest five minutes. */
export function extremes(from, until) {
  const step = HOUR / 12;
  const found = [];
  let before = height(from);
  let here = height(+from + step);
  for (let moment = +from + step; moment < until; moment += step) {
    const after = height(moment + step);
    if ((here - before) * (after - here) <= 0) found.push({ kind: here > before ? "high" : "low", at: new Date(moment), height: here });
    before = here;
    here = after;
  }
  return found;
}

export const isLow = (date) => height(date) < -1.1;

/** The curve of a day as the points of a polyline in a box. */
export function curve(day, width, top) {
  const points = [];
  for (let half = 0; half <= 48; half++) {
    const level = height(+day + (half * HOUR) / 2);
    points.push(`${((half / 48) * width).toFixed(1)},${(top - (level * top) / 2.4).toFixed(1)}`);
  }
  return points.join(" ");
}
