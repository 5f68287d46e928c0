// All failures of the board with their reasons, and what is undefined, in one view.

import { h } from "./dom.js";
import { DATA, entryKey, tableName } from "./data.js";
import { linkTo } from "./state.js";
import { failuresOf, stateOf } from "./states.js";

export function failuresView() {
  const failures = failuresOf(DATA.entries, DATA.columns);
  const undefinedOnes = DATA.entries.flatMap((entry) =>
    DATA.columns
      .map((column) => ({ entry, column, found: stateOf(entry, column, entry.cells[column.index]) }))
      .filter(({ found }) => found?.state === "undefined"),
  );
  const refused = Object.entries(DATA.refused);
  return h(
    "article",
    { class: "sheet" },
    h("h1", {}, "Failures"),
    h("p", { class: "lead" }, summary(failures)),
    failures.length > 0 &&
      listing(["Tokenizer", "Metric", "Data", "Clips", "Reason"], failures.map(({ entry, column, clips, of, reasons }) => [
        name(entry),
        column.title,
        tableName(column.table),
        `${clips} of ${of}`,
        reasons.map(([reason, count]) => h("div", {}, count > 1 ? `${count} × ` : "", reason)),
      ])),
    undefinedOnes.length > 0 && [
      h("h2", {}, "Undefined, not failed"),
      h("p", { class: "hint" }, "The metric was run but is undefined on this data; this is not a failure."),
      listing(["Tokenizer", "Metric", "Data", "Why"], undefinedOnes.map(({ entry, column, found }) => [
        name(entry),
        column.title,
        tableName(column.table),
        found?.why,
      ])),
    ],
    refused.length > 0 && [
      h("h2", {}, "Submissions left out"),
      listing(["Submission", "Why"], refused),
    ],
  );
}

function summary(failures) {
  if (!failures.length) return "No metric failed on any clip of this board.";
  const systems = new Set(failures.map(({ entry }) => entry)).size;
  return `${failures.length} scores of ${systems} system${systems === 1 ? "" : "s"} lack clips. A score with failures covers the other clips and is not ranked.`;
}

function name(entry) {
  return h("a", { href: linkTo(["tokenizer", entryKey(entry)]) }, entry.name);
}

function listing(titles, rows) {
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": titles.join(", ") },
    h(
      "table",
      { class: "plain" },
      h("thead", {}, h("tr", {}, titles.map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, rows.map(([first, ...cells]) => h("tr", {}, h("th", { scope: "row" }, first), cells.map((cell) => h("td", {}, cell))))),
    ),
  );
}
