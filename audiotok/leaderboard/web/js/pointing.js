// Reaching the points of a figure by keys, mouse and finger, and zooming into it by dragging.

import { entryKey } from "./data.js";
import { announce } from "./dom.js";
import { interval, number, rankInWords, rate, unit } from "./format.js";
import { go, setParams } from "./state.js";

export function pointInWords({ entry, cell, rates, x }, column, axis) {
  return [
    entry.name,
    `${column.title} ${number(cell.v, column.digits)}${unit(column)}${cell.ci ? `  (${interval(cell, column)})` : ""}`,
    rates[axis.name] === undefined && `${axis.title} ${Number(x.toPrecision(3))} ${axis.unit}`,
    `${rate("bitrate", rates.bitrate)} kbit/s, ${rate("token_rate", rates.token_rate)} tokens/s`,
    cell.rank ? rankInWords(cell) : cell.why ? `not ranked: ${cell.why}` : "",
  ]
    .filter(Boolean)
    .join("\n");
}

/** The points are one stop of the Tab key; arrows go from one to the next along the axis, Enter opens it. */
export function openByKeys(figure, points, { column, axis, pick, at }) {
  const nodes = [...figure.querySelectorAll(".points path")];
  const order = points.map((_, i) => i).sort((a, b) => points[a].x - points[b].x);
  nodes.forEach((node, i) => {
    node.setAttribute("role", "link");
    node.setAttribute("aria-label", pointInWords(points[i], column, axis).replaceAll("\n", ", "));
    node.setAttribute("tabindex", i === order[0] ? "0" : "-1");
    node.addEventListener("focus", () => pick(points[i]));
    node.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (event.key === "Enter") open(points[i], at);
      if (!by) return;
      event.preventDefault();
      const next = nodes[order.at((order.indexOf(i) + by) % order.length)];
      node.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    });
  });
}

function open(one, at) {
  go(["tokenizer", entryKey(one.entry)], { from: `${at.suite}/${at.domain}` });
}

/** A mouse opens what it clicks on; a finger picks it first, since it has nothing to hover with. */
export function openByPointer(figure, pick, at) {
  figure.addEventListener("click", (event) => {
    if (figure.value && event.pointerType !== "touch") open(figure.value, at);
  });
  figure.addEventListener("input", () => {
    figure.style.cursor = figure.value ? "pointer" : "";
    if (!figure.value) return;
    announce(figure.value.entry.name);
    pick(figure.value);
  });
}

const DRAGGED = 8; // px that a click may move

export function zoomByDragging(figure, frame) {
  /** @type {number[] | null} */
  let from = null;
  const box = d3.select(figure).append("rect").attr("class", "zoom-box").attr("fill", "var(--accent)").attr("fill-opacity", 0.15);
  const limit = (event) => {
    const [x, y] = d3.pointer(event, figure);
    return [Math.max(frame.left, Math.min(frame.right, x)), Math.max(frame.top, Math.min(frame.bottom, y))];
  };
  const moved = (start, to) => Math.abs(to[0] - start[0]) > DRAGGED && Math.abs(to[1] - start[1]) > DRAGGED;
  figure.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" && event.button === 0) from = limit(event);
  });
  figure.addEventListener("pointermove", (event) => {
    if (!from || !(event.buttons & 1)) return;
    const to = limit(event);
    box
      .attr("x", Math.min(from[0], to[0]))
      .attr("y", Math.min(from[1], to[1]))
      .attr("width", Math.abs(to[0] - from[0]))
      .attr("height", Math.abs(to[1] - from[1]));
  });
  figure.addEventListener("pointerup", (event) => {
    const start = from;
    const to = limit(event);
    from = null;
    if (!start || !moved(start, to)) return;
    const ends = (name, i) => [start[i], to[i]].map((px) => figure.scale(name).invert(px)).sort((a, b) => a - b);
    setParams({ zoom: [...ends("x", 0), ...ends("y", 1)].map((value) => Number(value.toPrecision(4))).join(",") });
  });
}
