// The head of the board's table: what each column is, and sorting by it.

import { TABLES } from "./data.js";
import { h } from "./dom.js";
import { ARROWS, BETTER, capital } from "./format.js";
import { stepParams } from "./state.js";
import { tip } from "./tooltip.js";

export function head({ at, columns, card, rates, showBorda, showWins, sorting }) {
  const several = new Set(columns.map((column) => column.table)).size > 1; // data sets in one suite
  const header = (id, best, label, explain, extra = {}) => {
    const current = sorting[0]?.id === id ? sorting[0] : undefined;
    const order = current ? (current.desc ? "descending" : "ascending") : "none";
    const flip = current ? !current.desc : best === "higher";
    const cell = h(
      "th",
      { scope: "col", "aria-sort": order, ...extra },
      h(
        "button",
        {
          type: "button",
          tabindex: "-1",
          "data-key": `sort:${id}`,
          onclick: (event) => sortBy(at, id, flip, event.shiftKey),
        },
        label,
      ),
    );
    return explain ? tip(cell, explain) : cell;
  };
  return h(
    "thead",
    {},
    h(
      "tr",
      {},
      header("name", "lower", "Tokenizer", null, { class: "name" }),
      rates.map((name) => header(name, "lower", RATE_HEADS[name].label.map((text, i) => h(i ? "small" : "span", {}, text)), () => RATE_HEADS[name].text)),
      showBorda &&
        header(
          "borda",
          "higher",
          [h("span", {}, "Borda"), h("small", {}, "↑")],
          () =>
            "Proportion of pairwise comparisons within the band that are significantly better, with ties counted as half, averaged over the questions on which both are ranked and then over the other tokenizers. The weights can be set under “Borda”.",
        ),
      showWins &&
        header(
          "wins",
          "higher",
          [h("span", {}, "Win rate"), h("small", {}, "% ↑")],
          () => "Proportion of pairwise comparisons within the band, over all metrics that count in the Borda count, that are significantly better; ties count as half.",
        ),
      columns.map((column) =>
        header(
          column.key,
          column.direction,
          [
            h("span", { "data-title": column.title }, column.short),
            column.short !== column.title && h("b", { class: "unseen" }, `, ${column.title}`),
            several && h("small", {}, TABLES[column.table].data),
            h("small", {}, [column.unit, ARROWS[column.direction]].filter(Boolean).join(" ") || "\u00a0"),
          ],
          () => [
            h("strong", {}, column.title),
            column.text && h("p", {}, column.text),
            h("p", { class: "hint" }, `${BETTER[column.direction]}; up to ${column.n} clips`),
            h("p", { class: "sig" }, column.signature),
          ],
        ),
      ),
      card.map((facet) => header(`f:${facet.name}`, "lower", facet.title, facet.text ? () => capital(facet.text) : null, { class: "text" })),
    ),
  );
}

const RATE_HEADS = {
  bitrate: { label: ["Bitrate", "kbit/s"], text: "Measured, with all codes equally probable and including side information." },
  token_rate: { label: ["Tokens", "per s"], text: "Measured: codes per second of audio that a language model predicts." },
};

function sortBy(at, id, descending, also) {
  const key = `${descending ? "-" : ""}${id}`;
  const others = also ? (at.params.sort ?? "").split(",").filter((item) => item && item.replace(/^-/, "") !== id) : [];
  stepParams({ sort: [...others, key].join(",") });
}
