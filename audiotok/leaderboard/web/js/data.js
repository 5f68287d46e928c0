// The data that travels in the page, and what every view asks of it.

export const DATA = JSON.parse(document.getElementById("data").textContent);

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

/** The address of an entry: its identifier, and where it comes from if there are two of it. */
export function entryKey(entry) {
  const twice = DATA.entries.some((other) => other !== entry && other.id === entry.id);
  return twice ? `${entry.id}@${entry.origin}` : entry.id;
}

export function entryByKey(key) {
  return DATA.entries.find((entry) => entryKey(entry) === key);
}

/** The columns of a suite and domain, over all of the suite's data sets. */
export function columnsOf(suite, domain) {
  return DATA.columns.filter(
    (column) => TABLES[column.table].suite === suite && TABLES[column.table].domain === domain,
  );
}

export function domainsOf(suite) {
  return [...new Set(suite.tables.map((table) => table.domain))];
}

export function suiteByName(name) {
  return DATA.suites.find((suite) => suite.name === name);
}

/** Measured rates and band of an entry in a suite and domain; {} where nothing was coded. */
export function ratesOf(entry, suite, domain) {
  const tables = suiteByName(suite).tables.filter((table) => table.domain === domain);
  return Object.assign({}, ...tables.map((table) => entry.rates[table.key] ?? {}));
}

export function headline(columns) {
  const first = columns.filter((column) => DATA.headline.includes(column.metric));
  return first.length ? first : columns.filter((column) => column.direction !== "none").slice(0, 8);
}

/** Weighted mean of the points per question; undefined where a question that counts has none. As results.ranking.borda. */
export function bordaOf(entry, suite, domain, weights) {
  const { band } = ratesOf(entry, suite, domain);
  if (band === undefined) return undefined;
  const keys = suiteByName(suite)
    .tables.filter((table) => table.domain === domain)
    .map((table) => table.key);
  const points = Object.assign({}, ...keys.map((key) => DATA.borda[key]?.[DATA.bands[band]]?.[entry.id] ?? {}));
  const asked = Object.entries(points)
    .map(([question, share]) => [weights[question] ?? 1, share])
    .filter(([weight]) => weight > 0);
  if (!asked.length || asked.some(([, share]) => share === null)) return undefined;
  const total = asked.reduce((sum, [weight]) => sum + weight, 0);
  return asked.reduce((sum, [weight, share]) => sum + weight * share, 0) / total;
}

/** Share of all pairwise tests on the metrics of a suite and domain that are won, a tie counting half. */
export function winsOf(entry, suite, domain) {
  const table = suiteByName(suite).tables.find(({ key, domain: own }) => own === domain && entry.id in DATA.wins[key]);
  return table && DATA.wins[table.key][entry.id];
}

/** The questions that the Borda count of a suite and domain adds up. */
export function bordaQuestions(suite, domain) {
  const keys = suiteByName(suite)
    .tables.filter((table) => table.domain === domain)
    .map((table) => table.key);
  const found = keys.flatMap((key) =>
    Object.values(DATA.borda[key] ?? {}).flatMap((of) => Object.values(of).flatMap(Object.keys)),
  );
  return Object.keys(QUESTIONS).filter((question) => found.includes(question));
}

export function clipName(clip) {
  const name = clip.text ? `“${clip.text}”` : (clip.of ?? clip.id);
  if (!clip.recipe) return name;
  return clip.prompt ? `${name}, continued by a language model` : `${name}, read out by a language model`;
}

/** Where the prompt ends, for what a language model went on from; nothing elsewhere. */
export function promptOf(clip) {
  return clip.prompt ? `the first ${clip.prompt} s are the prompt` : "";
}

export function recipeOf(column) {
  return column.signature.split(".v")[0];
}

/** The sample behind a score: what the recipe's own language model made where it made something, else the decoded clip. */
export function sampleOf(entry, column, clip) {
  const recipe = recipeOf(column);
  const made = DATA.clips.some((one) => one.recipe === recipe);
  return entry.samples[made ? `${recipe}/${clip.id}` : clip.id];
}

export function tableName(key) {
  const { suite, data, domain } = TABLES[key];
  return `${data || suite}, ${domain}`;
}
