// The frame: which view the address asks for, and drawing it.

import { aboutView } from "./about.js";
import { compareView } from "./compare.js";
import { DATA, suiteByName } from "./data.js";
import { NARROW, announce, byId, h } from "./dom.js";
import { failuresView } from "./failures.js";
import { startKeys } from "./keyboard.js";
import { startPlayButtons } from "./playbutton.js";
import { forgetViews, pause, player } from "./player.js";
import { arrival, keepPositions } from "./positions.js";
import { publishedView } from "./published.js";
import { linkTo, readState } from "./state.js";
import { suiteView } from "./suite.js";
import { startTheme } from "./theme.js";
import { tokenizerView } from "./tokenizer.js";
import { startTooltips } from "./tooltip.js";

const PAGES = { tokenizer: tokenizerView, compare: compareView, published: publishedView, failures: failuresView, about: aboutView };

function tabs(state) {
  const current = state.path[0] ?? DATA.suites[0]?.name;
  const onSuite = suiteByName(current) || !PAGES[current];
  const tab = (name, label, path) =>
    h(
      "a",
      { href: linkTo(path), "aria-current": (onSuite ? (current ?? name) : current) === name ? "page" : null },
      label,
    );
  byId("tabs").replaceChildren(
    ...DATA.suites.map((suite) => tab(suite.name, suite.name, [suite.name])),
    tab("compare", "Compare", ["compare"]),
    tab("published", "DATES, published", ["published"]),
    tab("about", "How to read", ["about"]),
  );
}

/** @type {string | undefined} */
let drawn; // the page that render drew last

/** Draw the view anew; focus, text cursor and scroll positions stay where the reader left them. */
function render() {
  const state = readState();
  const view = byId("view");
  const active = /** @type {HTMLInputElement | null} */ (document.activeElement);
  const kept = active?.dataset?.key && {
    key: active.dataset.key,
    start: active.type === "search" ? active.selectionStart : null,
  };
  const scrolled = new Map(
    [.../** @type {NodeListOf<HTMLElement>} */ (view.querySelectorAll("[data-keep]"))].map((node) => [node.dataset.keep, node.scrollLeft]),
  );
  const page = state.path.slice(0, 3).join("/");
  const arrived = arrival();
  if (player.playing && drawn !== page) pause(true);
  tabs(state);
  document.documentElement.toggleAttribute("data-embed", state.params.embed === "1");
  view.replaceChildren((PAGES[state.path[0]] && !suiteByName(state.path[0]) ? PAGES[state.path[0]] : suiteView)(state));
  forgetViews();
  document.title = `${view.querySelector("h1")?.firstChild?.textContent ?? "Board"} · audiotok leaderboard`;
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (view.querySelectorAll("[data-keep]")))
    node.scrollLeft = scrolled.get(node.dataset.keep) ?? 0;
  if (kept) {
    const again = /** @type {HTMLInputElement | null} */ (view.querySelector(`[data-key="${CSS.escape(kept.key)}"]`));
    again?.focus({ preventScroll: true });
    if (kept.start !== null) again?.setSelectionRange(kept.start, kept.start);
  } else if (drawn !== undefined && drawn !== page) {
    const heading = view.querySelector("h1");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    announce(document.title);
  }
  if (arrived !== undefined) scrollTo(0, arrived);
  else if (drawn !== undefined && drawn !== page) scrollTo(0, 0);
  drawn = page;
}

keepPositions();
startTheme(render);
startTooltips();
startPlayButtons();
startKeys();
window.addEventListener("hashchange", render);
NARROW.addEventListener("change", render);
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  byId("view").focus();
});
render();
document.documentElement.dataset.ready = String(Math.round(performance.now()));
