// Tokenizers that readers look for and the board has no row of: their cards, and what DATES published of them. They stand
// below the ranked rows, and never among them.

import { h } from "./dom.js";
import { DATA } from "./data.js";
import { rate } from "./format.js";
import { FACETS, licences } from "./model.js";
import { publishedRows } from "./published.js";
import { linkTo } from "./state.js";
import { tip } from "./tooltip.js";

export function foundElsewhere(at) {
  return unscoredRows(at).length + publishedRows(at.domain, at.params.search).length > 0;
}

/** With a filter there are none: who has no score passes no filter of scores, and cards alone would mix the two. */
function filtered({ params }) {
  return FACETS.some((facet) => params[facet.name]);
}

/** Those made for the domain whose name or card has every word of the search. @param {Place} at */
function unscoredRows({ domain, params }) {
  const words = (params.search ?? "").toLowerCase().split(/\s+/);
  return DATA.unscored.filter(({ id, title, card }) => {
    const text = `${id} ${title} ${Object.values(card).flat().join(" ")}`.toLowerCase();
    return card.domains.includes(domain) && words.every((word) => text.includes(word));
  });
}

export function unscoredBody(view, width) {
  const { at, columns, card, rates, showBorda, showWins } = view;
  const rows = filtered(at) ? [] : unscoredRows(at);
  if (!rows.length) return null;
  return h(
    "tbody",
    { class: "unscored-rows" },
    band(width, "Not scored here yet: information from their cards, with nominal bitrates"),
    rows.map((one) => {
      const [low, high] = [one.bitrates[0], one.bitrates.at(-1)].map((bits) => bits && rate("bitrate", bits));
      const kbps = low ? (low === high ? low : `${low}–${high}`) : "";
      const known = { ...one, environment: {}, conformance: null, rates: {} };
      const name = h(
        "th",
        { scope: "row", class: "name", tabindex: "-1" },
        h("span", {}, one.title),
        h("small", {}, one.id, rates.length === 0 && kbps && [h("br"), `${kbps} kbit/s`]),
      );
      return h(
        "tr",
        { class: "unscored", "data-unscored": one.id },
        tip(name, () => cardTip(one)),
        rates.map((rated) => h("td", { tabindex: "-1", class: "none" }, rated === "bitrate" ? kbps : "")),
        blank(showBorda + showWins),
        columns.map((column) => h("td", { tabindex: "-1", class: "none", "aria-label": `${column.title}: not measured` })),
        card.map((facet) => h("td", { tabindex: "-1", class: "text" }, facet.show?.(known) ?? [facet.of(known, at)].flat().filter(Boolean).join(", "))),
      );
    }),
  );
}

function cardTip({ id, title, card }) {
  return [
    h("strong", {}, title),
    h("p", {}, card.summary),
    h("p", { class: "hint" }, `${card.quantizer}, ${card.streamable ? "streams" : "does not stream"}, ${licences(card)}, ${card.paper.replace(/^https:\/\//, "")}`),
    h("p", { class: "sig" }, `audiotok submit -t ${id}`),
  ];
}

function band(width, ...content) {
  return h("tr", { class: "band" }, h("th", { colspan: String(width), scope: "rowgroup" }, h("span", {}, content)));
}

function blank(count) {
  return Array.from({ length: count }, () => h("td", { tabindex: "-1", class: "none" }));
}

export function publishedBody({ at, columns, card, rates, showBorda, showWins }, width) {
  const rows = filtered(at) ? [] : publishedRows(at.domain, at.params.search);
  if (!rows.length) return null;
  return h(
    "tbody",
    { class: "published-rows" },
    band(width, "Published by DATES, on other data; not ranked and not comparable with the rows above. ", h("a", { href: linkTo(["published"]) }, "All of its tables")),
    rows.map((one) =>
      h(
        "tr",
        { class: "elsewhere" },
        h(
          "th",
          { scope: "row", class: "name", tabindex: "-1" },
          h("span", {}, one.name),
          h("small", {}, one.code, rates.length === 0 && [h("br"), `${one.kbps} kbit/s`]),
        ),
        rates.map((name) => h("td", { tabindex: "-1" }, name === "bitrate" ? one.kbps : one.tokens)),
        blank(showBorda + showWins),
        columns.map((column) =>
          h(
            "td",
            { tabindex: "-1", class: "none", "aria-label": `${column.title}: ${one.values[column.metric] ? `${one.values[column.metric]}, published, on other data` : "not measured here"}` },
            one.values[column.metric] ?? "",
          ),
        ),
        blank(card.length),
      ),
    ),
  );
}
