// Two tokenizers metric by metric: their paired tests, who is better, and on how many clips.

import { DATA } from "./data.js";
import { failed } from "./format.js";
import { judged, paired } from "./paired.js";

/**
 * The paired test of two in each column in which they can be tested, of a less b: index of the column -> test. p is
 * corrected over the columns of one family (tasks.suites.family), a number that has two names once. None where their scores are not there.
 * @param {Entry} a @param {Entry} b
 */
export function testsOf(a, b) {
  /** @type {Map<number, { low: number | null, high: number | null, p: number }>} */
  const found = new Map();
  const [one, two] = [a.scores, b.scores];
  if (!one || !two || a === b) return found;
  const both = DATA.columns.flatMap((column) => {
    const { tested, index, family, direction } = column;
    if (!tested || ![a, b].every((entry) => tested.who.includes(entry.index))) return [];
    const test = paired(one[index], two[index], DATA.units[tested.units], direction, tested.scale);
    return [{ index, family, test }];
  });
  for (const name of new Set(both.map((own) => own.family))) {
    const family = both.filter((own) => own.family === name);
    const corrected = judged(family.map(({ test }) => test));
    family.forEach(({ index, test: { low, high } }, i) => found.set(index, { low, high, p: corrected[i] }));
  }
  return found;
}

/** What `inWords` says of them: every column with a better end on which the two were tested, and who won. */
export function testedOf(columns, tests, a, b) {
  return columns
    .filter((column) => column.direction !== "none" && column.question !== "rate")
    .flatMap((column) => {
      const pair = tests.get(column.index);
      if (!pair) return [];
      const [one, two] = [a, b].map((entry) => entry.cells[column.index].v);
      const { better } = verdict(column, pair, one - two, a, b);
      return [{ question: column.question, winner: better === a ? "a" : better === b ? "b" : null }];
    });
}

const ALPHA = 0.05;

export function verdict(column, pair, difference, a, b) {
  if (!pair) return { text: whyUntested(a.cells[column.index], b.cells[column.index]) };
  if (pair.p > ALPHA || difference === 0) return { text: "not separated" };
  if (column.direction === "none") return { text: "different" };
  const [better, other] = difference > 0 === (column.direction === "higher") ? [a, b] : [b, a];
  return { better, text: `${nameBeside(better, other)} is better` };
}

/** What tells a tokenizer from the other one of a pair: its title, with its options only where both have one title. */
export function nameBeside(entry, other) {
  return entry.title === other.title ? entry.name : entry.title;
}

function whyUntested(...cells) {
  if (cells.some((cell) => cell.sig)) return "not tested: other signature";
  if (cells.some((cell) => cell.state === "undefined")) return "not tested: undefined";
  const misses = Math.max(...cells.map(failed));
  if (misses) return `not tested: failed on ${misses} clip${misses === 1 ? "" : "s"}`;
  if (cells.some((cell) => cell.judge)) return "not tested: trained with the evaluation model";
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
