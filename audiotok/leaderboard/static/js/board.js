// The table of a suite and domain: one body per rate band, anchors apart, every number with its interval and rank.

import { h } from "./dom.js";
import { DATA, entryKey, ratesOf } from "./data.js";
import { ARROWS, BETTER, RATE_UNITS, cellInWords, ends, failed, interval, number, range, rate, unit } from "./format.js";
import { FACETS, boardModel } from "./model.js";
import { linkTo, listParam, setParams } from "./state.js";
import { tip } from "./tooltip.js";

const CELLS_AT_ONCE = 2000;

export function boardTable(at) {
  const model = boardModel(at);
  const card = listParam(at.params, "card").map((name) => FACETS.find((facet) => facet.name === name)).filter(Boolean);
  const view = {
    ...model, at, card, budget: CELLS_AT_ONCE, pending: [],
    scales: model.columns.map((column) => scaleOf(column, model.rows)),
    showBorda: at.params.borda !== "0" && [...model.borda.values()].some((x) => x !== undefined),
  };
  const width = 3 + view.showBorda + card.length + model.columns.length;
  const grouped = at.params.group !== "0";
  const bodies = grouped
    ? [...DATA.bands.keys(), undefined].map((band) => body(view, bandTitle(band), model.rows.filter((entry) => ratesOf(entry, at.suite, at.domain).band === band), width))
    : [body(view, null, model.rows, width)];
  const table = h("table", { class: `board${at.params.intervals === "0" ? " bare" : ""}`, role: "grid", "aria-label": `${at.suite}, ${at.domain}: ${model.rows.length} tokenizers`, "--rates": 2 + view.showBorda, "--texts": card.length, "--values": view.columns.length },
    h("colgroup", {}, h("col", { class: "name" }), h("col", { class: "rate", span: String(2 + view.showBorda) }), card.length > 0 && h("col", { class: "text", span: String(card.length) }), view.columns.length > 0 && h("col", { span: String(view.columns.length) })),
    head(view), bodies, body(view, "Anchors, for scale: not ranked", model.anchors, width));
  startGrid(table);
  finishLater(table, view.pending);
  return { model, node: h("div", { class: "scroll", "data-keep": "board", tabindex: "-1" }, table,
    model.rows.length === 0 && h("p", { class: "empty" }, "No tokenizer passes these filters.")) };
}

function bandTitle(band) {
  return band === undefined ? "Bitrate not measured" : DATA.bands[band];
}

function head({ at, columns, card, showBorda, sorting }) {
  const header = (id, best, label, explain, extra = {}) => {
    const current = sorting[0]?.id === id ? sorting[0] : undefined;
    const order = current ? (current.desc ? "descending" : "ascending") : "none";
    const flip = current ? !current.desc : best === "higher";
    const cell = h("th", { scope: "col", "aria-sort": order, ...extra },
      h("button", { type: "button", tabindex: "-1", "data-key": `sort:${id}`, onclick: (event) => sortBy(at, id, flip, event.shiftKey) }, label));
    return explain ? tip(cell, explain) : cell;
  };
  return h("thead", {}, h("tr", {},
    header("name", "lower", "Tokenizer", null, { class: "name" }),
    header("bitrate", "lower", [h("span", {}, "Bitrate"), h("small", {}, "kbit/s")], () => "Measured: every code equally likely, side information included."),
    header("token_rate", "lower", [h("span", {}, "Tokens"), h("small", {}, "per s")], () => "Measured: codes that a language model predicts per second of audio."),
    showBorda && header("borda", "higher", [h("span", {}, "Borda"), h("small", {}, "↑")], () => "Share of duels within the band that are won beyond doubt, a tie counting half, averaged over questions. Weigh them under “Borda”."),
    card.map((facet) => header(`f:${facet.name}`, "lower", facet.title, null, { class: "text" })),
    columns.map((column) => header(`m:${column.index}`, column.direction,
      [h("span", {}, column.title), h("small", {}, [column.unit, ARROWS[column.direction]].filter(Boolean).join(" ") || "\u00a0")],
      () => [h("strong", {}, column.title), column.text && h("p", {}, column.text), h("p", { class: "hint" }, `${BETTER[column.direction]}; up to ${column.n} clips`), h("p", { class: "sig" }, column.signature)]))));
}

function sortBy(at, id, descending, also) {
  const key = `${descending ? "-" : ""}${id}`;
  const others = also ? (at.params.sort ?? "").split(",").filter((item) => item && item.replace(/^-/, "") !== id) : [];
  setParams({ sort: [...others, key].join(",") });
}

function body(view, title, entries, width) {
  if (!entries.length) return null;
  const now = entries.slice(0, Math.max(0, Math.ceil(view.budget / width)));
  view.budget -= now.length * width;
  const section = h("tbody", {},
    title && h("tr", { class: "band" }, h("th", { colspan: String(width), scope: "rowgroup" }, h("span", {}, title, h("span", { class: "count" }, String(entries.length))))),
    now.map((entry) => row(view, entry)));
  for (let i = now.length; i < entries.length; i += 10) {
    view.pending.push(() => section.append(...entries.slice(i, i + 10).map((entry) => row(view, entry))));
  }
  return section;
}

/** What is below the first screen is drawn in slices, so that the page answers meanwhile. */
function finishLater(table, pending) {
  const next = pending.shift();
  if (!next) return;
  setTimeout(() => {
    if (!table.isConnected) return; // another view has taken its place
    next();
    finishLater(table, pending);
  });
}

