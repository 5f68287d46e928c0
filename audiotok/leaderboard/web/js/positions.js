// How far each step of the browser's history was scrolled, for Back to return there.

/** @type {number[]} */
const positions = []; // of the page's steps in the browser's history, px

/** Where this step of the history was left; undefined for a new one, which is numbered. */
export function arrival() {
  const known = history.state?.step;
  if (known !== undefined) return positions[known] ?? 0;
  history.replaceState({ step: positions.push(scrollY) - 1 }, "");
  return undefined;
}

export function keepPositions() {
  const keep = () => {
    if (history.state) positions[history.state.step] = scrollY;
  };
  history.scrollRestoration = "manual";
  document.addEventListener("scroll", keep, { passive: true });
}
