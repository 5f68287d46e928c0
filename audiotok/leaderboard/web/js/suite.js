// A suite's view: its heading and switches, the tools above it, and the table, plot or sounds.

import { boardTable } from "./board.js";
import { DATA, GROUPS, columnsOf, domainsOf, headline, suiteByName } from "./data.js";
import { NARROW, announce, checkbox, choice, copy, h } from "./dom.js";
import { saveBoard } from "./export.js";
import { activeFilters, bordaPanel, columnPanel, filterPanel } from "./filters.js";
import { capital } from "./format.js";
import { listenView } from "./listen.js";
import { plotView } from "./plot.js";
import { go, setParams, stepParams } from "./state.js";
import { introduction, links, taskBar, taskOf, withoutTask } from "./tasks.js";

const MODES = [
  ["table", "Table"],
  ["plot", "Plot"],
  ["listen", "Listen"],
];

export function suiteView({ path, params }) {
  const suite = suiteByName(path[0]) ?? DATA.suites[0];
  if (!suite) return h("p", { class: "empty" }, "No results yet. Run: make leaderboard");
  if (path[0] && !suiteByName(path[0])) return unknownPlace(`This board has no suite or page called ${path[0]}.`);
  if (path[1] && !domainsOf(suite).includes(path[1])) return unknownPlace(`The suite ${suite.name} has no domain called ${path[1]}.`);
  const domains = domainsOf(suite);
  const domain = domains.includes(path[1]) ? path[1] : domains[0];
  const mode = MODES.some(([name]) => name === path[2]) ? path[2] : "table";
  const at = { suite: suite.name, domain, params };
  const to = (where) => {
    const next = { domain, mode, ...where };
    go([suite.name, next.domain, next.mode], {
      ...params,
      y: undefined,
      ...(where.domain && withoutTask(params)),
    });
  };
  const first = path.length === 0;
  if (mode === "plot" && params.embed === "1") return h("article", {}, h("h1", { class: "unseen" }, `Plot of ${suite.name}, ${domain}`), plotView(at));
  const content = { table: boardPart, plot: plotView, listen: listenView }[mode](at);
  return h(
    "article",
    { class: "suite" },
    first && introduction(),
    mode === "table" && taskBar(at),
    first && links(),
    h(
      "div",
      { class: "head" },
      h(first ? "h2" : "h1", {}, taskOf(params)?.title ?? `Suite ${suite.name}`, h("small", {}, summary(at))),
      h(
        "div",
        { class: "switches" },
        choice(
          "Domain",
          domains.map((name) => [name, capital(name)]),
          domain,
          (value) => to({ domain: value }),
        ),
        choice("View", MODES, mode, (value) => to({ mode: value })),
      ),
    ),
    mode === "table" && questionBar(at),
    tools(at, mode),
    params.panel === "filters" && filterPanel(at),
    params.panel === "columns" && mode === "table" && columnPanel(at),
    params.panel === "borda" && mode === "table" && bordaPanel(at),
    content,
  );
}

function unknownPlace(text) {
  return h("article", { class: "sheet" }, h("h1", {}, "Not found"), h("p", { role: "alert" }, text), h("p", {}, h("a", { href: "#/" }, "To the board")));
}

function summary(at) {
  const columns = columnsOf(at.suite, at.domain);
  const measured = DATA.entries.filter((entry) => columns.some((column) => entry.cells[column.index]));
  const anchors = measured.filter((entry) => entry.kind === "anchor").length;
  // What a row may add is scored on clips of its own.
  const clips = Math.max(0, ...headline(columns).map((column) => column.n));
  const parts = [
    [measured.length - anchors, "tokenizer"],
    [anchors, "anchor"],
    [clips, "clip"],
    [columns.length, "metric"],
  ];
  return parts
    .filter(([count]) => count)
    .map(([count, noun]) => `${count} ${noun}${count === 1 ? "" : "s"}`)
    .join(", ");
}

function questionBar(at) {
  const present = new Set(columnsOf(at.suite, at.domain).map((column) => column.question));
  const options = [
    ["overview", taskOf(at.params)?.title ?? "Overview"],
    ...GROUPS.filter(({ questions }) => questions.some((one) => present.has(one))).map(({ name, title }) => [name, title]),
    ["all", "All"],
  ];
  return choice("Question", options, at.params.q ?? "overview", (q) =>
    stepParams({ q: q === "overview" ? undefined : q, plus: undefined, minus: undefined }),
  );
}

function tools(at, mode) {
  const { params } = at;
  const panel = (name, label, count) =>
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-expanded": String(params.panel === name),
        "aria-controls": "panel",
        "data-key": `panel:${name}`,
        onclick: () => stepParams({ panel: params.panel === name ? undefined : name }),
      },
      label,
      count > 0 && h("span", { class: "count" }, String(count)),
    );
  const search = h("input", {
      type: "search",
      placeholder: "Search tokenizers",
      "aria-label": "Search tokenizers",
      value: params.search ?? "",
      "data-key": "search",
      oninput: (event) => setParams({ search: event.target.value || undefined }),
    });
  const panels = [
    panel("filters", "Filters", activeFilters(params)),
    mode === "table" && [panel("columns", "Columns", 0), panel("borda", "Borda", 0)],
  ];
  const open = Boolean(params.panel); // else the panel would be open and its button folded away
  return h(
    "div",
    { class: "toolbar", role: "group", "aria-label": "Tools" },
    search,
    NARROW.matches
      ? h("details", { class: "more", open }, h("summary", { class: "quiet" }, "Options"), panels, more(at, mode))
      : [panels, more(at, mode)],
  );
}

/** What is used less: on a phone it is folded away. */
function more(at, mode) {
  const { params } = at;
  return [
    mode === "table" && [
      checkbox("Intervals", params.intervals !== "0", (on) => stepParams({ intervals: on ? undefined : "0" })),
      checkbox("Rate bands", params.group !== "0", (on) => stepParams({ group: on ? undefined : "0" })),
    ],
    h(
      "span",
      { class: "right" },
      h("button", { type: "button", class: "quiet", onclick: () => copy(location.href) }, "Copy link"),
      h("button", { type: "button", class: "quiet", onclick: () => saveBoard(at, "csv") }, "CSV"),
      h("button", { type: "button", class: "quiet", onclick: () => saveBoard(at, "json") }, "JSON"),
    ),
  ];
}

function boardPart(at) {
  const { model, node } = boardTable(at);
  announce(`${model.rows.length} tokenizers shown`);
  return node;
}