function row({ at, columns, scales, card, borda, showBorda }, entry) {
  const rates = ratesOf(entry, at.suite, at.domain);
  return h("tr", { class: entry.kind, "data-entry": entryKey(entry) },
    h("th", { scope: "row", class: "name", tabindex: "-1" },
      h("a", { href: linkTo(["tokenizer", entryKey(entry)], { from: `${at.suite}/${at.domain}` }), tabindex: "-1" }, entry.title),
      h("small", {}, entry.id, entry.origin === "local" && entry.kind === "tokenizer" && h("em", { title: "Scored on the machine that built this page, not submitted" }, " local"))),
    ["bitrate", "token_rate"].map((name) => h("td", { tabindex: "-1", "aria-label": `${rate(name, rates[name])} ${RATE_UNITS[name]}` }, rate(name, rates[name]))),
    showBorda && h("td", { tabindex: "-1", class: "borda" }, borda.get(entry) === undefined ? "–" : borda.get(entry).toFixed(2)),
    card.map((facet) => h("td", { tabindex: "-1", class: "text" }, [facet.of(entry, at)].flat().filter(Boolean).join(", ") || "–")),
    columns.map((column, i) => valueCell(entry.cells[column.index], column, scales[i])));
}

export function valueCell(cell, column, scale) {
  if (!cell) return h("td", { class: "none", tabindex: "-1", "aria-label": `${column.title}: not measured` }, "–");
  const first = cell.rank?.[0] === 1 && cell.rank[2] > 1;
  const misses = failed(cell);
  const note = misses ? h("span", { class: "mark" }, `failed ${misses}/${misses + cell.n}`)
    : cell.judge ? h("span", { class: "mark" }, "judge")
    : cell.sig ? h("span", { class: "mark" }, "other signature")
    : cell.ci && h("span", { class: "ci" }, ends(cell, column));
  const drawn = scale && cell.v !== undefined && column.question !== "rate";
  const td = h("td", { ...(drawn && whisker(cell, scale)), class: [drawn && "whisker", first && "first", cell.rank ? "ranked" : column.direction === "none" ? "plainly" : "unranked"].filter(Boolean).join(" "), tabindex: "-1", "aria-label": cellInWords(cell, column) },
    h("span", { class: "v" }, cell.rank && h("span", { class: "rank" }, range(cell.rank[0], cell.rank[1])), number(cell.v, column.digits)),
    note);
  return tip(td, () => cellTip(cell, column));
}

export function cellTip(cell, column) {
  const misses = Object.entries(cell.failed ?? {});
  const reasons = new Map();
  for (const [clip, reason] of misses) reasons.set(reason, [...(reasons.get(reason) ?? []), clip]);
  return [
    h("strong", {}, `${column.title} ${number(cell.v, column.digits + 1)}${unit(column)}`),
    cell.ci && h("p", {}, `95% interval ${interval(cell, column)}, ${cell.how ?? ""}`),
    !cell.ci && cell.how && h("p", {}, cell.how),
    h("p", {}, `${cell.n} clips`, cell.undefined && `, ${Object.keys(cell.undefined).length} left out for all: undefined on the reference`),
    cell.rank && h("p", {}, `Rank ${range(cell.rank[0], cell.rank[1])} of ${cell.rank[2]} in its band`, cell.rank[0] !== cell.rank[1] && ": the data separates it no further"),
    [...reasons].slice(0, 3).map(([reason, clips]) => h("p", { class: "mark" }, `Failed on ${clips.length}: ${reason}`)),
    cell.why && h("p", { class: "hint" }, `Not ranked: ${cell.why}`),
    h("p", { class: "sig" }, cell.sig ?? column.signature),
  ];
}

/** The extent of a column's values, intervals included; anchors don't stretch it. */
export function scaleOf(column, entries) {
  const values = entries.flatMap((entry) => {
    const cell = entry.cells[column.index];
    return cell?.v === undefined ? [] : [cell.v, ...(cell.ci ?? [])];
  });
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.length && high > low ? { low, high } : null;
}

/** Where the style sheet draws interval and value: a background's position is relative to the room that it leaves. */
function whisker(cell, { low, high }) {
  const share = (value) => Math.min(1, Math.max(0, (value - low) / (high - low)));
  const [from, to] = (cell.ci ?? [cell.v, cell.v]).map(share);
  const span = to - from;
  const percent = (value) => `${(100 * value).toFixed(1)}%`;
  return { "--at": percent(share(cell.v)), "--span": percent(span), "--left": percent(span < 1 ? from / (1 - span) : 0) };
}

/** Arrow keys move over the cells; the grid is one stop of the Tab key. Enter follows the row's link or sorts. */
function startGrid(table) {
  const first = table.querySelector("thead button");
  first.tabIndex = 0;
  const target = (cell) => cell.querySelector("a, button") ?? cell;
  table.addEventListener("focusin", (event) => {
    for (const element of table.querySelectorAll('[tabindex="0"]')) element.tabIndex = -1;
    event.target.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const move = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const cell = event.target.closest("th, td");
    if (!cell || (!move && event.key !== "Home" && event.key !== "End")) return;
    const rows = [...table.rows].filter((line) => !line.classList.contains("band"));
    const [line, place] = [rows.indexOf(cell.parentElement), cell.cellIndex];
    const next = move ? rows[line + move[0]]?.cells[place + move[1]] : cell.parentElement.cells[event.key === "Home" ? 0 : cell.parentElement.cells.length - 1];
    if (next) {
      event.preventDefault();
      target(next).focus();
    }
  });
}
