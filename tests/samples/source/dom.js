// Elements without markup strings: text can only ever become text.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

function dress(element, attributes) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "class") element.setAttribute("class", [value].flat().filter(Boolean).join(" "));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  return element;
}

export function h(tag, attributes, ...children) {
  return fill(dress(document.createElement(tag), attributes), children);
}

export function svg(tag, attributes, ...children) {
  return fill(dress(document.createElementNS(SVG, tag), attributes), children);
}

export function show(host, ...children) {
  host.replaceChildren();
  return fill(host, children);
}

const ICONS = {
  boat: "M3 14h18l-3 6H6zM6 13V8h7V4h2v4h3v5z",
  back: "M15 4l-8 8 8 8",
  search: "M10 4a6 6 0 1 0 0 12a6 6 0 1 0 0-12M15 15l5 5",
  clock: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l4 2",
  warn: "M12 3l10 18H2zM12 10v5M12 18v1",
  wave: "M2 14c3-3 5-3 8 0s5 3 8 0l4-2M2 19c3-3 5-3 8 0s5 3 8 0l4-2",
  gear: "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2v4M12 18v4M2 12h4M18 12h4M5 5l3 3M16 16l3 3M19 5l-3 3M8 16l-3 3",
  info: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 11v6M12 7v1",
};

export function icon(name, label) {
  const drawing = svg("path", { d: ICONS[name], fill: "none", stroke: "currentColor", "stroke-width": 2 });
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", role: label ? "img" : null, "aria-label": label, "aria-hidden": label ? null : "true" },
    drawing,
  );
}
