// Run by `npm test`.

import assert from "node:assert/strict";
import test from "node:test";

import { failuresOf, isSound, stateOf } from "../../../audiotok/leaderboard/web/js/states.js";

const COLUMN = { index: 0, question: "codebook" };
const few = { n: 0, failed: { a: "10 codes" }, state: "undefined", reason: "10 codes" };
const broken = { n: 0, failed: { a: "RuntimeError: no", b: "RuntimeError: no" }, state: "failed", reason: "RuntimeError: no" };
const partly = { v: 1, n: 1, failed: { a: "0.2 s of voice were found" } };

test("a cell with a number has no state of its own, and one without has what the data says", () => {
  assert.equal(stateOf({}, COLUMN, partly), null);
  assert.deepEqual(stateOf({}, COLUMN, few), { state: "undefined", why: "10 codes" });
  assert.equal(stateOf({}, COLUMN, broken).state, "failed");
});

test("failures count clips and reasons, and leave out what is undefined", () => {
  const entries = [few, broken, partly].map((cell) => ({ cells: { 0: cell } }));
  const found = failuresOf(entries, [COLUMN]);
  assert.deepEqual(
    found.map(({ clips, of, reasons }) => [clips, of, reasons]),
    [
      [2, 2, [["RuntimeError: no", 2]]],
      [1, 2, [["0.2 s of voice were found", 1]]],
    ],
  );
});

test("what failed, was taught by its judge or is not tested is not on the Pareto front", () => {
  const sound = (cell, column = COLUMN) => isSound({ index: 1, cells: { 0: cell } }, column);
  assert.ok(sound({ v: 1, n: 2 }));
  assert.ok(!sound(partly));
  assert.ok(!sound({ v: 1, n: 2, judge: "taught by its judge, whisper" }));
  assert.ok(!sound({ v: 1, n: 2, sig: "another" }));
  assert.ok(!sound({ v: 1, n: 2 }, { ...COLUMN, tested: { who: [0, 2] } }));
  assert.ok(sound({ v: 1, n: 2 }, { ...COLUMN, tested: { who: [0, 1] } }));
});
