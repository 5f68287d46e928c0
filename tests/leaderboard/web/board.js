// What the page's modules find when they load: a document with a small board in it, and the table library.

import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

const column = (metric, question, direction, more = {}) => ({
  ...{ table: "mini/mini/speech", metric, title: metric, short: metric, question, unit: "", direction, text: "", digits: 2, n: 5 },
  signature: `reconstruction.v1|metric:${metric}`,
  ...{ family: "required/mini/speech", timed: false },
  ...more,
});
const entry = (id, cells, more = {}) => ({
  ...{ id, title: id, name: id, family: id.split(":")[0], kind: "tokenizer", origin: "submitted", card: { licence: "MIT" } },
  ...{ conformance: null, environment: {}, provenance: {}, absent: {}, samples: {}, rates: {}, cells },
  ...more,
});
const at = (bitrate, band) => ({ "mini/mini/speech": { bitrate, token_rate: bitrate / 10, band } });

const tested = { who: [0, 1], scale: 1, units: 0 };

/** As page/pack.py writes it: a cell is [n, value, low, high, …]. */
export const BOARD = {
  version: "0",
  suites: [{ name: "mini", version: 1, official: true, tables: [{ key: "mini/mini/speech", suite: "mini", data: "mini", domain: "speech" }] }],
  questions: { signal: "Signal", speaker: "Speaker" },
  groups: { Sound: ["signal"], Voice: ["speaker"] },
  bands: ["up to 1 kbit/s", "1 to 2 kbit/s"],
  headline: ["estoi"],
  columns: [column("estoi", "signal", "higher", { tested }), column("speaker_ge2e", "speaker", "higher", { tested })],
  units: [{ starts: [0, 1, 2, 3, 4], strata: [5], quantile: 2.776 }],
  order: {
    "mini/speech": {
      "up to 1 kbit/s": { who: [0, 1], alike: [1, 1], behind: {}, questions: { signal: [1], speaker: [0] }, total: [0.5, 0.5] },
    },
  },
  without: { "mini/speech": { 2: "no other tokenizer is ranked 1 to 2 kbit/s" } },
  wins: { "mini/mini/speech": { a: 0.25 } },
  clips: [],
  entries: [
    entry("a", { 0: [5, 0.9], 1: [5, 0.1] }, { rates: at(800, 0) }),
    entry("b:mode=2", { 0: [5, 0.5], 1: [5, 0.8] }, { rates: at(600, 0) }),
    entry("c", { 0: [5, 0.7] }, { rates: at(1500, 1), environment: { parameters: 2e6 } }),
    entry("b:mode=2", {}, { origin: "scored here" }),
    entry("reference", { 0: [5, 1] }, { kind: "anchor" }),
  ],
  refused: {},
  unscored: [],
  texts: [],
  dates: { source: {}, tables: [] },
  built: { date: "2026-01-01", commit: "0" },
};

Object.assign(globalThis, {
  document: { getElementById: () => ({ textContent: JSON.stringify(BOARD) }) },
  window: globalThis,
  matchMedia: () => ({ matches: false }),
});
const vendor = new URL("../../../audiotok/leaderboard/web/vendor/table-core.min.js", import.meta.url);
runInThisContext(readFileSync(vendor, "utf-8"));
