// Which rows and columns a view shows, and in what order: filters and sorting by @tanstack/table-core, from the address.

import { ANCHORS, DATA, TOKENIZERS, bordaOf, columnsOf, headline, isNamed, questionsNamed, ratesOf, winsOf } from "./data.js";
import { millions, number } from "./format.js";
import { listParam } from "./state.js";
import { taskColumns, taskOf } from "./tasks.js";

/** @type {[most: number, title: string][]} */
const SIZES = [
  [0, "none"],
  [1e6, "up to 1 M"],
  [1e7, "1 to 10 M"],
  [1e8, "10 to 100 M"],
  [Infinity, "over 100 M"],
];

/**
 * Counted by `audiotok submit`.
 * @param {Entry} entry @returns {number | undefined}
 */
const parametersOf = (entry) => entry.environment.parameters ?? undefined;

/**
 * Milliseconds, as `audiotok check` measured them; undefined where there is no such finding.
 * @param {Entry} entry
 */
export function latencyOf(entry) {
  const finding = entry.conformance?.findings.find(({ check, outcome }) => check === "latency" && outcome === "passed");
  const found = /^([0-9.]+(?:e[+-]?[0-9]+)?) ms/.exec(finding?.message ?? "");
  return found ? Number(found[1]) : undefined;
}

/**
 * That of the weights, and that of the code where it is another one.
 * @param {Record<string, any> | null} card
 */
export function licences(card) {
  if (!card) return "";
  const { licence, code_licence: code } = card;
  return code && code !== licence ? `${licence} (code: ${code})` : licence;
}

/**
 * Thousand millions of multiply-accumulates of one second of audio, encoding and decoding; undefined where not counted.
 * @param {Entry} entry @returns {number | undefined}
 */
export const macsOf = ({ macs }) => (macs ? (macs.encode + (macs.decode ?? 0)) / 1e9 : undefined);

/** The convention of audiotok/conformance/macs.py. */
export const MACS_TEXT =
  "multiply-accumulates of encoding and decoding one clip of one second, in thousand millions. Padding that a model adds to every clip counts in full, so that such a model needs less per second on longer clips.";

/** @type {[most: number, title: string][]} */
const MACS = [
  [1, "up to 1 G"],
  [10, "1 to 10 G"],
  [Infinity, "over 10 G"],
];

/** @type {[most: number, title: string][]} */
const LATENCIES = [
  [20, "up to 20 ms"],
  [100, "20 to 100 ms"],
  [Infinity, "over 100 ms"],
];

/** What tokenizers are filtered by; `of` gives one value or several. A number is shown by `show` and sorted as it is; `text` explains it. */
export const FACETS = [
  {
    name: "band",
    title: "Rate band",
    of: (entry, at) => DATA.bands[ratesOf(entry, at.suite, at.domain).band ?? -1] ?? "not measured",
  },
  { name: "quantizer", title: "Quantizer", of: (entry) => entry.card?.quantizer },
  { name: "encoder", title: "Encoder", of: (entry) => entry.card?.encoder },
  { name: "decoder", title: "Decoder", of: (entry) => (entry.card?.decoder === "-" ? "none" : entry.card?.decoder) },
  { name: "representation", title: "Representation", of: (entry) => entry.card?.representation },
  { name: "rate", title: "Rate control", of: (entry) => entry.card?.rate },
  { name: "objective", title: "Objective", of: (entry) => entry.card?.objective },
  {
    name: "auxiliary",
    title: "Auxiliary",
    of: (entry) => (entry.card?.auxiliary?.length ? entry.card.auxiliary : ["none"]),
  },
  { name: "made", title: "Made for", of: (entry) => entry.card?.domains },
  { name: "streaming", title: "Streaming", of: (entry) => (entry.card?.streamable ? "yes" : "no") },
  {
    name: "parameters",
    title: "Parameters",
    number: parametersOf,
    of: (entry) => SIZES.find(([most]) => (parametersOf(entry) ?? NaN) <= most)?.[1],
    show: (entry) => millions(parametersOf(entry)),
  },
  {
    name: "macs",
    title: "MACs per second",
    text: MACS_TEXT,
    number: macsOf,
    of: (entry) => MACS.find(([most]) => (macsOf(entry) ?? NaN) <= most)?.[1],
    show: (entry) => (macsOf(entry) === undefined ? "not counted" : `${number(macsOf(entry), 2)} G`),
  },
  {
    name: "latency",
    title: "Latency",
    number: latencyOf,
    of: (entry) => LATENCIES.find(([most]) => (latencyOf(entry) ?? NaN) <= most)?.[1],
    show: (entry) => (latencyOf(entry) === undefined ? (entry.card?.streamable ? "not measured" : "does not stream") : `${latencyOf(entry)} ms`),
  },
  { name: "licence", title: "Licence", of: (entry) => entry.card?.licence, show: (entry) => licences(entry.card) },
  { name: "commercial", title: "Commercial use", of: (entry) => entry.commercial || undefined },
  { name: "origin", title: "Origin", of: (entry) => entry.origin },
];

