// The figures that DATES published: their numbers as they stand, known errors marked, beside ours and never among them.

import { externalLink, h } from "./dom.js";
import { DATA } from "./data.js";
import { linkTo, setParams } from "./state.js";
import { tip } from "./tooltip.js";

export function publishedView({ path, params }) {
  const { source, tables } = DATA.dates;
  const groups = [...new Set(tables.map((table) => table.group))];
  const table = tables.find((one) => one.title === path[1]) ?? tables[0];
  return h(
    "article",
    { class: "sheet wide" },
    h("h1", {}, "Published by DATES"),
    h(
      "p",
      { class: "lead" },
      source.authors,
      ", ",
      h("cite", {}, source.title),
      " ",
      externalLink(source.paper),
      ", ",
      externalLink(source.site),
    ),
    h("p", { class: "hint" }, source.note),
    h(
      "nav",
      { class: "contents", "aria-label": "Tables" },
      groups.map((group) =>
        h(
          "div",
          {},
          h("h2", {}, group),
          tables
            .filter((one) => one.group === group)
            .map((one) =>
              h(
                "a",
                { href: linkTo(["published", one.title]), "aria-current": one === table ? "page" : null },
                one.title,
              ),
            ),
        ),
      ),
    ),
    h(
      "section",
      {},
      h("h2", {}, table.title),
      h(
        "div",
        { class: "scroll", "data-keep": "published", tabindex: "0", role: "region", "aria-label": table.title },
        publishedTable(table, params),
      ),
      notes(table),
    ),
  );
}

function publishedTable({ header, rows, marks }, params) {
  const order = rows.map((cells, index) => ({ cells, index }));
  const [column, down] = [Number((params.sort ?? "").replace("-", "")), params.sort?.startsWith("-")];
  if (params.sort && header[column] !== undefined)
    order.sort((a, b) => compareCells(a.cells[column], b.cells[column], down));
  const mark = (row, at) => marks[`${row},${at}`];
  return h(
    "table",
    { class: "plain published" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        header.map((title, i) =>
          h(
            "th",
            {
              scope: "col",
              class: isNumeric(rows, i) ? "n" : null,
              "aria-sort": params.sort && column === i ? (down ? "descending" : "ascending") : "none",
            },
            h(
              "button",
              {
                type: "button",
                "data-key": `published:${i}`,
                onclick: () => setParams({ sort: params.sort === `-${i}` ? String(i) : `-${i}` }),
              },
              title,
              marked(mark(-1, i)),
            ),
          ),
        ),
      ),
    ),
    h(
      "tbody",
      {},
      order.map(({ cells, index }) =>
        h(
          "tr",
          {},
          cells.map((text, i) => {
            const value = [text === "" ? "–" : text.replace(/^-(?=[\d.∞])/, "−"), marked(mark(index, i))];
            return i === 0
              ? h("th", { scope: "row" }, value)
              : h(
                  "td",
                  { class: [isNumeric(rows, i) && "n", mark(index, i) && "mark"].filter(Boolean).join(" ") },
                  value,
                );
          }),
        ),
      ),
    ),
  );
}

function marked(erratum) {
  return (
    erratum &&
    tip(h("span", { class: "dagger", tabindex: "0", "aria-label": words(erratum) }, "†"), () => words(erratum))
  );
}

function words({ should_be: should, why }) {
  return should ? `Should be ${should}. ${why}` : why;
}

function notes({ header, rows, marks }) {
  const lines = new Map();
  for (const [place, erratum] of Object.entries(marks)) {
    const [row, column] = place.split(",").map(Number);
    const name = `${row < 0 ? "Column" : rows[row][0]}, ${header[column]}`;
    lines.set(words(erratum), [...(lines.get(words(erratum)) ?? []), name]);
  }
  return (
    lines.size > 0 &&
    h(
      "ul",
      { class: "notes" },
      [...lines].map(([text, places]) => h("li", {}, "† ", h("strong", {}, places.join("; ")), ". ", text)),
    )
  );
}

function isNumeric(rows, column) {
  return (
    rows.some((row) => /^-?[\d.]/.test(row[column])) &&
    rows.every((row) => !/^[a-z]/i.test(row[column]) || row[column] === "")
  );
}

function compareCells(a, b, down) {
  const [x, y] = [a, b].map((text) => (text === "" ? NaN : parseFloat(text)));
  if (Number.isNaN(x) || Number.isNaN(y))
    return Number.isNaN(x) && Number.isNaN(y) ? (down ? -1 : 1) * a.localeCompare(b) : Number.isNaN(x) ? 1 : -1;
  return down ? y - x : x - y;
}

/** Headings of its tables -> our columns whose metric they name; values are of other data and other clips. */
const OURS = {
  "SDR ↑": "sdr",
  "PESQ ↑": "pesq_wb",
  "UTMOS ↑": "utmos",
  "DNSMOS P808 ↑": "dnsmos_p808",
  "DNSMOS P835 ↑": "dnsmos_ovrl",
  "PLCMOS ↑": "plcmos",
  "STOI ↑": "stoi",
  "WER ↓": "wer",
};
const RECONSTRUCTION = { speech: "Reconstruction, speech", music: "Reconstruction, music", audio: "Reconstruction, general audio" };

/** [{name, code, kbps, tokens, values: {metric: text}}]: what DATES published of tokenizers; known errors are left out. */
export function publishedRows(domain, search = "") {
  const names = new Map(DATA.dates.tables.find(({ header }) => header[1] === "Name")?.rows.map(([code, name]) => [code, name]));
  const table = DATA.dates.tables.find(({ title }) => title === RECONSTRUCTION[domain]);
  const words = search.toLowerCase().split(/\s+/);
  if (!table) return [];
  return table.rows
    .map((cells, row) => ({ cells, row }))
    .filter(({ cells }) => names.has(cells[0]))
    .map(({ cells, row }) => publishedRow(table, cells, row, names.get(cells[0])))
    .filter(({ name, code }) => words.every((word) => `${name} ${code}`.toLowerCase().includes(word)));
}

function publishedRow({ header, marks }, cells, row, name) {
  const at = (title) => cells[header.indexOf(title)] ?? "";
  const sound = (column) => !marks[`${row},${column}`] && !marks[`-1,${column}`];
  const values = header.flatMap((title, column) => (OURS[title] && sound(column) && cells[column] ? [[OURS[title], cells[column]]] : []));
  return { name, code: `${cells[0]}, ${at("#Q")} codebook${at("#Q") === "1" ? "" : "s"}`, kbps: at("kbps"), tokens: at("Token rate"), values: Object.fromEntries(values) };
}
