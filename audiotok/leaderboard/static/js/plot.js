// Rate–distortion: quality over rate, up is always better, with the Pareto front. Drawn by Observable Plot.

import { announce, checkbox, h, select } from "./dom.js";
import { columnsOf, entryKey, headline, ratesOf } from "./data.js";
import { ARROWS, RATE_TITLES, RATE_UNITS, interval, number, range, rate, unit } from "./format.js";
import { boardModel } from "./model.js";
import { go, listParam, setParams, toggleInList } from "./state.js";

const PALETTE = ["#2a6fb0", "#c2571a", "#2d8a5f", "#a8356b", "#7a5ac2", "#8a6d1f", "#12898c", "#b5413c", "#5b6a77", "#6b8e23"];
const DARK_PALETTE = ["#6db3f2", "#f0965a", "#6fcf9d", "#ec7fb0", "#b39af0", "#d6b656", "#5fd0d0", "#f08a85", "#a9b7c2", "#b4d36a"];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star"];

export function plotView(at) {
  const model = boardModel(at);
  const choices = columnsOf(at.suite, at.domain).filter((column) => column.direction !== "none");
  const column = choices.find((one) => one.metric === at.params.y) ?? headline(choices)[0];
  if (!column) return h("p", { class: "empty" }, "Nothing here has a better and a worse end.");
  const x = RATE_TITLES[at.params.x] ? at.params.x : "bitrate";
  const hidden = listParam(at.params, "hide");
  const points = (entries) => entries.map((entry) => point(entry, column, x, at)).filter(Boolean);
  const all = points(model.rows);
  const groupOf = (one) => (at.params.colour === "quantizer" ? one.entry.card?.quantizer ?? "?" : one.entry.family);
  const groups = [...new Set(all.map(groupOf))].sort();
  const shown = all.filter((one) => !hidden.includes(groupOf(one)));
  const anchors = points(model.anchors);
  const holder = h("div", { class: "figure" });
  const redraw = () => holder.replaceChildren(draw({ column, x, groups, groupOf, shown, anchors, at, width: holder.clientWidth || 900 }));
  new ResizeObserver(() => redraw()).observe(holder);
  return h("section", { "aria-label": "Rate–distortion plot" },
    h("div", { class: "toolbar" },
      select("Metric", choices.map((one) => [one.metric, `${one.title} ${ARROWS[one.direction]}`]), column.metric, (y) => setParams({ y })),
      select("Over", Object.entries(RATE_TITLES), x, (value) => setParams({ x: value === "bitrate" ? undefined : value })),
      select("Colour", [["family", "Family"], ["quantizer", "Quantizer"]], at.params.colour ?? "family", (value) => setParams({ colour: value === "family" ? undefined : value, hide: undefined })),
      checkbox("Pareto front", at.params.front !== "0", (on) => setParams({ front: on ? undefined : "0" })),
      checkbox("Intervals", at.params.bars !== "0", (on) => setParams({ bars: on ? undefined : "0" })),
      checkbox("Anchors", at.params.anchors !== "0", (on) => setParams({ anchors: on ? undefined : "0" }))),
    h("div", { class: "legend", role: "group", "aria-label": "Legend: press to hide or show" }, groups.map((group, i) => h("button", {
      type: "button", class: "chip", "aria-pressed": String(!hidden.includes(group)), "data-key": `legend:${group}`, onclick: () => toggleInList(at.params, "hide", group),
    }, swatch(i), group))),
    holder,
    h("p", { class: "hint" }, `Up is better. ${column.text} A point is one mode of a tokenizer; lines join the modes of a family. `,
      "Hollow points have failures or a judge that taught them and are not on the front. The front joins what nothing cheaper beats; it knows nothing of intervals."));
}

function point(entry, column, x, at) {
  const cell = entry.cells[column.index];
  const rates = ratesOf(entry, at.suite, at.domain);
  if (cell?.v === undefined) return null;
  if (rates[x] === undefined && entry.kind !== "anchor") return null;
  return { entry, cell, x: x === "token_rate" ? rates[x] : rates[x] === undefined ? undefined : rates[x] / 1000, y: cell.v, sound: !cell.failed && !cell.judge && !cell.sig, rates };
}

/** The points that no cheaper or equally cheap one matches, by rising rate. */
export function paretoFront(points, direction) {
  const sign = direction === "lower" ? -1 : 1;
  const sorted = points.filter((one) => one.sound).sort((a, b) => a.x - b.x || sign * (b.y - a.y));
  let best = -Infinity;
  return sorted.filter((one) => sign * one.y > best && ((best = sign * one.y), true));
}

