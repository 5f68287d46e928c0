// The panels above a board: filters, columns, the weights of the Borda count.

import { h } from "./dom.js";
import { DATA, QUESTIONS, TOKENIZERS, bordaQuestions, columnsOf, titleAmong } from "./data.js";
import { FACETS, shownColumns, weightsOf } from "./model.js";
import { listParam, setParams, stepParams, toggleInList } from "./state.js";

export function activeFilters(params) {
  return FACETS.reduce((count, facet) => count + listParam(params, facet.name).length, 0);
}

export function filterPanel(at) {
  const facets = FACETS.map((facet) => {
    const counts = new Map();
    for (const entry of TOKENIZERS) {
      for (const value of [facet.of(entry, at)].flat().filter(Boolean)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (counts.size < 2 || [...counts.values()].every((count) => count === TOKENIZERS.length)) return null;
    const chosen = listParam(at.params, facet.name);
    return h(
      "fieldset",
      { class: "facet" },
      h("legend", {}, facet.title),
      [...counts]
        .sort(
          ([a], [b]) => DATA.bands.indexOf(a) - DATA.bands.indexOf(b) || a.localeCompare(b, "en", { numeric: true }),
        )
        .map(([value, count]) =>
          h(
            "button",
            {
              type: "button",
              class: "chip",
              "aria-pressed": String(chosen.includes(value)),
              "data-key": `facet:${facet.name}:${value}`,
              onclick: () => toggleInList(at.params, facet.name, value),
            },
            value,
            h("span", { class: "count" }, String(count)),
          ),
        ),
    );
  });
  const clear = Object.fromEntries(FACETS.map((facet) => [facet.name, undefined]));
  return h(
    "div",
    { class: "panel", id: "panel", role: "group", "aria-label": "Filters" },
    facets,
    activeFilters(at.params) > 0 &&
      h("button", { type: "button", class: "quiet", onclick: () => stepParams(clear) }, "Clear all filters"),
  );
}

export function columnPanel(at) {
  const shown = shownColumns(at);
  const change = (column) => {
    const [plus, minus] = [new Set(listParam(at.params, "plus")), new Set(listParam(at.params, "minus"))];
    const [add, remove] = shown.includes(column) ? [minus, plus] : [plus, minus];
    add.add(column.key);
    remove.delete(column.key);
    remove.delete(column.metric);
    stepParams({ plus: [...plus].join(",") || undefined, minus: [...minus].join(",") || undefined });
  };
  const columns = columnsOf(at.suite, at.domain);
  const taxonomy = listParam(at.params, "card");
  return h(
    "div",
    { class: "panel", id: "panel", role: "group", "aria-label": "Columns" },
    Object.entries(QUESTIONS).map(([question, title]) => {
      const own = columns.filter((column) => column.question === question);
      return (
        own.length > 0 &&
        h(
          "fieldset",
          { class: "facet" },
          h("legend", {}, title),
          own.map((column) =>
            h(
              "button",
              {
                type: "button",
                class: "chip",
                "aria-pressed": String(shown.includes(column)),
                "data-key": `column:${column.key}`,
                onclick: () => change(column),
              },
              titleAmong(column, columns),
            ),
          ),
        )
      );
    }),
    h(
      "fieldset",
      { class: "facet" },
      h("legend", {}, "Over all metrics"),
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-pressed": String(at.params.wins === "1"),
          "data-key": "column:wins",
          onclick: () => stepParams({ wins: at.params.wins === "1" ? undefined : "1" }),
        },
        "Win rate",
      ),
    ),
    h(
      "fieldset",
      { class: "facet" },
      h("legend", {}, "From the card"),
      FACETS.filter((facet) => facet.name !== "band").map((facet) =>
        h(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-pressed": String(taxonomy.includes(facet.name)),
            "data-key": `card:${facet.name}`,
            onclick: () => toggleInList(at.params, "card", facet.name),
          },
          facet.title,
        ),
      ),
    ),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        onclick: () => stepParams({ plus: undefined, minus: undefined, card: undefined, wins: undefined }),
      },
      "Back to the default columns",
    ),
  );
}

export function bordaPanel(at) {
  const weights = weightsOf(at.params);
  const on = at.params.borda !== "0";
  return h(
    "div",
    { class: "panel", id: "panel", role: "group", "aria-label": "Borda count" },
    h(
      "p",
      { class: "hint" },
      "For each question, the proportion of the other tokenizers in its band that a tokenizer significantly outperforms, with ties counted as half. ",
      "Questions are averaged with these weights; values of metrics are never added. 1 means that it outperforms all others on every question, 0.5 that there are no significant differences.",
    ),
    h(
      "label",
      { class: "check" },
      h("input", {
        type: "checkbox",
        checked: on,
        "data-key": "borda:on",
        onchange: (event) => stepParams({ borda: event.target.checked ? undefined : "0" }),
      }),
      h("span", {}, "Show the Borda count and sort by it"),
    ),
    on &&
      bordaQuestions(at.suite, at.domain).map((question) =>
        h(
          "label",
          { class: "weight" },
          h("span", {}, QUESTIONS[question]),
          h("input", {
            type: "range",
            min: "0",
            max: "3",
            step: "0.5",
            value: String(weights[question] ?? 1),
            "data-key": `weight:${question}`,
            "aria-label": `Weight of ${QUESTIONS[question]}`,
            onchange: (event) =>
              setParams({ [`w.${question}`]: event.target.value === "1" ? undefined : event.target.value }),
          }),
          h("output", {}, `× ${weights[question] ?? 1}`),
        ),
      ),
  );
}
