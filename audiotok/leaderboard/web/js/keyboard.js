// Keys that work wherever the focus is: Space plays and pauses; in a list of sounds, arrows switch and seek.

import { pause, play, player, position, seek } from "./player.js";

const STEP = 1; // seconds that ← and → move by
const TYPING = "select, textarea, input:not([type=range], [type=checkbox])";
const PRESSED_BY_SPACE = "button, summary, input[type=checkbox]";

export function startKeys() {
  document.addEventListener("keydown", (/** @type {any} */ event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.target.matches?.(TYPING)) return;
    if (ACTIONS[event.key]?.(event)) event.preventDefault();
  });
}

/** Each returns whether the key meant something here. */
const ACTIONS = {
  " ": (event) => !event.target.matches?.(PRESSED_BY_SPACE) && toggle(),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  ArrowRight: () => skip(STEP),
  ArrowLeft: () => skip(-STEP),
};

function buttons() {
  return [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".listen .play"))];
}

function wasLast(button) {
  return "last" in button.dataset;
}

function toggle() {
  if (player.playing) {
    pause();
    return true;
  }
  const all = buttons();
  if (all.length) (all.find(wasLast) ?? all[0]).click();
  else if (player.name && document.querySelector(`[data-plays="${CSS.escape(player.name)}"]`)) play(player.name);
  else return false;
  return true;
}

/** Play the next sound of the list, from where this one stands. */
function step(by) {
  const all = buttons();
  if (!all.length) return false;
  const current = all.findIndex((one) => one.getAttribute("aria-pressed") === "true" || wasLast(one));
  const next = all[current < 0 ? 0 : (current + by + all.length) % all.length];
  next.focus();
  if (next.getAttribute("aria-pressed") !== "true") next.click();
  return true;
}

function skip(seconds) {
  if (!buttons().length || !player.buffer) return false;
  const length = player.buffer.duration;
  seek((position() + seconds + length) % length);
  return true;
}
