// How many of the words of a small language a model over the tokens knows, after how much speech; see docs/lexicon.md.

import { DATA } from "./data.js";
import { figureOf, h } from "./dom.js";
import { number } from "./format.js";

const METRIC = /^lexicon_(known|control)(_after_[0-9.]+)?$/;
const SERIES = { known: "words that were heard", control: "control: words not in the training data" };
const CHANCE = 50;
const REACHED = 75;

/**
 * [{series, minutes, value, low, high}] of the scored points of an entry, by series and growing minutes. The minutes are a
 * field of the signature.
 * @param {Entry} entry @param {Column[]} columns
 */
export function pointsOf(entry, columns) {
  return columns
    .flatMap((column) => {
      const [, series] = METRIC.exec(column.metric) ?? [];
      const [, minutes] = /[|]minutes:([0-9.]+)/.exec(column.signature) ?? [];
      const cell = entry.cells[column.index];
      if (!series || !minutes || cell?.v === undefined) return [];
      const [low, high] = cell.ci ?? [cell.v, cell.v];
      return [{ series, minutes: Number(minutes), value: cell.v, low, high }];
    })
    .sort((a, b) => a.series.localeCompare(b.series) || a.minutes - b.minutes);
}

/** @param {Entry} entry */
export function learningSection(entry) {
  const points = pointsOf(entry, DATA.columns);
  if (new Set(points.map(({ minutes }) => minutes)).size < 2) return null;
  return h(
    "section",
    { class: "learning" },
    h("h2", {}, "Words learned by amount of speech"),
    h(
      "p",
      { class: "hint" },
      "Accuracy of a small language model over these tokens on pairs of a word and a non-word, after training on minutes of speech in a language of 40 words. ",
      `Words count as learned at ${REACHED} %. The control, words that are not in the training data, stays at ${CHANCE} % if the comparison is fair.`,
    ),
    figureOf((width) => curves(points, width)),
  );
}

function curves(points, width) {
  const colour = (one) => (one.series === "known" ? "var(--accent)" : "currentColor");
  const minutes = [...new Set(points.map((one) => one.minutes))];
  const last = Object.keys(SERIES).flatMap((series) => points.filter((one) => one.series === series).slice(-1));
  return Plot.plot({
    width: Math.min(width, 640),
    height: 240,
    marginLeft: 44,
    marginTop: 28,
    marginRight: 16,
    marginBottom: 40,
    style: { background: "transparent", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ariaLabel: `Words known after minutes of speech: ${points.map(inWords).join("; ")}`,
    x: { type: "log", ticks: minutes, tickFormat: String, label: "minutes of speech", labelArrow: "none" },
    y: { domain: [Math.min(40, ...points.map((one) => one.low)), 100], label: "right pairs (%)", labelArrow: "none", grid: true },
    marks: [
      Plot.ruleY([CHANCE], { stroke: "currentColor", strokeOpacity: 0.6 }),
      Plot.ruleY([REACHED], { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray: "4,3" }),
      Plot.line(points, { x: "minutes", y: "value", z: "series", stroke: colour, strokeWidth: 1.5 }),
      Plot.ruleX(points, { x: "minutes", y1: "low", y2: "high", stroke: colour, strokeOpacity: 0.55 }),
      Plot.dot(points, { x: "minutes", y: "value", stroke: colour, fill: colour, r: 3.5 }),
      Plot.text(last, { x: "minutes", y: "high", text: (one) => SERIES[one.series], textAnchor: "end", dy: -8, fill: "currentColor" }),
      Plot.tip(points, Plot.pointer({ x: "minutes", y: "value", title: inWords, fill: "var(--surface)", stroke: "var(--line)" })),
    ],
  });
}

function inWords({ series, minutes, value, low, high }) {
  return `${SERIES[series]}, ${minutes} min: ${number(value, 1)} % [${number(low, 1)}, ${number(high, 1)}]`;
}
