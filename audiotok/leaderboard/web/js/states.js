// Why a cell has no number: not measured, not applicable, undefined and failed are four things.

export const STATES = {
  "not measured": { short: "–", text: "this metric has not been run on this tokenizer" },
  "not applicable": { short: "n/a", text: "the metric does not apply: a tokenizer without a decoder has no audio, an anchor has no tokens" },
  undefined: { short: "undef.", text: "the metric was run but is undefined on this data, for example because there are too few codes for the size of the codebook. This is not a failure" },
  failed: { short: "failed", text: "the tokenizer or the metric failed on some or all clips. The value covers the other clips and is not ranked" },
};

/** {state, why} of a cell without a number; null where there is one. Told by page/states.py. */
export function stateOf(entry, column, cell) {
  if (cell) return cell.v === undefined ? { state: cell.state, why: cell.reason } : null;
  const why = Object.keys(entry.absent).find((reason) => entry.absent[reason].includes(column.index));
  return why ? { state: "not applicable", why } : { state: "not measured", why: "" };
}

/**
 * Whether a value may be on the Pareto front: scored on every clip, as the column's others, and nothing speaks against
 * ranking it. An output that comes early is not tested by a ratio that reads this as noise.
 */
export function isSound(entry, column) {
  const cell = entry.cells[column.index];
  return !cell.failed && !cell.judge && !cell.sig && (!column.tested || column.tested.who.includes(entry.index));
}

/** [{entry, column, clips, of, reasons: [[reason, count], …]}] of everything that failed on some clip. */
export function failuresOf(entries, columns) {
  return entries.flatMap((entry) =>
    columns.flatMap((column) => {
      const cell = entry.cells[column.index];
      if (!cell?.failed || stateOf(entry, column, cell)?.state === "undefined") return [];
      const reasons = new Map();
      for (const reason of Object.values(cell.failed)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      const clips = Object.keys(cell.failed).length;
      return [{ entry, column, clips, of: clips + cell.n, reasons: [...reasons] }];
    }),
  );
}
