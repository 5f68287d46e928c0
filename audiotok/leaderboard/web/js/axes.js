// What a plot can have along its horizontal axis: what a tokenizer costs, in rate, size, time or delay, and what probes
// read from its tokens, to hold one against another.

import { columnsOf, ratesOf } from "./data.js";
import { RATE_TITLES, RATE_UNITS } from "./format.js";
import { MACS_TEXT, latencyOf, macsOf } from "./model.js";

const valueOf = (metric) => (entry, at) => {
  const column = columnsOf(at.suite, at.domain).find((one) => one.metric === metric);
  const cell = column && entry.cells[column.index];
  return cell?.v > 0 ? cell.v : undefined;
};

const speed = (metric) => (entry, at) => {
  const factor = valueOf(metric)(entry, at);
  return factor && 1 / factor;
};

const timed = (name, title) => ({
  ...{ name, title, unit: "× real time", merit: true, timed: true, of: speed(name) },
  text: "the machine of most rows. Points of rows that were timed on another machine are hollow, and are not comparable with the others.",
});

/**
 * The machine that most of these rows were timed on; the first of several.
 * @param {Entry[]} entries
 */
export function commonMachine(entries) {
  const counts = new Map();
  for (const { provenance } of entries) counts.set(provenance.machine, (counts.get(provenance.machine) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

const probe = (name, title) => ({ name: `probe_${name}`, title, unit: "% right", merit: true, of: valueOf(`probe_${name}`) });

const rateAxis = (name) => ({
  name,
  title: RATE_TITLES[name],
  unit: RATE_UNITS[name],
  of: (entry, at) => {
    const value = ratesOf(entry, at.suite, at.domain)[name];
    return value > 0 ? (name === "token_rate" ? value : value / 1000) : undefined;
  },
});

/**
 * `of` gives a positive number or undefined: axes are logarithmic. Of a `merit` more is better, so that nothing left of
 * a point is cheaper, and there is no Pareto front. Of `timed` only values of one machine are comparable.
 * @type {{name: string, title: string, unit: string, text?: string, merit?: boolean, timed?: boolean, of: (entry: Entry, at: Place) => number | undefined}[]}
 */
export const AXES = [
  ...Object.keys(RATE_TITLES).map(rateAxis),
  { name: "parameters", title: "Parameters", unit: "millions", of: ({ environment }) => (environment.parameters > 0 ? environment.parameters / 1e6 : undefined) },
  { name: "macs", title: "Multiply-accumulates", unit: "G per second", text: MACS_TEXT, of: macsOf },
  { name: "latency", title: "Latency", unit: "ms", of: (entry) => latencyOf(entry) || undefined },
  timed("rtf_encode", "Encoding speed"),
  timed("rtf_decode", "Decoding speed"),
  probe("letter", "Letters across voices"),
  probe("voice", "Voices among ten"),
];

/** 1, 2, 5, 10, … (or the powers of ten) within the two; more digits where fewer than two of those are. */
export function roundNumbers(low, high, few = false) {
  const powers = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) powers.push(power);
  const within = (digits) =>
    powers
      .flatMap((power) => digits.map((digit) => Number((digit * 10 ** power).toPrecision(2))))
      .filter((value) => value >= low && value <= high);
  const found = within(few && high / low > 100 ? [1] : [1, 2, 5]);
  return found.length > 1 ? found : within([1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]);
}

const GAP = 4; // times the next smaller value: what lies farther right is alone, and would squeeze the others

/** The ends of a logarithmic axis for these values; what lies beyond `high` is drawn at its edge. */
export function extent(values) {
  const sorted = [...values].sort((a, b) => a - b);
  let last = sorted.length - 1;
  while (last > sorted.length / 2 && sorted[last] > GAP * sorted[last - 1]) last -= 1;
  return { low: sorted[0] / 1.15, high: sorted[last] * 1.2 };
}