/** @param {Params} params @returns {Record<string, number>} */
export function weightsOf(params) {
  return Object.fromEntries(
    Object.entries(params)
      .filter(([name]) => name.startsWith("w."))
      .map(([name, value]) => [name.slice(2), Number(value) || 0]),
  );
}

/**
 * The columns of the chosen question or task, less those that the reader took away, plus those added; none that is empty.
 * @param {Place} at
 */
export function shownColumns({ suite, domain, params }) {
  const all = columnsOf(suite, domain).filter((column) => DATA.entries.some((entry) => entry.cells[column.index]));
  const plus = listParam(params, "plus");
  const minus = listParam(params, "minus");
  const base = baseColumns(all, suite, domain, params);
  const added = all.filter((column) => isNamed(column, plus) && !base.includes(column));
  return [...base, ...added].filter((column) => !isNamed(column, minus));
}

/** @param {Column[]} all @param {string} suite @param {string} domain @param {Params} params */
function baseColumns(all, suite, domain, params) {
  const task = taskOf(params);
  const question = params.q ?? "overview";
  if (question === "all") return all;
  if (question !== "overview") {
    const asked = questionsNamed(question);
    const place = (column) => asked.indexOf(column.question);
    return all.filter((column) => place(column) >= 0).sort((a, b) => place(a) - place(b));
  }
  if (task?.domain === domain) return taskColumns(task, suite, domain);
  return headline(all);
}

/**
 * The board of a place: its columns, and its rows in the reader's order.
 * @param {Place} at
 */
export function boardModel(at) {
  const { suite, domain, params } = at;
  const columns = shownColumns(at);
  const weights = weightsOf(params);
  const borda = new Map(TOKENIZERS.map((entry) => [entry, bordaOf(entry, suite, domain, weights)]));
  const definitions = [
    { id: "name", accessorFn: (entry) => entry.title.toLowerCase() },
    { id: "wins", accessorFn: (entry) => winsOf(entry, suite, domain), sortUndefined: "last" },
    { id: "borda", accessorFn: (entry) => standing(borda.get(entry)), sortUndefined: "last" },
    ...["bitrate", "token_rate"].map((id) => ({
      id,
      accessorFn: (entry) => ratesOf(entry, suite, domain)[id],
      sortUndefined: "last",
    })),
    ...columnsOf(suite, domain).map((column) => ({
      id: column.key,
      accessorFn: (entry) => entry.cells[column.index]?.v,
      sortUndefined: "last",
      sortingFn: "basic",
    })),
    ...FACETS.flatMap((facet) => {
      const accessorFn = (entry) => [facet.of(entry, at)].flat().filter(Boolean);
      return [
        { id: `of:${facet.name}`, accessorFn, filterFn: "arrIncludesSome" },
        facet.number
          ? { id: `f:${facet.name}`, accessorFn: facet.number, sortUndefined: "last", sortingFn: "basic" }
          : { id: `f:${facet.name}`, accessorFn, sortingFn: byText },
      ];
    }),
  ];
  const table = TableCore.createTable({
    data: TOKENIZERS,
    columns: definitions,
    state: {
      sorting: sorting(params, definitions, columns),
      columnFilters: FACETS.filter((facet) => params[facet.name]).map((facet) => ({
        id: `of:${facet.name}`,
        value: listParam(params, facet.name),
      })),
      globalFilter: params.search || undefined,
      columnPinning: {},
    },
    globalFilterFn: matches,
    getColumnCanGlobalFilter: (column) => column.id === "name",
    onStateChange: () => {},
    renderFallbackValue: null,
    getCoreRowModel: TableCore.getCoreRowModel(),
    getFilteredRowModel: TableCore.getFilteredRowModel(),
    getSortedRowModel: TableCore.getSortedRowModel(),
  });
  /** @param {Entry} entry */
  const measured = (entry) => columnsOf(suite, domain).some((column) => entry.cells[column.index]);
  return {
    columns,
    borda,
    sorting: table.getState().sorting,
    rows: table
      .getSortedRowModel()
      .rows.map((row) => row.original)
      .filter(measured),
    anchors: ANCHORS.filter(measured),
  };
}

/** By what the order sorts: who may not lead stands behind all who may. */
function standing(borda) {
  return borda && borda.value - (borda.behind ? 1 : 0);
}

function sorting(params, definitions, columns) {
  const wanted = (params.sort ?? "")
    .split(",")
    .filter(Boolean)
    .map((text) => ({ id: text.replace(/^-/, ""), desc: text.startsWith("-") }))
    .filter(({ id }) => definitions.some((definition) => definition.id === id));
  if (wanted.length) return wanted;
  if (params.borda !== "0")
    return [
      { id: "borda", desc: true },
      { id: "bitrate", desc: false },
    ];
  const first = columns.find((column) => column.direction !== "none");
  return first ? [{ id: first.key, desc: first.direction === "higher" }] : [{ id: "bitrate", desc: false }];
}

function byText(a, b, id) {
  return String(a.getValue(id)).localeCompare(String(b.getValue(id)));
}

/** Every word of the search occurs somewhere in the name, the card or the taxonomy. */
function matches(row, _, search) {
  const { id, title, card } = row.original;
  const text = `${id} ${title} ${card ? Object.values(card).flat().join(" ") : ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
