// The same play button wherever something can be heard.

import { sampleGains } from "./data.js";
import { announce, h } from "./dom.js";
import { onChange, pause, play, player } from "./player.js";

/** Play or pause one sample. */
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
  showSample(button, name);
  return button;
}

function showSample(button, name) {
  const last = name === player.name;
  showPlaying(button, player.playing && last, last);
}

/** Whether it sounds, for the eye and for screen readers; `last` was heard last, and is what Space goes on with. */
export function showPlaying(button, on, last) {
  button.textContent = on ? "❚❚" : "▶";
  button.setAttribute("aria-pressed", String(on));
  if (last) button.dataset.last = "";
  else delete button.dataset.last;
}

/** Keep every play button of the page in step with the player; once. */
export function startPlayButtons() {
  player.gains = new Map(sampleGains());
  onChange(() => {
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-plays]")))
      showSample(button, button.dataset.plays);
  });
}
