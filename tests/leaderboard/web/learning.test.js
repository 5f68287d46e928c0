// The learning curve of a small language is read off the signatures of its columns.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./board.js";

const { pointsOf } = await import("../../../audiotok/leaderboard/web/js/learning.js");

const column = (index, metric, minutes) => ({ index, metric, signature: `lexicon.v2|data:lexicon@sha256:ab|minutes:${minutes}|seed:0` });

test("points are of one series after the other, by growing minutes", () => {
  const columns = [
    column(0, "lexicon_known", "35"),
    column(1, "lexicon_control_after_2", "2"),
    column(2, "lexicon_known_after_2", "2"),
    column(3, "lexicon_known_after_8", "8"),
    column(4, "lexicon_learned", "35"),
    column(5, "lexicon_minutes", "2+8+35"),
  ];
  const cells = { 0: { v: 88, ci: [85, 91] }, 1: { v: 51, ci: [45, 57] }, 2: { v: 69, ci: [64, 74] }, 3: { state: "failed" }, 4: { v: 34 }, 5: { v: 4 } };
  assert.deepEqual(pointsOf({ cells }, columns), [
    { series: "control", minutes: 2, value: 51, low: 45, high: 57 },
    { series: "known", minutes: 2, value: 69, low: 64, high: 74 },
    { series: "known", minutes: 35, value: 88, low: 85, high: 91 },
  ]);
});
