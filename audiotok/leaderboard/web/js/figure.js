// The rate–distortion figure, drawn by Observable Plot.

import { announce, h, isDark } from "./dom.js";
import { entryKey } from "./data.js";
import { RATE_TITLES, RATE_UNITS, interval, number, rankInWords, rate, unit } from "./format.js";
import { go } from "./state.js";

const PALETTE = [
  "#2a6fb0",
  "#c2571a",
  "#2d8a5f",
  "#a8356b",
  "#7a5ac2",
  "#8a6d1f",
  "#12898c",
  "#b5413c",
  "#5b6a77",
  "#6b8e23",
];
const DARK_PALETTE = [
  "#6db3f2",
  "#f0965a",
  "#6fcf9d",
  "#ec7fb0",
  "#b39af0",
  "#d6b656",
  "#5fd0d0",
  "#f08a85",
  "#a9b7c2",
  "#b4d36a",
];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star"];

/** The points that no cheaper or equally cheap one matches, by rising rate. */
export function paretoFront(points, direction) {
  const sign = direction === "lower" ? -1 : 1;
  const sorted = points.filter((one) => one.sound).sort((a, b) => a.x - b.x || sign * (b.y - a.y));
  let best = -Infinity;
  return sorted.filter((one) => sign * one.y > best && ((best = sign * one.y), true));
}

/** Anchors with where their names start, px from the left: lines may lie too close for names below each other. */
function sideBySide(anchors, width) {
  let next = 4;
  return [...anchors]
    .sort((one, other) => one.y - other.y)
    .map((one) => {
      const room = 7 * one.entry.title.length + 14;
      const dx = next + room > width - 80 ? 4 : next;
      next = dx + room;
      return [one, dx];
    });
}

