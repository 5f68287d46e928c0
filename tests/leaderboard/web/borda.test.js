// Run by `npm test`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { bordaIn, pairIndex } from "../../../audiotok/leaderboard/web/js/borda.js";

const GOLDEN = JSON.parse(readFileSync(new URL("../page/borda.json", import.meta.url), "utf-8"));

const near = (found, expected) =>
  expected === null ? assert.equal(found, undefined) : assert.ok(Math.abs(found - expected) < 1e-9, `${found}, not ${expected}`);

for (const { name, order, total, weights, weighted } of GOLDEN)
  test(`${name}, as page/order.py counts`, () => {
    order.who.forEach((index, place) => {
      near(bordaIn(order, index, {})?.value, total[place]);
      near(bordaIn(order, index, weights)?.value, weighted[place]);
    });
  });

test("a count says over how many questions it is", () => {
  const [{ order }] = GOLDEN;
  assert.deepEqual(bordaIn(order, 3, {}), { value: 0.375, rivals: 2, fewest: 1, most: 2, of: 2, behind: undefined });
});

test("pairs stand as itertools.combinations lists them", () => {
  const pairs = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]];
  assert.deepEqual(pairs.map(([i, j]) => pairIndex(4, i, j)), [0, 1, 2, 3, 4, 5]);
});
