// Two tokenizers metric by metric, and clip by clip where both have the same clips.

import { DATA, QUESTIONS, TABLES, TOKENIZERS, ANCHORS, entryByKey, entryKey } from "./data.js";
import { SCROLLS, copyButton, figureOf, h, select } from "./dom.js";
import { ARROWS, cellInWords, ends, number, unit } from "./format.js";
import { hasDetails } from "./packed.js";
import { clipCounts, nameBeside, testedOf, testsOf, verdict } from "./pairs.js";
import { go, setParams } from "./state.js";
import { stripPlot } from "./strip.js";
import { inWords } from "./verdict.js";

export function compareView({ path, params }) {
  const unknown = path.slice(1, 3).filter((key) => !entryByKey(key));
  if (unknown.length) return unknownPair(unknown, path);
  const a = entryByKey(path[1]) ?? TOKENIZERS[0];
  const b =
    entryByKey(path[2]) ?? TOKENIZERS.find((entry) => entry !== a && entry.family !== a?.family) ?? TOKENIZERS[1];
  if (!a || !b) return h("p", { class: "empty" }, "Choose two tokenizers to compare.");
  if (!hasDetails([a, b])) return loading(a, b);
  const options = choices();
  const common = DATA.columns.filter((column) => a.cells[column.index] && b.cells[column.index]);
  const tests = testsOf(a, b);
  const missing = a.missing ?? b.missing;
  const command = `audiotok compare ${[a, b].map((entry) => quoted(entry.id)).join(" ")}`;
  return h(
    "article",
    { class: "sheet" },
    h("h1", {}, `${a.name} `, h("span", { class: "versus" }, "against"), ` ${b.name}`),
    h(
      "div",
      { class: "toolbar" },
      select("First", options, entryKey(a), (key) => go(["compare", key, entryKey(b)], params)),
      select("Second", options, entryKey(b), (key) => go(["compare", entryKey(a), key], params)),
      h(
        "button",
        { type: "button", class: "quiet", onclick: () => go(["compare", entryKey(b), entryKey(a)], params) },
        "Swap",
      ),
    ),
    h("p", { class: "lead", id: "verdict" }, missing ?? inWords(testedOf(common, tests, a, b), nameBeside(a, b), nameBeside(b, a))),
    h(
      "p",
      { class: "hint" },
      "The two are compared clip by clip. The table shows the difference with its paired 95% interval, and the p-value of a t-test that accounts for skewed differences, corrected over the metrics of the required tasks of a suite on one data set and domain, or of one optional task (Holm; a number with two names, such as SDR and CI-SDR, counts once). The p-value is never lower than the probability that failures frequent enough to cancel the difference occur on none of the clips. ",
      "Rates, failures and metrics by which one of the two is not ranked are not tested. ",
      "The same on the command line, for the required tasks of “mini” (an optional task: --recipe):",
    ),
    h("p", { class: "command" }, h("code", {}, command), copyButton(command, "Copy the command")),
    [...new Set(common.map((column) => column.table))].map((key) =>
      tableOf(
        key,
        common.filter((column) => column.table === key),
        tests,
        a,
        b,
      ),
    ),
    !missing && stripSection(common, a, b, params),
  );
}

/** As Python's shlex.quote writes it. */
export function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** Until their scores are there: see packed.js. */
function loading(a, b) {
  const title = [`${a.name} `, h("span", { class: "versus" }, "against"), ` ${b.name}`];
  return h("article", { class: "sheet" }, h("h1", {}, title), h("p", { class: "hint" }, "Loading the scores of the two …"));
}

function choices() {
  return [...TOKENIZERS, ...ANCHORS].map((entry) => [entryKey(entry), `${entry.title} (${entryKey(entry)})`]);
}

/** A link that names what this board does not have is an error, and no other pair is shown in its place. */
function unknownPair(unknown, path) {
  const keys = [path[1], path[2]].map((key) => (entryByKey(key) ? key : undefined));
  const options = [["", "Choose …"], ...choices()];
  const other = (place) => (key) => go(["compare", ...keys.with(place, key)].filter(Boolean));
  return h(
    "article",
    { class: "sheet" },
    h("h1", {}, "Unknown tokenizer"),
    h("p", { class: "lead", role: "alert" }, `This board has no row called ${unknown.join(" or ")}. Choose two that it has:`),
    h(
      "div",
      { class: "toolbar" },
      select("First", options, keys[0] ?? "", other(0)),
      select("Second", options, keys[1] ?? "", other(1)),
    ),
  );
}

