// Colours and symbols of the groups of a figure; colours come round after ten groups, with another symbol.

import { h } from "./dom.js";

const LIGHT = ["#2a6fb0", "#c2571a", "#2d8a5f", "#a8356b", "#7a5ac2", "#8a6d1f", "#12898c", "#b5413c", "#5b6a77", "#6b8e23"];
const DARK = ["#6db3f2", "#f0965a", "#6fcf9d", "#ec7fb0", "#b39af0", "#d6b656", "#5fd0d0", "#f08a85", "#a9b7c2", "#b4d36a"];
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star"];

export function palette(dark) {
  return dark ? DARK : LIGHT;
}

export function symbolOf(index) {
  return SYMBOLS[Math.floor(index / LIGHT.length) % SYMBOLS.length];
}

export function swatch(index) {
  return h("i", {
    class: `swatch ${symbolOf(index)}`,
    "aria-hidden": "true",
    "--light": LIGHT[index % LIGHT.length],
    "--dark": DARK[index % DARK.length],
  });
}
