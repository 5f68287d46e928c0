// The figure of quality over cost, drawn by Observable Plot; names and points are finished by hand.

import { extent, roundNumbers } from "./axes.js";
import { announce, isDark } from "./dom.js";
import { entryKey } from "./data.js";
import { interval, number, rankInWords, rate, unit } from "./format.js";
import { placeLabels, spreadOut } from "./labels.js";
import { palette, symbolOf } from "./palette.js";
import { go, setParams } from "./state.js";

const LETTER = 6.9; // px, about, of a bold letter of 12 px
const MARGIN = { left: 56, top: 26, bottom: 44 };

/** The points that no cheaper or equally cheap one matches, by rising cost. */
export function paretoFront(points, direction) {
  const sign = direction === "lower" ? -1 : 1;
  const sorted = points.filter((one) => one.sound).sort((a, b) => a.x - b.x || sign * (b.y - a.y));
  let best = -Infinity;
  return sorted.filter((one) => sign * one.y > best && ((best = sign * one.y), true));
}

/** `axis`: of axes.js; `pick(point)` is told which point the reader is at. */
export function drawFigure({ column, axis, groups, groupOf, titleOf, shown, anchors, at, width, pick }) {
  const colours = palette(isDark());
  const colour = (one) => colours[groups.indexOf(groupOf(one)) % colours.length];
  const symbol = (one) => symbolOf(groups.indexOf(groupOf(one)));
  const family = (one) => one.entry.family;
  const small = width < 560;
  const all = at.params.anchors === "0" ? [] : anchors;
  const margin = all.length && !small ? Math.max(...all.map((one) => LETTER * one.entry.name.length)) + 20 : 16;
  const zoom = zoomOf(at.params);
  const { low, high } = zoom ? { low: zoom[0], high: zoom[1] } : extent(shown.map((one) => one.x));
  const coded = all.filter((one) => one.x !== undefined && one.x >= low && one.x <= high);
  const placed = shown
    .filter((one) => !zoom || inside(one, zoom))
    .map((one) => ({ ...one, at: Math.min(one.x, high), beyond: one.x > high }));
  const front = at.params.front === "0" || axis.merit ? [] : paretoFront(shown, column.direction);
  const edge = (points) => points.map((one) => ({ ...one, at: Math.min(one.x, high) }));
  const ticks = roundNumbers(low, high, small);
  const lines = { x: "at", y: "y", clip: true };
  const figure = Plot.plot({
    width,
    height: small ? 380 : 480,
    marginLeft: MARGIN.left,
    marginRight: margin,
    marginBottom: MARGIN.bottom,
    marginTop: MARGIN.top,
    style: { background: "transparent", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ariaLabel: `${column.title} over ${axis.title}, ${shown.length} tokenizers`,
    x: { type: "log", domain: [low, high] },
    y: {
      ...yAxis(column, shown, at.params, zoom),
      label: `${column.title}${unit(column) === "%" ? " (%)" : column.unit ? ` (${column.unit})` : ""}, better upwards`,
      labelArrow: "none",
      grid: true,
    },
    marks: [
      Plot.gridX(ticks),
      // As text of its own: a log scale's tick format would drop every 5.
      Plot.axisX(ticks, { text: ticks.map(String), label: `${axis.title} (${axis.unit})` }),
      Plot.ruleY(all, { y: "y", stroke: "currentColor", strokeOpacity: 0.35, strokeDasharray: "2,3", clip: true }),
      Plot.line(sorted(edge(coded)), { ...lines, z: family, stroke: "currentColor", strokeOpacity: 0.4, strokeDasharray: "4,3" }),
      Plot.dot(edge(coded), { ...lines, stroke: "currentColor", strokeOpacity: 0.6, r: 3 }),
      Plot.line(edge(front), {
        ...lines,
        curve: "step-after",
        stroke: "var(--accent)",
        strokeWidth: 7,
        strokeOpacity: 0.2,
        strokeLinejoin: "round",
      }),
      Plot.line(sorted(edge(shown)), { ...lines, z: family, stroke: colour, strokeWidth: 1.5, strokeOpacity: 0.75 }),
      at.params.bars === "0"
        ? []
        : Plot.ruleX(
            placed.filter((one) => one.cell.ci),
            { x: "at", y1: (one) => one.cell.ci[0], y2: (one) => one.cell.ci[1], stroke: colour, strokeOpacity: 0.55, clip: true },
          ),
      Plot.dot(placed, {
        x: "at",
        y: "y",
        symbol,
        stroke: colour,
        fill: (one) => (one.sound ? colour(one) : "var(--surface)"),
        strokeWidth: 1.5,
        r: 4.5,
        sort: null,
        className: "points",
      }),
      Plot.tip(
        placed,
        Plot.pointer({
          x: "at",
          y: "y",
          title: (one) => pointInWords(one, column, axis),
          fill: "var(--surface)",
          stroke: "var(--line)",
          fontSize: 12,
          lineHeight: 1.35,
          maxRadius: 40,
        }),
      ),
    ],
  });
  const frame = { left: MARGIN.left, right: width - margin, top: MARGIN.top, bottom: (small ? 380 : 480) - MARGIN.bottom };
  nameAnchors(figure, all, frame, small);
  namePoints(figure, placed, { frame: { ...frame, right: width - Math.max(4, small ? 0 : margin - 14) }, titleOf, colour, axis, small });
  openByKeys(figure, placed, { column, axis, pick, at });
  openByPointer(figure, pick, at);
  zoomByDragging(figure, frame);
  return figure;
}

function yAxis(column, points, params, zoom) {
  const range = zoom && { domain: column.direction === "lower" ? [zoom[3], zoom[2]] : [zoom[2], zoom[3]] };
  const turned = zoom ? {} : { reverse: column.direction === "lower", nice: true };
  if (params.ylog !== "1" || !canBeLog(points)) return { zero: false, ...turned, ...range };
  // Some values are 0, as word errors of a clean codec: around it the scale is linear.
  const ends = points.flatMap((one) => [one.y, ...(one.cell.ci ?? [])]);
  const ticks = [0, ...roundNumbers(1, Math.max(...ends))];
  return { type: "symlog", constant: 1, ticks, ...turned, ...range };
}

/** Whether a logarithmic scale would show more than a linear one. */
export function canBeLog(points) {
  const values = points.map((one) => one.y);
  return values.length > 1 && Math.min(...values) >= 0 && Math.max(...values) > 10 * Math.max(1, Math.min(...values));
}

/** [x from, x to, y from, y to] of the address; undefined where it says none that makes sense. */
export function zoomOf(params) {
  const ends = (params.zoom ?? "").split(",").map(Number);
  const sound = ends.length === 4 && ends.every(Number.isFinite) && ends[0] > 0 && ends[0] < ends[1] && ends[2] < ends[3];
  return sound ? ends : undefined;
}

function inside({ x, y }, [left, right, low, high]) {
  return x >= left && x <= right && y >= low && y <= high;
}

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

function text(figure, group, words, x, y, attributes) {
  const node = group.append("text").attr("x", x).attr("y", y).attr("dy", "0.32em").text(words);
  for (const [name, value] of Object.entries(attributes)) node.attr(name, value);
}

/** Anchors are lines across the figure; their names stand in its right margin, moved apart where lines lie close. */
function nameAnchors(figure, anchors, frame, small) {
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
function namePoints(figure, points, { frame, titleOf, colour, axis, small }) {
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

/** The points are one stop of the Tab key; arrows go from one to the next along the axis, Enter opens it. */
function openByKeys(figure, points, { column, axis, pick, at }) {
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
function openByPointer(figure, pick, at) {
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

function zoomByDragging(figure, frame) {
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

function sorted(points) {
  return [...points].sort((a, b) => a.x - b.x);
}

function lastOfEach(points, key) {
  return [...new Map(sorted(points).map((one) => [key(one), one])).values()];
}
