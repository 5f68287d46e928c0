// The table of a suite and domain: one body per rate band, anchors apart.

import { head } from "./boardhead.js";
import { DATA, entryKey, ratesOf, whyNoBorda, winsOf } from "./data.js";
import { NARROW, h } from "./dom.js";
import { publishedBody, unscoredBody, foundElsewhere } from "./elsewhere.js";
import { RATE_TITLES, RATE_UNITS, rate } from "./format.js";
import { startGrid, stickyHead } from "./grid.js";
import { FACETS, boardModel } from "./model.js";
import { linkTo, listParam } from "./state.js";
import { tip } from "./tooltip.js";
import { scaleOf, valueCell } from "./value.js";

const CELLS_AT_ONCE = 2000;

export function boardTable(at) {
  const model = boardModel(at);
  const card = listParam(at.params, "card")
    .map((name) => FACETS.find((facet) => facet.name === name))
    .filter(Boolean);
  const view = {
    ...model,
    at,
    card,
    budget: CELLS_AT_ONCE,
    pending: [],
    scales: model.columns.map((column) => scaleOf(column, model.rows)),
    rates: NARROW.matches ? [] : ["bitrate", "token_rate"], // a phone has them under the name
    showWins: at.params.wins === "1",
    showBorda: at.params.borda !== "0" && [...model.borda.values()].some((x) => x !== undefined),
  };
  const narrow = view.rates.length + Number(view.showBorda) + Number(view.showWins);
  const width = 1 + narrow + card.length + model.columns.length;
  const grouped = at.params.group !== "0";
  const bodies = grouped
    ? [...DATA.bands.keys(), undefined].map((band) =>
        body(
          view,
          bandTitle(band),
          model.rows.filter((entry) => ratesOf(entry, at.suite, at.domain).band === band),
          width,
        ),
      )
    : [body(view, null, model.rows, width)];
  const table = h(
    "table",
    {
      class: `board${at.params.intervals === "0" ? " bare" : ""}`,
      role: "grid",
      "aria-label": `${at.suite}, ${at.domain}: ${model.rows.length} tokenizers`,
      "--rates": narrow,
      "--texts": card.length,
      "--values": view.columns.length,
    },
    h(
      "colgroup",
      {},
      h("col", { class: "name" }),
      narrow > 0 && h("col", { class: "rate", span: String(narrow) }),
      view.columns.length > 0 && h("col", { span: String(view.columns.length) }),
      card.length > 0 && h("col", { class: "text", span: String(card.length) }),
    ),
    head(view),
    bodies,
    unscoredBody(view, width),
    publishedBody(view, width),
    body(view, "Anchors, for scale: not ranked", model.anchors, width),
  );
  startGrid(table);
  finishLater(table, view.pending);
  const scroll = h(
    "div",
    { class: "scroll", "data-keep": "board", tabindex: "-1" },
    table,
    model.rows.length === 0 && h("p", { class: "empty" }, nothing(at)),
  );
  return {
    model,
    node: NARROW.matches ? h("div", { class: "board-frame" }, stickyHead(table, scroll), scroll) : scroll,
  };
}

function nothing(at) {
  return at.params.search && foundElsewhere(at) ? "It has not been scored here yet; the information above is from its card." : "No tokenizer passes these filters.";
}

function bandTitle(band) {
  return band === undefined ? "Bitrate not measured" : DATA.bands[band];
}

function body(view, title, entries, width) {
  if (!entries.length) return null;
  const now = entries.slice(0, Math.max(0, Math.ceil(view.budget / width)));
  view.budget -= now.length * width;
  const section = h(
    "tbody",
    {},
    title &&
      h(
        "tr",
        { class: "band" },
        h(
          "th",
          { colspan: String(width), scope: "rowgroup" },
          h("span", {}, title, h("span", { class: "count" }, String(entries.length))),
        ),
      ),
    now.map((entry) => row(view, entry)),
  );
  for (let i = now.length; i < entries.length; i += 10) {
    view.pending.push(() => section.append(...entries.slice(i, i + 10).map((entry) => row(view, entry))));
  }
  return section;
}

