// What the numbers say, what they don't, and what every metric means.

import { h } from "./dom.js";
import { DATA, QUESTIONS } from "./data.js";
import { ARROWS, BETTER, capital } from "./format.js";

export function aboutView() {
  const metrics = new Map(DATA.columns.map((column) => [column.metric, column]));
  const refused = Object.entries(DATA.refused);
  return h(
    "article",
    { class: "sheet" },
    h("h1", {}, "How to read this board"),
    h(
      "section",
      {},
      h("h2", {}, "Ranks"),
      h(
        "p",
        {},
        "Every tokenizer met the same clips, resampled once, judged by the same models. It is ranked against those of a like measured bitrate, and only as far as the clips tell them apart: “1–3” means that the data cannot say which of the first three places it holds. Intervals of ranks overlap where ties do. All pairs of a band are tested clip by clip and corrected together, so that with 95% confidence all intervals of a column hold at once.",
      ),
      h(
        "p",
        {},
        "A rank promises no more than its clips can: it speaks of other speakers only where there are at least five, and a lead that rare failures would make up for does not count while so few clips could miss them all. Each rank's tooltip says what it rests on.",
      ),
      h("p", {}, "One mode of a family is ranked in a band, the richest; the others are shown beside it."),
    ),
    h(
      "section",
      {},
      h("h2", {}, "Cells"),
      h(
        "dl",
        { class: "facts wide" },
        legend("A shaded cell", "its interval of ranks begins at 1: nothing in its band is known to be better"),
        legend(
          "The fine line under a number",
          "its 95% interval between the column's extremes, the dot its value. Ends of intervals that overlap do not prove a tie, nor do gaps between them prove more than the rank says",
        ),
        legend(
          h("span", { class: "mark" }, "failed 2/40"),
          "that many clips have no score; the reason is in the tooltip. The value is over the others, so it isn't ranked",
        ),
        legend(
          h("span", { class: "mark" }, "ranked at 20.9"),
          "the evaluation model also taught this tokenizer, so the score flatters it: it is ranked at the worse end of its interval; “judge” where it has none",
        ),
        legend(
          h("span", { class: "mark" }, "other signature"),
          "measured under another version of the metric, recipe or data; compare it with nothing else in the column",
        ),
        legend(
          "Anchors",
          "the clean reference, a low-passed one, and a classical codec give every column its scale. They have no rank",
        ),
        legend("local", "scored on the machine that built this page; the others came as submissions"),
      ),
    ),
    h(
      "section",
      {},
      h("h2", {}, "What it does not say"),
      h(
        "p",
        {},
        "An interval covers the choice of clips, and of speakers where there are enough of them; it says nothing about other languages, rooms or microphones. Predicted opinion scores are predictions. A bitrate is what the codes cost with every code equally likely; a language model pays for tokens, so look at tokens per second too.",
      ),
    ),
    h(
      "section",
      {},
      h("h2", {}, "Metrics"),
      Object.entries(QUESTIONS).map(([question, title]) => {
        const own = [...metrics.values()].filter((column) => column.question === question);
        return (
          own.length > 0 && [
            h("h3", {}, title),
            h(
              "dl",
              { class: "facts wide" },
              own.map((column) =>
                legend(
                  `${column.title} ${ARROWS[column.direction]}`,
                  `${column.text} ${column.unit ? `In ${column.unit}; ${BETTER[column.direction]}` : capital(BETTER[column.direction])}.`,
                ),
              ),
            ),
          ]
        );
      }),
    ),
    refused.length > 0 &&
      h(
        "section",
        {},
        h("h2", {}, "Left out"),
        h("p", {}, "Submissions that could not be read, and why:"),
        h(
          "dl",
          { class: "facts wide" },
          refused.map(([name, reason]) => legend(name, reason)),
        ),
      ),
    h(
      "section",
      {},
      h("h2", {}, "Made with"),
      h("p", {}, "Observable Plot and D3 (ISC licence), TanStack Table (MIT licence), bundled in this file."),
    ),
  );
}

function legend(name, text) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, text));
}
