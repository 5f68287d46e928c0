// How numbers are written: the decimals that the column's uncertainty allows, a true minus sign, units once.

const MINUS = "\u2212";
export const ARROWS = { higher: "↑", lower: "↓", none: "" };
export const BETTER = { higher: "higher is better", lower: "lower is better", none: "neither direction is better" };

export function number(value, digits) {
  if (value === undefined || value === null) return "–";
  const text = Math.abs(value) >= 10000 ? Math.round(value).toLocaleString("en-US") : value.toFixed(digits);
  // Rounded to zero, but not zero: two significant digits.
  if (value && /^-?0(\.0*)?$/.test(text)) return String(Number(value.toPrecision(2))).replaceAll("-", MINUS);
  return text.replace("-", MINUS);
}

export function interval(cell, column) {
  return cell.ci ? `${number(cell.ci[0], column.digits)} to ${number(cell.ci[1], column.digits)}` : "";
}

/** The same, short, for a cell; a dash beside a minus sign could be read as another. */
export function ends(cell, column) {
  return cell.ci.map((end) => number(end, column.digits)).join(cell.ci[0] < 0 || cell.ci[1] < 0 ? "\u2009…\u2009" : "\u2009–\u2009");
}

export function range(low, high) {
  return low === high ? String(low) : `${low}–${high}`;
}

export function unit(column) {
  return column.unit === "%" ? "%" : column.unit ? ` ${column.unit}` : "";
}

/** A rate with three significant digits: bit/s as kbit/s, the others as they are. */
export function rate(name, value) {
  if (value === undefined) return "–";
  const shown = name === "token_rate" ? value : value / 1000;
  if (shown >= 1000) return Math.round(shown).toLocaleString("en-US");
  return String(Number(shown.toPrecision(3)));
}

/** Parameters of a model with three significant digits; a codec of signal processing has none. */
export function millions(count) {
  if (count === undefined) return "–";
  return count ? `${Number((count / 1e6).toPrecision(3))} M` : "0";
}

export const RATE_UNITS = { bitrate: "kbit/s", token_rate: "tokens/s", empirical_bitrate: "kbit/s", lm_bits: "kbit/s" };
export const RATE_TITLES = {
  bitrate: "Bitrate",
  token_rate: "Token rate",
  empirical_bitrate: "Empirical bitrate",
  lm_bits: "Bitrate under a language model",
};

/** Those that are counted from the tokens, which every table of a tokenizer has. */
export const COUNTED_RATES = ["bitrate", "token_rate", "empirical_bitrate"];

/** Clips on which a cell failed: none where its metric is undefined (page/states.py). */
export function failed(cell) {
  return cell.failed && cell.state !== "undefined" ? Object.keys(cell.failed).length : 0;
}

export function rankInWords({ rank: [best, worst, rivals] }) {
  return rivals > 1 ? `rank ${range(best, worst)} of ${rivals} in its band` : "alone in its band";
}

/** The cell in words, for tooltips' first line and for screen readers. */
export function cellInWords(cell, column) {
  if (!cell) return `${column.title}: not measured`;
  const parts = [
    cell.v === undefined
      ? `${column.title}: no value`
      : `${column.title} ${number(cell.v, column.digits)}${unit(column)}`,
  ];
  if (cell.ci) parts.push(`95% interval ${interval(cell, column)}`);
  if (cell.rank) parts.push(rankInWords(cell));
  if (failed(cell)) parts.push(`failed on ${failed(cell)} of ${failed(cell) + cell.n} clips`);
  else if (cell.why) parts.push(`not ranked: ${cell.why}`);
  return parts.join(", ");
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
