// The data as the views read it, from how it travels: see page/pack.py. Details of an entry come when a view asks.

export function unpack(data) {
  const { texts } = data;
  const spread = (reasons) =>
    Object.fromEntries(Object.entries(reasons).flatMap(([text, clips]) => clips.map((clip) => [clip, texts[text]])));
  for (const entry of data.entries)
    for (const [column, plain] of Object.entries(entry.cells)) entry.cells[column] = unpackCell(plain, texts, spread);
  for (const column of data.columns)
    for (const row of column.bd?.cells ?? [])
      row.forEach((cell, i) => {
        if (Array.isArray(cell)) row[i] = texts[cell[0]];
      });
  return data;
}

/** The inverse of pack._cell. Without its details a cell has `clips` only for what can be heard. */
function unpackCell(plain, texts, spread) {
  const [n, v, low, high, best, worst, rivals, why, how, rare = {}] = plain;
  const cell = { n, ...rare };
  if (!present(v)) delete cell.v;
  else cell.v = v;
  if (present(low)) cell.ci = [low, high];
  if (present(best)) cell.rank = [best, worst, rivals];
  if (present(why)) cell.why = texts[why];
  if (present(how)) cell.how = texts[how];
  for (const name of ["judge", "reason"]) if (present(rare[name])) cell[name] = texts[rare[name]];
  for (const name of ["failed", "undefined"]) if (rare[name]) cell[name] = spread(rare[name]);
  if (rare.clips !== undefined) cell.clips = rare.clips || [];
  return cell;
}

function present(value) {
  return value !== undefined && value !== null;
}

const asked = new Map(); // name of the file -> the entry whose details it has
let waiting = 0;

/** Whether the details of these entries are there. If not, they are loaded and the view is drawn again. */
export function hasDetails(entries) {
  const missing = entries.filter((entry) => entry.details && !entry.loaded);
  for (const entry of missing) if (!asked.has(entry.details)) load(entry);
  return missing.length === 0;
}

function load(entry) {
  asked.set(entry.details, entry);
  waiting += 1;
  const script = document.createElement("script");
  script.src = `scores/${entry.details}.js`;
  script.onload = () => script.remove();
  script.onerror = () => {
    entry.loaded = true; // what is shown without them is shown
    entry.missing = "The scores of its clips are missing: keep the folder “scores” beside the page.";
    done();
  };
  document.head.append(script);
}

function done() {
  waiting -= 1;
  if (!waiting) window.dispatchEvent(new Event("hashchange")); // drawn again, where the reader is
}

window.audiotokScores = (name, details) => {
  const entry = asked.get(name);
  if (!entry || entry.loaded) return;
  for (const [column, flat] of Object.entries(details.clips)) {
    const clips = [];
    for (let i = 0; i < flat.length; i += 2) clips.push([flat[i], flat[i + 1]]);
    entry.cells[column].clips = clips;
  }
  for (const column of details.all) entry.cells[column].all = 1;
  for (const [column, groups] of Object.entries(details.groups)) entry.cells[column].groups = groups;
  entry.scores = details.scores;
  entry.loaded = true;
  done();
};
