import assert from "node:assert/strict";
import { test } from "node:test";
import { placeLabels, spreadOut } from "../../../audiotok/leaderboard/web/js/labels.js";

const FRAME = { left: 0, right: 900, top: 0, bottom: 400 };

function boxOf({ at: [x, y], anchor, width }) {
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return { left, right: left + width, top: y - 7, bottom: y + 7 };
}

test("of a hundred names none covers another, and many find a place", () => {
  const points = Array.from({ length: 100 }, (_, i) => ({ x: 50 + ((i * 377) % 800), y: 20 + ((i * 91) % 360), width: 60 }));
  const placed = placeLabels(points, FRAME).map(boxOf);
  assert.ok(placed.length > 40);
  placed.forEach((one, i) =>
    placed.slice(0, i).forEach((other) => {
      const apart = one.left >= other.right || other.left >= one.right || one.top >= other.bottom || other.top >= one.bottom;
      assert.ok(apart);
    }),
  );
});

test("a name at the right edge stands left of its point", () => {
  const [placed] = placeLabels([{ x: 890, y: 100, width: 60 }], FRAME);
  assert.equal(placed.anchor, "end");
});

test("heights that lie too close are moved apart and stay within", () => {
  const found = spreadOut([10, 12, 11, 200], 14, 0, 400).sort((a, b) => a - b);
  found.slice(1).forEach((height, i) => assert.ok(height - found[i] >= 14));
  assert.equal(found.at(-1), 200);
  assert.ok(spreadOut([395, 396, 397], 14, 0, 400).every((height) => height <= 400));
});
