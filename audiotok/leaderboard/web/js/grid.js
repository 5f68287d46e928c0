// Moving over a table with the keyboard.

/** Arrow keys move over the cells; the grid is one stop of the Tab key. Enter follows the row's link or sorts. */
export function startGrid(table) {
  const first = table.querySelector("thead button");
  first.tabIndex = 0;
  const target = (cell) => cell.querySelector("a, button") ?? cell;
  table.addEventListener("focusin", (event) => {
    for (const element of table.querySelectorAll('[tabindex="0"]')) element.tabIndex = -1;
    event.target.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const move = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const cell = event.target.closest("th, td");
    if (!cell || (!move && event.key !== "Home" && event.key !== "End")) return;
    const rows = [...table.rows].filter((line) => !line.classList.contains("band"));
    const [line, place] = [rows.indexOf(cell.parentElement), cell.cellIndex];
    const next = move
      ? rows[line + move[0]]?.cells[place + move[1]]
      : cell.parentElement.cells[event.key === "Home" ? 0 : cell.parentElement.cells.length - 1];
    if (next) {
      event.preventDefault();
      target(next).focus();
    }
  });
}

/**
 * A copy of the table's head that stays at the top of the screen while the page scrolls, for a table that scrolls
 * sideways: inside such a box `position: sticky` holds to the box and not to the screen. It is for the eye and the
 * finger only; keyboards and screen readers have the table's own.
 */
export function stickyHead(table, scroll) {
  const copy = table.cloneNode(false);
  copy.removeAttribute("role");
  copy.removeAttribute("aria-label");
  const head = table.tHead.cloneNode(true);
  for (const element of head.querySelectorAll("[data-key], [tabindex]")) {
    element.removeAttribute("data-key");
    element.setAttribute("tabindex", "-1");
  }
  copy.append(table.querySelector("colgroup").cloneNode(true), head);
  const frame = document.createElement("div");
  frame.className = "sticky-head";
  frame.setAttribute("aria-hidden", "true");
  frame.append(copy);
  const own = [...table.tHead.querySelectorAll("button")];
  [...head.querySelectorAll("button")].forEach((button, i) => button.addEventListener("click", () => own[i].click()));
  scroll.addEventListener("scroll", () => (frame.scrollLeft = scroll.scrollLeft), { passive: true });
  return frame;
}
