// Every score of one tokenizer, and the clips behind them.

import { SCROLLS, figureOf, h, select } from "./dom.js";
import { DATA, QUESTIONS, TABLES, TOKENIZERS, clipName, promptOf, sampleOf, tableName } from "./data.js";
import { ARROWS, capital, failed, number, rankInWords, unit } from "./format.js";
import { playButton } from "./playbutton.js";
import { hasDetails } from "./packed.js";
import { linkTo, setParams } from "./state.js";
import { stripPlot } from "./strip.js";
import { tip } from "./tooltip.js";
import { cellTip, scaleOf, valueCell } from "./value.js";

export function scoresSection(entry) {
  const measured = DATA.columns.filter((column) => entry.cells[column.index]);
  const tables = [...new Set(measured.map((column) => column.table))];
  const suites = new Set(tables.map((key) => TABLES[key].suite));
  const others = DATA.columns.filter((column) => suites.has(TABLES[column.table].suite) && !measured.includes(column));
  const without = Object.keys(QUESTIONS).filter(
    (question) =>
      others.some((column) => column.question === question) &&
      !measured.some((column) => column.question === question),
  );
  return h(
    "section",
    {},
    h("h2", {}, "Scores"),
    entry.kind === "tokenizer" &&
      without.length > 0 &&
      h("p", { class: "hint" }, `Not measured: ${without.map((question) => QUESTIONS[question]).join(", ")}.`),
    tables.map((key) => {
      const own = measured.filter((column) => column.table === key);
      return h(
        "details",
        {},
        h("summary", {}, h("h3", {}, capital(tableName(key))), h("small", {}, ` ${own.length} metrics`)),
        h(
          "div",
          SCROLLS,
          h(
            "table",
            { class: "plain scores" },
            h(
              "thead",
              {},
              h(
                "tr",
                {},
                ["Metric", "Value", "Rank in band", "Clips", "Failed", "By language"].map((title, i) =>
                  h("th", { scope: "col", class: i && i < 5 ? "n" : null }, title),
                ),
              ),
            ),
            Object.keys(QUESTIONS).map((question) => {
              const rows = own.filter((column) => column.question === question);
              return (
                rows.length > 0 &&
                h(
                  "tbody",
                  {},
                  h("tr", { class: "band" }, h("th", { colspan: "6", scope: "rowgroup" }, QUESTIONS[question])),
                  rows.map((column) => scoreRow(entry, column)),
                )
              );
            }),
          ),
        ),
      );
    }),
  );
}

function scoreRow(entry, column) {
  const cell = entry.cells[column.index];
  const name = tip(
    h(
      "th",
      { scope: "row", tabindex: "0" },
      column.title,
      " ",
      h("small", {}, [column.unit, ARROWS[column.direction]].filter(Boolean).join(" ")),
    ),
    () => [column.text, h("p", { class: "sig" }, column.signature)],
  );
  const misses = failed(cell);
  return h(
    "tr",
    {},
    name,
    valueCell(cell, column, scaleOf(column, TOKENIZERS), entry),
    h(
      "td",
      { class: "n" },
      cell.rank
        ? rankInWords(cell).replace(/^rank | in its band$/g, "")
        : h("span", { class: "hint" }, column.direction === "none" ? "no direction" : "not ranked"),
    ),
    h("td", { class: "n" }, String(cell.n)),
    h(
      "td",
      { class: misses ? "n mark" : "n" },
      misses ? tip(h("span", { tabindex: "0" }, `${misses} of ${misses + cell.n}`), () => cellTip(cell, column)) : "0",
    ),
    h(
      "td",
      { class: "groups" },
      Object.entries(cell.groups ?? {}).map(([language, [value, low, high]]) =>
        h(
          "span",
          { title: low === null ? "" : `${number(low, column.digits)} to ${number(high, column.digits)}` },
          h("small", {}, `${language} `),
          number(value, column.digits),
        ),
      ),
    ),
  );
}

