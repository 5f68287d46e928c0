// Why a cell has no number: not measured, not applicable, undefined and failed are four things.

/** Questions about decoded sound, which a tokenizer without a decoder cannot be asked. */
const OF_SOUND = ["intelligibility", "perceptual", "signal", "speaker", "prosody", "distribution", "continuation", "tts"];
/** Questions about tokens, which an anchor does not have. */
const OF_TOKENS = ["stability", "lm", "pairs", "continuation", "tts", "abx", "sanity", "probe", "codebook", "rate"];

export const STATES = {
  "not measured": { short: "–", text: "nobody has run this metric on this tokenizer yet" },
  "not applicable": { short: "n/a", text: "the question makes no sense here: a tokenizer without a decoder has no sound to judge, an anchor no tokens" },
  undefined: { short: "undef.", text: "it was run, and on this data the metric has no value: too few codes for the size of the codebook, say. Nothing went wrong" },
  failed: { short: "failed", text: "the tokenizer or the metric gave no result on some clips or on all; the value is over the others, and is not ranked" },
};

/** {state, why} of a cell without a number; null where there is one. */
export function stateOf(entry, column, cell) {
  if (!cell) return absent(entry, column);
  if (cell.v !== undefined) return null;
  const reasons = [...new Set(Object.values(cell.failed ?? {}))];
  if (isOfTheSet(cell, reasons)) return { state: "undefined", why: reasons[0] };
  if (reasons.length) return { state: "failed", why: reasons.join("; ") };
  const unscored = [...new Set(Object.values(cell.undefined ?? {}))];
  return { state: "undefined", why: unscored.join("; ") || cell.why || "no value came with these results" };
}

function absent(entry, column) {
  if (entry.kind === "anchor" && OF_TOKENS.includes(column.question))
    return { state: "not applicable", why: "an anchor has no tokens" };
  if (entry.card?.decoder === "-" && OF_SOUND.includes(column.question))
    return { state: "not applicable", why: "nothing is decoded: it has no decoder" };
  return { state: "not measured", why: "" };
}

/** Whether what is said of every clip alike is a condition of the metric on the whole set, and no error of a program. */
function isOfTheSet(cell, reasons) {
  return cell.n === 0 && reasons.length === 1 && !/^\w+: /.test(reasons[0]);
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
