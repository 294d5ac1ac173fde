// Pages by the part after "#": "/line/:id" and the like.

function compile(pattern) {
  const names = [];
  const source = pattern
    .split("/")
    .map((part) => {
      if (!part.startsWith(":")) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      names.push(part.slice(1));
      return "([^/]+)";
    })
    .join("/");
  return { names, expression: new RegExp(`^${source}$`) };
}

export function createRouter(pages, missing) {
  const compiled = Object.entries(pages).map(([pattern, page]) => ({ ...compile(pattern), page }));
  const listeners = new Set();
  let turn = 0;

  const path = () => decodeURI(location.hash.replace(/^#/, "")) || "/";

  function match(wanted) {
    for (const { names, expression, page } of compiled) {
      const hit = expression.exec(wanted);
      if (hit) return { page, values: Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(hit[index + 1])])) };
    }
    return { page: missing, values: {} };
  }

  async function open() {
    const mine = ++turn;
    const { page, values } = match(path());
    const content = await page(values);
    if (mine !== turn) return;
    for (const listener of listeners) listener({ path: path(), content });
  }

  addEventListener("hashchange", open);
  return {
    open,
    path,
    go: (wanted) => {
      location.hash = wanted;
    },
    back: () => (path() === "/" ? false : (history.back(), true)),
    onPage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
