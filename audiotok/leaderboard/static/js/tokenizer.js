// Everything known of one tokenizer: card, rates, every score, its clips, conformance, and the command that made it.

import { copyButton, externalLink, h, select } from "./dom.js";
import { cellTip, scaleOf, valueCell } from "./board.js";
import { DATA, QUESTIONS, TABLES, TOKENIZERS, clipName, entryByKey, entryKey } from "./data.js";
import { ARROWS, RATE_TITLES, RATE_UNITS, capital, failed, number, range, rate, unit } from "./format.js";
import { playButton } from "./listen.js";
import { linkTo, setParams } from "./state.js";
import { stripPlot } from "./strip.js";
import { tip } from "./tooltip.js";

export function tokenizerView({ path, params }) {
  const entry = entryByKey(path[1]);
  if (!entry) return h("p", { class: "empty" }, `This board has no tokenizer called ${path[1] ?? ""}.`);
  const back = (params.from ?? "").split("/");
  return h("article", { class: "sheet" },
    h("p", { class: "crumb" }, h("a", { href: linkTo(back.length === 2 ? back : []) }, "← Board")),
    h("h1", {}, entry.name),
    h("p", { class: "identifier" }, h("code", {}, entry.id), copyButton(entry.id, "Copy the identifier"), badges(entry)),
    entry.card && h("p", { class: "lead" }, entry.card.summary),
    entry.kind === "tokenizer" && h("p", {}, h("a", { href: linkTo(["compare", entryKey(entry)]) }, "Compare it with another →")),
    h("div", { class: "pair" }, entry.card && cardSection(entry.card), h("div", {}, ratesSection(entry), conformanceSection(entry))),
    scoresSection(entry),
    clipsSection(entry, params),
    samplesSection(entry),
    provenanceSection(entry));
}

function badges(entry) {
  const badge = (text, title) => h("span", { class: "badge", title }, text);
  return [
    entry.kind === "anchor" ? badge("anchor", "Gives the scale; has no tokens of its own and no rank")
      : entry.origin === "local" ? badge("local", "Scored on the machine that built this page") : badge("submission", "From leaderboard/submissions"),
    entry.card?.streamable && badge("streaming"),
    entry.card?.licence && badge(entry.card.licence),
  ];
}

function definitions(pairs) {
  return h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== undefined && value !== "" && value !== null)
    .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function cardSection(card) {
  const list = (values) => (values?.length ? values.join(", ") : "–");
  return h("section", {}, h("h2", {}, "Card"), definitions([
    ["Paper", externalLink(card.paper)], ["Code", externalLink(card.code)],
    ["Weights", card.weights ? externalLink(card.weights) : "none"], ["SHA-256", card.weights_sha256 && h("code", { class: "hash" }, card.weights_sha256)],
    ["Weights verified", card.weights_verified], ["Licence", card.licence], ["Made for", list(card.domains)],
    ["Encoder", card.encoder], ["Decoder", card.decoder === "-" ? "none" : card.decoder],
    ["Representation", card.representation === "T" ? "time" : "time–frequency"], ["Quantizer", card.quantizer], ["Rate control", card.rate],
    ["Objective", list(card.objective)], ["Auxiliary", list(card.auxiliary)], ["Trained jointly", card.joint ? "yes" : "no"],
    ["Streaming", card.streamable ? "yes" : "no"], ["Training data", card.training_data], ["Taught by", list(card.trained_with)],
  ]));
}

function ratesSection(entry) {
  const tables = Object.entries(entry.rates);
  return h("section", {}, h("h2", {}, "Measured rates"), tables.length === 0 ? h("p", { class: "hint" }, entry.kind === "anchor" ? "An anchor has no tokens." : "Not measured.") :
    h("div", { class: "scroll" }, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Data"), Object.entries(RATE_TITLES).map(([name, title]) => h("th", { scope: "col", class: "n" }, title, h("br"), h("small", {}, RATE_UNITS[name]))))),
      h("tbody", {}, tables.map(([key, rates]) => h("tr", {}, h("th", { scope: "row" }, capital(tableName(key)), h("br"), h("small", {}, DATA.bands[rates.band] ?? "")),
        Object.keys(RATE_TITLES).map((name) => h("td", { class: "n" }, rate(name, rates[name])))))))));
}

function tableName(key) {
  const { suite, data, domain } = TABLES[key];
  return `${data || suite}, ${domain}`;
}

function scoresSection(entry) {
  const measured = DATA.columns.filter((column) => entry.cells[column.index]);
  const tables = [...new Set(measured.map((column) => column.table))];
  return h("section", {}, h("h2", {}, "Scores"), tables.map((key) => {
    const own = measured.filter((column) => column.table === key);
    return h("details", { open: true }, h("summary", {}, h("h3", {}, capital(tableName(key)))),
      h("div", { class: "scroll" }, h("table", { class: "plain scores" },
        h("thead", {}, h("tr", {}, ["Metric", "Value", "Rank in band", "Clips", "Failed", "By language"].map((title, i) => h("th", { scope: "col", class: i && i < 5 ? "n" : null }, title)))),
        Object.keys(QUESTIONS).map((question) => {
          const rows = own.filter((column) => column.question === question);
          return rows.length > 0 && h("tbody", {}, h("tr", { class: "band" }, h("th", { colspan: "6", scope: "rowgroup" }, QUESTIONS[question])), rows.map((column) => scoreRow(entry, column)));
        }))));
  }));
}

