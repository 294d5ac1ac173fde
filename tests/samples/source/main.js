// Harbour Times: the app.
import { App, CapacitorUpdater, SplashScreen, isNative, preload, root } from "./runtime.js";
import { h, icon, show } from "./dom.js";
import { currentLanguage, speak, t } from "./i18n.js";
import { loadDelays, loadTimetable } from "./timetable.js";
import { createRouter } from "./router.js";
import * as views from "./views.js";

/*! slot:rules */
const VERSION = "1.4.2";
const REFRESH = 30000;

const state = {
  timetable: null,
  delays: undefined,
  twelve: false,
};

const page = (view) => (values) => (state.timetable ? view(state, values, repaint) : views.failed(state.problem));

/*! slot:payment */
async function about() {
  const lazy = await preload(() => import(__ABOUT__), ["assets/" + __ABOUT_FILE__]);
  const { bundle } = await CapacitorUpdater.current();
  return lazy.default({ h, icon, t, version: VERSION, bundle: bundle.version, language: currentLanguage() });
}

const router = createRouter(
  {
    "/": page(views.home),
    "/line/:id": page(views.linePage),
    "/pier/:id": page(views.pierPage),
    "/search": page(views.searchPage),
    "/settings": page(views.settingsPage),
    "/about": about,
  },
  views.missing,
);

function repaint() {
  paintFrame();
  return router.open();
}

/*! slot:script */
const host = document.getElementById("app");
const main = h("main", { id: "main", tabindex: -1 });

function tab(href, name, label) {
  const here = `#${router.path()}` === href;
  return h("a", { href, class: "tab", "aria-current": here ? "page" : null }, icon(name), h("span", null, label));
}

function paintFrame() {
  const top = h(
    "header",
    { class: "bar" },
    router.path() !== "/" && h("button", { type: "button", class: "back", onclick: () => router.back() }, icon("back", t("nav.back"))),
    h("h1", null, t("app.title")),
  );
  const tabs = h(
    "nav",
    { class: "tabs" },
    tab("#/", "boat", t("nav.home")),
    tab("#/search", "search", t("search.title")),
    tab("#/settings", "gear", t("settings.title")),
    tab("#/about", "info", t("about.title")),
  );
  show(host, top, main, tabs);
}

router.onPage(({ content }) => {
  paintFrame();
  show(main, content);
  document.title = t("app.title");
});

function colours(timetable) {
  const sheet = new CSSStyleSheet();
  const rules = [...timetable.lines.values()].map((line) => `.badge[data-line="${CSS.escape(line.id)}"]{background:${line.colour}}`);
  sheet.replaceSync(rules.join("\n"));
  document.adoptedStyleSheets = [sheet];
}

/*! slot:message */
async function refresh() {
  if (document.hidden) return;
  state.delays = await loadDelays();
  if (["/", ""].includes(router.path()) || /^\/(?:line|pier)\//.test(router.path())) await router.open();
}

async function start() {
  await speak(navigator.language?.slice(0, 2) ?? "en");
  paintFrame();
  try {
    state.timetable = await loadTimetable();
    colours(state.timetable);
  } catch (problem) {
    state.problem = problem;
  }
  await router.open();
  await CapacitorUpdater.notifyAppReady();
  await SplashScreen.hide();
  if (isNative()) {
    await App.addListener("backButton", () => {
      if (!router.back()) App.exitApp();
    });
  }
  await refresh();
  setInterval(refresh, REFRESH);
  document.addEventListener("visibilitychange", refresh);
}

/*! slot:promo */
root.addEventListener("harbour:preloadError", (event) => {
  event.preventDefault();
  show(main, views.failed(event.payload));
});

start();
