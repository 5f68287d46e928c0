import assert from "node:assert/strict";
import { test } from "node:test";
import { byGuessing, drawTrials, outcome } from "../../../audiotok/leaderboard/web/js/trials.js";

test("guessing gets 9 or more of 10 right once in 93 times", () => {
  assert.equal(byGuessing(9, 10), 11 / 1024);
  assert.equal(byGuessing(0, 10), 1);
  assert.equal(byGuessing(10, 10), 1 / 1024);
});

test("an ABX answer is right where it names what X was", () => {
  const trials = [{ first: 0, answer: 0 }, { first: 1, answer: 0 }, { first: 1, answer: 1 }, { first: 0, answer: null }];
  assert.deepEqual(outcome("abx", trials), { right: 2, of: 3, p: 0.5 });
});

test("a preference counts for the system behind the letter, whatever the order", () => {
  const trials = [{ first: 0, answer: 0 }, { first: 1, answer: 1 }, { first: 1, answer: 0 }, { first: 0, answer: "equal" }];
  assert.deepEqual(outcome("ab", trials), { preferred: [2, 1], ties: 1, p: 1 });
});

test("trials are drawn one by one", () => {
  const draws = [0.4, 0.6, 0.1];
  assert.deepEqual(drawTrials(3, () => draws.shift()).map(({ first }) => first), [0, 1, 0]);
});