function scoreRow(entry, column) {
  const cell = entry.cells[column.index];
  const name = tip(h("th", { scope: "row", tabindex: "0" }, column.title, " ", h("small", {}, [column.unit, ARROWS[column.direction]].filter(Boolean).join(" "))), () => [column.text, h("p", { class: "sig" }, column.signature)]);
  const misses = failed(cell);
  return h("tr", {}, name, valueCell(cell, column, scaleOf(column, TOKENIZERS)),
    h("td", { class: "n" }, cell.rank ? `${range(cell.rank[0], cell.rank[1])} of ${cell.rank[2]}` : h("span", { class: "hint", title: cell.why }, column.direction === "none" ? "no direction" : "not ranked")),
    h("td", { class: "n" }, String(cell.n)),
    h("td", { class: misses ? "n mark" : "n" }, misses ? tip(h("span", { tabindex: "0" }, `${misses} of ${misses + cell.n}`), () => cellTip(cell, column)) : "0"),
    h("td", { class: "groups" }, Object.entries(cell.groups ?? {}).map(([language, [value, low, high]]) =>
      h("span", { title: low === null ? "" : `${number(low, column.digits)} to ${number(high, column.digits)}` }, h("small", {}, `${language} `), number(value, column.digits)))));
}

function clipsSection(entry, params) {
  const choices = DATA.columns.filter((column) => entry.cells[column.index]?.clips);
  if (!choices.length) return null;
  const column = choices.find((one) => `${one.table}:${one.metric}` === params.clips) ?? choices[0];
  const cell = entry.cells[column.index];
  const holder = h("div", { class: "figure" });
  new ResizeObserver(() => holder.replaceChildren(stripPlot([{ title: entry.title, cell }], column, holder.clientWidth))).observe(holder);
  const misses = Object.entries(cell.failed ?? {});
  return h("section", {}, h("h2", {}, "Clip by clip"),
    h("div", { class: "toolbar" }, select("Metric", choices.map((one) => [`${one.table}:${one.metric}`, `${one.title}, ${tableName(one.table)}`]), `${column.table}:${column.metric}`, (clips) => setParams({ clips }))),
    holder,
    h("p", { class: "hint" }, `Each dot is a clip, the line the value over all, the bar its 95% interval. ${cell.all ? "" : `${cell.clips.length} of ${cell.n} clips: the worst, and others evenly spaced in rank.`}`),
    h("h3", {}, column.direction === "none" ? "Lowest" : "Worst clips"),
    h("div", { class: "scroll" }, h("table", { class: "plain" }, h("tbody", {},
      misses.map(([clip, reason]) => h("tr", {}, h("th", { scope: "row" }, clip), h("td", { class: "mark" }, "failed"), h("td", { colspan: "2" }, reason))),
      cell.clips.slice(0, 8).map(([index, value]) => {
        const clip = DATA.clips[index];
        return h("tr", {}, h("th", { scope: "row" }, clip.id), h("td", { class: "n" }, `${number(value, column.digits + 1)}${unit(column)}`), h("td", {}, clip.text ? clipName(clip) : ""), h("td", { class: "plays" }, playButtons(entry, clip)));
      })))));
}

/** The clip through this tokenizer and as it was; nothing where it has no sample. */
function playButtons(entry, clip) {
  if (!entry.samples[clip.id]) return null;
  const reference = DATA.entries.find((other) => other !== entry && other.id === "reference" && other.samples[clip.id]);
  return [
    playButton(entry.samples[clip.id], `${clip.id} through ${entry.name}`),
    reference && [playButton(reference.samples[clip.id], `${clip.id}, reference`), h("small", {}, "reference")],
  ];
}

function samplesSection(entry) {
  const clips = DATA.clips.filter((clip) => entry.samples[clip.id]);
  if (!clips.length) return null;
  const [suite, , domain] = Object.keys(TABLES)[0].split("/");
  return h("section", {}, h("h2", {}, "Listen"), h("div", { class: "scroll" }, h("table", { class: "plain" }, h("tbody", {}, clips.map((clip) =>
    h("tr", {}, h("th", { scope: "row" }, clip.text ? clipName(clip) : clip.id), h("td", { class: "plays" }, playButtons(entry, clip)),
      h("td", {}, h("a", { href: linkTo([suite, clip.domain ?? domain, "listen"], { clip: clip.id }) }, "Through all tokenizers"))))))));
}

function conformanceSection(entry) {
  if (entry.kind === "anchor") return null;
  const report = entry.conformance;
  return h("section", {}, h("h2", {}, "Conformance"),
    !report ? h("p", { class: "hint" }, "No report came with these results.") :
    [h("p", { class: "hint" }, `Checked on ${report.device}.`), h("ul", { class: "checks" }, report.findings.map(({ check, outcome, message }) =>
      h("li", { class: outcome.replaceAll(" ", "-") }, h("span", { class: "outcome" }, outcome), " ", capital(String(check).replaceAll("_", " ")), message && h("small", {}, `: ${message}`))))]);
}

function provenanceSection(entry) {
  const { command, ...rest } = entry.environment;
  const facts = Object.entries({ ...entry.provenance, ...rest }).sort(([a], [b]) => a.localeCompare(b));
  return h("section", {}, h("h2", {}, "Provenance"),
    command && h("p", { class: "command" }, h("code", {}, String(command)), copyButton(String(command), "Copy the command")),
    facts.length > 0 && definitions(facts.map(([name, value]) => [name, h("code", { class: "hash" }, typeof value === "object" ? JSON.stringify(value) : String(value))])));
}
