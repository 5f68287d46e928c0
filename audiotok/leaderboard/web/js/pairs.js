// Two tokenizers on one metric: their paired test, who is better, and on how many clips.

import { failed } from "./format.js";

/** What `inWords` says of them: every column with a better end on which the two were tested, and who won. */
export function testedOf(columns, a, b) {
  return columns
    .filter((column) => column.direction !== "none" && column.question !== "rate")
    .flatMap((column) => {
      const pair = pairOf(column, a, b);
      if (!pair) return [];
      const [one, two] = [a, b].map((entry) => entry.cells[column.index].v);
      const { better } = verdict(column, pair, one - two, a, b);
      return [{ question: column.question, winner: better === a ? "a" : better === b ? "b" : null }];
    });
}

/** The paired test of two entries: {low, high, p} of a less b; null where they were not tested or their details are not there. See page/pack.py. */
export function pairOf({ pairs, index }, a, b) {
  const [i, j] = [pairs?.who.indexOf(a.index) ?? -1, pairs?.who.indexOf(b.index) ?? -1];
  if (i < 0 || j < 0 || i === j) return null;
  const tested = (i < j ? a : b).pairs?.[index];
  if (!tested) return null;
  const [first, second] = [Math.min(i, j), Math.max(i, j)];
  const [low, high, p] = tested.map((values) => values[second - first - 1]);
  if (low === null) return { p };
  return i < j ? { low, high, p } : { low: -high, high: -low, p };
}

const ALPHA = 0.05;

export function verdict(column, pair, difference, a, b) {
  if (!pair) return { text: whyUntested(a.cells[column.index], b.cells[column.index]) };
  if (pair.p > ALPHA || difference === 0) return { text: "not separated" };
  if (column.direction === "none") return { text: "different" };
  const better = difference > 0 === (column.direction === "higher") ? a : b;
  return { better, text: `${better.name} is better` };
}

function whyUntested(...cells) {
  if (cells.some((cell) => cell.sig)) return "not tested: other signature";
  const misses = Math.max(...cells.map(failed));
  if (misses) return `not tested: failed on ${misses} clip${misses === 1 ? "" : "s"}`;
  if (cells.some((cell) => cell.judge)) return "not tested: taught by its judge";
  if (cells.some((cell) => !cell.clips)) return "one value for the whole set";
  return "not tested";
}

/** On how many common clips the first is better, equal, worse; null where not all clips are in the page. */
export function clipCounts(one, two, sign) {
  if (!one.all || !two.all) return null;
  const other = new Map(two.clips);
  const counts = { better: 0, equal: 0, worse: 0 };
  for (const [clip, value] of one.clips) {
    if (!other.has(clip)) continue;
    const difference = sign * (value - other.get(clip));
    counts[difference > 0 ? "better" : difference < 0 ? "worse" : "equal"] += 1;
  }
  return counts;
}
