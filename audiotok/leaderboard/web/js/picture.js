// A figure as a file: what is seen, with its colours written out, as SVG or PNG.

import { download } from "./dom.js";

const PAINTS = ["fill", "stroke"];
const SCALE = 2; // pixels of a PNG for each of the figure's

/** A copy that needs no style sheet: colours of the theme as they are now, a ground and the page's font. */
function standalone(svg) {
  const copy = svg.cloneNode(true);
  const [theirs, ours] = [svg, copy].map((one) => [one, ...one.querySelectorAll("*")]);
  const named = (value) => value && /var\(|currentColor/i.test(value);
  ours.forEach((node, i) => {
    node.removeAttribute("tabindex");
    const computed = window.getComputedStyle(theirs[i]);
    for (const name of PAINTS) if (named(node.getAttribute(name))) node.setAttribute(name, computed[name]);
  });
  copy.querySelector("[aria-label=tip]")?.remove();
  const style = window.getComputedStyle(svg);
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: window.getComputedStyle(svg.parentElement).backgroundColor })) ground.setAttribute(name, value);
  copy.prepend(ground);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("style", `font-family: sans-serif; font-size: 12px; color: ${style.color}; overflow: visible`);
  return new XMLSerializer().serializeToString(copy);
}

export function saveSvg(svg, name) {
  download(`${name}.svg`, "image/svg+xml", standalone(svg));
}

export async function savePng(svg, name) {
  const { width, height } = svg.getBoundingClientRect();
  const image = new Image(width * SCALE, height * SCALE);
  image.src = URL.createObjectURL(new Blob([standalone(svg)], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: width * SCALE, height: height * SCALE });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  const content = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  download(`${name}.png`, "image/png", content);
}
