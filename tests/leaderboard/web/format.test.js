// Run by `npm test`: modules of the page that need no document.

import assert from "node:assert/strict";
import test from "node:test";

import { ends, millions, number, range, rate } from "../../../audiotok/leaderboard/web/js/format.js";

test("a negative number has a true minus sign and zero has none", () => {
  assert.equal(number(-1.25, 1), "\u22121.3");
  assert.equal(number(-0, 1), "0.0");
});

test("a small value is not written as zero", () => {
  assert.equal(number(0.000196, 3), "0.0002");
  assert.equal(number(-0.000188, 3), "\u22120.00019");
  assert.equal(number(0.0006, 3), "0.001");
  assert.equal(number(0, 3), "0.000");
});

test("what was not measured is a dash", () => {
  for (const value of [undefined, null]) assert.equal(number(value, 2), "–");
  assert.equal(rate("bitrate", undefined), "–");
  assert.equal(millions(undefined), "–");
});

test("rates have three significant digits, bits in kbit/s and tokens as they are", () => {
  assert.equal(rate("bitrate", 1612.6), "1.61");
  assert.equal(rate("token_rate", 50.08), "50.1");
  assert.equal(rate("bitrate", 1_411_200), "1,411");
});

test("the ends of an interval below zero are not parted by another dash", () => {
  assert.equal(ends({ ci: [-1, 2] }, { digits: 0 }), "\u22121\u2009…\u20092");
  assert.equal(ends({ ci: [1, 2] }, { digits: 0 }), "1\u2009–\u20092");
});

test("a range of one place is that place", () => {
  assert.equal(range(1, 1), "1");
  assert.equal(range(1, 3), "1–3");
});
