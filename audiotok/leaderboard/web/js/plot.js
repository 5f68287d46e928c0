// Rate–distortion: quality over rate, up is always better, with the Pareto front.

import { SCROLLS, checkbox, figureOf, h, select } from "./dom.js";
import { columnsOf, headline, ratesOf } from "./data.js";
import { drawFigure, swatch } from "./figure.js";
import { ARROWS, RATE_TITLES, number } from "./format.js";
import { boardModel } from "./model.js";
import { listParam, setParams, toggleInList } from "./state.js";

/** BD-rate of the families of a column, each row against each column; see leaderboard/curves.py. */
/** @param {Column} column */
function bdSection({ bd, title }) {
  if (!bd) return null;
  const reasons = new Set(bd.cells.flat().filter((cell) => typeof cell === "string"));
  const few = Object.entries(bd.short).map(([name, count]) => `${name} has ${count}`);
  return h(
    "section",
    {},
    h("h2", {}, `BD-rate on ${title}`),
    h(
      "p",
      { class: "hint" },
      "How much more bitrate the row needs than the column for the same quality, averaged over the quality that both reach; negative needs less.",
    ),
    bd.of.length > 1 &&
      h(
        "div",
        SCROLLS,
        h(
          "table",
          { class: "plain bd" },
          h(
            "thead",
            {},
            h("tr", {}, h("th", { scope: "col" }, "Tested"), bd.of.map((name) => h("th", { scope: "col", class: "n" }, `against ${name}`))),
          ),
          h(
            "tbody",
            {},
            bd.of.map((name, i) => h("tr", {}, h("th", { scope: "row" }, name), bd.cells[i].map(bdCell))),
          ),
        ),
      ),
    h(
      "p",
      { class: "hint" },
      reasons.size > 0 && `Undefined: ${[...reasons].join("; ")}. `,
      bd.of.length < 2 && `Only ${bd.of[0]} has a curve. `,
      few.length > 0 && `A curve needs ${bd.needs} rates: ${few.join(", ")}.`,
    ),
  );
}

function bdCell(cell) {
  if (cell === null) return h("td", { class: "n none" }, "–");
  if (typeof cell === "string") return h("td", { class: "n hint", title: cell }, "undefined");
  return h("td", { class: "n" }, `${cell > 0 ? "+" : ""}${number(cell, 0)}%`);
}

export function plotView(at) {
  const model = boardModel(at);
  const choices = columnsOf(at.suite, at.domain).filter((column) => column.direction !== "none");
  const column = choices.find((one) => one.metric === at.params.y) ?? headline(choices)[0];
  if (!column) return h("p", { class: "empty" }, "Nothing here has a better and a worse end.");
  const rates = Object.entries(RATE_TITLES).filter(([name]) =>
    model.rows.some((entry) => ratesOf(entry, at.suite, at.domain)[name] !== undefined),
  );
  const x = rates.some(([name]) => name === at.params.x) ? at.params.x : "bitrate";
  const hidden = listParam(at.params, "hide");
  const points = (entries) => entries.map((entry) => point(entry, column, x, at)).filter(Boolean);
  const all = points(model.rows);
  const groupOf = (one) => (at.params.colour === "quantizer" ? (one.entry.card?.quantizer ?? "?") : one.entry.family);
  const groups = [...new Set(all.map(groupOf))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const shown = all.filter((one) => !hidden.includes(groupOf(one)));
  const anchors = points(model.anchors);
  const holder = figureOf((width) => drawFigure({ column, x, groups, groupOf, shown, anchors, at, width }));
  return h(
    "section",
    { "aria-label": "Rate–distortion plot" },
    h(
      "div",
      { class: "toolbar" },
      select(
        "Metric",
        choices.map((one) => [one.metric, `${one.title} ${ARROWS[one.direction]}`]),
        column.metric,
        (y) => setParams({ y }),
      ),
      select("Over", rates, x, (value) =>
        setParams({ x: value === "bitrate" ? undefined : value }),
      ),
      select(
        "Colour",
        [
          ["family", "Family"],
          ["quantizer", "Quantizer"],
        ],
        at.params.colour ?? "family",
        (value) => setParams({ colour: value === "family" ? undefined : value, hide: undefined }),
      ),
      checkbox("Pareto front", at.params.front !== "0", (on) => setParams({ front: on ? undefined : "0" })),
      checkbox("Intervals", at.params.bars !== "0", (on) => setParams({ bars: on ? undefined : "0" })),
      checkbox("Anchors", at.params.anchors !== "0", (on) => setParams({ anchors: on ? undefined : "0" })),
    ),
    h(
      "div",
      { class: "legend", role: "group", "aria-label": "Legend: press to hide or show" },
      groups.map((group, i) =>
        h(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-pressed": String(!hidden.includes(group)),
            "data-key": `legend:${group}`,
            onclick: () => toggleInList(at.params, "hide", group),
          },
          swatch(i),
          group,
        ),
      ),
    ),
    holder,
    h(
      "p",
      { class: "hint" },
      `Up is better. ${column.text} A point is one mode of a tokenizer; lines join the modes of a family. `,
      "Hollow points have failures or a judge that taught them and are not on the front. The front joins what nothing cheaper beats; it knows nothing of intervals.",
    ),
    bdSection(column),
  );
}

function point(entry, column, x, at) {
  const cell = entry.cells[column.index];
  const rates = ratesOf(entry, at.suite, at.domain);
  if (cell?.v === undefined) return null;
  if (rates[x] === undefined && entry.kind !== "anchor") return null;
  return {
    entry,
    cell,
    x: x === "token_rate" ? rates[x] : rates[x] === undefined ? undefined : rates[x] / 1000,
    y: cell.v,
    sound: !cell.failed && !cell.judge && !cell.sig,
    rates,
  };
}