/** What is below the first screen is drawn in slices, so that the page answers meanwhile. */
function finishLater(table, pending) {
  const next = pending.shift();
  if (!next) return;
  setTimeout(() => {
    if (!table.isConnected) return; // another view has taken its place
    next();
    finishLater(table, pending);
  });
}

/** The count and over what it is, or why there is none. */
function bordaCell(borda, at, entry) {
  const why = borda ? borda.behind : whyNoBorda(entry, at.suite, at.domain);
  const shared = borda && (borda.fewest === borda.most ? `${borda.most}` : `${borda.fewest} to ${borda.most}`);
  const over = borda && `Compared with ${borda.rivals} tokenizers of its band, over the ${shared} of ${borda.of} questions on which both are ranked.`;
  const last = borda?.behind && `It does not lead: ${borda.behind}.`;
  const td = h(
    "td",
    { tabindex: "-1", class: why ? "borda hint" : "borda", "aria-label": borda ? null : `no Borda count: ${why}` },
    borda ? borda.value.toFixed(2) : "–",
  );
  return tip(td, () => [over ?? `No Borda count: ${why}.`, last].filter(Boolean).map((text) => h("p", {}, text)));
}

/** A cell without a number, and why. */
function dash(title, why) {
  return tip(h("td", { class: "none", tabindex: "-1", "aria-label": `no ${title.toLowerCase()}: ${why}` }, "–"), () => [
    h("p", {}, `No ${title.toLowerCase()}: ${why}.`),
  ]);
}

function row({ at, columns, scales, card, borda, rates: shown, showBorda, showWins }, entry) {
  const rates = ratesOf(entry, at.suite, at.domain);
  const wins = winsOf(entry, at.suite, at.domain);
  return h(
    "tr",
    { class: entry.kind, "data-entry": entryKey(entry) },
    h(
      "th",
      { scope: "row", class: "name", tabindex: "-1" },
      h(
        "a",
        { href: linkTo(["tokenizer", entryKey(entry)], { from: `${at.suite}/${at.domain}` }), tabindex: "-1" },
        entry.title,
      ),
      shown.length === 0 &&
        rates.bitrate !== undefined &&
        h("small", { class: "rates" }, `${rate("bitrate", rates.bitrate)} kbit/s`, h("br"), `${rate("token_rate", rates.token_rate)} tokens/s`),
      h(
        "small",
        { class: "id" },
        entry.id,
        entry.origin === "local" &&
          entry.kind === "tokenizer" &&
          h("em", { title: "Scored on the machine that built this page, not submitted" }, " local"),
        entry.verified === "not verified" &&
          h("em", { title: "Its tokens have not been decoded and scored again by the maintainers" }, " not verified"),
      ),
    ),
    shown.map((name) =>
      rates[name] === undefined
        ? dash(RATE_TITLES[name], entry.kind === "anchor" ? "an anchor has no tokens" : "not measured on this data")
        : h("td", { tabindex: "-1", "aria-label": `${rate(name, rates[name])} ${RATE_UNITS[name]}` }, rate(name, rates[name])),
    ),
    showBorda &&
      bordaCell(borda.get(entry), at, entry),
    showWins && (wins === undefined ? dash("Win rate", whyNoBorda(entry, at.suite, at.domain)) : h("td", { tabindex: "-1" }, `${Math.round(100 * wins)}`)),
    columns.map((column, i) => valueCell(entry.cells[column.index], column, scales[i], entry)),
    card.map((facet) =>
      h("td", { tabindex: "-1", class: "text" }, facet.show?.(entry) ?? ([facet.of(entry, at)].flat().filter(Boolean).join(", ") || "–")),
    ),
  );
}