export function clipsSection(entry, params) {
  const choices = DATA.columns.filter((column) => entry.cells[column.index]?.clips);
  if (!choices.length) return null;
  if (!hasDetails([entry])) return h("p", { class: "hint" }, "Loading the scores of its clips …");
  if (entry.missing) return h("p", { class: "hint", role: "alert" }, entry.missing);
  const column = choices.find((one) => `${one.table}:${one.metric}` === params.clips) ?? choices[0];
  const cell = entry.cells[column.index];
  const holder = figureOf((width) => stripPlot([{ title: entry.title, cell }], column, width));
  const misses = Object.entries(cell.failed ?? {});
  return h(
    "details",
    { class: "folded", open: Boolean(params.clips) },
    h("summary", {}, h("h2", {}, "Clip by clip"), h("small", {}, " the score of every clip, and audio of the worst")),
    h(
      "div",
      { class: "toolbar" },
      select(
        "Metric",
        choices.map((one) => [`${one.table}:${one.metric}`, `${one.title}, ${tableName(one.table)}`]),
        `${column.table}:${column.metric}`,
        (clips) => setParams({ clips }),
      ),
    ),
    holder,
    h(
      "p",
      { class: "hint" },
      `Each dot is a clip, the line is the value over all clips, and the bar is its 95% interval. ${cell.all ? "" : `${cell.clips.length} of ${cell.n} clips: the worst, and others evenly spaced in rank.`}`,
    ),
    h("h3", {}, column.direction === "none" ? "Lowest" : "Worst clips"),
    h(
      "div",
      SCROLLS,
      h(
        "table",
        { class: "plain" },
        h(
          "tbody",
          {},
          misses.map(([clip, reason]) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, clip),
              h("td", { class: "mark" }, "failed"),
              h("td", { colspan: "2" }, reason),
            ),
          ),
          cell.clips.slice(0, 8).map(([index, value]) => {
            const clip = DATA.clips[index];
            return h(
              "tr",
              {},
              h("th", { scope: "row" }, clip.id),
              h("td", { class: "n" }, `${number(value, column.digits + 1)}${unit(column)}`),
              h("td", {}, clip.text ? clipName(clip) : ""),
              h("td", { class: "plays" }, playButtons(entry, clip, (other) => sampleOf(other, column, clip))),
            );
          }),
        ),
      ),
    ),
  );
}

/** The clip through this tokenizer and as it was; nothing where it has no sample. */
function playButtons(entry, clip, sample = (of) => of.samples[clip.id]) {
  if (!sample(entry)) return null;
  const reference = DATA.entries.find((other) => other !== entry && other.id === "reference" && sample(other));
  return [
    playButton(sample(entry), `${clip.id} through ${entry.name}`),
    reference && [playButton(sample(reference), `${clip.id}, reference`), h("small", {}, "reference")],
  ];
}

export function samplesSection(entry) {
  const clips = DATA.clips.filter((clip) => entry.samples[clip.id]);
  if (!clips.length) return null;
  const generated = clips.filter((clip) => clip.recipe);
  return h(
    "section",
    {},
    h("h2", {}, "Listen"),
    clipList(entry, clips.filter((clip) => !clip.recipe)),
    generated.length > 0 &&
      h("details", {}, h("summary", {}, `Generated by language models: ${generated.length}`), clipList(entry, generated)),
  );
}

function clipList(entry, clips) {
  const measured = DATA.columns.filter((column) => entry.cells[column.index]).map((column) => TABLES[column.table]);
  const place = (clip) => measured.find((table) => table.domain === clip.domain) ?? measured[0] ?? Object.values(TABLES)[0];
  const link = (clip) => linkTo([place(clip).suite, clip.domain ?? place(clip).domain, "listen"], { clip: clip.id });
  return h(
    "ul",
    { class: "clips" },
    clips.map((clip) =>
      h(
        "li",
        {},
        h("span", {}, clipName(clip), clip.prompt && h("small", {}, ` ${promptOf(clip)}`)),
        h("span", { class: "plays" }, playButtons(entry, clip)),
        h("a", { href: link(clip) }, "Through all tokenizers"),
      ),
    ),
  );
}
