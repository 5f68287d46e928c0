// How one metric's values spread over the clips, one dot a clip.

import { DATA, clipName } from "./data.js";
import { ARROWS, number, unit } from "./format.js";

/** A figure for [{title, cell}, …]: a row of dots each, the corpus value as a bar. */
export function stripPlot(lines, column, width) {
  const dots = lines.flatMap(({ title, cell }) =>
    (cell?.clips ?? []).map(([clip, value]) => ({ title, value, clip: DATA.clips[clip] })),
  );
  const means = lines
    .filter(({ cell }) => cell?.v !== undefined)
    .map(({ title, cell }) => ({ title, value: cell.v, ci: cell.ci }));
  return Plot.plot({
    width,
    height: 44 + 78 * lines.length,
    marginLeft: 12,
    marginRight: 20,
    marginTop: 8,
    marginBottom: 36,
    style: { background: "transparent", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
    ariaLabel: `${column.title} of every clip`,
    x: {
      label: `${column.title}${column.unit ? ` (${column.unit})` : ""} ${ARROWS[column.direction]}`,
      labelArrow: "none",
      nice: true,
      grid: true,
    },
    y: { axis: null },
    fy: { axis: null, domain: lines.map(({ title }) => title) },
    marks: [
      lines.length > 1
        ? Plot.text(lines, {
            fy: "title",
            text: "title",
            frameAnchor: "top-left",
            dy: 2,
            fill: "currentColor",
            fontWeight: 600,
          })
        : [],
      Plot.dot(
        dots,
        Plot.dodgeY("middle", {
          x: "value",
          fy: "title",
          r: 3.5,
          padding: 0.5,
          fill: "var(--accent)",
          fillOpacity: 0.55,
        }),
      ),
      Plot.ruleX(means, { x: "value", fy: "title", stroke: "currentColor", strokeWidth: 1.5 }),
      Plot.ruleY(
        means.filter((one) => one.ci),
        {
          x1: (one) => one.ci[0],
          x2: (one) => one.ci[1],
          fy: "title",
          y: 0,
          stroke: "currentColor",
          strokeWidth: 3,
          strokeOpacity: 0.5,
        },
      ),
      Plot.tip(
        dots,
        Plot.pointerX(
          Plot.dodgeY("middle", {
            x: "value",
            fy: "title",
            r: 3.5,
            padding: 0.5,
            title: (one) => `${clipName(one.clip)}\n${number(one.value, column.digits + 1)}${unit(column)}`,
            fill: "var(--surface)",
            stroke: "var(--line)",
            lineHeight: 1.35,
          }),
        ),
      ),
    ],
  });
}
