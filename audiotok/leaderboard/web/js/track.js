// One sound of the listening view: who, its spectrogram, its scores; and the bar that shows where it stands.

import { h } from "./dom.js";
import { entryKey, promptOf, ratesOf } from "./data.js";
import { number, rate } from "./format.js";
import { drawingLibraries } from "./libraries.js";
import { playButton } from "./playbutton.js";
import { loadSample, onChange, player, position, seek } from "./player.js";
import { drawSpectrogram } from "./spectrogram.js";
import { linkTo } from "./state.js";

const TOP = { speech: 8000, music: 20000, audio: 20000 }; // Hz, of the spectrograms

export function track(entry, clip, columns, at) {
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
      h("small", {}, rates.bitrate === undefined ? (entry.kind === "anchor" ? "anchor" : "") : `${rate("bitrate", rates.bitrate)} kbit/s`),
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

export function scoreOf(entry, column, clip) {
  return entry.cells[column.index]?.clips?.find(([index]) => index === clip.index)?.[1];
}

/** Draw each track's spectrogram when it comes into view, one at a time, so that the page answers meanwhile. */
export function drawWhenSeen(list) {
  const wanted = [];
  let busy = false;
  const next = async () => {
    busy = true;
    for (let line = wanted.shift(); line; line = wanted.shift()) {
      if (!line.isConnected) continue;
      await drawTrack(line).catch(() => line.querySelector(".picture").replaceChildren(h("small", {}, "The sample is missing.")));
      await new Promise((resolve) => setTimeout(resolve));
    }
    busy = false;
  };
  const observer = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      wanted.push(target);
    }
    if (!busy) next();
  });
  for (const line of list.children) observer.observe(line);
}

async function drawTrack(line) {
  const [buffer] = await Promise.all([loadSample(line.dataset.sample), drawingLibraries()]);
  if (line.dataset.prompt) line.style.setProperty("--prompt", `${(100 * line.dataset.prompt) / buffer.duration}%`);
  drawSpectrogram(line.querySelector("canvas"), buffer.getChannelData(0), buffer.sampleRate, Number(line.dataset.top));
}

export function transportBar() {
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

/** Keep the bar and the tracks of `list` in step with the player as long as `section` is on the page. */
export function follow(section, list, { bar, time }) {
  let frame = 0;
  const step = () => {
    const now = position();
    bar.value = String(now);
    time.textContent = `${now.toFixed(1)} s`;
    list.style.setProperty("--played", `${player.buffer ? (100 * now) / player.buffer.duration : 0}%`);
    frame = player.playing && section.isConnected ? requestAnimationFrame(step) : 0;
  };
  const changed = () => {
    if (player.buffer) bar.max = String(player.buffer.duration);
    for (const line of list.children) line.classList.toggle("on", line.dataset.sample === player.name);
    if (!frame) step();
  };
  onChange(changed, section);
  requestAnimationFrame(changed); // a sound may be playing as the view is drawn again
}
