// The same clip through all tokenizers, side by side: press another row and the sound changes where it stands.

import { announce, checkbox, h, select } from "./dom.js";
import { DATA, clipName, columnsOf, entryKey, headline, promptOf, ratesOf, recipeOf } from "./data.js";
import { capital, number, rate } from "./format.js";
import { boardModel } from "./model.js";
import { loadSample, pause, play, player, position, seek, setLoop } from "./player.js";
import { drawSpectrogram } from "./spectrogram.js";
import { linkTo, setParams } from "./state.js";

const TOP = { speech: 8000, music: 20000, audio: 20000 }; // Hz, of the spectrograms

export function listenView(at) {
  const model = boardModel(at);
  const entries = [...model.anchors, ...byRate(model.rows, at)].filter((entry) => Object.keys(entry.samples).length);
  const clips = clipsToHear(at, entries);
  if (!clips.length) return h("p", { class: "empty" }, "No samples of this domain came with these results.");
  const clip = clips.find((one) => one.id === at.params.clip) ?? clips[0];
  const rows = entries.filter((entry) => entry.samples[clip.id]);
  const all = columnsOf(at.suite, at.domain);
  const own = all.filter((column) => recipeOf(column) === clip.recipe);
  const columns = (clip.recipe ? own.sort((a, b) => (a.direction === "none") - (b.direction === "none")) : headline(all))
    .filter((column) => rows.some((entry) => scoreOf(entry, column, clip) !== undefined))
    .slice(0, 4);
  const transport = transportBar();
  const list = h(
    "div",
    { class: "tracks" },
    rows.map((entry) => track(entry, clip, columns, at)),
  );
  const section = h(
    "section",
    { class: "listen", "aria-label": "Listening", onkeydown: (event) => keys(event, list) },
    h(
      "div",
      { class: "toolbar" },
      select(
        "Clip",
        clips.map((one) => [one.id, `${clipName(one)}${one.language ? ` (${one.language})` : ""}`]),
        clip.id,
        (id) => {
          pause(true);
          setParams({ clip: id });
        },
      ),
      h("button", { type: "button", class: "quiet", onclick: () => drawAll(list) }, "Show all spectrograms"),
      checkbox("Loop", player.loop, setLoop),
    ),
    clip.prompt &&
      h(
        "p",
        { class: "hint" },
        `${capital(promptOf(clip))}, up to the line: real speech through the tokenizer. After it comes what a language model made of its tokens; the reference is what was really said.`,
      ),
    transport.node,
    list,
    h(
      "p",
      { class: "hint" },
      h("kbd", {}, "↑"),
      " ",
      h("kbd", {}, "↓"),
      " switch at the same position, ",
      h("kbd", {}, "Space"),
      " plays and pauses. Loudness is as decoded, not matched: a louder one may sound better for that alone. Use headphones.",
    ),
  );
  follow(section, list, transport);
  return section;
}

/** From the fewest bits to the most. */
function byRate(rows, at) {
  const of = (entry) => ratesOf(entry, at.suite, at.domain).bitrate ?? Infinity;
  return [...rows].sort((one, other) => of(one) - of(other) || 0);
}

/** The clips of the domain that can be heard: those of most tokenizers first, of as many the English ones. */
function clipsToHear(at, entries) {
  const heard = new Map();
  for (const entry of entries) for (const id of Object.keys(entry.samples)) heard.set(id, (heard.get(id) ?? 0) + 1);
  const own = scoredClips(at, entries);
  const places = new Map(DATA.clips.map((clip, index) => [clip.id, index]));
  return DATA.clips
    .map((clip, index) => ({ ...clip, index: clip.of ? (places.get(clip.of) ?? -1) : index }))
    .filter((clip) => heard.has(clip.id) && (clip.domain ? clip.domain === at.domain : own.has(clip.index)))
    .sort(
      (one, other) =>
        Boolean(one.recipe) - Boolean(other.recipe) || // what a language model made comes last
        heard.get(other.id) - heard.get(one.id) ||
        (other.language === "en") - (one.language === "en"),
    );
}

/** Indices of the clips that have a score in the domain; for clips whose data did not say what they are. */
function scoredClips(at, entries) {
  const found = new Set();
  for (const column of columnsOf(at.suite, at.domain))
    for (const entry of entries) for (const [index] of entry.cells[column.index]?.clips ?? []) found.add(index);
  return found;
}

function scoreOf(entry, column, clip) {
  return entry.cells[column.index]?.clips?.find(([index]) => index === clip.index)?.[1];
}

