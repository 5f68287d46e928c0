// One number of the board: its interval, rank and marks, and all that stands behind it in the tooltip.

import { h } from "./dom.js";
import { DATA } from "./data.js";
import { capital, cellInWords, ends, failed, interval, number, range, rankInWords, unit } from "./format.js";
import { STATES, stateOf } from "./states.js";
import { tip } from "./tooltip.js";

export function valueCell(cell, column, scale, entry) {
  const without = stateOf(entry, column, cell);
  if (without && without.state !== "failed") return emptyCell(without, column);
  const rivals = cell.rank?.[2] ?? 0;
  const first = cell.lead === 1;
  const drawn = scale && cell.v !== undefined && column.question !== "rate";
  const td = h(
    "td",
    {
      ...(drawn && whisker(cell, scale)),
      class: [
        drawn && "whisker",
        first && "first",
        cell.rank ? "ranked" : column.direction === "none" ? "plainly" : "unranked",
      ]
        .filter(Boolean)
        .join(" "),
      tabindex: "-1",
      "aria-description": cellInWords(cell, column),
    },
    h(
      "span",
      { class: "v" },
      rivals > 1 && h("span", { class: "rank" }, range(cell.rank[0], cell.rank[1])),
      number(cell.v, column.digits),
    ),
    note(cell, column),
  );
  return tip(td, () => cellTip(cell, column));
}

function emptyCell({ state, why }, column) {
  const text = STATES[state].short;
  const words = `${text === "–" ? "" : `${text}, `}${column.title}: ${state}${why ? `, ${why}` : ""}`;
  return tip(h("td", { class: "none", tabindex: "-1", "aria-label": words }, text), () => [
    h("strong", {}, `${column.title}: ${state}`),
    h("p", {}, why || STATES[state].text),
  ]);
}

/** What stands under the value: why it cannot be compared, or else its interval. */
function note(cell, column) {
  const misses = failed(cell);
  const mark = (text) => h("span", { class: "mark" }, text);
  if (misses) return mark(`failed ${misses}/${misses + cell.n}`);
  if (cell.bound !== undefined) return mark(`ranked at ${number(cell.bound, column.digits)}`);
  if (cell.judge) return mark("judge");
  if (cell.sig) return mark("other signature");
  return cell.ci && h("span", { class: "ci" }, ends(cell, column));
}

export function cellTip(cell, column) {
  const misses = Object.entries(cell.failed ?? {});
  const reasons = new Map();
  for (const [clip, reason] of misses) reasons.set(reason, [...(reasons.get(reason) ?? []), clip]);
  return [
    h("strong", {}, `${column.title} ${number(cell.v, column.digits + 1)}${unit(column)}`),
    cell.ci && h("p", {}, `95% interval ${interval(cell, column)}, ${cell.how ?? ""}`),
    !cell.ci && cell.how && h("p", {}, cell.how),
    h(
      "p",
      {},
      `${cell.n} clips`,
      cell.undefined && `, ${Object.keys(cell.undefined).length} excluded for all tokenizers: undefined on the reference`,
    ),
    cell.rank &&
      h("p", {}, capital(rankInWords(cell)), cell.rank[0] !== cell.rank[1] && ": the data separates it no further"),
    cell.rank && column.basis && h("p", { class: "hint" }, `The rank is based on ${column.basis}`),
    [...reasons]
      .slice(0, 3)
      .map(([reason, clips]) => h("p", { class: "mark" }, `Failed on ${clips.length}: ${reason}`)),
    cell.bound !== undefined &&
      h("p", { class: "mark" }, `Ranked at ${number(cell.bound, column.digits)}, the worse end of its interval: ${cell.judge}`),
    cell.twin !== undefined && h("p", { class: "hint" }, `Its audio is identical to that of ${DATA.entries[cell.twin].name}; the two are counted once`),
    cell.why && h("p", { class: "hint" }, `Not ranked: ${cell.why}`),
    h("p", { class: "sig" }, cell.sig ?? column.signature),
  ];
}

/** The extent of a column's values, intervals included; anchors don't stretch it. */
export function scaleOf(column, entries) {
  const values = entries.flatMap((entry) => {
    const cell = entry.cells[column.index];
    return cell?.v === undefined ? [] : [cell.v, ...(cell.ci ?? [])];
  });
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.length && high > low ? { low, high } : null;
}

/** Where the style sheet draws interval and value: a background's position is relative to the room that it leaves. */
function whisker(cell, { low, high }) {
  const share = (value) => Math.min(1, Math.max(0, (value - low) / (high - low)));
  const [from, to] = (cell.ci ?? [cell.v, cell.v]).map(share);
  const span = to - from;
  const percent = (value) => `${(100 * value).toFixed(1)}%`;
  return {
    "--at": percent(share(cell.v)),
    "--span": percent(span),
    "--left": percent(span < 1 ? from / (1 - span) : 0),
  };
}
