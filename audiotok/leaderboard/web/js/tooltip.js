// One tooltip for the whole page: by pointer, by keyboard focus, by touch; Escape closes it.

import { byId, h } from "./dom.js";

const builders = new WeakMap();

/** Show what `build` returns while the element is hovered or focused. Returns the element. */
export function tip(element, build) {
  builders.set(element, build);
  return element;
}

export function startTooltips() {
  const box = byId("tip");
  /** @type {Element | null} */
  let shown = null;
  const find = (node) => {
    for (let element = node; element instanceof Element; element = element.parentElement) {
      if (builders.has(element)) return element;
    }
    return null;
  };
  const show = (event) => {
    const element = find(event.target);
    if (!element) return hide();
    box.replaceChildren(h("div", {}, builders.get(element)()));
    box.hidden = false;
    if (shown !== element) shown?.removeAttribute("aria-describedby");
    shown = element;
    element.setAttribute("aria-describedby", "tip");
    place(box, element.getBoundingClientRect());
  };
  const hide = () => {
    box.hidden = true;
    shown?.removeAttribute("aria-describedby");
    shown = null;
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("focusout", hide);
  document.addEventListener("scroll", hide, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  window.addEventListener("hashchange", hide);
}

function place(box, anchor) {
  const { width, height } = box.getBoundingClientRect();
  const left = Math.min(
    Math.max(8, anchor.left + anchor.width / 2 - width / 2),
    document.documentElement.clientWidth - width - 8,
  );
  const above = anchor.top - height - 8;
  box.style.left = `${left}px`;
  box.style.top = `${above > 8 ? above : anchor.bottom + 8}px`;
}
