// Run by `npm test`: what the board shows of a place, and in what order.

import assert from "node:assert/strict";
import test from "node:test";

import "./board.js";

const { DATA, TOKENIZERS, bordaOf, columnsOf, entryByKey, entryKey, ratesOf, titleAmong, whyNoBorda, winsOf } = await import(
  "../../../audiotok/leaderboard/web/js/data.js"
);
const { FACETS, boardModel, latencyOf, shownColumns } = await import("../../../audiotok/leaderboard/web/js/model.js");
const { AXES, commonMachine } = await import("../../../audiotok/leaderboard/web/js/axes.js");
const { taskColumns } = await import("../../../audiotok/leaderboard/web/js/tasks.js");
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

test("rows without the number of a facet are last either way", () => {
  assert.equal(rows({ sort: "f:parameters" })[0], "c");
  assert.equal(rows({ sort: "-f:parameters" })[0], "c");
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

test("a column is named by metric and data, and by its bare metric on all data", () => {
  assert.deepEqual(shown({ q: "all", minus: "estoi@mini" }), ["speaker_ge2e"]);
  assert.deepEqual(shown({ q: "all", minus: "estoi@other" }), ["estoi", "speaker_ge2e"]);
  assert.deepEqual(shown({ plus: "speaker_ge2e@mini" }), ["estoi", "speaker_ge2e"]);
  const [estoi, speaker] = columnsOf("mini", "speech");
  assert.equal(titleAmong(estoi, [estoi, speaker]), "estoi");
  assert.equal(titleAmong(estoi, [estoi, { ...estoi, key: "estoi@other" }]), "estoi, mini");
});

test("a task has a column on each of its data sets", () => {
  const [estoi] = DATA.columns;
  DATA.columns.push({ ...estoi, index: 2, key: "estoi@other" });
  const found = taskColumns({ metrics: ["estoi", "absent"] }, "mini", "speech");
  DATA.columns.pop();
  assert.deepEqual(found.map((column) => column.key), ["estoi@mini", "estoi@other"]);
});

test("most rows were timed on the common machine", () => {
  const on = (machine) => ({ provenance: { machine } });
  assert.equal(commonMachine([on("x"), on("y"), on("y")]), "y");
  assert.deepEqual(AXES.filter((axis) => axis.timed).map(({ name }) => name), ["rtf_encode", "rtf_decode"]);
});

test("a latency is read off the conformance report, and is undefined where none was measured", () => {
  const findings = [{ check: "latency", outcome: "passed", message: "12.5 ms" }];
  assert.equal(latencyOf({ ...a, conformance: { findings } }), 12.5);
  findings[0].message = "1.23e+03 ms";
  assert.equal(latencyOf({ ...a, conformance: { findings } }), 1230);
  assert.equal(latencyOf(a), undefined);
});

test("what multiply-accumulates are counted on is said where they are shown", () => {
  assert.match(FACETS.find(({ name }) => name === "macs").text, /one clip of one second/);
});
