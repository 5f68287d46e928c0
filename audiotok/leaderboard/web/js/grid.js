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
