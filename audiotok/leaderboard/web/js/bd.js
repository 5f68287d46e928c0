// BD-rates between the families of a column, each row against each column; see page/curves.py.

import { SCROLLS, h } from "./dom.js";
import { number } from "./format.js";

/**
 * Where two curves reach a common quality; in all other cases one sentence says why there is nothing.
 * @param {Column} column
 */
export function bdSection({ bd, title }) {
  if (!bd) return null;
  const defined = bd.of.map((_, i) => i).filter((i) => bd.of.some((_other, j) => isNumber(bd.cells[i][j]) || isNumber(bd.cells[j][i])));
  const reasons = new Set(bd.cells.flat().filter((cell) => typeof cell === "string"));
  const few = Object.entries(bd.short).map(([name, count]) => `${name} has ${count}`);
  const why = [
    reasons.size > 0 && `Undefined elsewhere: ${[...reasons].join("; ")}. `,
    bd.of.length < 2 && `Only ${bd.of[0]} has a curve. `,
    few.length > 0 && `A curve needs ${bd.needs} rates: ${few.join(", ")}.`,
  ];
  if (!defined.length) return h("p", { class: "hint", id: "no-bd" }, "No BD-rate: ", why);
  return h(
    "section",
    {},
    h("h2", {}, `BD-rate on ${title}`),
    h(
      "p",
      { class: "hint" },
      "Difference in bitrate of the row relative to the column at equal quality, averaged over the range of quality that both reach; negative means that the row needs less.",
    ),
    h(
      "div",
      SCROLLS,
      h(
        "table",
        { class: "plain bd" },
        h(
          "thead",
          {},
          h("tr", {}, h("th", { scope: "col" }, "Tested"), defined.map((i) => h("th", { scope: "col", class: "n" }, `against ${bd.of[i]}`))),
        ),
        h(
          "tbody",
          {},
          defined.map((i) => h("tr", {}, h("th", { scope: "row" }, bd.of[i]), defined.map((j) => bdCell(bd.cells[i][j])))),
        ),
      ),
    ),
    h("p", { class: "hint" }, why),
  );
}

function isNumber(cell) {
  return typeof cell === "number";
}

function bdCell(cell) {
  if (cell === null) return h("td", { class: "n none" }, "–");
  if (!isNumber(cell)) return h("td", { class: "n hint", title: cell }, "undefined");
  return h("td", { class: "n" }, `${cell > 0 ? "+" : ""}${number(cell, 0)}%`);
}
