// The figure of quality over cost, drawn by Observable Plot; names and points are finished by hand.

import { extent, roundNumbers } from "./axes.js";
import { isDark } from "./dom.js";
import { unit } from "./format.js";
import { LETTER, nameAnchors, namePoints, sorted } from "./names.js";
import { palette, symbolOf } from "./palette.js";
import { pointInWords, openByKeys, openByPointer, zoomByDragging } from "./pointing.js";

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
