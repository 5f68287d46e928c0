// What readers come for: each task is a preset of columns, weights and filters, and one sentence of why.

import { DATA, columnsOf, suiteByName } from "./data.js";
import { NARROW, h, select } from "./dom.js";
import { linkTo } from "./state.js";

/** `metrics` are the columns, in this order; `params` what the address says of weights, filters and card columns. */
export const TASKS = [
  {
    name: "speech-lm",
    title: "Speech language model",
    domain: "speech",
    why: "A speech language model needs few, predictable tokens that preserve words and voice, and equal codes for equal speech.",
    metrics: ["dwer", "speaker_ge2e", "lm_bits", "lexicon_learned", "lexicon_minutes", "equal_shift", "equal_noise_20"],
    params: { "w.intelligibility": "3", "w.speaker": "2", "w.signal": "0", "w.prosody": "1", "w.perceptual": "1", card: "latency,licence" },
  },
  {
    name: "tts",
    title: "Text to speech",
    domain: "speech",
    why: "Generated speech must sound natural, with the right voice, intonation and words; the bitrate matters little.",
    metrics: ["dwer", "dnsmos_ovrl", "utmos", "speaker_ge2e", "f0_error", "tts_wer", "tts_unended"],
    params: { "w.intelligibility": "2", "w.perceptual": "3", "w.speaker": "2", "w.prosody": "2", "w.signal": "0", card: "licence" },
  },
  {
    name: "transmission",
    title: "Voice transmission",
    domain: "speech",
    why: "A call needs intelligible speech at a low bitrate with low delay on a small device. Only streaming tokenizers are shown.",
    metrics: ["dwer", "estoi", "pesq_wb", "plcmos", "speaker_ge2e", "rtf_encode", "rtf_decode"],
    params: { "w.intelligibility": "3", "w.perceptual": "2", "w.signal": "0", "w.speaker": "1", "w.prosody": "1", streaming: "yes", card: "latency,parameters,licence" },
  },
  {
    name: "music",
    title: "Music",
    domain: "music",
    why: "For music, the decoded audio should be close to the original over its full bandwidth.",
    metrics: ["visqol", "mel_distance", "stft_distance", "si_sdr_aligned", "clipped"],
    params: { "w.perceptual": "3", "w.signal": "1", card: "licence" },
  },
  {
    name: "understanding",
    title: "Understanding only",
    domain: "speech",
    why: "Tokens should separate phones and words, be robust to noise, and be few. No decoder is needed, so tokenizers without one are included.",
    metrics: [
      ...["abx_within_edit", "abx_across_edit", "equal_noise_20", "equal_opus", "pairs_word"],
      ...["lm_bits", "probe_letter", "probe_voice", "entropy"],
    ],
    params: { borda: "0", sort: "token_rate", card: "licence" },
  },
];

/** What to change in the parameters for another domain: columns are of one domain, and so is a task with all it sets. */
export function withoutTask(params) {
  const own = ["task", "sort", "plus", "minus", ...Object.keys(taskOf(params)?.params ?? {})];
  return Object.fromEntries(own.map((name) => [name, undefined]));
}

export function taskOf(params) {
  return TASKS.find((task) => task.name === params.task);
}

/** Its columns that this suite has, in the task's order, on all data sets. */
export function taskColumns(task, suite, domain) {
  const all = columnsOf(suite, domain);
  return task.metrics.flatMap((name) => all.filter((column) => column.metric === name));
}

export function taskLink(task, suite) {
  return linkTo([suite, task.domain, "table"], { task: task.name, ...task.params });
}

/** The tasks as links, and of the chosen one the sentence of why. On a phone, a menu once one is chosen. */
export function taskBar({ suite, params }) {
  const domains = (suiteByName(suite)?.tables ?? []).map((table) => table.domain);
  const offered = TASKS.filter((task) => domains.includes(task.domain));
  const chosen = taskOf(params);
  return h(
    "nav",
    { class: "tasks", "aria-label": "What do you need a tokenizer for?" },
    chosen && NARROW.matches ? taskMenu(offered, chosen, suite) : taskLinks(offered, chosen, suite),
    chosen && h("p", { class: "why" }, chosen.why, missing(chosen, suite)),
  );
}

function taskLinks(offered, chosen, suite) {
  const link = (task) =>
    h(
      "a",
      { href: taskLink(task, suite), "aria-current": task === chosen ? "true" : null, "data-key": `task:${task.name}` },
      task.title,
    );
  return h("ul", {}, offered.map((task) => h("li", {}, link(task))), chosen && h("li", {}, showAll(chosen, suite)));
}

function showAll(chosen, suite) {
  return h("a", { href: linkTo([suite, chosen.domain, "table"]), class: "all", "data-key": "task:none" }, "Show all");
}

function taskMenu(offered, chosen, suite) {
  const options = [...offered.map((task) => [task.name, task.title]), ["", "Show all"]];
  return select("For", options, chosen.name, (name) => {
    const task = offered.find((one) => one.name === name);
    location.hash = task ? taskLink(task, suite) : linkTo([suite, chosen.domain, "table"]);
  });
}

/** Columns of the task that no row of this board has, said rather than hidden. */
function missing(task, suite) {
  const found = new Set(taskColumns(task, suite, task.domain).map((column) => column.metric));
  const lacking = task.metrics.length - found.size;
  return lacking > 0 && h("span", { class: "hint" }, ` ${lacking} of its ${task.metrics.length} metrics have not been measured on this board yet.`);
}

/** What the page is, for who sees it first. */
export function introduction() {
  const tokenizers = DATA.entries.filter((entry) => entry.kind === "tokenizer").length;
  return h(
    "div",
    { class: "intro" },
    h("h1", {}, "Which audio tokenizer for what?"),
    h(
      "p",
      { class: "lead" },
      `${tokenizers} discrete audio tokenizers, scored on the same audio with the same evaluation models, with 95% intervals and audio samples. Choose your use case:`,
    ),
  );
}

/** Where to go on from the board's first view, and of when it is. */
export function links() {
  const link = (text, part) => h("a", { href: linkTo(["about"], { part }) }, text);
  return h(
    "p",
    { class: "links" },
    ...[link("How to read this board", "ranks"), link("Submit a tokenizer", "submit"), link("Cite it (BibTeX)", "cite"), h("a", { href: linkTo(["failures"]) }, "All failures")],
    built(),
  );
}

export function built() {
  const { date, commit } = DATA.built ?? {};
  return date && h("span", { class: "built" }, `Built ${date}, audiotok ${commit}`);
}
