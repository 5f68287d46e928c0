// One tokenizer against its rate band, question by question and domain by domain, as bars.

import { DATA, QUESTIONS, orderOf, ratesOf, whyNoBorda } from "./data.js";
import { bordaIn } from "./borda.js";
import { h } from "./dom.js";
import { capital } from "./format.js";

/**
 * [{question, value, rivals}]: the share of its band that an entry beats on each question, a tie counting half.
 * @param {Order} order @param {number} index of the entry
 */
export function sharesOf(order, index) {
  return Object.entries(order.questions).flatMap(([question, points]) => {
    const found = bordaIn({ ...order, questions: { [question]: points } }, index, {});
    return found ? [{ question, value: found.value, rivals: found.rivals }] : [];
  });
}

/** @param {Entry} entry */
export function profileSection(entry) {
  if (entry.kind === "anchor") return null;
  const domains = DATA.suites.flatMap((suite) =>
    [...new Set(suite.tables.map((table) => table.domain))].map((domain) => ({ suite: suite.name, domain })),
  );
  const blocks = domains.flatMap(({ suite, domain }) => {
    const { band } = ratesOf(entry, suite, domain);
    if (band === undefined) return [];
    return [h("div", {}, h("h3", {}, `${capital(domain)}, ${DATA.bands[band]}`), bars(entry, suite, domain))];
  });
  if (!blocks.length) return null;
  return h(
    "section",
    { class: "profile" },
    h("h2", {}, "Against its rate band"),
    h("p", { class: "hint" }, "For each question, the proportion of its band that it significantly outperforms, with ties counted as half; 0.5 means no significant differences."),
    h("div", { class: "profiles" }, blocks),
  );
}

function bars(entry, suite, domain) {
  const order = orderOf(entry, suite, domain);
  const shares = order ? sharesOf(order, entry.index) : [];
  if (!shares.length) return h("p", { class: "hint" }, `No bars: ${whyNoBorda(entry, suite, domain)}.`);
  return h(
    "dl",
    { class: "bars" },
    shares.map(({ question, value, rivals }) =>
      h(
        "div",
        {},
        h("dt", {}, QUESTIONS[question]),
        h("dd", { title: `against ${rivals} of its band` }, h("i", { "--share": `${100 * value}%`, "aria-hidden": "true" }), h("span", {}, value.toFixed(2))),
      ),
    ),
  );
}
