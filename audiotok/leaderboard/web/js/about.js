// What the numbers say, what they don't, and what every metric means.

import { copyButton, h } from "./dom.js";
import { DATA, QUESTIONS } from "./data.js";
import { ARROWS, BETTER, capital } from "./format.js";
import { MACS_TEXT } from "./model.js";
import { STATES } from "./states.js";

export function aboutView({ params }) {
  const metrics = new Map(DATA.columns.map((column) => [column.metric, column]));
  const refused = Object.entries(DATA.refused);
  const view = h(
    "article",
    { class: "sheet" },
    h("h1", {}, "How to read this board"),
    h(
      "p",
      { class: "lead" },
      "Every number on this page was measured by audiotok on the same clips with the same evaluation models. Each tokenizer's page shows the command that reproduces it. Values published by DATES are on a separate tab, and separated at the end of the table.",
    ),
    h(
      "section",
      { id: "part-ranks" },
      h("h2", {}, "Ranks"),
      h(
        "p",
        {},
        "All tokenizers are evaluated on the same clips, resampled once, with the same evaluation models. A tokenizer is ranked among those of similar measured bitrate, and only as far as the data separates them: “1–3” means that the data does not determine which of the first three ranks it has. All pairs within a rate band are compared clip by clip and the p-values are corrected together, so that all rank intervals of a column hold simultaneously with 95% confidence.",
      ),
      h(
        "p",
        {},
        "A rank generalises to other speakers only if the data has at least five. A difference that rare failures could cancel does not count if the number of clips is too small to rule such failures out. The tooltip of each rank states its basis.",
      ),
      h("p", {}, "In each rate band, only the mode of a family with the highest bitrate is ranked; the others are shown without a rank."),
    ),
    termsSection(),
    h(
      "section",
      { id: "part-cells" },
      h("h2", {}, "Cells"),
      h(
        "dl",
        { class: "facts wide" },
        legend("A shaded cell", "no tokenizer in its band is significantly better, at least one is significantly worse, and its interval does not contain the chance level"),
        legend(
          "The fine line under a number",
          "its 95% interval, on a scale between the column's extremes; the dot is the value. Overlapping intervals do not prove a tie, and the rank already accounts for separate ones",
        ),
        legend(
          h("span", { class: "mark" }, "failed 2/40"),
          "number of clips without a score; the tooltip gives the reason. The value covers the other clips and is not ranked",
        ),
        legend(
          h("span", { class: "mark" }, "ranked at 20.9"),
          "the evaluation model was also used to train this tokenizer, which biases the score in its favour. It is ranked at the worse end of its interval; “judge” if it has no interval",
        ),
        legend(
          h("span", { class: "mark" }, "other signature"),
          "measured with another version of the metric, recipe or data; not comparable with the rest of the column",
        ),
        Object.entries(STATES)
          .filter(([state]) => state !== "failed")
          .map(([state, { short, text }]) => legend(h("span", { class: "mark" }, short), `${state}: ${text}`)),
        legend(
          "Anchors",
          "the clean reference, a low-passed reference and classical codecs show the scale of each column. They are not ranked",
        ),
        legend("local", "scored on the machine that built this page; all other rows are submissions"),
      ),
    ),
    h(
      "section",
      {},
      h("h2", {}, "What it does not say"),
      h(
        "p",
        {},
        "An interval covers the sampling of clips, and of speakers if there are enough of them. It does not cover other languages, rooms or microphones. Predicted opinion scores are predictions. The bitrate assumes that all codes are equally probable; for a language model, the number of tokens per second matters as well.",
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
    submitSection(),
    citeSection(),
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
      h("p", {}, "Observable Plot and D3 (ISC licence), TanStack Table (MIT licence), in the folder “vendor” next to this page."),
    ),
  );
  const part = params.part && view.querySelector(`#part-${CSS.escape(params.part)}`);
  if (part) requestAnimationFrame(() => part.scrollIntoView());
  return view;
}

/** The words that the tables use, each in a sentence or two. */
const TERMS = [
  ["mini", "the suite of this board: 103 short clips of speech, music and other sounds with free licences, small enough to score a tokenizer on a laptop. It shows large differences but cannot resolve small ones."],
  ["Rate band", "tokenizers are ranked only among those of similar measured bitrate, because quality increases with bitrate and a ranking over all rates would mostly rank the rates."],
  ["Borda count", "for each question, the proportion of the other tokenizers in the band that a tokenizer significantly outperforms, with ties counted as half; then the mean over questions, with adjustable weights. 1 means that it outperforms all others on every question, 0.5 that there are no significant differences. Values of different metrics are never added."],
  ["Win rate", "the same proportion over all pairs and all metrics that count in the Borda count, without weights."],
  ["Holm", "the correction of p-values for multiple tests: over all pairs of a band for the ranks of a column, and over all metrics when two tokenizers are compared. The probability of any false difference is at most 5%."],
  ["BD-rate", "the average difference in bitrate, in percent, between two families at equal quality, over the range of quality that both reach. It needs several rates of each family and is undefined if their curves hardly overlap."],
  ["Pareto front", "the points of a plot for which no other point is both cheaper and better. It is determined by the values, not by their intervals."],
  ["MACs per second", MACS_TEXT],
  ["Evaluation model", "a trained model used for scoring (a speech recogniser, a predictor of opinion scores, a speaker embedding). If a tokenizer was trained with it, the score is marked and ranked at the worse end of its interval."],
];

function termsSection() {
  return h("section", { id: "part-terms" }, h("h2", {}, "Terms"), h("dl", { class: "facts wide" }, TERMS.map(([name, text]) => legend(name, text))));
}

function commandLine(text) {
  return h("p", { class: "command" }, h("code", {}, text), copyButton(text, "Copy the command"));
}

function submitSection() {
  return h(
    "section",
    { id: "part-submit" },
    h("h2", {}, "Submit a tokenizer"),
    h("p", {}, "Wrap the tokenizer for audiotok, score it, and open a pull request with the generated folder. The submission is checked without running your code, and then verified by decoding its tokens again."),
    commandLine("audiotok submit -t NAME -o leaderboard/submissions"),
    commandLine("audiotok leaderboard check leaderboard/submissions/NAME"),
    h("p", { class: "hint" }, "leaderboard/README.md in the repository describes every step."),
  );
}

function citeSection() {
  const { date, commit } = DATA.built;
  const entry = `@software{audiotok,
  author = {{The audiotok authors}},
  title = {audiotok: one API, recipes and a leaderboard for discrete audio tokenizers},
  version = {${commit}},
  year = {${date.slice(0, 4)}},
  note = {Leaderboard built on ${date}}
}`;
  return h(
    "section",
    { id: "part-cite" },
    h("h2", {}, "Cite"),
    h("div", { class: "command" }, h("pre", { tabindex: "0", role: "group", "aria-label": "BibTeX entry" }, entry), copyButton(entry, "Copy the BibTeX entry")),
    h("p", { class: "hint" }, "Cite the tokenizers and metrics that you report as well; “audiotok cite” lists their papers."),
  );
}

function legend(name, text) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, text));
}
