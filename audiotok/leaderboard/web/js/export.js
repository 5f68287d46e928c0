// What is shown, as a file: one line per tokenizer and metric.

import { download } from "./dom.js";
import { ratesOf } from "./data.js";
import { failed } from "./format.js";
import { boardModel } from "./model.js";

/** Value, interval, rank, failures and signature of the rows and columns that the board shows; "csv" or "json". */
export function saveBoard(at, format) {
  const model = boardModel(at);
  const records = [...model.rows, ...model.anchors].flatMap((entry) =>
    model.columns
      .filter((column) => entry.cells[column.index])
      .map((column) => {
        const cell = entry.cells[column.index];
        const rates = ratesOf(entry, at.suite, at.domain);
        return {
          tokenizer: entry.id,
          title: entry.title,
          kind: entry.kind,
          origin: entry.origin,
          suite: at.suite,
          domain: at.domain,
          metric: column.metric,
          unit: column.unit,
          direction: column.direction,
          bitrate: rates.bitrate,
          token_rate: rates.token_rate,
          value: cell.v,
          low: cell.ci?.[0],
          high: cell.ci?.[1],
          n: cell.n,
          failed: failed(cell),
          best_rank: cell.rank?.[0],
          worst_rank: cell.rank?.[1],
          unranked: cell.why,
          signature: cell.sig ?? column.signature,
        };
      }),
  );
  const name = `audiotok-${at.suite}-${at.domain}.${format}`;
  download(
    name,
    format === "csv" ? "text/csv" : "application/json",
    format === "csv" ? asCsv(records) : JSON.stringify(records, null, 1),
  );
}

function asCsv(records) {
  const quote = (value) => {
    const text = value === undefined ? "" : String(value);
    // A spreadsheet would run a text that begins like a formula.
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const names = Object.keys(records[0] ?? {});
  return `${[names, ...records.map((record) => names.map((key) => record[key]))].map((line) => line.map(quote).join(",")).join("\r\n")}\r\n`;
}
