// Run by `npm test`.

import assert from "node:assert/strict";
import test from "node:test";

import { failuresOf, stateOf } from "../../../audiotok/leaderboard/web/js/states.js";

const COLUMN = { index: 0, question: "codebook" };
const TOKENIZER = { kind: "tokenizer", card: { decoder: "CNN" }, cells: {} };
const few = { n: 0, failed: { a: "10 codes, at least 20 are needed", b: "10 codes, at least 20 are needed" } };
const broken = { n: 0, failed: { a: "RuntimeError: no", b: "RuntimeError: no" } };
const partly = { v: 1, n: 1, failed: { a: "0.2 s of voice were found" } };

test("a cell with a number has no state of its own", () => {
  assert.equal(stateOf(TOKENIZER, COLUMN, partly), null);
});

test("one condition of the whole set is undefined, an error of every clip has failed", () => {
  assert.deepEqual(stateOf(TOKENIZER, COLUMN, few), { state: "undefined", why: few.failed.a });
  assert.equal(stateOf(TOKENIZER, COLUMN, broken).state, "failed");
});

test("anchors have no tokens, and tokenizers without a decoder no sound", () => {
  assert.equal(stateOf({ kind: "anchor" }, COLUMN, undefined).state, "not applicable");
  const units = { kind: "tokenizer", card: { decoder: "-" } };
  assert.equal(stateOf(units, { question: "speaker" }, undefined).state, "not applicable");
  assert.equal(stateOf(units, COLUMN, undefined).state, "not measured");
  assert.equal(stateOf(TOKENIZER, { question: "speaker" }, undefined).state, "not measured");
});

test("failures count clips and reasons, and leave out what is undefined", () => {
  const entries = [few, broken, partly].map((cell) => ({ ...TOKENIZER, cells: { 0: cell } }));
  const found = failuresOf(entries, [COLUMN]);
  assert.deepEqual(
    found.map(({ clips, of, reasons }) => [clips, of, reasons]),
    [
      [2, 2, [["RuntimeError: no", 2]]],
      [1, 2, [["0.2 s of voice were found", 1]]],
    ],
  );
});
