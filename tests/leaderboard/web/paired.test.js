// Run by `npm test`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { corrected, paired } from "../../../audiotok/leaderboard/web/js/paired.js";
import { bothTails } from "../../../audiotok/leaderboard/web/js/student.js";

const GOLDEN = JSON.parse(readFileSync(new URL("../page/paired.json", import.meta.url), "utf-8"));

const near = (found, expected, name) =>
  expected === null
    ? assert.equal(found, null, name)
    : assert.ok(Math.abs(found - expected) <= 1e-7 * Math.abs(expected), `${name}: ${found}, not ${expected}`);
const testOf = ({ scores, units, direction, scale }) => paired(scores[0], scores[1], units, direction, scale);

for (const golden of GOLDEN)
  test(`${golden.name}, as results/paired.py tests`, () => {
    const found = testOf(golden);
    for (const name of ["low", "high", "equal", "unseen"]) near(found[name], golden.expected[name], name);
  });

test("all tests are judged together, as results/paired.py corrects", () => {
  corrected(GOLDEN.map(testOf)).forEach((p, i) => near(p, GOLDEN[i].judged, GOLDEN[i].name));
});

test("Student's t has the tails of printed tables", () => {
  const tables = [[12.706, 1, 0.05], [2.571, 5, 0.05], [3.707, 6, 0.01], [1.96, 1e5, 0.05], [0.7, 10, 0.5]];
  for (const [t, freedom, p] of tables) assert.ok(Math.abs(bothTails(t, freedom) - p) < 2e-4, `${t} at ${freedom}`);
});

test("a tail far out keeps its digits", () => {
  near(bothTails(30, 39), 1.4830595246943361e-28, "30 at 39"); // scipy.special.stdtr
});
