// The same clip through all tokenizers, side by side: press another row and the sound changes where it stands.

import { blindTest } from "./blind.js";
import { checkbox, h } from "./dom.js";
import { DATA, clipName, columnsOf, headline, promptOf, ratesOf, recipeOf } from "./data.js";
import { capital } from "./format.js";
import { boardModel } from "./model.js";
import { MOST_STIMULI, saveMushra } from "./mushra.js";
import { pause, player, setLoop, setMatched } from "./player.js";
import { setParams, stepParams } from "./state.js";
import { drawWhenSeen, follow, scoreOf, track, transportBar } from "./track.js";

export function listenView(at) {
  const model = boardModel(at);
  const entries = [...model.anchors, ...byRate(model.rows, at)].filter((entry) => Object.keys(entry.samples).length);
  const clips = clipsToHear(at, entries);
  if (!clips.length) return h("p", { class: "empty" }, "No samples of this domain came with these results.");
  const clip = clips.find((one) => one.id === at.params.clip) ?? clips[0];
  const rows = entries.filter((entry) => entry.samples[clip.id]);
  if (at.params.blind) return blindTest(at, clip, clips, rows);
  const columns = columnsFor(at, clip, rows);
  const transport = transportBar();
  const list = h(
    "div",
    { class: "tracks" },
    rows.map((entry) => track(entry, clip, columns, at)),
  );
  const section = h(
    "section",
    { class: "listen", "aria-label": "Listening" },
    h(
      "div",
      { class: "toolbar" },
      clipMenu(clip, clips, entries),
      checkbox("Loop", player.loop, setLoop),
      player.gains.size > 0 && checkbox("Match loudness", player.matched, setMatched),
      rows.length > 1 && [
        h("button", { type: "button", class: "quiet", onclick: () => stepParams({ blind: "ab" }) }, "Blind A/B"),
        h("button", { type: "button", class: "quiet", onclick: () => stepParams({ blind: "abx" }) }, "ABX"),
        !clip.recipe &&
          h("button", { type: "button", class: "quiet", onclick: () => saveMushra(at, shared(clips, rows), rows) }, "MUSHRA"),
      ],
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
      [h("kbd", {}, "↑"), " ", h("kbd", {}, "↓"), " switch at the same position, ", h("kbd", {}, "←"), " ", h("kbd", {}, "→")],
      [" move by a second, ", h("kbd", {}, "Space"), " plays and pauses. "],
      player.gains.size > 0
        ? "Loudness is matched to −23 LUFS (EBU R 128), or as near as no sample of the clip is cut off, since a louder sound passes for a better one; the files are as decoded. "
        : "Loudness is as decoded, not matched: a louder one may sound better for that alone. ",
      "Use headphones.",
    ),
    rows.length > 1 &&
      h(
        "p",
        { class: "hint" },
        "Blind A/B asks which of two you prefer, ABX whether you can tell them apart; the answers are yours to download. ",
        `MUSHRA saves a configuration for webMUSHRA with the sounds, of at most ${MOST_STIMULI} of the rows above: filter them first.`,
      ),
  );
  follow(section, list, transport);
  drawWhenSeen(list);
  return section;
}

/** Up to four columns whose scores of the clip stand beside its sound. */
function columnsFor(at, clip, rows) {
  const all = columnsOf(at.suite, at.domain);
  const own = all.filter((column) => recipeOf(column) === clip.recipe);
  return (clip.recipe ? own.sort((a, b) => Number(a.direction === "none") - Number(b.direction === "none")) : headline(all))
    .filter((column) => rows.some((entry) => scoreOf(entry, column, clip) !== undefined))
    .slice(0, 4);
}

function clipMenu(clip, clips, entries) {
  const groups = [
    ["Through every tokenizer", shared(clips, entries)],
    ["Through some: each one's worst", clips.filter((one) => !one.recipe && !shared(clips, entries).includes(one))],
    ["Made by language models", clips.filter((one) => one.recipe)],
  ];
  const option = (one) =>
    h("option", { value: one.id, selected: one.id === clip.id }, `${clipName(one)}${one.language ? ` (${one.language})` : ""}`);
  return h(
    "label",
    { class: "field" },
    h("span", {}, "Clip"),
    h(
      "select",
      {
        "data-key": "select:Clip",
        onchange: (event) => {
          pause(true);
          setParams({ clip: event.target.value });
        },
      },
      groups.filter(([, own]) => own.length).map(([label, own]) => h("optgroup", { label }, own.map(option))),
    ),
  );
}

/** Decoded clips that all of these have, in the order of `clips`. */
function shared(clips, entries) {
  return clips.filter((clip) => !clip.recipe && entries.every((entry) => entry.samples[clip.id]));
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
        Number(Boolean(one.recipe)) - Number(Boolean(other.recipe)) || // what a language model made comes last
        heard.get(other.id) - heard.get(one.id) ||
        Number(other.language === "en") - Number(one.language === "en"),
    );
}

/** Indices of the clips that have a score in the domain; for clips whose data did not say what they are. */
function scoredClips(at, entries) {
  const found = new Set();
  for (const column of columnsOf(at.suite, at.domain))
    for (const entry of entries) for (const [index] of entry.cells[column.index]?.clips ?? []) found.add(index);
  return found;
}