export function drawFigure({ column, x, groups, groupOf, shown, anchors, at, width }) {
  const dark = isDark();
  const palette = dark ? DARK_PALETTE : PALETTE;
  const colour = (one) => palette[groups.indexOf(groupOf(one)) % palette.length];
  const symbol = (one) => symbolOf(groups.indexOf(groupOf(one)));
  const family = (one) => one.entry.family;
  const coded = anchors.filter((one) => one.x !== undefined);
  const uncoded = anchors.filter((one) => one.x === undefined);
  const showAnchors = at.params.anchors !== "0";
  const front = at.params.front === "0" ? [] : paretoFront(shown, column.direction);
  const small = width < 560;
  const ticks = roundNumbers(
    [...shown, ...coded].map((one) => one.x),
    small,
  );
  const named = small ? [] : lastOfEach(shown, family);
  const figure = Plot.plot({
    width,
    height: small ? 380 : 480,
    marginLeft: 56,
    marginRight: small ? 20 : 90,
    marginBottom: 44,
    marginTop: 26,
    insetLeft: 14,
    insetRight: 10,
    style: { background: "transparent", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ariaLabel: `${column.title} over ${RATE_TITLES[x]}, ${shown.length} tokenizers`,
    x: { type: "log" },
    y: {
      label: `${column.title}${unit(column) === "%" ? " (%)" : column.unit ? ` (${column.unit})` : ""}, better upwards`,
      labelArrow: "none",
      reverse: column.direction === "lower",
      grid: true,
      nice: true,
      zero: false,
    },
    marks: [
      Plot.gridX(ticks),
      // As text of its own: a log scale's tick format would drop every 5.
      Plot.axisX(ticks, { text: ticks.map(String), label: `${RATE_TITLES[x]} (${RATE_UNITS[x]})` }),
      showAnchors
        ? [
            Plot.ruleY(uncoded, { y: "y", stroke: "currentColor", strokeOpacity: 0.35, strokeDasharray: "2,3" }),
            sideBySide(uncoded, width).map(([one, dx]) =>
              Plot.text([one], {
                y: "y",
                text: (anchor) => anchor.entry.title,
                frameAnchor: "left",
                textAnchor: "start",
                dx,
                dy: -6,
                fill: "currentColor",
                fillOpacity: 0.6,
                className: "anchor-label",
              }),
            ),
            Plot.line(sorted(coded), {
              x: "x",
              y: "y",
              z: family,
              stroke: "currentColor",
              strokeOpacity: 0.4,
              strokeDasharray: "4,3",
            }),
            Plot.dot(coded, { x: "x", y: "y", stroke: "currentColor", strokeOpacity: 0.6, r: 3 }),
            Plot.text(lastOfEach(coded, family), {
              x: "x",
              y: "y",
              text: family,
              dx: 8,
              textAnchor: "start",
              fill: "currentColor",
              fillOpacity: 0.6,
            }),
          ]
        : [],
      Plot.line(front, {
        x: "x",
        y: "y",
        curve: "step-after",
        stroke: "var(--accent)",
        strokeWidth: 7,
        strokeOpacity: 0.2,
        strokeLinejoin: "round",
      }),
      Plot.line(sorted(shown), { x: "x", y: "y", z: family, stroke: colour, strokeWidth: 1.5, strokeOpacity: 0.75 }),
      at.params.bars === "0"
        ? []
        : Plot.ruleX(
            shown.filter((one) => one.cell.ci),
            { x: "x", y1: (one) => one.cell.ci[0], y2: (one) => one.cell.ci[1], stroke: colour, strokeOpacity: 0.55 },
          ),
      Plot.dot(shown, {
        x: "x",
        y: "y",
        symbol,
        stroke: colour,
        fill: (one) => (one.sound ? colour(one) : "var(--surface)"),
        strokeWidth: 1.5,
        r: 4.5,
      }),
      Plot.text(named, {
        x: "x",
        y: "y",
        text: family,
        dx: 9,
        dy: -1,
        textAnchor: "start",
        fill: colour,
        stroke: "var(--surface)",
        strokeWidth: 4,
        fontWeight: 600,
      }),
      Plot.tip(
        [...shown, ...(showAnchors ? coded : [])],
        Plot.pointer({
          x: "x",
          y: "y",
          title: (one) => tipText(one, column),
          fill: "var(--surface)",
          stroke: "var(--line)",
          fontSize: 12,
          lineHeight: 1.35,
          maxRadius: 40,
        }),
      ),
    ],
  });
  figure.addEventListener("click", () => {
    if (figure.value) go(["tokenizer", entryKey(figure.value.entry)], { from: `${at.suite}/${at.domain}` });
  });
  figure.addEventListener("input", () => {
    figure.style.cursor = figure.value ? "pointer" : "";
    if (figure.value) announce(figure.value.entry.name);
  });
  return figure;
}

function tipText({ entry, cell, rates }, column) {
  return [
    entry.name,
    `${column.title} ${number(cell.v, column.digits)}${unit(column)}${cell.ci ? `  (${interval(cell, column)})` : ""}`,
    `${rate("bitrate", rates.bitrate)} kbit/s, ${rate("token_rate", rates.token_rate)} tokens/s`,
    cell.rank ? rankInWords(cell) : cell.why ? `not ranked: ${cell.why}` : "",
  ]
    .filter(Boolean)
    .join("\n");
}

/** 1, 2, 5, 10, … (or the powers of ten) from just below the smallest to just above the largest. */
function roundNumbers(values, few) {
  if (!values.length) return [];
  const [low, high] = d3.extent(values);
  const powers = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1);
  return powers
    .flatMap((power) =>
      (few && high / low > 100 ? [1] : [1, 2, 5]).map((digit) => Number((digit * 10 ** power).toPrecision(1))),
    )
    .filter((value) => value >= low * 0.9 && value <= high * 1.1);
}

function sorted(points) {
  return [...points].sort((a, b) => a.x - b.x);
}

function lastOfEach(points, key) {
  return [...new Map(sorted(points).map((one) => [key(one), one])).values()];
}

/** Colours come round after ten groups, with another symbol. */
function symbolOf(index) {
  return SYMBOLS[Math.floor(index / PALETTE.length) % SYMBOLS.length];
}

export function swatch(index) {
  return h("i", {
    class: `swatch ${symbolOf(index)}`,
    "aria-hidden": "true",
    "--light": PALETTE[index % PALETTE.length],
    "--dark": DARK_PALETTE[index % PALETTE.length],
  });
}
