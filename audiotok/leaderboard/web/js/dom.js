// Building the document: every text reaches it as a text node, so nothing of a submission is ever parsed as markup.

import { drawingLibraries } from "./libraries.js";

/** h("td", {class: "n", onclick: f}, "text", node, [nodes]) -> Element. Properties on…, class, style variables, data-key. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, String(value));
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== undefined && child !== null && child !== false) element.append(child);
  }
}

/** A link that leaves the page; anything but https stays plain text. */
export function externalLink(url, text = url) {
  if (typeof url !== "string" || !url.startsWith("https://")) return text || "–";
  return h("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text.replace(/^https:\/\//, ""));
}

/**
 * The element with this id in page.html, which is there before any script runs.
 * @param {string} id
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`page.html should have an element with the id ${id}`);
  return found;
}

/** @param {string} text */
export function announce(text) {
  byId("live").textContent = text;
}

export function copyButton(text, label) {
  return h("button", { type: "button", class: "quiet small", "aria-label": label, onclick: () => copy(text) }, "Copy");
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages opened from disk have no clipboard in some browsers; a selected field can still be copied.
    const field = h("textarea", { class: "unseen" }, text);
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  announce("Copied");
  flash("Copied");
}

function flash(text) {
  const note = h("div", { class: "flash", "aria-hidden": "true" }, text);
  document.body.append(note);
  setTimeout(() => note.remove(), 1400);
}

export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Buttons of which one is pressed: [[value, label], …]. */
export function segmented(label, options, chosen, choose) {
  return h(
    "div",
    { class: "segmented", role: "group", "aria-label": label },
    options.map(([value, text]) =>
      h(
        "button",
        {
          type: "button",
          "aria-pressed": String(value === chosen),
          "data-key": `${label}:${value}`,
          onclick: () => choose(value),
        },
        text,
      ),
    ),
  );
}

/** Of a box that may be too narrow for its table: a keyboard can reach it, and then scroll it. */
export const SCROLLS = { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table, scrolls sideways" };

/** A phone's screen, where a row of many buttons would scroll out of view. */
export const NARROW = matchMedia("(max-width: 760px)");

/** Buttons where there is room, a menu where there is not. */
export function choice(label, options, chosen, choose) {
  return NARROW.matches ? select(label, options, chosen, choose) : segmented(label, options, chosen, choose);
}

export function select(label, options, chosen, choose) {
  return h(
    "label",
    { class: "field" },
    h("span", {}, label),
    h(
      "select",
      { "data-key": `select:${label}`, onchange: (event) => choose(event.target.value) },
      options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
    ),
  );
}

export function checkbox(label, checked, change) {
  return h(
    "label",
    { class: "check" },
    h("input", {
      type: "checkbox",
      checked,
      "data-key": `check:${label}`,
      onchange: (event) => change(event.target.checked),
    }),
    h("span", {}, label),
  );
}

export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** [[name, value], …] as a list of definitions; what has no value is left out. */
export function definitions(pairs) {
  return h(
    "dl",
    { class: "facts" },
    pairs
      .filter(([, value]) => value !== undefined && value !== "" && value !== null)
      .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

/** A frame that is filled with `draw(width)` as soon as it has a width and Plot is there, and again when the width changes. */
export function figureOf(draw) {
  const frame = h("div", { class: "figure" });
  let drawn = 0;
  const fill = (width) => {
    if (width !== drawn || !frame.isConnected) return; // another size, or another view, meanwhile
    const figure = draw(width);
    for (const marks of figure.querySelectorAll("g[aria-label]")) marks.setAttribute("role", "group"); // else no label
    frame.replaceChildren(figure);
  };
  new ResizeObserver(([{ contentRect }]) => {
    const width = Math.floor(contentRect.width);
    if (width === drawn || width === 0) return; // only its height changed, or it left the page
    drawn = width;
    drawingLibraries().then(
      () => fill(width),
      (error) => frame.replaceChildren(h("p", { class: "mark", role: "alert" }, error.message)),
    );
  }).observe(frame);
  return frame;
}
