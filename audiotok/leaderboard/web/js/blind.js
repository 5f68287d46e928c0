// Blind listening: A/B (which is better?) and ABX (can you tell them apart?), in the browser, with the answers as a file.

import { announce, download, h, select } from "./dom.js";
import { DATA, clipName, entryKey } from "./data.js";
import { onChange, pause, play, player } from "./player.js";
import { showPlaying } from "./playbutton.js";
import { setParams, stepParams } from "./state.js";
import { drawTrials, outcome } from "./trials.js";
import { listed } from "./verdict.js";

const TRIALS = 10;
const TITLES = { ab: "Blind A/B: which do you prefer?", abx: "ABX: can you tell them apart?" };

/** @type {any} {key, kind, pair, trials, started, since}; an address that held it would give the answers away */
let running = null;

/** The test of `at.params.blind` over the clips that both of its pair have; `rows` are those that can be chosen. */
export function blindTest(at, clip, clips, rows) {
  const kind = at.params.blind === "abx" ? "abx" : "ab";
  const pair = pairOf(at.params, rows, clip);
  const common = clips.filter((one) => Boolean(one.recipe) === Boolean(clip.recipe) && pair.every((entry) => entry.samples[one.id]));
  const ordered = [clip, ...common.filter((one) => one.id !== clip.id)];
  const key = [kind, ...pair.map(entryKey), clip.id].join(" ");
  if (running?.key !== key) running = { key, kind, pair, trials: null };
  return h(
    "section",
    { class: "listen blind", "aria-label": TITLES[kind] },
    h("h2", {}, TITLES[kind]),
    running.trials === null ? setup(at, ordered, pair, rows) : trialOrResult(at),
    h("p", {}, h("button", { type: "button", class: "quiet", onclick: leave }, "Back to all sounds")),
  );
}

function leave() {
  pause(true);
  running = null;
  stepParams({ blind: undefined, a: undefined, b: undefined });
}

/** The two in the address, else the two of lowest rate that are no anchors, so far as there are, and sound different. */
function pairOf(params, rows, clip) {
  const by = (key) => rows.find((entry) => entryKey(entry) === key);
  const usual = [...rows.filter((entry) => entry.kind === "tokenizer"), ...rows];
  const a = by(params.a) ?? usual[0];
  const b = by(params.b) ?? usual.find((entry) => entry.samples[clip.id] !== a.samples[clip.id]);
  return [a, b && b !== a ? b : usual.find((entry) => entry !== a)];
}

function setup(at, clips, pair, rows) {
  const options = rows.map((entry) => [entryKey(entry), entry.name]);
  const choose = (name) => (key) => setParams({ [name]: key });
  const begin = () => {
    pause(true);
    const trials = drawTrials(TRIALS).map((trial, i) => ({ ...trial, clip: clips[i % clips.length], heard: 0 }));
    Object.assign(running, { trials, started: new Date().toISOString(), since: performance.now() });
    draw();
  };
  return [
    h(
      "p",
      {},
      running.kind === "abx"
        ? `X is one of the two, drawn at random in each of ${TRIALS} trials. Decide which one. `
        : `Two sounds in random order, ${TRIALS} times. Choose the one that you prefer. `,
      clips.length > 1 && `The trials go through ${clips.length} clips, “${clipName(clips[0]).replace(/^“|”$/g, "")}” first.`,
    ),
    h(
      "div",
      { class: "toolbar" },
      select("One", options, entryKey(pair[0]), choose("a")),
      select("Other", options, entryKey(pair[1]), choose("b")),
      h("button", { type: "button", class: "quiet", onclick: begin }, "Begin"),
    ),
  ];
}

function draw() {
  window.dispatchEvent(new Event("hashchange"));
}

function trialOrResult(at) {
  const place = running.trials.findIndex(({ answer }) => answer === null);
  return place < 0 ? result(at) : trial(place);
}

