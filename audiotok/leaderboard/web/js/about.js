// What the numbers say, what they don't, and what every metric means.

import { copyButton, h } from "./dom.js";
import { DATA, QUESTIONS } from "./data.js";
import { ARROWS, BETTER, capital } from "./format.js";
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
      "Every number here was measured by audiotok on the same clips with the same evaluation models, and can be measured again: each tokenizer's page has the command. What DATES published stands on a tab of its own, and apart at the end of the table.",
    ),
    h(
      "section",
      { id: "part-ranks" },
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
    termsSection(),
    h(
      "section",
      { id: "part-cells" },
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
        Object.entries(STATES)
          .filter(([state]) => state !== "failed")
          .map(([state, { short, text }]) => legend(h("span", { class: "mark" }, short), `${state}: ${text}`)),
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
      h("p", {}, "Observable Plot and D3 (ISC licence), TanStack Table (MIT licence), bundled in this file."),
    ),
  );
  const part = params.part && view.querySelector(`#part-${CSS.escape(params.part)}`);
  if (part) requestAnimationFrame(() => part.scrollIntoView());
  return view;
}

/** The words that the tables use, each in a sentence or two. */
const TERMS = [
  ["mini", "the suite of this board: 103 short clips of speech, music and other sounds with free licences, small enough to score a tokenizer on a laptop. It tells far apart from close, not second from third decimals."],
  ["Rate band", "tokenizers are ranked only against others of a like measured bitrate: more bits buy quality, so a rank over all rates would only rank the rates."],
  ["Borda count", "for each question, the share of the others in the band that a tokenizer beats beyond doubt, a tie counting half; then the mean over questions, with weights that you can set. 1 beats all on everything, 0.5 is separated from nobody. Values of different metrics are never added up."],
  ["Win rate", "the same share, over all pairs and metrics with a direction at once, without weights."],
  ["Max-T", "how the ranks of a column are corrected: the largest of all differences in a band is tested against chance, so that with 95% confidence all intervals of ranks in the column hold together."],
  ["Holm", "how the p-values of a comparison of two are corrected: the more metrics are looked at, the smaller each p-value must be, so that one false difference among them has at most 5% chance."],
  ["BD-rate", "how many percent more bitrate one family needs than another for the same quality, averaged over the qualities that both reach. It needs several rates of each and is left undefined where their curves hardly overlap."],
  ["Pareto front", "the points of a plot that nothing both cheaper and better beats. It goes by values and knows nothing of intervals."],
  ["Evaluation model", "a trained model that scores sound (a speech recogniser, a predictor of opinion scores, a speaker embedding). What it taught, it cannot judge fairly: such scores are shown and not ranked."],
];

function termsSection() {
  return h("section", { id: "part-terms" }, h("h2", {}, "Words"), h("dl", { class: "facts wide" }, TERMS.map(([name, text]) => legend(name, text))));
}

function commandLine(text) {
  return h("p", { class: "command" }, h("code", {}, text), copyButton(text, "Copy the command"));
}

function submitSection() {
  return h(
    "section",
    { id: "part-submit" },
    h("h2", {}, "Submit a tokenizer"),
    h("p", {}, "Wrap it for audiotok, score it, and open a pull request with the folder that is written; it is checked without running your code, and verified by running it."),
    commandLine("audiotok submit -t NAME -o leaderboard/submissions"),
    commandLine("audiotok leaderboard check leaderboard/submissions/NAME"),
    h("p", { class: "hint" }, "CONTRIBUTING.md in the repository has every step."),
  );
}

function citeSection() {
  const { date, commit } = DATA.built;
  const entry = `@software{audiotok,
  author = {{The audiotok authors}},
  title = {audiotok: a benchmark and toolkit for discrete audio tokenizers},
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
