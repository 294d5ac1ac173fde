// What a bundler puts in front: the global object, the preload helper, and calls to native plugins.

export const root = (() => {
  if (typeof globalThis === "object") return globalThis;
  try {
    return Function("return this")();
  } catch {
    return window;
  }
})();

const asked = new Set();

/** Asks for the files of a lazy page before it is imported. */
export function preload(load, files) {
  const base = new URL("../", import.meta.url);
  for (const file of files) {
    const href = new URL(file, base).href;
    if (asked.has(href)) continue;
    asked.add(href);
    if (document.querySelector(`link[href="${href}"]`)) continue;
    const link = document.createElement("link");
    const style = file.endsWith(".css");
    link.rel = style ? "stylesheet" : "modulepreload";
    if (!style) link.crossOrigin = "";
    link.href = href;
    document.head.appendChild(link);
  }
  return load().catch((problem) => {
    const event = new Event("harbour:preloadError", { cancelable: true });
    event.payload = problem;
    root.dispatchEvent(event);
    if (!event.defaultPrevented) throw problem;
  });
}

export const platform = () => root.Capacitor?.getPlatform?.() ?? "web";
export const isNative = () => root.Capacitor?.isNativePlatform?.() ?? false;

/** A plugin by its name: native where there is one, otherwise the given stand-in for browsers. */
export function registerPlugin(name, standIn = {}) {
  const native = () => (isNative() ? root.Capacitor?.Plugins?.[name] : undefined);
  return new Proxy(Object.freeze({}), {
    get(_, method) {
      if (method === "then") return undefined;
      return async (...values) => {
        const target = native() ?? standIn;
        const call = target[method];
        if (typeof call !== "function") {
          const problem = new Error(`"${name}.${String(method)}" is not there on ${platform()}`);
          problem.code = "UNIMPLEMENTED";
          throw problem;
        }
        return call.apply(target, values);
      };
    },
  });
}

export const CapacitorUpdater = registerPlugin("CapacitorUpdater", {
  notifyAppReady: () => ({ bundle: { id: "builtin", version: "builtin" } }),
  current: () => ({ bundle: { id: "builtin", version: "builtin" }, native: "0" }),
  addListener: () => ({ remove() {} }),
});

export const App = registerPlugin("App", {
  addListener: () => ({ remove() {} }),
  exitApp() {},
});

export const SplashScreen = registerPlugin("SplashScreen", { hide() {} });