function trial(place) {
  const { kind, pair, trials } = running;
  const { first, clip } = trials[place];
  const order = first === 0 ? pair : [...pair].reverse();
  const slots = kind === "abx" ? [["A", pair[0]], ["B", pair[1]], ["X", pair[first]]] : [["A", order[0]], ["B", order[1]]];
  const answers =
    kind === "abx" ? [["X is A", 0], ["X is B", 1]] : [["A is better", 0], ["No difference", "equal"], ["B is better", 1]];
  return [
    h("p", { role: "status" }, `Trial ${place + 1} of ${trials.length}: ${clipName(clip)}`),
    h("div", { class: "toolbar" }, slotButtons(slots, trials[place])),
    h(
      "div",
      { class: "toolbar", role: "group", "aria-label": "Your answer" },
      answers.map(([text, answer]) => h("button", { type: "button", class: "quiet", onclick: () => say(place, answer) }, text)),
    ),
    h("p", { class: "hint" }, [h("kbd", {}, "↑"), " ", h("kbd", {}, "↓"), " switch at the same position, ", h("kbd", {}, "Space"), " plays and pauses."]),
  ];
}

/** Buttons that know their letter and not their file: two letters may have one, which must not show. */
function slotButtons(slots, { clip }) {
  /** @type {string | null} */
  let sounding = null;
  const buttons = slots.map(([letter, entry]) => {
    const button = h("button", { type: "button", class: "play letter", "aria-label": `Play ${letter}`, "aria-pressed": "false" }, "▶");
    button.addEventListener("click", () => {
      if (player.playing && sounding === letter) return pause();
      sounding = letter;
      running.trials.find((trial) => trial.answer === null).heard += 1;
      return play(entry.samples[clip.id]).catch((error) => announce(error.message));
    });
    return [button, letter];
  });
  const follow = () => {
    for (const [button, letter] of buttons) showPlaying(button, player.playing && letter === sounding, letter === sounding);
  };
  onChange(follow, buttons[0][0]);
  return buttons.map(([button, letter]) => h("span", { class: "slot" }, button, h("strong", {}, letter)));
}

function say(place, answer) {
  const now = performance.now();
  Object.assign(running.trials[place], { answer, seconds: (now - running.since) / 1000 });
  running.since = now;
  pause(true);
  draw();
}

function result(at) {
  const { kind, pair, trials } = running;
  const found = outcome(kind, trials);
  const again = () => {
    running = null;
    draw();
  };
  const chance = found.p < 0.001 ? "below 0.001" : found.p.toFixed(3);
  return [
    h(
      "p",
      { class: "lead", role: "status" },
      kind === "abx"
        ? `${found.right} of ${found.of} right. The probability of this result by guessing is ${chance}: ${found.p <= 0.05 ? "you can tell them apart" : "this does not show that you can tell them apart"}.`
        : `You preferred ${listed(pair.map((entry, i) => `${entry.name} ${found.preferred?.[i]} times`))}, and heard no difference ${found.ties} times (p ${found.p < 0.001 ? "" : "= "}${chance}, sign test).`,
    ),
    h("p", {}, `The two were ${pair[0].name} and ${pair[1].name}.`),
    h(
      "div",
      { class: "toolbar" },
      h("button", { type: "button", class: "quiet", onclick: () => save(at, found) }, "Download the answers (JSON)"),
      h("button", { type: "button", class: "quiet", onclick: again }, "Again"),
    ),
  ];
}

function save(at, found) {
  const { kind, pair, trials, started } = running;
  const ids = pair.map((entry) => entry.id);
  const record = {
    test: kind,
    suite: at.suite,
    domain: at.domain,
    systems: ids,
    loudness_matched: player.matched && player.gains.size > 0,
    started,
    board: DATA.built,
    trials: trials.map(({ first, answer, clip, seconds, heard }) => ({
      clip: clip.id,
      ...(kind === "abx" ? { x: ids[first], said: ids[answer] } : { order: first === 0 ? ids : [...ids].reverse(), preferred: answer === "equal" ? null : ids[answer === 0 ? first : 1 - first] }),
      plays: heard,
      seconds: Number(seconds.toFixed(1)),
    })),
    result: found,
  };
  download(`audiotok-${kind}-${started.slice(0, 10)}.json`, "application/json", JSON.stringify(record, null, 1));
}
