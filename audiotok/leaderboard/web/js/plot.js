// Quality over what it costs: rate, tokens, size, speed or latency. Up is always better; with the Pareto front.

import { AXES, commonMachine, extent } from "./axes.js";
import { bdSection } from "./bd.js";
import { NARROW, checkbox, copy, figureOf, h, select } from "./dom.js";
import { columnsOf, entryKey, headline, isNamed, ratesOf, titleAmong } from "./data.js";
import { canBeLog, drawFigure, zoomOf } from "./figure.js";
import { ARROWS } from "./format.js";
import { boardModel } from "./model.js";
import { swatch } from "./palette.js";
import { savePng, saveSvg } from "./picture.js";
import { pointInWords } from "./pointing.js";
import { linkTo, listParam, setParams, toggleInList } from "./state.js";
import { isSound } from "./states.js";

const CLOSER = 0.5; // share of the range that one press of “+” leaves

export function plotView(at) {
  const model = boardModel(at);
  const choices = columnsOf(at.suite, at.domain).filter((column) => column.direction !== "none" && column.question !== "rate");
  const column = choices.find((one) => isNamed(one, [at.params.y])) ?? headline(choices)[0];
  if (!column) return h("p", { class: "empty" }, "None of these metrics has a direction, so there is nothing to plot.");
  const axes = AXES.filter((axis) => model.rows.some((entry) => axis.of(entry, at) !== undefined));
  const axis = axes.find(({ name }) => name === at.params.x) ?? axes[0];
  if (!axis) return h("p", { class: "empty" }, "No rate, size or speed was measured for these tokenizers.");
  const hidden = listParam(at.params, "hide");
  const points = (entries) => entries.map((entry) => point(entry, column, axis, at)).filter(Boolean);
  const all = points(model.rows);
  if (axis.timed) {
    const machine = commonMachine(all.map((one) => one.entry));
    for (const one of all) one.sound &&= one.entry.provenance.machine === machine;
  }
  const groupOf = (one) => (at.params.colour === "quantizer" ? (one.entry.card?.quantizer ?? "?") : one.entry.family);
  const groups = [...new Set(all.map(groupOf))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const shown = all.filter((one) => !hidden.includes(groupOf(one)));
  const titleOf = titlesOf(model.rows);
  const legend = h(
    "div",
    { class: "legend", role: "group", "aria-label": "Legend: click to hide or show" },
    groups.map((group, i) => legendChip(at, group, i, hidden, all.find((one) => groupOf(one) === group), titleOf)),
  );
  const readout = h("p", { class: "picked", role: "status" }, "Hover over or tap a point, or select it with Tab and the arrow keys.");
  const pick = (one) => readout.replaceChildren(...pickedWords(one, column, axis, at));
  const draw = (width) => drawFigure({ column, axis, groups, groupOf, titleOf, shown, anchors: points(model.anchors), at, width, pick });
  const holder = shown.length ? figureOf(draw) : h("p", { class: "empty" }, "No points are left: show a family or change the filters.");
  if (at.params.embed === "1") return h("section", { "aria-label": "Plot" }, holder, embedFooter(at));
  return h(
    "section",
    { class: "plot", "aria-label": "Plot of quality over cost" },
    h("div", { class: "toolbar" }, axisMenus(at, { choices, column, axes, axis }), !NARROW.matches && looks(at, all)),
    NARROW.matches
      ? h("details", { class: "more" }, h("summary", { class: "quiet" }, "Colours, intervals, legend"), looks(at, all), legend)
      : legend,
    holder,
    readout,
    underFigure(at, { column, axis, shown, holder }),
    h(
      "p",
      { class: "hint" },
      `Better values are plotted higher. ${column.text} ${axis.text ? `${axis.title}: ${axis.text} ` : ""}Each point is one mode of a tokenizer; lines connect the modes of a family. `,
      "Hollow points are not on the front: they are not ranked (because of failures, another signature, or an early output that a metric reads as noise), or were trained with the evaluation model and are ranked at the worse end of their interval. The front connects the points that no cheaper point (to the left) outperforms; it does not consider intervals. ",
      "Drag over a part of the figure to enlarge it. A point far to the right of all others is drawn at the edge, with an arrow.",
    ),
    axis.name === "bitrate" && bdSection(column),
  );
}

function axisMenus(at, { choices, column, axes, axis }) {
  const axisNames = axes.map(({ name, title, unit }) => [name, `${title} (${unit})`]);
  const change = (changes) => setParams({ zoom: undefined, ...changes });
  return [
    select("Metric", choices.map((one) => [one.key, `${titleAmong(one, choices)} ${ARROWS[one.direction]}`]), column.key, (y) => change({ y })),
    select("Over", axisNames, axis.name, (x) => change({ x: x === "bitrate" ? undefined : x })),
  ];
}

function looks(at, points) {
  const { params } = at;
  const unless = (name) => (on) => setParams({ [name]: on ? undefined : "0" });
  return [
    select(
      "Colour",
      [
        ["family", "Family"],
        ["quantizer", "Quantizer"],
      ],
      params.colour ?? "family",
      (value) => setParams({ colour: value === "family" ? undefined : value, hide: undefined }),
    ),
    checkbox("Pareto front", params.front !== "0", unless("front")),
    checkbox("Intervals", params.bars !== "0", unless("bars")),
    checkbox("Anchors", params.anchors !== "0", unless("anchors")),
    canBeLog(points) && checkbox("Log scale", params.ylog === "1", (on) => setParams({ ylog: on ? "1" : undefined, zoom: undefined })),
  ];
}

function legendChip(at, group, i, hidden, first, titleOf) {
  return h(
    "button",
    {
      type: "button",
      class: "chip",
      "aria-pressed": String(!hidden.includes(group)),
      "data-key": `legend:${group}`,
      onclick: () => toggleInList(at.params, "hide", group),
    },
    swatch(i),
    at.params.colour === "quantizer" ? group : titleOf(first),
  );
}

/** Zoom, and the figure as a file or as a frame for another page. */
function underFigure(at, { column, axis, shown, holder }) {
  const name = `audiotok-${at.suite}-${at.domain}-${column.metric}-${axis.name}`;
  const button = (label, press, text = label) => h("button", { type: "button", class: "quiet", "aria-label": label, "data-key": `plot:${label}`, onclick: press }, text);
  const zoom = (factor) => setParams({ zoom: scaled(zoomOf(at.params) ?? wholeOf(shown), factor).join(",") });
  const frame = `<iframe src="${location.href.split("#")[0]}${linkTo([at.suite, at.domain, "plot"], { ...at.params, embed: "1" })}" width="960" height="560" title="${column.title.replaceAll('"', "")} over ${axis.title}"></iframe>`;
  return h(
    "div",
    { class: "toolbar" },
    button("Zoom in", () => zoom(CLOSER), "+"),
    button("Zoom out", () => zoom(1 / CLOSER), "−"),
    at.params.zoom && button("Show all", () => setParams({ zoom: undefined })),
    h(
      "span",
      { class: "right" },
      button("SVG", () => saveSvg(holder.querySelector("svg"), name)),
      button("PNG", () => savePng(holder.querySelector("svg"), name)),
      button("Copy embed code", () => copy(frame)),
    ),
  );
}

function wholeOf(points) {
  const { low, high } = extent(points.map((one) => one.x));
  const values = points.map((one) => one.y);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = (most - least || Math.abs(most) || 1) * 0.08;
  return [low, high, least - room, most + room];
}

/** [x from, x to, y from, y to] around the same middle; x by its logarithm. */
function scaled([left, right, low, high], factor) {
  const around = (from, to) => [(from + to - factor * (to - from)) / 2, (from + to + factor * (to - from)) / 2];
  const x = around(Math.log(left), Math.log(right)).map(Math.exp);
  return [...x, ...around(low, high)].map((value) => Number(value.toPrecision(4)));
}

function embedFooter(at) {
  const params = { ...at.params, embed: undefined };
  return h("p", { class: "hint" }, h("a", { href: linkTo([at.suite, at.domain, "plot"], params), target: "_blank" }, "audiotok leaderboard"));
}

function pickedWords(one, column, axis, at) {
  const [, ...facts] = pointInWords(one, column, axis).split("\n");
  const key = entryKey(one.entry);
  return [
    h("a", { href: linkTo(["tokenizer", key], { from: `${at.suite}/${at.domain}` }) }, one.entry.name),
    ` ${facts.join(" · ")} · `,
    one.entry.kind === "tokenizer" ? h("a", { href: linkTo(["compare", key]) }, "compare") : "",
  ];
}

/** What a point's family is called: as in the table, where all of its modes are called alike. */
function titlesOf(entries) {
  const titles = new Map();
  for (const { family, title } of entries) titles.set(family, titles.has(family) && titles.get(family) !== title ? family : title);
  return (one) => titles.get(one.entry.family) ?? one.entry.name;
}

function point(entry, column, axis, at) {
  const cell = entry.cells[column.index];
  const x = axis.of(entry, at);
  if (cell?.v === undefined || (x === undefined && entry.kind !== "anchor")) return null;
  const rates = ratesOf(entry, at.suite, at.domain);
  return { entry, cell, x, y: cell.v, sound: isSound(entry, column), rates };
}