function draw({ column, x, groups, groupOf, shown, anchors, at, width }) {
  const dark = isDark();
  const palette = dark ? DARK_PALETTE : PALETTE;
  const colour = (one) => palette[groups.indexOf(groupOf(one)) % palette.length];
  const symbol = (one) => SYMBOLS[Math.floor(groups.indexOf(groupOf(one)) / palette.length) % SYMBOLS.length];
  const family = (one) => one.entry.family;
  const coded = anchors.filter((one) => one.x !== undefined);
  const uncoded = anchors.filter((one) => one.x === undefined);
  const showAnchors = at.params.anchors !== "0";
  const front = at.params.front === "0" ? [] : paretoFront(shown, column.direction);
  const small = width < 560;
  const ticks = roundNumbers([...shown, ...coded].map((one) => one.x), small);
  const named = small ? [] : lastOfEach(shown, family);
  const figure = Plot.plot({
    width, height: small ? 380 : 480, marginLeft: 56, marginRight: small ? 20 : 90, marginBottom: 44, marginTop: 26, insetLeft: 14, insetRight: 10,
    style: { background: "transparent", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ariaLabel: `${column.title} over ${RATE_TITLES[x]}, ${shown.length} tokenizers`,
    x: { type: "log" },
    y: { label: `${column.title}${unit(column) === "%" ? " (%)" : column.unit ? ` (${column.unit})` : ""}, better upwards`, labelArrow: "none", reverse: column.direction === "lower", grid: true, nice: true, zero: false },
    marks: [
      Plot.gridX(ticks),
      // As text of its own: a log scale's tick format would drop every 5.
      Plot.axisX(ticks, { text: ticks.map(String), label: `${RATE_TITLES[x]} (${RATE_UNITS[x]})` }),
      showAnchors ? [
        Plot.ruleY(uncoded, { y: "y", stroke: "currentColor", strokeOpacity: 0.35, strokeDasharray: "2,3" }),
        Plot.text(uncoded, { y: "y", text: (one) => one.entry.title, frameAnchor: "left", textAnchor: "start", dx: 4, dy: -6, fill: "currentColor", fillOpacity: 0.6 }),
        Plot.line(sorted(coded), { x: "x", y: "y", z: family, stroke: "currentColor", strokeOpacity: 0.4, strokeDasharray: "4,3" }),
        Plot.dot(coded, { x: "x", y: "y", stroke: "currentColor", strokeOpacity: 0.6, r: 3 }),
        Plot.text(lastOfEach(coded, family), { x: "x", y: "y", text: family, dx: 8, textAnchor: "start", fill: "currentColor", fillOpacity: 0.6 }),
      ] : [],
      Plot.line(front, { x: "x", y: "y", curve: "step-after", stroke: "var(--accent)", strokeWidth: 7, strokeOpacity: 0.2, strokeLinejoin: "round" }),
      Plot.line(sorted(shown), { x: "x", y: "y", z: family, stroke: colour, strokeWidth: 1.5, strokeOpacity: 0.75 }),
      at.params.bars === "0" ? [] : Plot.ruleX(shown.filter((one) => one.cell.ci), { x: "x", y1: (one) => one.cell.ci[0], y2: (one) => one.cell.ci[1], stroke: colour, strokeOpacity: 0.55 }),
      Plot.dot(shown, { x: "x", y: "y", symbol, stroke: colour, fill: (one) => (one.sound ? colour(one) : "var(--surface)"), strokeWidth: 1.5, r: 4.5 }),
      Plot.text(named, { x: "x", y: "y", text: family, dx: 9, dy: -1, textAnchor: "start", fill: colour, stroke: "var(--surface)", strokeWidth: 4, fontWeight: 600 }),
      Plot.tip([...shown, ...(showAnchors ? coded : [])], Plot.pointer({ x: "x", y: "y", title: (one) => tipText(one, column), fill: "var(--surface)", stroke: "var(--line)", fontSize: 12, lineHeight: 1.35, maxRadius: 40 })),
    ],
  });
  figure.addEventListener("click", () => { if (figure.value) go(["tokenizer", entryKey(figure.value.entry)], { from: `${at.suite}/${at.domain}` }); });
  figure.addEventListener("input", () => { figure.style.cursor = figure.value ? "pointer" : ""; if (figure.value) announce(figure.value.entry.name); });
  return figure;
}

function tipText({ entry, cell, rates }, column) {
  return [
    entry.name,
    `${column.title} ${number(cell.v, column.digits)}${unit(column)}${cell.ci ? `  (${interval(cell, column)})` : ""}`,
    `${rate("bitrate", rates.bitrate)} kbit/s, ${rate("token_rate", rates.token_rate)} tokens/s`,
    cell.rank ? `rank ${range(cell.rank[0], cell.rank[1])} of ${cell.rank[2]} in its band` : cell.why ? `not ranked: ${cell.why}` : "",
  ].filter(Boolean).join("\n");
}

/** 1, 2, 5, 10, … (or the powers of ten) from just below the smallest to just above the largest. */
function roundNumbers(values, few) {
  if (!values.length) return [];
  const [low, high] = d3.extent(values);
  const powers = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1);
  return powers.flatMap((power) => (few && high / low > 100 ? [1] : [1, 2, 5]).map((digit) => Number((digit * 10 ** power).toPrecision(1)))).filter((value) => value >= low * 0.9 && value <= high * 1.1);
}

function sorted(points) {
  return [...points].sort((a, b) => a.x - b.x);
}

function lastOfEach(points, key) {
  return [...new Map(sorted(points).map((one) => [key(one), one])).values()];
}

function swatch(index) {
  return h("i", { class: "swatch", "aria-hidden": "true", "--light": PALETTE[index % PALETTE.length], "--dark": DARK_PALETTE[index % PALETTE.length] });
}

export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