function tableOf(key, columns, tests, a, b) {
  const { data, suite, domain } = TABLES[key];
  return h(
    "section",
    {},
    h("h2", {}, `${data || suite}, ${domain}`),
    h(
      "div",
      SCROLLS,
      h(
        "table",
        { class: "plain compare" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, "Metric"),
            [nameBeside(a, b), nameBeside(b, a), "Difference", "p (Holm)"].map((title) => h("th", { scope: "col", class: "n" }, title)),
            h("th", { scope: "col" }, "Verdict"),
            h("th", { scope: "col", class: "n" }, "Clips better, equal, worse"),
          ),
        ),
        Object.keys(QUESTIONS).map((question) => {
          const rows = columns.filter((column) => column.question === question);
          return (
            rows.length > 0 &&
            h(
              "tbody",
              {},
              h("tr", { class: "band" }, h("th", { colspan: "7", scope: "rowgroup" }, QUESTIONS[question])),
              rows.map((column) => compareRow(column, tests.get(column.index), a, b)),
            )
          );
        }),
      ),
    ),
  );
}

function compareRow(column, pair, a, b) {
  const [one, two] = [a.cells[column.index], b.cells[column.index]];
  const sign = { higher: 1, lower: -1, none: 0 }[column.direction];
  const alike = (one.sig ?? column.signature) === (two.sig ?? column.signature);
  const difference = alike && one.v !== undefined && two.v !== undefined ? one.v - two.v : undefined;
  const said = column.question === "rate" || a.missing || b.missing ? { text: "" } : verdict(column, pair, difference, a, b);
  const counts = alike && column.direction !== "none" && column.question !== "rate" ? clipCounts(one, two, sign) : null;
  const side = (cell, better) =>
    h(
      "td",
      { class: better ? "n first" : "n", "aria-label": cellInWords(cell, column) },
      number(cell.v, column.digits),
      cell.ci && h("span", { class: "ci" }, ends(cell, column)),
    );
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      column.title,
      " ",
      h("small", {}, [column.unit, ARROWS[column.direction]].filter(Boolean).join(" ")),
    ),
    side(one, said.better === a),
    side(two, said.better === b),
    h(
      "td",
      { class: "n" },
      difference === undefined
        ? alike
          ? "–"
          : "other signature"
        : `${difference > 0 ? "+" : ""}${number(difference, column.digits)}`,
      pair && pair.low !== null && h("span", { class: "ci" }, ends({ ci: [pair.low, pair.high] }, column)),
    ),
    h("td", { class: "n" }, pair && said.text ? (pair.p < 0.001 ? "< 0.001" : pair.p.toFixed(3)) : ""),
    h("td", { class: said.better ? "verdict" : "verdict hint" }, said.text),
    h(
      "td",
      { class: "counts" },
      counts && [
        h("span", { class: "n" }, `${counts.better}, ${counts.equal}, ${counts.worse}`),
        h(
          "i",
          {
            class: "counted",
            "aria-hidden": "true",
            "--better": counts.better,
            "--equal": counts.equal,
            "--worse": counts.worse,
          },
          h("b"),
          h("b"),
          h("b"),
        ),
      ],
    ),
  );
}

function stripSection(common, a, b, params) {
  const offered = common.filter((column) => a.cells[column.index].clips && b.cells[column.index].clips);
  if (!offered.length) return null;
  const column = offered.find((one) => `${one.table}:${one.metric}` === params.clips) ?? offered[0];
  const lines = [a, b].map((entry) => ({
    title: a.name === b.name ? entryKey(entry) : entry.name,
    cell: entry.cells[column.index],
  }));
  const holder = figureOf((width) => stripPlot(lines, column, width));
  return h(
    "section",
    {},
    h("h2", {}, "Clip by clip"),
    h(
      "div",
      { class: "toolbar" },
      select(
        "Metric",
        offered.map((one) => [
          `${one.table}:${one.metric}`,
          `${one.title}${unit(one) ? ` [${one.unit}]` : ""}, ${TABLES[one.table].domain}`,
        ]),
        `${column.table}:${column.metric}`,
        (clips) => setParams({ clips }),
      ),
    ),
    holder,
  );
}
