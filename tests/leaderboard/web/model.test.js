// Run by `npm test`: what the board shows of a place, and in what order.

import assert from "node:assert/strict";
import test from "node:test";

import "./board.js";

const { TOKENIZERS, bordaOf, columnsOf, entryByKey, entryKey, ratesOf, whyNoBorda, winsOf } = await import(
  "../../../audiotok/leaderboard/web/js/data.js"
);
const { FACETS, boardModel, latencyOf, shownColumns } = await import("../../../audiotok/leaderboard/web/js/model.js");
const [a, b, c, again] = TOKENIZERS;
const rows = (params) => boardModel({ suite: "mini", domain: "speech", params }).rows.map((entry) => entry.id);
const shown = (params) => shownColumns({ suite: "mini", domain: "speech", params }).map((column) => column.metric);

test("two entries of one identifier have addresses of their own", () => {
  assert.equal(entryKey(a), "a");
  assert.equal(entryKey(again), "b:mode=2@scored here");
  assert.equal(entryByKey("b:mode=2@submitted"), b);
});

test("rates, wins and counts are those of the place", () => {
  assert.equal(ratesOf(a, "mini", "speech").bitrate, 800);
  assert.deepEqual(ratesOf(a, "mini", "music"), {});
  assert.deepEqual(ratesOf(a, "no such suite", "speech"), {});
  assert.equal(winsOf(a, "mini", "speech"), 0.25);
  assert.equal(bordaOf(c, "mini", "speech", {}), undefined);
  assert.equal(whyNoBorda(c, "mini", "speech"), "no other tokenizer is ranked 1 to 2 kbit/s");
});

test("rows stand by Borda count, at equal counts by bitrate, those without one last; what was not measured is no row", () => {
  assert.deepEqual(rows({}), ["b:mode=2", "a", "c"]);
});

test("the reader's weights change the order", () => {
  assert.deepEqual(rows({ "w.signal": "3" }), ["a", "b:mode=2", "c"]);
  assert.deepEqual(rows({ "w.speaker": "3" }), ["b:mode=2", "a", "c"]);
});

test("rows are sorted by any column, those without a value last either way", () => {
  const [, speaker] = columnsOf("mini", "speech");
  assert.deepEqual(rows({ sort: speaker.key }), ["a", "b:mode=2", "c"]);
  assert.deepEqual(rows({ sort: `-${speaker.key}` }), ["b:mode=2", "a", "c"]);
});

test("filters take several values, and a search takes every word", () => {
  assert.deepEqual(rows({ band: "1 to 2 kbit/s" }), ["c"]);
  assert.deepEqual(rows({ parameters: "1 to 10 M" }), ["c"]);
  assert.deepEqual(rows({ search: "mode b" }), ["b:mode=2"]);
});

test("columns are the headline's, a question's or all, with what the reader added or took away", () => {
  assert.deepEqual(shown({}), ["estoi"]);
  assert.deepEqual(shown({ q: "speaker" }), ["speaker_ge2e"]);
  assert.deepEqual(shown({ q: "all", minus: "estoi" }), ["speaker_ge2e"]);
  assert.deepEqual(shown({ plus: "speaker_ge2e" }), ["estoi", "speaker_ge2e"]);
});

test("a latency is read off the conformance report, and is undefined where none was measured", () => {
  const findings = [{ check: "latency", outcome: "passed", message: "12.5 ms" }];
  assert.equal(latencyOf({ ...a, conformance: { findings } }), 12.5);
  assert.equal(latencyOf(a), undefined);
});

test("what multiply-accumulates are counted on is said where they are shown", () => {
  assert.match(FACETS.find(({ name }) => name === "macs").text, /one clip of one second/);
});
