// Two tokenizers clip by clip on one metric: audiotok/results/paired.py, held equal by tests/leaderboard/page/paired.json.

import { intervalOf, pValue, spreadOf } from "./student.js";

/** @typedef {{ low: number | null, high: number | null, equal: number, unseen: number }} Tested of the first less the second */

const NEGLIGIBLE = 1e-9; // relative; what remains of a difference of 0 after rounding
const PER_CENT = 100; // the scale of rates, of which all can be wrong

/**
 * The paired test of two on the same clips. No interval where there are too few units, or no spread.
 * @param {Scores} a @param {Scores} b @param {Units} units @param {Direction} direction @param {number} scale
 * @returns {Tested}
 */
export function paired(a, b, units, direction, scale) {
  const [one, two] = [a, b].map((scores) => influencesOf(scores, units));
  const difference = one.value - two.value;
  const size = NEGLIGIBLE * Math.max(Math.abs(one.value), Math.abs(two.value));
  const spread = spreadOf(one.influences.map((value, i) => value - two.influences[i]), units.strata);
  const alike = spread.error <= size;
  // Units that all differ alike show no spread; signs that all agree by chance are then all that can be weighed.
  const p = alike ? 2 ** (1 - spread.units) : pValue(difference, spread);
  const { quantile } = units;
  const [low, high] = alike || quantile === null ? [null, null] : intervalOf(difference, spread, quantile).map((end) => scale * end);
  const worst = [a, b].map((scores) => worstOf(scores, direction, scale));
  return {
    ...{ low, high },
    equal: Math.abs(difference) <= size ? 1 : p,
    unseen: unseen([one.value, two.value], worst, direction, a[0].length),
  };
}

/**
 * The p-values by which pairs are judged: Holm's over all of them, and none below its own `unseen`.
 * @param {Tested[]} tests @returns {number[]}
 */
export function corrected(tests) {
  const order = tests.map((_, i) => i).sort((i, j) => tests[i].equal - tests[j].equal);
  /** @type {number[]} */
  const judged = [];
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (tests.length - rank) * tests[i].equal));
    judged[i] = Math.max(largest, tests[i].unseen);
  });
  return judged;
}

/**
 * `corrected` of two systems by several metrics. Equal tests are one number under two names and count once, unless
 * there is no difference. @param {Tested[]} tests @returns {number[]}
 */
export function judged(tests) {
  const keys = tests.map((test, i) => (test.equal < 1 ? JSON.stringify(test) : String(i)));
  const distinct = new Map(keys.map((key, i) => [key, tests[i]]));
  const found = corrected([...distinct.values()]);
  const byKey = new Map([...distinct.keys()].map((key, i) => [key, found[i]]));
  return keys.map((key) => /** @type {number} */ (byKey.get(key)));
}

/**
 * The value over all clips, and how far each unit moves it, times the number of units.
 * @param {Scores} scores @param {Units} units
 */
function influencesOf([totals, weights], { starts }) {
  const sums = starts.map((start, unit) => {
    let [total, weight] = [0, 0];
    for (let i = start; i < (starts[unit + 1] ?? totals.length); i++) {
      total += totals[i];
      weight += weightOf(weights, i);
    }
    return { total, weight };
  });
  const weight = sums.reduce((sum, unit) => sum + unit.weight, 0);
  const value = sums.reduce((sum, unit) => sum + unit.total, 0) / weight;
  return { value, influences: sums.map((unit) => (unit.total - value * unit.weight) * (sums.length / weight)) };
}

/** The score of a clip on which a system fails wholly. @param {Scores} scores @param {Direction} direction @param {number} scale */
function worstOf([totals, weights], direction, scale) {
  const ratios = totals.flatMap((total, i) => (weightOf(weights, i) ? [total / weightOf(weights, i)] : []));
  if (direction === "higher") return Math.min(0, ...ratios);
  const worst = Math.max(...ratios);
  return scale === PER_CENT ? Math.max(1, worst) : worst;
}

/**
 * How likely it is that failures of the better one which would make both equal show on no clip.
 * @param {number[]} values @param {number[]} worst @param {Direction} direction @param {number} clips
 */
function unseen(values, worst, direction, clips) {
  if (direction === "none") return 0;
  const lead = Math.abs(values[0] - values[1]);
  const [best, bad] = direction === "higher" ? [Math.max, Math.min] : [Math.min, Math.max];
  const cost = Math.abs(best(...values) - bad(...worst));
  const share = lead > 0 ? Math.min(lead / cost, 1) : 0;
  return (1 - share) ** clips;
}

/** @param {number | number[]} weights @param {number} i */
function weightOf(weights, i) {
  return typeof weights === "number" ? weights : weights[i];
}