function track(entry, clip, columns, at) {
  const name = entry.samples[clip.id];
  const rates = ratesOf(entry, at.suite, at.domain);
  return h(
    "div",
    {
      class: `track ${entry.kind}`,
      "data-sample": name,
      "data-top": String(TOP[at.domain] ?? 8000),
      "data-prompt": clip.prompt ? String(clip.prompt) : null,
    },
    playButton(name, entry.name),
    h(
      "div",
      { class: "who" },
      h("a", { href: linkTo(["tokenizer", entryKey(entry)], { from: `${at.suite}/${at.domain}` }) }, entry.name),
      h(
        "small",
        {},
        rates.bitrate === undefined
          ? entry.kind === "anchor"
            ? "anchor"
            : ""
          : `${rate("bitrate", rates.bitrate)} kbit/s`,
      ),
    ),
    h(
      "div",
      { class: "picture" },
      clip.prompt && h("span", { class: "prompt-end", title: `The prompt ends: ${promptOf(clip)}` }),
      h("canvas", { role: "img", "aria-label": `Spectrogram of ${entry.name}`, width: "8", height: "4" }),
    ),
    h(
      "dl",
      { class: "scores" },
      columns.map((column) =>
        h("div", {}, h("dt", {}, column.title), h("dd", {}, number(scoreOf(entry, column, clip), column.digits))),
      ),
    ),
  );
}

/** Play or pause one sample; the same button wherever something can be heard. */
export function playButton(name, label) {
  const button = h(
    "button",
    { type: "button", class: "play", "data-plays": name, "aria-label": `Play ${label}`, "aria-pressed": "false" },
    "▶",
  );
  button.addEventListener("click", () => {
    if (player.playing && player.name === name) return pause();
    return play(name).catch((error) => {
      announce(error.message);
      button.replaceWith(h("span", { class: "mark" }, error.message));
    });
  });
  return button;
}

/** Keep every play button of the page in step with the player; once. */
export function startPlayButtons() {
  player.listeners.add(() => {
    for (const button of document.querySelectorAll("[data-plays]")) {
      const on = player.playing && button.dataset.plays === player.name;
      button.textContent = on ? "❚❚" : "▶";
      button.setAttribute("aria-pressed", String(on));
    }
  });
}

function transportBar() {
  const time = h("output", { class: "time" }, "0.0 s");
  const bar = h("input", {
    type: "range",
    min: "0",
    max: "1",
    step: "0.001",
    value: "0",
    "aria-label": "Position",
    oninput: () => seek(Number(bar.value)),
  });
  return { node: h("div", { class: "transport" }, bar, time), bar, time };
}

function follow(section, list, { bar, time }) {
  let frame = 0;
  const step = () => {
    const now = position();
    bar.value = String(now);
    time.textContent = `${now.toFixed(1)} s`;
    list.style.setProperty("--played", `${player.buffer ? (100 * now) / player.buffer.duration : 0}%`);
    frame = player.playing && section.isConnected ? requestAnimationFrame(step) : 0;
  };
  const changed = () => {
    if (!section.isConnected) return player.listeners.delete(changed);
    if (player.buffer) bar.max = String(player.buffer.duration);
    for (const line of list.children) line.classList.toggle("on", line.dataset.sample === player.name);
    const line = [...list.children].find((one) => one.dataset.sample === player.name);
    if (line) drawTrack(line);
    if (!frame) step();
    return undefined;
  };
  player.listeners.add(changed);
}

async function drawTrack(line) {
  if (line.dataset.drawn) return;
  line.dataset.drawn = "yes";
  const buffer = await loadSample(line.dataset.sample);
  if (line.dataset.prompt) line.style.setProperty("--prompt", `${(100 * line.dataset.prompt) / buffer.duration}%`);
  drawSpectrogram(line.querySelector("canvas"), buffer.getChannelData(0), buffer.sampleRate, Number(line.dataset.top));
}

async function drawAll(list) {
  for (const line of list.children) await drawTrack(line);
}

function keys(event, list) {
  if (event.target.matches("select, input")) return;
  const lines = [...list.children];
  const current = lines.findIndex((line) => line.dataset.sample === player.name);
  if (event.key === " " && !event.target.matches("button, a")) {
    event.preventDefault();
    if (player.playing) pause();
    else play(lines[Math.max(0, current)].dataset.sample);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = lines[(current + (event.key === "ArrowDown" ? 1 : lines.length - 1)) % lines.length] ?? lines[0];
    next.querySelector(".play").focus();
    play(next.dataset.sample);
  }
}
