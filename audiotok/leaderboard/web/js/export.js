// What is shown, as a file: one line per tokenizer and metric.

import { download } from "./dom.js";
import { DATA, TABLES, orderOf } from "./data.js";
import { failed } from "./format.js";
import { boardModel } from "./model.js";

/** The records of the rows and columns that the board shows; "csv" or "json". */
export function saveBoard(at, format) {
  const model = boardModel(at);
  const records = [...model.rows, ...model.anchors].flatMap((entry) =>
    model.columns.filter((column) => entry.cells[column.index]).map((column) => recordOf(entry, column)),
  );
  const name = `audiotok-${at.suite}-${at.domain}.${format}`;
  download(
    name,
    format === "csv" ? "text/csv" : "application/json",
    format === "csv" ? asCsv(records) : JSON.stringify(records, null, 1),
  );
}

/** A cell with the fields of board.json: see `records` in page/downloads.py. */
export function recordOf(entry, column) {
  const cell = entry.cells[column.index];
  const { suite, data, domain } = TABLES[column.table];
  const { band, bitrate, token_rate } = entry.rates[column.table] ?? {};
  const order = orderOf(entry, suite, domain);
  const record = {
    ...{ tokenizer: entry.id, title: entry.title, kind: entry.kind, origin: entry.origin, suite, data, domain },
    ...{ metric: column.metric, metric_title: column.title, question: column.question, unit: column.unit },
    ...{ direction: column.direction, band: DATA.bands[band ?? -1], bitrate, token_rate },
    ...{ state: cell.state ?? "measured", reason: cell.reason, value: cell.v, low: cell.ci?.[0], high: cell.ci?.[1] },
    ...{ n: cell.n, failed: failed(cell), undefined: Object.keys(cell.undefined ?? {}).length },
    ...{ best_rank: cell.rank?.[0], worst_rank: cell.rank?.[1], rivals: cell.rank?.[2], ranked_at: cell.bound },
    ...{ unranked: cell.why, borda: order?.total[order.who.indexOf(entry.index)], machine: column.timed ? entry.provenance.machine : null },
    signature: cell.sig ?? column.signature,
  };
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value ?? null]));
}

function asCsv(records) {
  const quote = (value) => {
    const text = value === null ? "" : String(value);
    // A spreadsheet would run a text that begins like a formula.
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const names = Object.keys(records[0] ?? {});
  return `${[names, ...records.map((record) => names.map((key) => record[key]))].map((line) => line.map(quote).join(",")).join("\r\n")}\r\n`;
}
