// The data that travels in the page, and what every view asks of it.

import { bordaIn } from "./borda.js";
import { byId } from "./dom.js";
import { unpack } from "./packed.js";

/** @type {Board} */
export const DATA = unpack(JSON.parse(byId("data").textContent ?? ""));

/** @type {Record<string, Table>} */
export const TABLES = Object.fromEntries(
  DATA.suites.flatMap((suite) => suite.tables.map((table) => [table.key, { ...table, suite: suite.name }])),
);
DATA.columns.forEach((column, index) => {
  column.index = index;
  column.key = `${column.metric}@${TABLES[column.table].data}`; // in addresses: an index would not survive the next build
});
DATA.entries.forEach((entry, index) => {
  entry.index = index;
});
export const TOKENIZERS = DATA.entries.filter((entry) => entry.kind === "tokenizer");
export const ANCHORS = DATA.entries.filter((entry) => entry.kind === "anchor");

export const QUESTIONS = { ...DATA.questions };
for (const column of DATA.columns) QUESTIONS[column.question] ??= column.question || "Other";

/** What readers choose between: groups of questions, {name (in addresses), title, questions}; others stand alone. */
export const GROUPS = [
  ...Object.entries(DATA.groups).map(([title, questions]) => ({ name: title.toLowerCase().replaceAll(" ", "-"), title, questions })),
  ...Object.keys(QUESTIONS)
    .filter((question) => !Object.values(DATA.groups).flat().includes(question))
    .map((question) => ({ name: question || "other", title: QUESTIONS[question], questions: [question] })),
];

/** The questions that a name in an address stands for: a group's, or one. @param {string} name */
export function questionsNamed(name) {
  return GROUPS.find((group) => group.name === name)?.questions ?? [name];
}

/**
 * The address of an entry: its identifier, and where it comes from if there are two of it.
 * @param {Entry} entry
 */
export function entryKey(entry) {
  const twice = DATA.entries.some((other) => other !== entry && other.id === entry.id);
  return twice ? `${entry.id}@${entry.origin}` : entry.id;
}

/** @param {string} key */
export function entryByKey(key) {
  return DATA.entries.find((entry) => entryKey(entry) === key);
}

/**
 * The columns of a suite and domain, over all of the suite's data sets.
 * @param {string} suite @param {string} domain
 */
export function columnsOf(suite, domain) {
  return DATA.columns.filter(
    (column) => TABLES[column.table].suite === suite && TABLES[column.table].domain === domain,
  );
}

/**
 * Whether names of an address mean this column: its key does, and so does the bare metric on whatever data.
 * @param {Column} column @param {(string | undefined)[]} names
 */
export function isNamed({ key, metric }, names) {
  return names.includes(key) || names.includes(metric);
}

/**
 * Its title, with the data set where one of the others has the same metric.
 * @param {Column} column @param {Column[]} others
 */
export function titleAmong(column, others) {
  const several = others.some((one) => one.metric === column.metric && one.key !== column.key);
  return several ? `${column.title}, ${TABLES[column.table].data}` : column.title;
}

/** @param {Suite} suite */
export function domainsOf(suite) {
  return [...new Set(suite.tables.map((table) => table.domain))];
}

/** @param {string} name */
export function suiteByName(name) {
  return DATA.suites.find((suite) => suite.name === name);
}

/**
 * Measured rates and band of an entry in a suite and domain; {} where nothing was coded.
 * @param {Entry} entry @param {string} suite @param {string} domain @returns {Rates}
 */
export function ratesOf(entry, suite, domain) {
  const tables = (suiteByName(suite)?.tables ?? []).filter((table) => table.domain === domain);
  return Object.assign({}, ...tables.map((table) => entry.rates[table.key] ?? {}));
}

/** @param {Column[]} columns */
export function headline(columns) {
  const first = columns.filter((column) => DATA.headline.includes(column.metric));
  return first.length ? first : columns.filter((column) => column.direction !== "none").slice(0, 8);
}

/**
 * The order of the entry's band: see page/order.py; undefined where it has none.
 * @param {Entry} entry @param {string} suite @param {string} domain
 */
export function orderOf(entry, suite, domain) {
  const found = Object.values(DATA.order[`${suite}/${domain}`] ?? {});
  return found.find((order) => order.who.includes(entry.index));
}

/**
 * The Borda count of an entry in its band (bordaIn); undefined where it has no place in the order (whyNoBorda).
 * @param {Entry} entry @param {string} suite @param {string} domain @param {Record<string, number>} weights
 */
export function bordaOf(entry, suite, domain, weights) {
  const order = orderOf(entry, suite, domain);
  return order && bordaIn(order, entry.index, weights);
}

/** @param {Entry} entry @param {string} suite @param {string} domain */
export function whyNoBorda(entry, suite, domain) {
  return DATA.without[`${suite}/${domain}`]?.[entry.index] ?? "it is not ranked together with another tokenizer on any question";
}

/**
 * Share of all pairwise tests on the metrics of a suite and domain that are won, a tie counting half.
 * @param {Entry} entry @param {string} suite @param {string} domain
 */
export function winsOf(entry, suite, domain) {
  const table = suiteByName(suite)?.tables.find(({ key, domain: own }) => own === domain && entry.id in DATA.wins[key]);
  return table && DATA.wins[table.key][entry.id];
}

/**
 * The questions that the Borda count of a suite and domain adds up.
 * @param {string} suite @param {string} domain
 */
export function bordaQuestions(suite, domain) {
  const found = Object.values(DATA.order[`${suite}/${domain}`] ?? {}).flatMap(({ questions }) => Object.keys(questions));
  return Object.keys(QUESTIONS).filter((question) => found.includes(question));
}

/** @param {Clip} clip */
export function clipName(clip) {
  const name = clip.text ? `“${clip.text}”` : (clip.of ?? clip.id);
  if (!clip.recipe) return name;
  return clip.prompt ? `${name}, continued by a language model` : `${name}, read out by a language model`;
}

/**
 * Where the prompt ends, for what a language model went on from; nothing elsewhere.
 * @param {Clip} clip
 */
export function promptOf(clip) {
  return clip.prompt ? `the first ${clip.prompt} s are the prompt` : "";
}

/** @param {Column} column */
export function recipeOf(column) {
  return column.signature.split(".v")[0];
}

/**
 * The sample behind a score: what the recipe's own language model made where it made something, else the decoded clip.
 * @param {Entry} entry @param {Column} column @param {Clip} clip
 */
export function sampleOf(entry, column, clip) {
  const recipe = recipeOf(column);
  const made = DATA.clips.some((one) => one.recipe === recipe);
  return entry.samples[made ? `${recipe}/${clip.id}` : clip.id];
}

/** @param {string} key */
export function tableName(key) {
  const { suite, data, domain } = TABLES[key];
  return `${data || suite}, ${domain}`;
}

/** [[name of a sample's file, dB]] that match the loudness of all samples; none where it was not measured. */
export function sampleGains() {
  return DATA.entries.flatMap((entry) => Object.entries(entry.gains ?? {}).map(([clip, gain]) => /** @type {[string, number]} */ ([entry.samples[clip], gain])));
}
