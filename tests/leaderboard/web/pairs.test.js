// Run by `npm test`.

import "./board.js";
import assert from "node:assert/strict";
import test from "node:test";

const { DATA } = await import("../../../audiotok/leaderboard/web/js/data.js");
const { judged, paired } = await import("../../../audiotok/leaderboard/web/js/paired.js");
const { nameBeside, testedOf, testsOf } = await import("../../../audiotok/leaderboard/web/js/pairs.js");

const { quoted } = await import("../../../audiotok/leaderboard/web/js/compare.js");

const [a, b, c] = DATA.entries;
a.scores = { 0: [[0.9, 0.8, 0.95, 0.85, 0.9], 1], 1: [[0.2, 0.1, 0.1, 0.15, 0.1], 1] };
b.scores = { 0: [[0.3, 0.35, 0.3, 0.4, 0.2], 1], 1: [[0.15, 0.1, 0.2, 0.05, 0.1], 1] };

test("p-values of the columns of one family are corrected together", () => {
  const alone = [0, 1].map((i) => paired(a.scores[i], b.scores[i], DATA.units[0], "higher", 1));
  const together = testsOf(a, b);
  assert.ok(alone[0].equal < alone[1].equal);
  assert.equal(together.get(0).p, Math.max(2 * alone[0].equal, alone[0].unseen));
  assert.equal(together.get(1).p, Math.max(alone[1].equal, alone[1].unseen));
});

test("columns of an optional task are corrected apart and change no p-value of the required ones", () => {
  const [first, second] = DATA.columns;
  const alone = paired(a.scores[1], b.scores[1], DATA.units[0], "higher", 1);
  const { family } = second;
  second.family = "stability/mini/speech";
  const found = testsOf(a, b);
  second.family = family;
  assert.equal(found.get(second.index).p, Math.max(alone.equal, alone.unseen));
  const only = paired(a.scores[0], b.scores[0], DATA.units[0], "higher", 1);
  assert.equal(found.get(first.index).p, Math.max(only.equal, only.unseen));
});

test("a number that has two names is one test, two columns without a difference are two", () => {
  const [better, other] = [0, 1].map((i) => paired(a.scores[i], b.scores[i], DATA.units[0], "higher", 1));
  const [p, q] = judged([better, other]);
  assert.deepEqual(judged([better, other, { ...better }]), [p, q, p]);
  const equal = paired(a.scores[0], a.scores[0], DATA.units[0], "higher", 1);
  assert.equal(judged([equal, better, { ...equal }])[1], Math.max(3 * better.equal, better.unseen));
});

test("the order of the two turns the difference and changes no p-value", () => {
  const [one, other] = [testsOf(a, b), testsOf(b, a)];
  for (const i of [0, 1]) {
    assert.ok(Math.abs(one.get(i).low + other.get(i).high) < 1e-12);
    assert.ok(Math.abs(one.get(i).p - other.get(i).p) < 1e-12);
  }
});

test("nothing is tested of a row against itself, nor without scores", () => {
  assert.equal(testsOf(a, a).size, 0);
  assert.equal(testsOf(a, c).size, 0);
});

test("an identifier is quoted for a shell where it has to be", () => {
  assert.equal(quoted("codec2:mode=1200"), "codec2:mode=1200");
  assert.equal(quoted("bpe(whisper-units:k=500):n=1"), "'bpe(whisper-units:k=500):n=1'");
});

test("a tie is nobody's", () => {
  const found = testedOf(DATA.columns, testsOf(a, b), a, b);
  assert.deepEqual(found.map(({ winner }) => winner), ["a", null]);
});

test("options stand in a name only where both of a pair have one title", () => {
  const [four, eight] = [4, 8].map((number) => ({ title: "RVQ", name: `RVQ (num_codebooks=${number})` }));
  assert.equal(nameBeside(four, eight), "RVQ (num_codebooks=4)");
  assert.equal(nameBeside(four, { title: "Codec 2", name: "Codec 2 (mode=700)" }), "RVQ");
});
