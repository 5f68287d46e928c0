// One tokenizer in a sentence and a row of facts, before its long tables.

import { DATA, TABLES, ratesOf } from "./data.js";
import { h } from "./dom.js";
import { RATE_UNITS, millions, number, rate } from "./format.js";
import { latencyOf, macsOf } from "./model.js";
import { kept, listed } from "./verdict.js";

/** [{question, place}] of the ranked columns of one table: place "top" or "bottom" where the band is told apart. */
export function placesOf(entry, columns) {
  return columns.flatMap((column) => {
    const [best, worst, rivals] = entry.cells[column.index]?.rank ?? [];
    if (!(rivals > 1)) return [];
    const place = best === 1 && worst < rivals ? "top" : worst === rivals && best > 1 ? "bottom" : "middle";
    return [{ question: column.question, place }];
  });
}

/** Strengths and weaknesses against its rate band, only where the clips tell the band apart. */
export function strengths(name, band, places) {
  if (!places.length) return `${name} has no ranks: no other tokenizer in its band was measured on the same clips.`;
  const questions = [...new Set(places.map(({ question }) => question))];
  const has = (question, place) => places.some((one) => one.question === question && one.place === place);
  const top = questions.filter((question) => has(question, "top") && !has(question, "bottom"));
  const bottom = questions.filter((question) => has(question, "bottom") && !has(question, "top"));
  const parts = [
    top.length > 0 && `among the best on ${listed(top.map(kept))}`,
    bottom.length > 0 && `among the last on ${listed(bottom.map(kept))}`,
  ].filter(Boolean);
  if (!parts.length) return `In its band (${band}) ${name} is neither significantly better nor worse than the others.`;
  return `In its band (${band}) ${name} is ${parts.join(" and ")}.`;
}

export function summarySection(entry) {
  if (entry.kind === "anchor") return null;
  const key = Object.keys(entry.rates).find((one) => entry.rates[one].band !== undefined);
  const table = key && TABLES[key];
  const rates = table ? ratesOf(entry, table.suite, table.domain) : {};
  const columns = table ? DATA.columns.filter((column) => TABLES[column.table].domain === table.domain) : [];
  return h(
    "section",
    { class: "summary", "aria-label": "In short" },
    table && h("p", { class: "lead" }, strengths(entry.name, `${DATA.bands[rates.band ?? -1]}, ${table.domain}`, placesOf(entry, columns))),
    h("dl", { class: "tiles" }, tiles(entry, rates, columns).map(([title, value]) => h("div", {}, h("dt", {}, title), h("dd", {}, value)))),
  );
}

function tiles(entry, rates, columns) {
  const { machine } = entry.provenance;
  const speed = (metric) => {
    const column = columns.find((one) => one.metric === metric);
    const cell = column && entry.cells[column.index];
    if (!(cell?.v > 0)) return "not measured";
    return [`${number(1 / cell.v, 1)} × real time`, machine && h("small", {}, ` on ${machine}`)];
  };
  const latency = latencyOf(entry);
  return [
    ["Bitrate", rates.bitrate === undefined ? "not measured" : `${rate("bitrate", rates.bitrate)} ${RATE_UNITS.bitrate}`],
    ["Tokens", rates.token_rate === undefined ? "not measured" : `${rate("token_rate", rates.token_rate)} per s`],
    ["Parameters", entry.environment.parameters === undefined || entry.environment.parameters === null ? "not counted" : millions(entry.environment.parameters)],
    ["MACs per second", macsOf(entry) === undefined ? "not counted" : `${number(macsOf(entry), 2)} G`],
    ["Latency", latency === undefined ? (entry.card?.streamable ? "not measured" : "does not stream") : `${latency} ms`],
    ["Encodes at", speed("rtf_encode")],
    ["Decodes at", entry.card?.decoder === "-" ? "has no decoder" : speed("rtf_decode")],
    ["Licence, weights", entry.card?.licence ?? "not stated"],
    ["Licence, code", entry.card?.code_licence || "not stated"],
    ["Commercial use", entry.commercial || "not stated"],
  ];
}

