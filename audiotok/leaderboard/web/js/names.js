// The names in a figure: anchors in its margin, the richest mode of each family beside its point.

import { placeLabels, spreadOut } from "./labels.js";

export const LETTER = 6.9; // px, about, of a bold letter of 12 px

function text(figure, group, words, x, y, attributes) {
  const node = group.append("text").attr("x", x).attr("y", y).attr("dy", "0.32em").text(words);
  for (const [name, value] of Object.entries(attributes)) node.attr(name, value);
}

/** Anchors are lines across the figure; their names stand in its right margin, moved apart where lines lie close. */
export function nameAnchors(figure, anchors, frame, small) {
  if (small) return;
  const group = d3.select(figure).append("g").attr("class", "anchor-label").attr("text-anchor", "start").attr("fill", "currentColor").attr("fill-opacity", 0.75);
  const y = figure.scale("y").apply;
  const heights = anchors.map((one) => y(one.y));
  spreadOut(heights, 14, frame.top, frame.bottom).forEach((height, i) => {
    if (heights[i] < frame.top - 1 || heights[i] > frame.bottom + 1) return; // outside of what is zoomed into
    group
      .append("path")
      .attr("d", `M${frame.right},${heights[i]}L${frame.right + 10},${height}`)
      .attr("stroke", "currentColor")
      .attr("stroke-opacity", 0.4)
      .attr("fill", "none");
    text(figure, group, anchors[i].entry.name, frame.right + 13, height, {});
  });
}

/** The richest mode of each family has its name, where there is room; what lies beyond the edge always has. */
export function namePoints(figure, points, { frame, titleOf, colour, axis, small }) {
  const [x, y] = ["x", "y"].map((name) => figure.scale(name).apply);
  const named = small ? points.filter((one) => one.beyond) : lastOfEach(points, (one) => one.entry.family);
  const labels = named
    .map((one) => {
      const words = one.beyond ? `${titleOf(one)}, ${Number(one.x.toPrecision(3))} ${axis.unit} →` : titleOf(one);
      return { one, words, x: x(one.at), y: y(one.y), width: LETTER * words.length, must: one.beyond };
    })
    .sort((a, b) => Number(b.one.beyond) - Number(a.one.beyond));
  const taken = points.map((one) => around(x(one.at), y(one.y)));
  const group = d3.select(figure).append("g").attr("class", "names").attr("font-weight", 600).attr("pointer-events", "none");
  for (const { one, words, at, anchor } of placeLabels(labels, frame, taken)) {
    text(figure, group, words, at[0], at[1], {
      "text-anchor": anchor,
      fill: colour(one),
      stroke: "var(--surface)",
      "stroke-width": 4,
      "paint-order": "stroke",
    });
  }
}

function around(x, y) {
  return { left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 };
}

export function sorted(points) {
  return [...points].sort((a, b) => a.x - b.x);
}

function lastOfEach(points, key) {
  return [...new Map(sorted(points).map((one) => [key(one), one])).values()];
}
