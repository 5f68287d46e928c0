// Where names go in a figure so that no two collide; what finds no place is left to the tooltip.

/** Whether two boxes {left, right, top, bottom} overlap. */
function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

const HEIGHT = 14; // px of a line of text
const FARTHER = [2, 3, 4, -2, -3, -4]; // lines
const AWAY = 9; // px from the middle of a point, sideways
const OVER = 14; // and above or below it

/**
 * [{x, y, width, …}], the most important first -> the same with {at: [x, y], anchor: "start" | "end" | "middle"} of those that
 * have a place right of, left of, above or below their point, inside `frame` and clear of `taken` boxes and each other. Where
 * `must` is said of one, places farther above and below it are tried too.
 */
export function placeLabels(points, frame, taken = []) {
  const boxes = [...taken];
  const placed = [];
  for (const point of points) {
    const { x, y, width, must } = point;
    const places = [
      { anchor: "start", at: [x + AWAY, y], left: x + AWAY },
      { anchor: "end", at: [x - AWAY, y], left: x - AWAY - width },
      { anchor: "middle", at: [x, y - OVER], left: x - width / 2 },
      { anchor: "middle", at: [x, y + OVER], left: x - width / 2 },
      ...(must ? FARTHER : []).map((lines) => ({ anchor: "end", at: [x, y + lines * HEIGHT], left: x - width })),
    ];
    for (const { anchor, at, left } of places) {
      const box = { left, right: left + width, top: at[1] - HEIGHT / 2, bottom: at[1] + HEIGHT / 2 };
      const inside = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
      if (!inside || boxes.some((other) => overlap(box, other))) continue;
      boxes.push(box);
      placed.push({ ...point, at, anchor });
      break;
    }
  }
  return placed;
}

/** Heights, ascending or not -> as near to them as `gap` allows, between low and high where they fit. */
export function spreadOut(heights, gap, low, high) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const found = [...heights];
  let floor = low;
  for (const i of order) {
    found[i] = Math.max(floor, heights[i]);
    floor = found[i] + gap;
  }
  let ceiling = high;
  for (const i of order.reverse()) {
    found[i] = Math.min(ceiling, found[i]);
    ceiling = found[i] - gap;
  }
  return found;
}
