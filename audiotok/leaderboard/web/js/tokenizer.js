// Everything known of one tokenizer: card, rates, every score, its clips, conformance, and the command that made it.

import { SCROLLS, copyButton, definitions, externalLink, h } from "./dom.js";
import { DATA, entryByKey, entryKey, tableName } from "./data.js";
import { COUNTED_RATES, RATE_TITLES, RATE_UNITS, capital, rate } from "./format.js";
import { clipsSection, samplesSection, scoresSection } from "./scores.js";
import { licences } from "./model.js";
import { learningSection } from "./learning.js";
import { profileSection } from "./profile.js";
import { linkTo } from "./state.js";
import { summarySection } from "./summary.js";

export function tokenizerView({ path, params }) {
  const entry = entryByKey(path[1]);
  if (!entry)
    return h(
      "article",
      { class: "sheet" },
      h("h1", {}, "Unknown tokenizer"),
      h("p", { role: "alert" }, `This board has no tokenizer called ${path[1] ?? ""}. `, h("a", { href: "#/" }, "To the board")),
    );
  const back = (params.from ?? "").split("/");
  return h(
    "article",
    { class: "sheet" },
    h("p", { class: "crumb" }, h("a", { href: linkTo(back.length === 2 ? back : []) }, "← Board")),
    h("h1", {}, entry.name),
    h(
      "p",
      { class: "identifier" },
      h("code", {}, entry.id),
      copyButton(entry.id, "Copy the identifier"),
      badges(entry),
    ),
    entry.card && h("p", { class: "lead" }, entry.card.summary),
    summarySection(entry),
    entry.kind === "tokenizer" &&
      h("p", {}, h("a", { href: linkTo(["compare", entryKey(entry)]) }, "Compare it with another →")),
    profileSection(entry),
    learningSection(entry),
    h(
      "div",
      { class: "pair" },
      entry.card && cardSection(entry),
      h("div", {}, ratesSection(entry), conformanceSection(entry)),
    ),
    samplesSection(entry),
    scoresSection(entry),
    clipsSection(entry, params),
    provenanceSection(entry),
  );
}

function badges(entry) {
  const badge = (text, title) => h("span", { class: "badge", title }, text);
  return [
    entry.kind === "anchor"
      ? badge("anchor", "Shows the scale; has no tokens and no rank")
      : entry.origin === "local"
        ? badge("local", "Scored on the machine that built this page")
        : badge("submission", "From leaderboard/submissions"),
    entry.verified &&
      badge(entry.verified, "Whether the maintainers decoded its tokens and scored the audio again, and on how many clips"),
    entry.card?.streamable && badge("streaming"),
    entry.card?.licence && badge(licences(entry.card), "Licence of the weights, and of the code if different"),
  ];
}

function cardSection(entry) {
  const { card } = entry;
  const list = (values) => (values?.length ? values.join(", ") : "–");
  return h(
    "section",
    {},
    h("h2", {}, "Card"),
    definitions([
      ["Paper", externalLink(card.paper)],
      ["Code", externalLink(card.code)],
      ["Weights", card.weights ? externalLink(card.weights) : "none apart from the code"],
      ["Made for", list(card.domains)],
      ["Quantizer", card.quantizer],
      ["Encoder, decoder", `${card.encoder}, ${card.decoder === "-" ? "none" : card.decoder}`],
      ["Taught by", list(card.trained_with)],
    ]),
    h(
      "details",
      {},
      h("summary", {}, "Training, taxonomy and hashes"),
      definitions([
        ["Representation", card.representation === "T" ? "time" : "time–frequency"],
        ["Rate control", card.rate],
        ["Objective", list(card.objective)],
        ["Auxiliary", list(card.auxiliary)],
        ["Trained jointly", card.joint ? "yes" : "no"],
        ["Training data", card.training_data],
        ["SHA-256", card.weights_sha256 && h("code", { class: "hash" }, card.weights_sha256)],
        ["Weights verified", card.weights_verified],
      ]),
    ),
  );
}

function ratesSection(entry) {
  const tables = Object.entries(entry.rates).filter(([, rates]) => rates.bitrate !== undefined);
  return h(
    "section",
    {},
    h("h2", {}, "Measured rates"),
    tables.length === 0
      ? h("p", { class: "hint" }, entry.kind === "anchor" ? "An anchor has no tokens." : "Not measured.")
      : h(
          "div",
          SCROLLS,
          h(
            "table",
            { class: "plain" },
            h(
              "thead",
              {},
              h(
                "tr",
                {},
                h("th", { scope: "col" }, "Data"),
                COUNTED_RATES.map((name) =>
                  h("th", { scope: "col", class: "n" }, RATE_TITLES[name], h("br"), h("small", {}, RATE_UNITS[name])),
                ),
              ),
            ),
            h(
              "tbody",
              {},
              tables.map(([key, rates]) =>
                h(
                  "tr",
                  {},
                  h(
                    "th",
                    { scope: "row" },
                    capital(tableName(key)),
                    h("br"),
                    h("small", {}, DATA.bands[rates.band] ?? ""),
                  ),
                  COUNTED_RATES.map((name) => h("td", { class: "n" }, rate(name, rates[name]))),
                ),
              ),
            ),
          ),
        ),
  );
}

function conformanceSection(entry) {
  if (entry.kind === "anchor") return null;
  const report = entry.conformance;
  return h(
    "section",
    {},
    h("h2", {}, "Conformance"),
    !report
      ? h("p", { class: "hint" }, "These results contain no conformance report.")
      : [
          h("p", {}, outcomes(report.findings), h("small", {}, ` Checked on ${report.device}.`)),
          findings(report.findings.filter(({ outcome }) => outcome === "failed")),
          h("details", {}, h("summary", {}, "All checks"), findings(report.findings)),
        ],
  );
}

/** "12 passed, 3 not applicable." */
function outcomes(findings) {
  const counts = new Map();
  for (const { outcome } of findings) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return `${[...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ")}.`;
}

function findings(list) {
  if (!list.length) return null;
  return h(
    "ul",
    { class: "checks" },
    list.map(({ check, outcome, message }) =>
      h(
        "li",
        { class: outcome.replaceAll(" ", "-") },
        h("span", { class: "outcome" }, outcome),
        " ",
        capital(String(check).replaceAll("_", " ")),
        message && h("small", {}, `: ${message}`),
      ),
    ),
  );
}

function provenanceSection(entry) {
  const { command, ...rest } = entry.environment;
  const facts = Object.entries({ ...entry.provenance, ...rest }).sort(([a], [b]) => a.localeCompare(b));
  return h(
    "section",
    {},
    h("h2", {}, "Provenance"),
    command &&
      h("p", { class: "command" }, h("code", {}, String(command)), copyButton(String(command), "Copy the command")),
    (entry.history?.length ?? 0) > 0 &&
      h(
        "details",
        { class: "history" },
        h("summary", {}, `Versions of this row: ${entry.history.length}, the last of ${entry.history[0].date.slice(0, 10)}`),
        h(
          "ul",
          { class: "checks" },
          entry.history.map(({ date, commit, title, files }) =>
            h("li", {}, h("time", { datetime: date }, date.slice(0, 10)), " ", h("code", {}, commit), ` ${title} `, h("small", {}, files.join(", "))),
          ),
        ),
      ),
    facts.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, "Versions, hashes and the machine"),
        definitions(
          facts.map(([name, value]) => [
            name,
            h("code", { class: "hash" }, typeof value === "object" ? JSON.stringify(value) : String(value)),
          ]),
        ),
      ),
  );
}
