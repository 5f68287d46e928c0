// Made by npm run bundle from js/, sha256 7e64cf569f5cbaeac57df6ea4dbc6d0ddc4b1044191061c8746c4d3ca8d65f3a
(() => {
  // js/dom.js
  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name2, value] of Object.entries(attributes ?? {})) {
      if (value === void 0 || value === null || value === false) continue;
      if (name2.startsWith("on")) element.addEventListener(name2.slice(2), value);
      else if (name2.startsWith("--")) element.style.setProperty(name2, String(value));
      else element.setAttribute(name2, value === true ? "" : value);
    }
    append(element, children);
    return element;
  }
  function append(element, children) {
    for (const child of children) {
      if (Array.isArray(child)) append(element, child);
      else if (child !== void 0 && child !== null && child !== false) element.append(child);
    }
  }
  function externalLink(url, text = url) {
    if (typeof url !== "string" || !url.startsWith("https://")) return text || "–";
    return h("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text.replace(/^https:\/\//, ""));
  }
  function announce(text) {
    document.getElementById("live").textContent = text;
  }
  function copyButton(text, label) {
    return h("button", { type: "button", class: "quiet small", "aria-label": label, onclick: () => copy(text) }, "Copy");
  }
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = h("textarea", { class: "unseen" }, text);
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    announce("Copied");
    flash("Copied");
  }
  function flash(text) {
    const note2 = h("div", { class: "flash", "aria-hidden": "true" }, text);
    document.body.append(note2);
    setTimeout(() => note2.remove(), 1400);
  }
  function download(name2, type, text) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    h("a", { href: url, download: name2 }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1e3);
  }
  function segmented(label, options, chosen, choose) {
    return h(
      "div",
      { class: "segmented", role: "group", "aria-label": label },
      options.map(
        ([value, text]) => h(
          "button",
          {
            type: "button",
            "aria-pressed": String(value === chosen),
            "data-key": `${label}:${value}`,
            onclick: () => choose(value)
          },
          text
        )
      )
    );
  }
  var SCROLLS = { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table, scrolls sideways" };
  var NARROW = matchMedia("(max-width: 760px)");
  function choice(label, options, chosen, choose) {
    return NARROW.matches ? select(label, options, chosen, choose) : segmented(label, options, chosen, choose);
  }
  function select(label, options, chosen, choose) {
    return h(
      "label",
      { class: "field" },
      h("span", {}, label),
      h(
        "select",
        { "data-key": `select:${label}`, onchange: (event) => choose(event.target.value) },
        options.map(([value, text]) => h("option", { value, selected: value === chosen }, text))
      )
    );
  }
  function checkbox(label, checked, change) {
    return h(
      "label",
      { class: "check" },
      h("input", {
        type: "checkbox",
        checked,
        "data-key": `check:${label}`,
        onchange: (event) => change(event.target.checked)
      }),
      h("span", {}, label)
    );
  }
  function isDark() {
    const { theme } = document.documentElement.dataset;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function definitions(pairs) {
    return h(
      "dl",
      { class: "facts" },
      pairs.filter(([, value]) => value !== void 0 && value !== "" && value !== null).map(([name2, value]) => h("div", {}, h("dt", {}, name2), h("dd", {}, value)))
    );
  }
  function figureOf(draw) {
    const frame = h("div", { class: "figure" });
    let drawn = 0;
    new ResizeObserver(([{ contentRect }]) => {
      const width = Math.floor(contentRect.width);
      if (width === drawn || width === 0) return;
      drawn = width;
      const figure = draw(width);
      for (const marks of figure.querySelectorAll("g[aria-label]")) marks.setAttribute("role", "group");
      frame.replaceChildren(figure);
    }).observe(frame);
    return frame;
  }

  // js/packed.js
  function unpack(data) {
    const { texts } = data;
    const spread = (reasons) => Object.fromEntries(Object.entries(reasons).flatMap(([text, clips]) => clips.map((clip) => [clip, texts[text]])));
    for (const entry of data.entries)
      for (const [column, plain] of Object.entries(entry.cells)) entry.cells[column] = unpackCell(plain, texts, spread);
    for (const column of data.columns)
      for (const row2 of column.bd?.cells ?? [])
        row2.forEach((cell, i) => {
          if (Array.isArray(cell)) row2[i] = texts[cell[0]];
        });
    return data;
  }
  function unpackCell(plain, texts, spread) {
    const [n, v, low, high, best, worst, rivals, why, how, rare = {}] = plain;
    const cell = { n, ...rare };
    if (!present(v)) delete cell.v;
    else cell.v = v;
    if (present(low)) cell.ci = [low, high];
    if (present(best)) cell.rank = [best, worst, rivals];
    if (present(why)) cell.why = texts[why];
    if (present(how)) cell.how = texts[how];
    for (const name2 of ["judge", "reason"]) if (present(rare[name2])) cell[name2] = texts[rare[name2]];
    for (const name2 of ["failed", "undefined"]) if (rare[name2]) cell[name2] = spread(rare[name2]);
    if (rare.clips !== void 0) cell.clips = rare.clips || [];
    return cell;
  }
  function present(value) {
    return value !== void 0 && value !== null;
  }
  var asked = /* @__PURE__ */ new Map();
  var waiting = 0;
  function hasDetails(entries) {
    const missing2 = entries.filter((entry) => entry.details && !entry.loaded);
    for (const entry of missing2) if (!asked.has(entry.details)) load(entry);
    return missing2.length === 0;
  }
  function load(entry) {
    asked.set(entry.details, entry);
    waiting += 1;
    const script = document.createElement("script");
    script.src = `scores/${entry.details}.js`;
    script.onload = () => script.remove();
    script.onerror = () => {
      entry.loaded = true;
      entry.missing = "The scores of its clips are missing: keep the folder “scores” beside the page.";
      done();
    };
    document.head.append(script);
  }
  function done() {
    waiting -= 1;
    if (!waiting) window.dispatchEvent(new Event("hashchange"));
  }
  window.audiotokScores = (name2, details) => {
    const entry = asked.get(name2);
    if (!entry || entry.loaded) return;
    for (const [column, flat] of Object.entries(details.clips)) {
      const clips = [];
      for (let i = 0; i < flat.length; i += 2) clips.push([flat[i], flat[i + 1]]);
      entry.cells[column].clips = clips;
    }
    for (const column of details.all) entry.cells[column].all = 1;
    for (const [column, groups] of Object.entries(details.groups)) entry.cells[column].groups = groups;
    entry.pairs = details.pairs;
    entry.loaded = true;
    done();
  };

  // js/data.js
  var DATA = unpack(JSON.parse(document.getElementById("data").textContent));
  var TABLES = Object.fromEntries(
    DATA.suites.flatMap((suite) => suite.tables.map((table) => [table.key, { ...table, suite: suite.name }]))
  );
  DATA.columns.forEach((column, index) => {
    column.index = index;
    column.key = `${column.metric}@${TABLES[column.table].data}`;
  });
  DATA.entries.forEach((entry, index) => {
    entry.index = index;
  });
  var TOKENIZERS = DATA.entries.filter((entry) => entry.kind === "tokenizer");
  var ANCHORS = DATA.entries.filter((entry) => entry.kind === "anchor");
  var QUESTIONS = { ...DATA.questions };
  for (const column of DATA.columns) QUESTIONS[column.question] ??= column.question || "Other";
  function entryKey(entry) {
    const twice = DATA.entries.some((other) => other !== entry && other.id === entry.id);
    return twice ? `${entry.id}@${entry.origin}` : entry.id;
  }
  function entryByKey(key) {
    return DATA.entries.find((entry) => entryKey(entry) === key);
  }
  function columnsOf(suite, domain) {
    return DATA.columns.filter(
      (column) => TABLES[column.table].suite === suite && TABLES[column.table].domain === domain
    );
  }
  function domainsOf(suite) {
    return [...new Set(suite.tables.map((table) => table.domain))];
  }
  function suiteByName(name2) {
    return DATA.suites.find((suite) => suite.name === name2);
  }
  function ratesOf(entry, suite, domain) {
    const tables = suiteByName(suite).tables.filter((table) => table.domain === domain);
    return Object.assign({}, ...tables.map((table) => entry.rates[table.key] ?? {}));
  }
  function headline(columns) {
    const first = columns.filter((column) => DATA.headline.includes(column.metric));
    return first.length ? first : columns.filter((column) => column.direction !== "none").slice(0, 8);
  }
  function orderOf(entry, suite, domain) {
    const found = Object.values(DATA.order[`${suite}/${domain}`] ?? {});
    return found.find((order) => order.who.includes(entry.index));
  }
  function bordaOf(entry, suite, domain, weights) {
    const order = orderOf(entry, suite, domain);
    if (!order) return void 0;
    const asked2 = Object.entries(order.questions).map(([question, points]) => [weights[question] ?? 1, points]).filter(([weight]) => weight > 0);
    const own = order.who.indexOf(entry.index);
    let [won, all] = [0, 0];
    const shared = [];
    order.who.forEach((_, rival) => {
      if (rival === own) return;
      const at = pairIndex(order.who.length, Math.min(own, rival), Math.max(own, rival));
      const known = asked2.filter(([, points]) => points[at] !== null);
      if (!known.length) return;
      const total = known.reduce((sum, [weight]) => sum + weight, 0);
      const first = known.reduce((sum, [weight, points]) => sum + weight * points[at], 0) / total;
      won += (own < rival ? first : 1 - first) / order.alike[rival];
      all += 1 / order.alike[rival];
      shared.push(known.length);
    });
    if (!shared.length) return void 0;
    const [fewest, most] = [Math.min(...shared), Math.max(...shared)];
    return { value: won / all, rivals: shared.length, fewest, most, of: asked2.length, behind: order.behind[entry.index] };
  }
  function pairIndex(n, i, j) {
    return i * n - i * (i + 1) / 2 + j - i - 1;
  }
  function whyNoBorda(entry, suite, domain) {
    return DATA.without[`${suite}/${domain}`]?.[entry.index] ?? "no question is counted on which it is ranked with a rival";
  }
  function winsOf(entry, suite, domain) {
    const table = suiteByName(suite).tables.find(({ key, domain: own }) => own === domain && entry.id in DATA.wins[key]);
    return table && DATA.wins[table.key][entry.id];
  }
  function bordaQuestions(suite, domain) {
    const found = Object.values(DATA.order[`${suite}/${domain}`] ?? {}).flatMap(({ questions }) => Object.keys(questions));
    return Object.keys(QUESTIONS).filter((question) => found.includes(question));
  }
  function clipName(clip) {
    const name2 = clip.text ? `“${clip.text}”` : clip.of ?? clip.id;
    if (!clip.recipe) return name2;
    return clip.prompt ? `${name2}, continued by a language model` : `${name2}, read out by a language model`;
  }
  function promptOf(clip) {
    return clip.prompt ? `the first ${clip.prompt} s are the prompt` : "";
  }
  function recipeOf(column) {
    return column.signature.split(".v")[0];
  }
  function sampleOf(entry, column, clip) {
    const recipe = recipeOf(column);
    const made = DATA.clips.some((one) => one.recipe === recipe);
    return entry.samples[made ? `${recipe}/${clip.id}` : clip.id];
  }
  function tableName(key) {
    const { suite, data, domain } = TABLES[key];
    return `${data || suite}, ${domain}`;
  }

  // js/format.js
  var MINUS = "−";
  var ARROWS = { higher: "↑", lower: "↓", none: "" };
  var BETTER = { higher: "higher is better", lower: "lower is better", none: "neither direction is better" };
  function number(value, digits) {
    if (value === void 0 || value === null) return "–";
    const text = Math.abs(value) >= 1e4 ? Math.round(value).toLocaleString("en-US") : value.toFixed(digits);
    return (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text).replace("-", MINUS);
  }
  function interval(cell, column) {
    return cell.ci ? `${number(cell.ci[0], column.digits)} to ${number(cell.ci[1], column.digits)}` : "";
  }
  function ends(cell, column) {
    return cell.ci.map((end) => number(end, column.digits)).join(cell.ci[0] < 0 || cell.ci[1] < 0 ? " … " : " – ");
  }
  function range(low, high) {
    return low === high ? String(low) : `${low}–${high}`;
  }
  function unit(column) {
    return column.unit === "%" ? "%" : column.unit ? ` ${column.unit}` : "";
  }
  function rate(name2, value) {
    if (value === void 0) return "–";
    const shown = name2 === "token_rate" ? value : value / 1e3;
    if (shown >= 1e3) return Math.round(shown).toLocaleString("en-US");
    return String(Number(shown.toPrecision(3)));
  }
  function millions(count) {
    if (count === void 0) return "–";
    return count ? `${Number((count / 1e6).toPrecision(3))} M` : "0";
  }
  var RATE_UNITS = { bitrate: "kbit/s", token_rate: "tokens/s", empirical_bitrate: "kbit/s", lm_bits: "kbit/s" };
  var RATE_TITLES = {
    bitrate: "Bitrate",
    token_rate: "Token rate",
    empirical_bitrate: "Empirical bitrate",
    lm_bits: "Bitrate under a language model"
  };
  var COUNTED_RATES = ["bitrate", "token_rate", "empirical_bitrate"];
  function failed(cell) {
    return cell.failed ? Object.keys(cell.failed).length : 0;
  }
  function rankInWords({ rank: [best, worst, rivals] }) {
    return rivals > 1 ? `rank ${range(best, worst)} of ${rivals} in its band` : "alone in its band";
  }
  function cellInWords(cell, column) {
    if (!cell) return `${column.title}: not measured`;
    const parts = [
      cell.v === void 0 ? `${column.title}: no value` : `${column.title} ${number(cell.v, column.digits)}${unit(column)}`
    ];
    if (cell.ci) parts.push(`95% interval ${interval(cell, column)}`);
    if (cell.rank) parts.push(rankInWords(cell));
    if (failed(cell)) parts.push(`failed on ${failed(cell)} of ${failed(cell) + cell.n} clips`);
    else if (cell.why) parts.push(`not ranked: ${cell.why}`);
    return parts.join(", ");
  }
  function capital(text) {
    return text.charAt(0).toUpperCase() + text.slice(1);
  }

  // js/states.js
  var STATES = {
    "not measured": { short: "–", text: "nobody has run this metric on this tokenizer yet" },
    "not applicable": { short: "n/a", text: "the question makes no sense here: a tokenizer without a decoder has no sound to judge, an anchor no tokens" },
    undefined: { short: "undef.", text: "it was run, and on this data the metric has no value: too few codes for the size of the codebook, say. Nothing went wrong" },
    failed: { short: "failed", text: "the tokenizer or the metric gave no result on some clips or on all; the value is over the others, and is not ranked" }
  };
  function stateOf(entry, column, cell) {
    if (cell) return cell.v === void 0 ? { state: cell.state, why: cell.reason } : null;
    const why = Object.keys(entry.absent).find((reason) => entry.absent[reason].includes(column.index));
    return why ? { state: "not applicable", why } : { state: "not measured", why: "" };
  }
  function failuresOf(entries, columns) {
    return entries.flatMap(
      (entry) => columns.flatMap((column) => {
        const cell = entry.cells[column.index];
        if (!cell?.failed || stateOf(entry, column, cell)?.state === "undefined") return [];
        const reasons = /* @__PURE__ */ new Map();
        for (const reason of Object.values(cell.failed)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        const clips = Object.keys(cell.failed).length;
        return [{ entry, column, clips, of: clips + cell.n, reasons: [...reasons] }];
      })
    );
  }

  // js/about.js
  function aboutView({ params }) {
    const metrics = new Map(DATA.columns.map((column) => [column.metric, column]));
    const refused = Object.entries(DATA.refused);
    const view = h(
      "article",
      { class: "sheet" },
      h("h1", {}, "How to read this board"),
      h(
        "p",
        { class: "lead" },
        "Every number here was measured by audiotok on the same clips with the same evaluation models, and can be measured again: each tokenizer's page has the command. What DATES published stands on a tab of its own, and apart at the end of the table."
      ),
      h(
        "section",
        { id: "part-ranks" },
        h("h2", {}, "Ranks"),
        h(
          "p",
          {},
          "Every tokenizer met the same clips, resampled once, judged by the same models. It is ranked against those of a like measured bitrate, and only as far as the clips tell them apart: “1–3” means that the data cannot say which of the first three places it holds. Intervals of ranks overlap where ties do. All pairs of a band are tested clip by clip and corrected together, so that with 95% confidence all intervals of a column hold at once."
        ),
        h(
          "p",
          {},
          "A rank promises no more than its clips can: it speaks of other speakers only where there are at least five, and a lead that rare failures would make up for does not count while so few clips could miss them all. Each rank's tooltip says what it rests on."
        ),
        h("p", {}, "One mode of a family is ranked in a band, the richest; the others are shown beside it.")
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
            "its 95% interval between the column's extremes, the dot its value. Ends of intervals that overlap do not prove a tie, nor do gaps between them prove more than the rank says"
          ),
          legend(
            h("span", { class: "mark" }, "failed 2/40"),
            "that many clips have no score; the reason is in the tooltip. The value is over the others, so it isn't ranked"
          ),
          legend(
            h("span", { class: "mark" }, "ranked at 20.9"),
            "the evaluation model also taught this tokenizer, so the score flatters it: it is ranked at the worse end of its interval; “judge” where it has none"
          ),
          legend(
            h("span", { class: "mark" }, "other signature"),
            "measured under another version of the metric, recipe or data; compare it with nothing else in the column"
          ),
          Object.entries(STATES).filter(([state]) => state !== "failed").map(([state, { short, text }]) => legend(h("span", { class: "mark" }, short), `${state}: ${text}`)),
          legend(
            "Anchors",
            "the clean reference, a low-passed one, and a classical codec give every column its scale. They have no rank"
          ),
          legend("local", "scored on the machine that built this page; the others came as submissions")
        )
      ),
      h(
        "section",
        {},
        h("h2", {}, "What it does not say"),
        h(
          "p",
          {},
          "An interval covers the choice of clips, and of speakers where there are enough of them; it says nothing about other languages, rooms or microphones. Predicted opinion scores are predictions. A bitrate is what the codes cost with every code equally likely; a language model pays for tokens, so look at tokens per second too."
        )
      ),
      h(
        "section",
        {},
        h("h2", {}, "Metrics"),
        Object.entries(QUESTIONS).map(([question, title]) => {
          const own = [...metrics.values()].filter((column) => column.question === question);
          return own.length > 0 && [
            h("h3", {}, title),
            h(
              "dl",
              { class: "facts wide" },
              own.map(
                (column) => legend(
                  `${column.title} ${ARROWS[column.direction]}`,
                  `${column.text} ${column.unit ? `In ${column.unit}; ${BETTER[column.direction]}` : capital(BETTER[column.direction])}.`
                )
              )
            )
          ];
        })
      ),
      submitSection(),
      citeSection(),
      refused.length > 0 && h(
        "section",
        {},
        h("h2", {}, "Left out"),
        h("p", {}, "Submissions that could not be read, and why:"),
        h(
          "dl",
          { class: "facts wide" },
          refused.map(([name2, reason]) => legend(name2, reason))
        )
      ),
      h(
        "section",
        {},
        h("h2", {}, "Made with"),
        h("p", {}, "Observable Plot and D3 (ISC licence), TanStack Table (MIT licence), bundled in this file.")
      )
    );
    const part = params.part && view.querySelector(`#part-${CSS.escape(params.part)}`);
    if (part) requestAnimationFrame(() => part.scrollIntoView());
    return view;
  }
  var TERMS = [
    ["mini", "the suite of this board: 103 short clips of speech, music and other sounds with free licences, small enough to score a tokenizer on a laptop. It tells far apart from close, not second from third decimals."],
    ["Rate band", "tokenizers are ranked only against others of a like measured bitrate: more bits buy quality, so a rank over all rates would only rank the rates."],
    ["Borda count", "for each question, the share of the others in the band that a tokenizer beats beyond doubt, a tie counting half; then the mean over questions, with weights that you can set. 1 beats all on everything, 0.5 is separated from nobody. Values of different metrics are never added up."],
    ["Win rate", "the same share, over all pairs and metrics with a direction at once, without weights."],
    ["Max-T", "how the ranks of a column are corrected: the largest of all differences in a band is tested against chance, so that with 95% confidence all intervals of ranks in the column hold together."],
    ["Holm", "how the p-values of a comparison of two are corrected: the more metrics are looked at, the smaller each p-value must be, so that one false difference among them has at most 5% chance."],
    ["BD-rate", "how many percent more bitrate one family needs than another for the same quality, averaged over the qualities that both reach. It needs several rates of each and is left undefined where their curves hardly overlap."],
    ["Pareto front", "the points of a plot that nothing both cheaper and better beats. It goes by values and knows nothing of intervals."],
    ["Evaluation model", "a trained model that scores sound (a speech recogniser, a predictor of opinion scores, a speaker embedding). What it taught, it cannot judge fairly: such scores are shown and not ranked."]
  ];
  function termsSection() {
    return h("section", { id: "part-terms" }, h("h2", {}, "Words"), h("dl", { class: "facts wide" }, TERMS.map(([name2, text]) => legend(name2, text))));
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
      h("p", { class: "hint" }, "CONTRIBUTING.md in the repository has every step.")
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
      h("p", { class: "hint" }, "Cite the tokenizers and metrics that you report as well; “audiotok cite” lists their papers.")
    );
  }
  function legend(name2, text) {
    return h("div", {}, h("dt", {}, name2), h("dd", {}, text));
  }

  // js/grid.js
  function startGrid(table) {
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
      if (!cell || !move && event.key !== "Home" && event.key !== "End") return;
      const rows = [...table.rows].filter((line2) => !line2.classList.contains("band"));
      const [line, place2] = [rows.indexOf(cell.parentElement), cell.cellIndex];
      const next = move ? rows[line + move[0]]?.cells[place2 + move[1]] : cell.parentElement.cells[event.key === "Home" ? 0 : cell.parentElement.cells.length - 1];
      if (next) {
        event.preventDefault();
        target(next).focus();
      }
    });
  }
  function stickyHead(table, scroll) {
    const copy2 = table.cloneNode(false);
    copy2.removeAttribute("role");
    copy2.removeAttribute("aria-label");
    const head2 = table.tHead.cloneNode(true);
    for (const element of head2.querySelectorAll("[data-key], [tabindex]")) {
      element.removeAttribute("data-key");
      element.setAttribute("tabindex", "-1");
    }
    copy2.append(table.querySelector("colgroup").cloneNode(true), head2);
    const frame = document.createElement("div");
    frame.className = "sticky-head";
    frame.setAttribute("aria-hidden", "true");
    frame.append(copy2);
    const own = [...table.tHead.querySelectorAll("button")];
    [...head2.querySelectorAll("button")].forEach((button, i) => button.addEventListener("click", () => own[i].click()));
    scroll.addEventListener("scroll", () => frame.scrollLeft = scroll.scrollLeft, { passive: true });
    return frame;
  }

  // js/state.js
  function readState() {
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    return {
      path: path.split("/").filter(Boolean).map(decode),
      params: Object.fromEntries(new URLSearchParams(query))
    };
  }
  function decode(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }
  function linkTo(path, params = {}) {
    const kept2 = Object.entries(params).filter(([, value]) => value !== void 0 && value !== "" && value !== null);
    const query = new URLSearchParams(kept2).toString();
    return `#/${path.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
  }
  function go(path, params) {
    location.hash = linkTo(path, params);
  }
  function setParams(changes) {
    const { path, params } = readState();
    location.replace(linkTo(path, { ...params, ...changes }));
  }
  function stepParams(changes) {
    const { path, params } = readState();
    go(path, { ...params, ...changes });
  }
  function listParam(params, name2) {
    return params[name2] ? params[name2].split(",").filter(Boolean) : [];
  }
  function toggleInList(params, name2, value) {
    const list = listParam(params, name2);
    const next = list.includes(value) ? list.filter((item) => item !== value) : [...list, value];
    stepParams({ [name2]: next.join(",") || void 0 });
  }

  // js/tasks.js
  var TASKS = [
    {
      name: "speech-lm",
      title: "Speech language model",
      domain: "speech",
      why: "A language model pays for every token and every bit it must predict, and can only say what the tokens keep: words, the voice, and equal codes for equal speech.",
      metrics: ["dwer", "speaker_ge2e", "lm_bits", "equal_shift", "equal_noise_20"],
      params: { "w.intelligibility": "3", "w.speaker": "2", "w.signal": "0", "w.prosody": "1", "w.perceptual": "1", card: "latency,licence" }
    },
    {
      name: "tts",
      title: "Text to speech",
      domain: "speech",
      why: "Speech that is made from tokens is judged by ear: natural sound, the right voice and melody, and every word said; bits hardly matter.",
      metrics: ["dwer", "dnsmos_ovrl", "utmos", "speaker_ge2e", "f0_error", "tts_wer", "tts_unended"],
      params: { "w.intelligibility": "2", "w.perceptual": "3", "w.speaker": "2", "w.prosody": "2", "w.signal": "0", card: "licence" }
    },
    {
      name: "transmission",
      title: "Voice transmission",
      domain: "speech",
      why: "A call needs words at a low bitrate, with little delay, on a small machine: only tokenizers that stream are shown.",
      metrics: ["dwer", "estoi", "pesq_wb", "plcmos", "speaker_ge2e", "rtf_encode", "rtf_decode"],
      params: { "w.intelligibility": "3", "w.perceptual": "2", "w.signal": "0", "w.speaker": "1", "w.prosody": "1", streaming: "yes", card: "latency,parameters,licence" }
    },
    {
      name: "music",
      title: "Music",
      domain: "music",
      why: "Music has no words to fall back on: what counts is how close the sound stays to the original, over its whole band.",
      metrics: ["visqol", "mel_distance", "stft_distance", "si_sdr_aligned", "clipped"],
      params: { "w.perceptual": "3", "w.signal": "1", card: "licence" }
    },
    {
      name: "understanding",
      title: "Understanding only",
      domain: "speech",
      why: "Nothing is decoded here: tokens should tell phones and words apart, ignore noise, and be few; tokenizers without a decoder stand beside the others.",
      metrics: [
        ...["abx_within_edit", "abx_across_edit", "equal_noise_20", "equal_opus", "pairs_word"],
        ...["lm_bits", "probe_letter", "probe_voice", "entropy"]
      ],
      params: { borda: "0", sort: "token_rate", card: "licence" }
    }
  ];
  function taskOf(params) {
    return TASKS.find((task) => task.name === params.task);
  }
  function taskColumns(task, suite, domain) {
    const all = columnsOf(suite, domain);
    return task.metrics.map((name2) => all.find((column) => column.metric === name2)).filter(Boolean);
  }
  function taskLink(task, suite) {
    return linkTo([suite, task.domain, "table"], { task: task.name, ...task.params });
  }
  function taskBar({ suite, params }) {
    const domains = suiteByName(suite).tables.map((table) => table.domain);
    const offered = TASKS.filter((task) => domains.includes(task.domain));
    const chosen = taskOf(params);
    return h(
      "nav",
      { class: "tasks", "aria-label": "What do you need a tokenizer for?" },
      chosen && NARROW.matches ? taskMenu(offered, chosen, suite) : taskLinks(offered, chosen, suite),
      chosen && h("p", { class: "why" }, chosen.why, missing(chosen, suite))
    );
  }
  function taskLinks(offered, chosen, suite) {
    const link = (task) => h(
      "a",
      { href: taskLink(task, suite), "aria-current": task === chosen ? "true" : null, "data-key": `task:${task.name}` },
      task.title
    );
    return h("ul", {}, offered.map((task) => h("li", {}, link(task))), chosen && h("li", {}, showAll(chosen, suite)));
  }
  function showAll(chosen, suite) {
    return h("a", { href: linkTo([suite, chosen.domain, "table"]), class: "all", "data-key": "task:none" }, "Show all");
  }
  function taskMenu(offered, chosen, suite) {
    const options = [...offered.map((task) => [task.name, task.title]), ["", "Show all"]];
    return select("For", options, chosen.name, (name2) => {
      const task = offered.find((one) => one.name === name2);
      location.hash = task ? taskLink(task, suite) : linkTo([suite, chosen.domain, "table"]);
    });
  }
  function missing(task, suite) {
    const lacking = task.metrics.length - taskColumns(task, suite, task.domain).length;
    return lacking > 0 && h("span", { class: "hint" }, ` ${lacking} of its ${task.metrics.length} metrics have not been measured on this board yet.`);
  }
  function introduction() {
    const tokenizers = DATA.entries.filter((entry) => entry.kind === "tokenizer").length;
    return h(
      "div",
      { class: "intro" },
      h("h1", {}, "Which audio tokenizer for what?"),
      h(
        "p",
        { class: "lead" },
        `${tokenizers} discrete audio tokenizers, each scored on the same audio by the same evaluation models, with 95% intervals and the sound itself. Choose what you need one for:`
      )
    );
  }
  function links() {
    const link = (text, part) => h("a", { href: linkTo(["about"], { part }) }, text);
    return h(
      "p",
      { class: "links" },
      ...[link("How to read this board", "ranks"), link("Submit a tokenizer", "submit"), link("Cite it (BibTeX)", "cite"), h("a", { href: linkTo(["failures"]) }, "All failures")],
      built()
    );
  }
  function built() {
    const { date, commit } = DATA.built ?? {};
    return date && h("span", { class: "built" }, `Built ${date}, audiotok ${commit}`);
  }

  // js/model.js
  var SIZES = [
    [0, "none"],
    [1e6, "up to 1 M"],
    [1e7, "1 to 10 M"],
    [1e8, "10 to 100 M"],
    [Infinity, "over 100 M"]
  ];
  var parametersOf = (entry) => entry.environment.parameters ?? void 0;
  function latencyOf(entry) {
    const finding = entry.conformance?.findings.find(({ check, outcome }) => check === "latency" && outcome === "passed");
    const found = /^([0-9.]+) ms/.exec(finding?.message ?? "");
    return found ? Number(found[1]) : void 0;
  }
  var LATENCIES = [
    [20, "up to 20 ms"],
    [100, "20 to 100 ms"],
    [Infinity, "over 100 ms"]
  ];
  var FACETS = [
    {
      name: "band",
      title: "Rate band",
      of: (entry, at) => DATA.bands[ratesOf(entry, at.suite, at.domain).band] ?? "not measured"
    },
    { name: "quantizer", title: "Quantizer", of: (entry) => entry.card?.quantizer },
    { name: "encoder", title: "Encoder", of: (entry) => entry.card?.encoder },
    { name: "decoder", title: "Decoder", of: (entry) => entry.card?.decoder === "-" ? "none" : entry.card?.decoder },
    { name: "representation", title: "Representation", of: (entry) => entry.card?.representation },
    { name: "rate", title: "Rate control", of: (entry) => entry.card?.rate },
    { name: "objective", title: "Objective", of: (entry) => entry.card?.objective },
    {
      name: "auxiliary",
      title: "Auxiliary",
      of: (entry) => entry.card?.auxiliary?.length ? entry.card.auxiliary : ["none"]
    },
    { name: "made", title: "Made for", of: (entry) => entry.card?.domains },
    { name: "streaming", title: "Streaming", of: (entry) => entry.card?.streamable ? "yes" : "no" },
    {
      name: "parameters",
      title: "Parameters",
      number: parametersOf,
      of: (entry) => SIZES.find(([most]) => parametersOf(entry) <= most)?.[1],
      show: (entry) => millions(parametersOf(entry))
    },
    {
      name: "latency",
      title: "Latency",
      number: latencyOf,
      of: (entry) => LATENCIES.find(([most]) => latencyOf(entry) <= most)?.[1],
      show: (entry) => latencyOf(entry) === void 0 ? entry.card?.streamable ? "not measured" : "does not stream" : `${latencyOf(entry)} ms`
    },
    { name: "licence", title: "Licence", of: (entry) => entry.card?.licence },
    { name: "origin", title: "Origin", of: (entry) => entry.origin }
  ];
  function weightsOf(params) {
    return Object.fromEntries(
      Object.entries(params).filter(([name2]) => name2.startsWith("w.")).map(([name2, value]) => [name2.slice(2), Number(value) || 0])
    );
  }
  function shownColumns({ suite, domain, params }) {
    const all = columnsOf(suite, domain).filter((column) => DATA.entries.some((entry) => entry.cells[column.index]));
    const plus = listParam(params, "plus");
    const minus = listParam(params, "minus");
    const base = baseColumns(all, suite, domain, params);
    const added = all.filter((column) => plus.includes(column.metric) && !base.includes(column));
    return [...base, ...added].filter((column) => !minus.includes(column.metric));
  }
  function baseColumns(all, suite, domain, params) {
    const task = taskOf(params);
    const question = params.q ?? "overview";
    if (question === "all") return all;
    if (question !== "overview") return all.filter((column) => column.question === question);
    if (task?.domain === domain) return taskColumns(task, suite, domain);
    return headline(all);
  }
  function boardModel(at) {
    const { suite, domain, params } = at;
    const columns = shownColumns(at);
    const weights = weightsOf(params);
    const borda = new Map(TOKENIZERS.map((entry) => [entry, bordaOf(entry, suite, domain, weights)]));
    const definitions2 = [
      { id: "name", accessorFn: (entry) => entry.title.toLowerCase() },
      { id: "wins", accessorFn: (entry) => winsOf(entry, suite, domain), sortUndefined: "last" },
      { id: "borda", accessorFn: (entry) => standing(borda.get(entry)), sortUndefined: "last" },
      ...["bitrate", "token_rate"].map((id) => ({
        id,
        accessorFn: (entry) => ratesOf(entry, suite, domain)[id],
        sortUndefined: "last"
      })),
      ...columnsOf(suite, domain).map((column) => ({
        id: column.key,
        accessorFn: (entry) => entry.cells[column.index]?.v,
        sortUndefined: "last",
        sortingFn: "basic"
      })),
      ...FACETS.map((facet) => ({
        id: `f:${facet.name}`,
        accessorFn: (entry) => [facet.of(entry, at)].flat().filter(Boolean),
        filterFn: "arrIncludesSome",
        sortingFn: facet.number ? (a, b) => byNumber(facet.number(a.original), facet.number(b.original)) : byText
      }))
    ];
    const table = TableCore.createTable({
      data: TOKENIZERS,
      columns: definitions2,
      state: {
        sorting: sorting(params, definitions2, columns),
        columnFilters: FACETS.filter((facet) => params[facet.name]).map((facet) => ({
          id: `f:${facet.name}`,
          value: listParam(params, facet.name)
        })),
        globalFilter: params.search || void 0,
        columnPinning: {}
      },
      globalFilterFn: matches,
      getColumnCanGlobalFilter: (column) => column.id === "name",
      onStateChange: () => {
      },
      renderFallbackValue: null,
      getCoreRowModel: TableCore.getCoreRowModel(),
      getFilteredRowModel: TableCore.getFilteredRowModel(),
      getSortedRowModel: TableCore.getSortedRowModel()
    });
    const measured = (entry) => columnsOf(suite, domain).some((column) => entry.cells[column.index]);
    return {
      columns,
      borda,
      sorting: table.getState().sorting,
      rows: table.getSortedRowModel().rows.map((row2) => row2.original).filter(measured),
      anchors: ANCHORS.filter(measured)
    };
  }
  function standing(borda) {
    return borda && borda.value - (borda.behind ? 1 : 0);
  }
  function sorting(params, definitions2, columns) {
    const wanted = (params.sort ?? "").split(",").filter(Boolean).map((text) => ({ id: text.replace(/^-/, ""), desc: text.startsWith("-") })).filter(({ id }) => definitions2.some((definition) => definition.id === id));
    if (wanted.length) return wanted;
    if (params.borda !== "0")
      return [
        { id: "borda", desc: true },
        { id: "bitrate", desc: false }
      ];
    const first = columns.find((column) => column.direction !== "none");
    return first ? [{ id: first.key, desc: first.direction === "higher" }] : [{ id: "bitrate", desc: false }];
  }
  function byNumber(a = Infinity, b = Infinity) {
    return a === b ? 0 : a - b;
  }
  function byText(a, b, id) {
    return String(a.getValue(id)).localeCompare(String(b.getValue(id)));
  }
  function matches(row2, _, search) {
    const { id, title, card } = row2.original;
    const text = `${id} ${title} ${card ? Object.values(card).flat().join(" ") : ""}`.toLowerCase();
    return search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  // js/tooltip.js
  var builders = /* @__PURE__ */ new WeakMap();
  function tip(element, build) {
    builders.set(element, build);
    return element;
  }
  function startTooltips() {
    const box = document.getElementById("tip");
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
      document.documentElement.clientWidth - width - 8
    );
    const above = anchor.top - height - 8;
    box.style.left = `${left}px`;
    box.style.top = `${above > 8 ? above : anchor.bottom + 8}px`;
  }

  // js/published.js
  function publishedView({ path, params }) {
    const { source, tables } = DATA.dates;
    const groups = [...new Set(tables.map((table2) => table2.group))];
    const table = tables.find((one) => one.title === path[1]) ?? tables[0];
    return h(
      "article",
      { class: "sheet wide" },
      h("h1", {}, "Published by DATES"),
      h(
        "p",
        { class: "lead" },
        source.authors,
        ", ",
        h("cite", {}, source.title),
        " ",
        externalLink(source.paper),
        ", ",
        externalLink(source.site)
      ),
      h("p", { class: "hint" }, source.note),
      h(
        "nav",
        { class: "contents", "aria-label": "Tables" },
        groups.map(
          (group) => h(
            "div",
            {},
            h("h2", {}, group),
            tables.filter((one) => one.group === group).map(
              (one) => h(
                "a",
                { href: linkTo(["published", one.title]), "aria-current": one === table ? "page" : null },
                one.title
              )
            )
          )
        )
      ),
      h(
        "section",
        {},
        h("h2", {}, table.title),
        h(
          "div",
          { class: "scroll", "data-keep": "published", tabindex: "0", role: "region", "aria-label": table.title },
          publishedTable(table, params)
        ),
        notes(table)
      )
    );
  }
  function publishedTable({ header, rows, marks }, params) {
    const order = rows.map((cells, index) => ({ cells, index }));
    const [column, down] = [Number((params.sort ?? "").replace("-", "")), params.sort?.startsWith("-")];
    if (params.sort && header[column] !== void 0)
      order.sort((a, b) => compareCells(a.cells[column], b.cells[column], down));
    const mark = (row2, at) => marks[`${row2},${at}`];
    return h(
      "table",
      { class: "plain published" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          header.map(
            (title, i) => h(
              "th",
              {
                scope: "col",
                class: isNumeric(rows, i) ? "n" : null,
                "aria-sort": params.sort && column === i ? down ? "descending" : "ascending" : "none"
              },
              h(
                "button",
                {
                  type: "button",
                  "data-key": `published:${i}`,
                  onclick: () => setParams({ sort: params.sort === `-${i}` ? String(i) : `-${i}` })
                },
                title,
                marked(mark(-1, i))
              )
            )
          )
        )
      ),
      h(
        "tbody",
        {},
        order.map(
          ({ cells, index }) => h(
            "tr",
            {},
            cells.map((text, i) => {
              const value = [text === "" ? "–" : text.replace(/^-(?=[\d.∞])/, "−"), marked(mark(index, i))];
              return i === 0 ? h("th", { scope: "row" }, value) : h(
                "td",
                { class: [isNumeric(rows, i) && "n", mark(index, i) && "mark"].filter(Boolean).join(" ") },
                value
              );
            })
          )
        )
      )
    );
  }
  function marked(erratum) {
    return erratum && tip(h("span", { class: "dagger", tabindex: "0", "aria-label": words(erratum) }, "†"), () => words(erratum));
  }
  function words({ should_be: should, why }) {
    return should ? `Should be ${should}. ${why}` : why;
  }
  function notes({ header, rows, marks }) {
    const lines = /* @__PURE__ */ new Map();
    for (const [place2, erratum] of Object.entries(marks)) {
      const [row2, column] = place2.split(",").map(Number);
      const name2 = `${row2 < 0 ? "Column" : rows[row2][0]}, ${header[column]}`;
      lines.set(words(erratum), [...lines.get(words(erratum)) ?? [], name2]);
    }
    return lines.size > 0 && h(
      "ul",
      { class: "notes" },
      [...lines].map(([text, places]) => h("li", {}, "† ", h("strong", {}, places.join("; ")), ". ", text))
    );
  }
  function isNumeric(rows, column) {
    return rows.some((row2) => /^-?[\d.]/.test(row2[column])) && rows.every((row2) => !/^[a-z]/i.test(row2[column]) || row2[column] === "");
  }
  function compareCells(a, b, down) {
    const [x, y] = [a, b].map((text) => text === "" ? NaN : parseFloat(text));
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number.isNaN(x) && Number.isNaN(y) ? (down ? -1 : 1) * a.localeCompare(b) : Number.isNaN(x) ? 1 : -1;
    return down ? y - x : x - y;
  }
  var OURS = {
    "SDR ↑": "sdr",
    "PESQ ↑": "pesq_wb",
    "UTMOS ↑": "utmos",
    "DNSMOS P808 ↑": "dnsmos_p808",
    "DNSMOS P835 ↑": "dnsmos_ovrl",
    "PLCMOS ↑": "plcmos",
    "STOI ↑": "stoi",
    "WER ↓": "wer"
  };
  var RECONSTRUCTION = { speech: "Reconstruction, speech", music: "Reconstruction, music", audio: "Reconstruction, general audio" };
  function publishedRows(domain, search = "") {
    const names = new Map(DATA.dates.tables.find(({ header }) => header[1] === "Name")?.rows.map(([code, name2]) => [code, name2]));
    const table = DATA.dates.tables.find(({ title }) => title === RECONSTRUCTION[domain]);
    const words2 = search.toLowerCase().split(/\s+/);
    return (table?.rows ?? []).map((cells, row2) => ({ cells, row: row2 })).filter(({ cells }) => names.has(cells[0])).map(({ cells, row: row2 }) => publishedRow(table, cells, row2, names.get(cells[0]))).filter(({ name: name2, code }) => words2.every((word) => `${name2} ${code}`.toLowerCase().includes(word)));
  }
  function publishedRow({ header, marks }, cells, row2, name2) {
    const at = (title) => cells[header.indexOf(title)] ?? "";
    const sound = (column) => !marks[`${row2},${column}`] && !marks[`-1,${column}`];
    const values = header.flatMap((title, column) => OURS[title] && sound(column) && cells[column] ? [[OURS[title], cells[column]]] : []);
    return { name: name2, code: `${cells[0]}, ${at("#Q")} codebook${at("#Q") === "1" ? "" : "s"}`, kbps: at("kbps"), tokens: at("Token rate"), values: Object.fromEntries(values) };
  }

  // js/value.js
  function valueCell(cell, column, scale, entry) {
    const without = stateOf(entry, column, cell);
    if (without && without.state !== "failed") return emptyCell(without, column);
    const rivals = cell.rank?.[2] ?? 0;
    const first = cell.lead === 1;
    const drawn = scale && cell.v !== void 0 && column.question !== "rate";
    const td = h(
      "td",
      {
        ...drawn && whisker(cell, scale),
        class: [
          drawn && "whisker",
          first && "first",
          cell.rank ? "ranked" : column.direction === "none" ? "plainly" : "unranked"
        ].filter(Boolean).join(" "),
        tabindex: "-1",
        "aria-description": cellInWords(cell, column)
      },
      h(
        "span",
        { class: "v" },
        rivals > 1 && h("span", { class: "rank" }, range(cell.rank[0], cell.rank[1])),
        number(cell.v, column.digits)
      ),
      note(cell, column)
    );
    return tip(td, () => cellTip(cell, column));
  }
  function emptyCell({ state, why }, column) {
    const text = STATES[state].short;
    const words2 = `${text === "–" ? "" : `${text}, `}${column.title}: ${state}${why ? `, ${why}` : ""}`;
    return tip(h("td", { class: "none", tabindex: "-1", "aria-label": words2 }, text), () => [
      h("strong", {}, `${column.title}: ${state}`),
      h("p", {}, why || STATES[state].text)
    ]);
  }
  function note(cell, column) {
    const misses = failed(cell);
    const mark = (text) => h("span", { class: "mark" }, text);
    if (misses) return mark(`failed ${misses}/${misses + cell.n}`);
    if (cell.bound !== void 0) return mark(`ranked at ${number(cell.bound, column.digits)}`);
    if (cell.judge) return mark("judge");
    if (cell.sig) return mark("other signature");
    return cell.ci && h("span", { class: "ci" }, ends(cell, column));
  }
  function cellTip(cell, column) {
    const misses = Object.entries(cell.failed ?? {});
    const reasons = /* @__PURE__ */ new Map();
    for (const [clip, reason] of misses) reasons.set(reason, [...reasons.get(reason) ?? [], clip]);
    return [
      h("strong", {}, `${column.title} ${number(cell.v, column.digits + 1)}${unit(column)}`),
      cell.ci && h("p", {}, `95% interval ${interval(cell, column)}, ${cell.how ?? ""}`),
      !cell.ci && cell.how && h("p", {}, cell.how),
      h(
        "p",
        {},
        `${cell.n} clips`,
        cell.undefined && `, ${Object.keys(cell.undefined).length} left out for all: undefined on the reference`
      ),
      cell.rank && h("p", {}, capital(rankInWords(cell)), cell.rank[0] !== cell.rank[1] && ": the data separates it no further"),
      cell.rank && column.basis && h("p", { class: "hint" }, `The rank rests on ${column.basis}`),
      [...reasons].slice(0, 3).map(([reason, clips]) => h("p", { class: "mark" }, `Failed on ${clips.length}: ${reason}`)),
      cell.bound !== void 0 && h("p", { class: "mark" }, `Ranked at ${number(cell.bound, column.digits)}, the worse end of its interval: ${cell.judge}`),
      cell.twin !== void 0 && h("p", { class: "hint" }, `Its audio equals that of ${DATA.entries[cell.twin].name}: the two are counted once`),
      cell.why && h("p", { class: "hint" }, `Not ranked: ${cell.why}`),
      h("p", { class: "sig" }, cell.sig ?? column.signature)
    ];
  }
  function scaleOf(column, entries) {
    const values = entries.flatMap((entry) => {
      const cell = entry.cells[column.index];
      return cell?.v === void 0 ? [] : [cell.v, ...cell.ci ?? []];
    });
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return values.length && high > low ? { low, high } : null;
  }
  function whisker(cell, { low, high }) {
    const share = (value) => Math.min(1, Math.max(0, (value - low) / (high - low)));
    const [from, to] = (cell.ci ?? [cell.v, cell.v]).map(share);
    const span = to - from;
    const percent = (value) => `${(100 * value).toFixed(1)}%`;
    return {
      "--at": percent(share(cell.v)),
      "--span": percent(span),
      "--left": percent(span < 1 ? from / (1 - span) : 0)
    };
  }

  // js/board.js
  var CELLS_AT_ONCE = 2e3;
  function boardTable(at) {
    const model = boardModel(at);
    const card = listParam(at.params, "card").map((name2) => FACETS.find((facet) => facet.name === name2)).filter(Boolean);
    const view = {
      ...model,
      at,
      card,
      budget: CELLS_AT_ONCE,
      pending: [],
      scales: model.columns.map((column) => scaleOf(column, model.rows)),
      showWins: at.params.wins === "1",
      showBorda: at.params.borda !== "0" && [...model.borda.values()].some((x) => x !== void 0)
    };
    view.rates = NARROW.matches ? [] : ["bitrate", "token_rate"];
    const narrow = view.rates.length + view.showBorda + view.showWins;
    const width = 1 + narrow + card.length + model.columns.length;
    const grouped = at.params.group !== "0";
    const bodies = grouped ? [...DATA.bands.keys(), void 0].map(
      (band) => body(
        view,
        bandTitle(band),
        model.rows.filter((entry) => ratesOf(entry, at.suite, at.domain).band === band),
        width
      )
    ) : [body(view, null, model.rows, width)];
    const table = h(
      "table",
      {
        class: `board${at.params.intervals === "0" ? " bare" : ""}`,
        role: "grid",
        "aria-label": `${at.suite}, ${at.domain}: ${model.rows.length} tokenizers`,
        "--rates": narrow,
        "--texts": card.length,
        "--values": view.columns.length
      },
      h(
        "colgroup",
        {},
        h("col", { class: "name" }),
        narrow > 0 && h("col", { class: "rate", span: String(narrow) }),
        view.columns.length > 0 && h("col", { span: String(view.columns.length) }),
        card.length > 0 && h("col", { class: "text", span: String(card.length) })
      ),
      head(view),
      bodies,
      publishedBody(view, width),
      body(view, "Anchors, for scale: not ranked", model.anchors, width)
    );
    startGrid(table);
    finishLater(table, view.pending);
    const scroll = h(
      "div",
      { class: "scroll", "data-keep": "board", tabindex: "-1" },
      table,
      model.rows.length === 0 && h("p", { class: "empty" }, "No tokenizer passes these filters.")
    );
    return {
      model,
      node: NARROW.matches ? h("div", { class: "board-frame" }, stickyHead(table, scroll), scroll) : scroll
    };
  }
  function bandTitle(band) {
    return band === void 0 ? "Bitrate not measured" : DATA.bands[band];
  }
  function head({ at, columns, card, rates, showBorda, showWins, sorting: sorting2 }) {
    const several = new Set(columns.map((column) => column.table)).size > 1;
    const header = (id, best, label, explain, extra = {}) => {
      const current = sorting2[0]?.id === id ? sorting2[0] : void 0;
      const order = current ? current.desc ? "descending" : "ascending" : "none";
      const flip = current ? !current.desc : best === "higher";
      const cell = h(
        "th",
        { scope: "col", "aria-sort": order, ...extra },
        h(
          "button",
          {
            type: "button",
            tabindex: "-1",
            "data-key": `sort:${id}`,
            onclick: (event) => sortBy(at, id, flip, event.shiftKey)
          },
          label
        )
      );
      return explain ? tip(cell, explain) : cell;
    };
    return h(
      "thead",
      {},
      h(
        "tr",
        {},
        header("name", "lower", "Tokenizer", null, { class: "name" }),
        rates.map((name2) => header(name2, "lower", RATE_HEADS[name2].label.map((text, i) => h(i ? "small" : "span", {}, text)), () => RATE_HEADS[name2].text)),
        showBorda && header(
          "borda",
          "higher",
          [h("span", {}, "Borda"), h("small", {}, "↑")],
          () => "Share of pairwise tests within the band that are won beyond doubt, a tie counting half, averaged over the questions that both of a pair are ranked on, then over rivals. Weigh them under “Borda”."
        ),
        showWins && header(
          "wins",
          "higher",
          [h("span", {}, "Win rate"), h("small", {}, "% ↑")],
          () => "Share of all pairwise tests within the band, on every metric with a direction, that are won beyond doubt; a tie counts half."
        ),
        columns.map(
          (column) => header(
            column.key,
            column.direction,
            [
              h("span", {}, column.title),
              several && h("small", {}, TABLES[column.table].data),
              h("small", {}, [column.unit, ARROWS[column.direction]].filter(Boolean).join(" ") || " ")
            ],
            () => [
              h("strong", {}, column.title),
              column.text && h("p", {}, column.text),
              h("p", { class: "hint" }, `${BETTER[column.direction]}; up to ${column.n} clips`),
              h("p", { class: "sig" }, column.signature)
            ]
          )
        ),
        card.map((facet) => header(`f:${facet.name}`, "lower", facet.title, null, { class: "text" }))
      )
    );
  }
  var RATE_HEADS = {
    bitrate: { label: ["Bitrate", "kbit/s"], text: "Measured: every code equally likely, side information included." },
    token_rate: { label: ["Tokens", "per s"], text: "Measured: codes that a language model predicts per second of audio." }
  };
  function sortBy(at, id, descending, also) {
    const key = `${descending ? "-" : ""}${id}`;
    const others = also ? (at.params.sort ?? "").split(",").filter((item) => item && item.replace(/^-/, "") !== id) : [];
    stepParams({ sort: [...others, key].join(",") });
  }
  function body(view, title, entries, width) {
    if (!entries.length) return null;
    const now = entries.slice(0, Math.max(0, Math.ceil(view.budget / width)));
    view.budget -= now.length * width;
    const section = h(
      "tbody",
      {},
      title && h(
        "tr",
        { class: "band" },
        h(
          "th",
          { colspan: String(width), scope: "rowgroup" },
          h("span", {}, title, h("span", { class: "count" }, String(entries.length)))
        )
      ),
      now.map((entry) => row(view, entry))
    );
    for (let i = now.length; i < entries.length; i += 10) {
      view.pending.push(() => section.append(...entries.slice(i, i + 10).map((entry) => row(view, entry))));
    }
    return section;
  }
  function publishedBody({ at, columns, card, rates, showBorda, showWins }, width) {
    const rows = FACETS.some((facet) => at.params[facet.name]) ? [] : publishedRows(at.domain, at.params.search);
    if (!rows.length) return null;
    const cells = (count) => Array.from({ length: count }, () => h("td", { tabindex: "-1", class: "none" }));
    return h(
      "tbody",
      { class: "published-rows" },
      h(
        "tr",
        { class: "band" },
        h(
          "th",
          { colspan: String(width), scope: "rowgroup" },
          h("span", {}, "Published by DATES, on other data: not ranked, not to be compared with the rows above. ", h("a", { href: linkTo(["published"]) }, "All of its tables"))
        )
      ),
      rows.map(
        (one) => h(
          "tr",
          { class: "elsewhere" },
          h(
            "th",
            { scope: "row", class: "name", tabindex: "-1" },
            h("span", {}, one.name),
            h("small", {}, one.code, rates.length === 0 && [h("br"), `${one.kbps} kbit/s`])
          ),
          rates.map((name2) => h("td", { tabindex: "-1" }, name2 === "bitrate" ? one.kbps : one.tokens)),
          cells(showBorda + showWins),
          columns.map(
            (column) => h(
              "td",
              { tabindex: "-1", class: "none", "aria-label": `${column.title}: ${one.values[column.metric] ? `${one.values[column.metric]}, published, on other data` : "not measured here"}` },
              one.values[column.metric] ?? ""
            )
          ),
          cells(card.length)
        )
      )
    );
  }
  function finishLater(table, pending2) {
    const next = pending2.shift();
    if (!next) return;
    setTimeout(() => {
      if (!table.isConnected) return;
      next();
      finishLater(table, pending2);
    });
  }
  function bordaCell(borda, at, entry) {
    const why = borda ? borda.behind : whyNoBorda(entry, at.suite, at.domain);
    const shared = borda && (borda.fewest === borda.most ? `${borda.most}` : `${borda.fewest} to ${borda.most}`);
    const over = borda && `Against ${borda.rivals} of its band, over ${shared} of ${borda.of} questions that both are ranked on.`;
    const last = borda?.behind && `It does not lead: ${borda.behind}.`;
    const td = h(
      "td",
      { tabindex: "-1", class: why ? "borda hint" : "borda", "aria-label": borda ? null : `no Borda count: ${why}` },
      borda ? borda.value.toFixed(2) : "–"
    );
    return tip(td, () => [over ?? `No Borda count: ${why}.`, last].filter(Boolean).map((text) => h("p", {}, text)));
  }
  function row({ at, columns, scales, card, borda, rates: shown, showBorda, showWins }, entry) {
    const rates = ratesOf(entry, at.suite, at.domain);
    const wins = winsOf(entry, at.suite, at.domain);
    return h(
      "tr",
      { class: entry.kind, "data-entry": entryKey(entry) },
      h(
        "th",
        { scope: "row", class: "name", tabindex: "-1" },
        h(
          "a",
          { href: linkTo(["tokenizer", entryKey(entry)], { from: `${at.suite}/${at.domain}` }), tabindex: "-1" },
          entry.title
        ),
        shown.length === 0 && rates.bitrate !== void 0 && h("small", { class: "rates" }, `${rate("bitrate", rates.bitrate)} kbit/s`, h("br"), `${rate("token_rate", rates.token_rate)} tokens/s`),
        h(
          "small",
          { class: "id" },
          entry.id,
          entry.origin === "local" && entry.kind === "tokenizer" && h("em", { title: "Scored on the machine that built this page, not submitted" }, " local"),
          entry.verified === "not verified" && h("em", { title: "Nobody has decoded its tokens and scored the audio again" }, " not verified")
        )
      ),
      shown.map(
        (name2) => h(
          "td",
          { tabindex: "-1", "aria-label": `${rate(name2, rates[name2])} ${RATE_UNITS[name2]}` },
          rate(name2, rates[name2])
        )
      ),
      showBorda && bordaCell(borda.get(entry), at, entry),
      showWins && h("td", { tabindex: "-1" }, wins === void 0 ? "–" : `${Math.round(100 * wins)}`),
      columns.map((column, i) => valueCell(entry.cells[column.index], column, scales[i], entry)),
      card.map(
        (facet) => h("td", { tabindex: "-1", class: "text" }, facet.show?.(entry) ?? ([facet.of(entry, at)].flat().filter(Boolean).join(", ") || "–"))
      )
    );
  }

  // js/strip.js
  function stripPlot(lines, column, width) {
    const dots = lines.flatMap(
      ({ title, cell }) => (cell?.clips ?? []).map(([clip, value]) => ({ title, value, clip: DATA.clips[clip] }))
    );
    const means = lines.filter(({ cell }) => cell?.v !== void 0).map(({ title, cell }) => ({ title, value: cell.v, ci: cell.ci }));
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
        grid: true
      },
      y: { axis: null },
      fy: { axis: null, domain: lines.map(({ title }) => title) },
      marks: [
        lines.length > 1 ? Plot.text(lines, {
          fy: "title",
          text: "title",
          frameAnchor: "top-left",
          dy: 2,
          fill: "currentColor",
          fontWeight: 600
        }) : [],
        Plot.dot(
          dots,
          Plot.dodgeY("middle", {
            x: "value",
            fy: "title",
            r: 3.5,
            padding: 0.5,
            fill: "var(--accent)",
            fillOpacity: 0.55
          })
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
            strokeOpacity: 0.5
          }
        ),
        Plot.tip(
          dots,
          Plot.pointerX(
            Plot.dodgeY("middle", {
              x: "value",
              fy: "title",
              r: 3.5,
              padding: 0.5,
              title: (one) => `${clipName(one.clip)}
${number(one.value, column.digits + 1)}${unit(column)}`,
              fill: "var(--surface)",
              stroke: "var(--line)",
              lineHeight: 1.35
            })
          )
        )
      ]
    });
  }

  // js/verdict.js
  var KEPT = {
    intelligibility: "words",
    perceptual: "perceived quality",
    signal: "the waveform",
    speaker: "the voice",
    prosody: "the melody of speech",
    distribution: "the sound as a whole",
    stability: "equal codes for equal sound"
  };
  function inWords(tested, a, b) {
    if (!tested.length) return "No metric of these two could be tested against each other.";
    const wins = (who, question) => tested.filter((one) => one.winner === who && one.question === question).length;
    const questions = [...new Set(tested.map(({ question }) => question))];
    const onlyFor = (who, other) => questions.filter((question) => wins(who, question) > 0 && wins(other, question) === 0);
    const mixed = questions.filter((question) => wins("a", question) > 0 && wins("b", question) > 0);
    const ties = tested.filter(({ winner }) => winner === null).length;
    const parts = [
      clause(a, onlyFor("a", "b")),
      clause(b, onlyFor("b", "a")),
      mixed.length > 0 && `metrics disagree on ${listed(mixed.map(kept))}`,
      ties === tested.length ? `On none of ${tested.length} tested metrics can ${a} and ${b} be told apart` : ties > 0 && `on ${ties} of ${tested.length} tested metrics they cannot be told apart`
    ].filter(Boolean);
    return `${parts.join("; ")}.`;
  }
  function clause(name2, questions) {
    return questions.length > 0 && `${name2} is better on ${listed(questions.map(kept))}`;
  }
  function kept(question) {
    return KEPT[question] ?? (QUESTIONS[question] ?? question).toLowerCase();
  }
  function listed(words2) {
    return words2.length < 2 ? words2.join() : `${words2.slice(0, -1).join(", ")} and ${words2.at(-1)}`;
  }

  // js/compare.js
  function compareView({ path, params }) {
    const unknown = path.slice(1, 3).filter((key) => !entryByKey(key));
    if (unknown.length) return unknownPair(unknown, path);
    const a = entryByKey(path[1]) ?? TOKENIZERS[0];
    const b = entryByKey(path[2]) ?? TOKENIZERS.find((entry) => entry !== a && entry.family !== a?.family) ?? TOKENIZERS[1];
    if (!a || !b) return h("p", { class: "empty" }, "It takes two tokenizers to compare.");
    if (!hasDetails([a, b])) return loading(a, b);
    const options = choices();
    const common = DATA.columns.filter((column) => a.cells[column.index] && b.cells[column.index]);
    const command = `audiotok compare ${a.id} ${b.id}`;
    return h(
      "article",
      { class: "sheet" },
      h("h1", {}, `${a.name} `, h("span", { class: "versus" }, "against"), ` ${b.name}`),
      h(
        "div",
        { class: "toolbar" },
        select("First", options, entryKey(a), (key) => go(["compare", key, entryKey(b)], params)),
        select("Second", options, entryKey(b), (key) => go(["compare", entryKey(a), key], params)),
        h(
          "button",
          { type: "button", class: "quiet", onclick: () => go(["compare", entryKey(b), entryKey(a)], params) },
          "Swap"
        )
      ),
      h("p", { class: "lead", id: "verdict" }, inWords(testedOf(common, a, b), a.name, b.name)),
      h(
        "p",
        { class: "hint" },
        "Both are compared clip by clip: the difference with its paired 95% interval, and the p-value of a t-test that allows for skewed differences, corrected over all metrics of the two (Holm). It is never below the chance that failures which would make up for the lead show on none of the clips. ",
        !DATA.columns.some((column) => column.pairs) && "This board is too large to hold every pair; for these two run "
      ),
      h("p", { class: "command" }, h("code", {}, command), copyButton(command, "Copy the command")),
      [...new Set(common.map((column) => column.table))].map(
        (key) => tableOf(
          key,
          common.filter((column) => column.table === key),
          a,
          b
        )
      ),
      stripSection(common, a, b, params)
    );
  }
  function loading(a, b) {
    const title = [`${a.name} `, h("span", { class: "versus" }, "against"), ` ${b.name}`];
    return h("article", { class: "sheet" }, h("h1", {}, title), h("p", { class: "hint" }, "Loading the scores of the two …"));
  }
  function choices() {
    return [...TOKENIZERS, ...ANCHORS].map((entry) => [entryKey(entry), `${entry.title} (${entryKey(entry)})`]);
  }
  function unknownPair(unknown, path) {
    const keys2 = [path[1], path[2]].map((key) => entryByKey(key) ? key : void 0);
    const options = [["", "Choose …"], ...choices()];
    const other = (place2) => (key) => go(["compare", ...keys2.with(place2, key)].filter(Boolean));
    return h(
      "article",
      { class: "sheet" },
      h("h1", {}, "Unknown tokenizer"),
      h("p", { class: "lead", role: "alert" }, `This board has no row called ${unknown.join(" or ")}. Choose two that it has:`),
      h(
        "div",
        { class: "toolbar" },
        select("First", options, keys2[0] ?? "", other(0)),
        select("Second", options, keys2[1] ?? "", other(1))
      )
    );
  }
  function testedOf(columns, a, b) {
    return columns.filter((column) => column.direction !== "none" && column.question !== "rate").flatMap((column) => {
      const pair = pairOf(column, a, b);
      if (!pair) return [];
      const [one, two] = [a, b].map((entry) => entry.cells[column.index].v);
      const { better } = verdict(column, pair, one - two, a, b);
      return [{ question: column.question, winner: better === a ? "a" : better === b ? "b" : null }];
    });
  }
  function tableOf(key, columns, a, b) {
    const { data, suite, domain } = TABLES[key];
    return h(
      "section",
      {},
      h("h2", {}, `${data || suite}, ${domain}`),
      h(
        "div",
        SCROLLS,
        h(
          "table",
          { class: "plain compare" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              h("th", { scope: "col" }, "Metric"),
              [a.name, b.name, "Difference", "p (Holm)"].map((title) => h("th", { scope: "col", class: "n" }, title)),
              h("th", { scope: "col" }, "Verdict"),
              h("th", { scope: "col", class: "n" }, "Clips better, equal, worse")
            )
          ),
          Object.keys(QUESTIONS).map((question) => {
            const rows = columns.filter((column) => column.question === question);
            return rows.length > 0 && h(
              "tbody",
              {},
              h("tr", { class: "band" }, h("th", { colspan: "7", scope: "rowgroup" }, QUESTIONS[question])),
              rows.map((column) => compareRow(column, a, b))
            );
          })
        )
      )
    );
  }
  function pairOf({ pairs, index }, a, b) {
    const [i, j] = [pairs?.who.indexOf(a.index) ?? -1, pairs?.who.indexOf(b.index) ?? -1];
    if (i < 0 || j < 0 || i === j) return null;
    const tested = (i < j ? a : b).pairs?.[index];
    if (!tested) return null;
    const [first, second] = [Math.min(i, j), Math.max(i, j)];
    const [low, high, p] = tested.map((values) => values[second - first - 1]);
    if (low === null) return { p };
    return i < j ? { low, high, p } : { low: -high, high: -low, p };
  }
  var ALPHA = 0.05;
  function verdict(column, pair, difference, a, b) {
    if (!pair) return { text: whyUntested(a.cells[column.index], b.cells[column.index]) };
    if (pair.p > ALPHA || difference === 0) return { text: "not separated" };
    if (column.direction === "none") return { text: "different" };
    const better = difference > 0 === (column.direction === "higher") ? a : b;
    return { better, text: `${better.name} is better` };
  }
  function whyUntested(...cells) {
    if (cells.some((cell) => cell.sig)) return "not tested: other signature";
    const misses = Math.max(...cells.map(failed));
    if (misses) return `not tested: failed on ${misses} clip${misses === 1 ? "" : "s"}`;
    if (cells.some((cell) => cell.judge)) return "not tested: taught by its judge";
    if (cells.some((cell) => !cell.clips)) return "one value for the whole set";
    return "not tested";
  }
  function compareRow(column, a, b) {
    const [one, two] = [a.cells[column.index], b.cells[column.index]];
    const sign = { higher: 1, lower: -1, none: 0 }[column.direction];
    const alike = (one.sig ?? column.signature) === (two.sig ?? column.signature);
    const difference = alike && one.v !== void 0 && two.v !== void 0 ? one.v - two.v : void 0;
    const pair = pairOf(column, a, b);
    const said = column.question === "rate" ? { text: "" } : verdict(column, pair, difference, a, b);
    const counts = alike && column.direction !== "none" && column.question !== "rate" ? clipCounts(one, two, sign) : null;
    const side = (cell, better) => h(
      "td",
      { class: better ? "n first" : "n", "aria-label": cellInWords(cell, column) },
      number(cell.v, column.digits),
      cell.ci && h("span", { class: "ci" }, ends(cell, column))
    );
    return h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        column.title,
        " ",
        h("small", {}, [column.unit, ARROWS[column.direction]].filter(Boolean).join(" "))
      ),
      side(one, said.better === a),
      side(two, said.better === b),
      h(
        "td",
        { class: "n" },
        difference === void 0 ? alike ? "–" : "other signature" : `${difference > 0 ? "+" : ""}${number(difference, column.digits)}`,
        pair?.low !== void 0 && h("span", { class: "ci" }, ends({ ci: [pair.low, pair.high] }, column))
      ),
      h("td", { class: "n" }, pair && said.text ? pair.p < 1e-3 ? "< 0.001" : pair.p.toFixed(3) : ""),
      h("td", { class: said.better ? "verdict" : "verdict hint" }, said.text),
      h(
        "td",
        { class: "counts" },
        counts && [
          h("span", { class: "n" }, `${counts.better}, ${counts.equal}, ${counts.worse}`),
          h(
            "i",
            {
              class: "counted",
              "aria-hidden": "true",
              "--better": counts.better,
              "--equal": counts.equal,
              "--worse": counts.worse
            },
            h("b"),
            h("b"),
            h("b")
          )
        ]
      )
    );
  }
  function clipCounts(one, two, sign) {
    if (!one.all || !two.all) return null;
    const other = new Map(two.clips);
    const counts = { better: 0, equal: 0, worse: 0 };
    for (const [clip, value] of one.clips) {
      if (!other.has(clip)) continue;
      const difference = sign * (value - other.get(clip));
      counts[difference > 0 ? "better" : difference < 0 ? "worse" : "equal"] += 1;
    }
    return counts;
  }
  function stripSection(common, a, b, params) {
    const offered = common.filter((column2) => a.cells[column2.index].clips && b.cells[column2.index].clips);
    if (!offered.length) return null;
    const column = offered.find((one) => `${one.table}:${one.metric}` === params.clips) ?? offered[0];
    const lines = [a, b].map((entry) => ({
      title: a.name === b.name ? entryKey(entry) : entry.name,
      cell: entry.cells[column.index]
    }));
    const holder = figureOf((width) => stripPlot(lines, column, width));
    return h(
      "section",
      {},
      h("h2", {}, "Clip by clip"),
      h(
        "div",
        { class: "toolbar" },
        select(
          "Metric",
          offered.map((one) => [
            `${one.table}:${one.metric}`,
            `${one.title}${unit(one) ? ` [${one.unit}]` : ""}, ${TABLES[one.table].domain}`
          ]),
          `${column.table}:${column.metric}`,
          (clips) => setParams({ clips })
        )
      ),
      holder
    );
  }

  // js/filters.js
  function activeFilters(params) {
    return FACETS.reduce((count, facet) => count + listParam(params, facet.name).length, 0);
  }
  function filterPanel(at) {
    const facets = FACETS.map((facet) => {
      const counts = /* @__PURE__ */ new Map();
      for (const entry of TOKENIZERS) {
        for (const value of [facet.of(entry, at)].flat().filter(Boolean)) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      if (counts.size < 2 || [...counts.values()].every((count) => count === TOKENIZERS.length)) return null;
      const chosen = listParam(at.params, facet.name);
      return h(
        "fieldset",
        { class: "facet" },
        h("legend", {}, facet.title),
        [...counts].sort(
          ([a], [b]) => DATA.bands.indexOf(a) - DATA.bands.indexOf(b) || a.localeCompare(b, "en", { numeric: true })
        ).map(
          ([value, count]) => h(
            "button",
            {
              type: "button",
              class: "chip",
              "aria-pressed": String(chosen.includes(value)),
              "data-key": `facet:${facet.name}:${value}`,
              onclick: () => toggleInList(at.params, facet.name, value)
            },
            value,
            h("span", { class: "count" }, String(count))
          )
        )
      );
    });
    const clear = Object.fromEntries(FACETS.map((facet) => [facet.name, void 0]));
    return h(
      "div",
      { class: "panel", id: "panel", role: "group", "aria-label": "Filters" },
      facets,
      activeFilters(at.params) > 0 && h("button", { type: "button", class: "quiet", onclick: () => stepParams(clear) }, "Clear all filters")
    );
  }
  function columnPanel(at) {
    const shown = shownColumns(at);
    const change = (column) => {
      const [plus, minus] = [new Set(listParam(at.params, "plus")), new Set(listParam(at.params, "minus"))];
      const [add, remove] = shown.includes(column) ? [minus, plus] : [plus, minus];
      add.add(column.metric);
      remove.delete(column.metric);
      stepParams({ plus: [...plus].join(",") || void 0, minus: [...minus].join(",") || void 0 });
    };
    const columns = columnsOf(at.suite, at.domain);
    const taxonomy = listParam(at.params, "card");
    return h(
      "div",
      { class: "panel", id: "panel", role: "group", "aria-label": "Columns" },
      Object.entries(QUESTIONS).map(([question, title]) => {
        const own = columns.filter((column) => column.question === question);
        return own.length > 0 && h(
          "fieldset",
          { class: "facet" },
          h("legend", {}, title),
          own.map(
            (column) => h(
              "button",
              {
                type: "button",
                class: "chip",
                "aria-pressed": String(shown.includes(column)),
                "data-key": `column:${column.metric}`,
                onclick: () => change(column)
              },
              column.title
            )
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
            onclick: () => stepParams({ wins: at.params.wins === "1" ? void 0 : "1" })
          },
          "Win rate"
        )
      ),
      h(
        "fieldset",
        { class: "facet" },
        h("legend", {}, "From the card"),
        FACETS.filter((facet) => facet.name !== "band").map(
          (facet) => h(
            "button",
            {
              type: "button",
              class: "chip",
              "aria-pressed": String(taxonomy.includes(facet.name)),
              "data-key": `card:${facet.name}`,
              onclick: () => toggleInList(at.params, "card", facet.name)
            },
            facet.title
          )
        )
      ),
      h(
        "button",
        {
          type: "button",
          class: "quiet",
          onclick: () => stepParams({ plus: void 0, minus: void 0, card: void 0, wins: void 0 })
        },
        "Back to the default columns"
      )
    );
  }
  function bordaPanel(at) {
    const weights = weightsOf(at.params);
    const on = at.params.borda !== "0";
    return h(
      "div",
      { class: "panel", id: "panel", role: "group", "aria-label": "Borda count" },
      h(
        "p",
        { class: "hint" },
        "Per question, the share of the others in its band that a tokenizer beats beyond doubt, a tie counting half. ",
        "Questions are then averaged with these weights; values are never added up. 1 beats everybody on everything, 0.5 is separated from nobody."
      ),
      h(
        "label",
        { class: "check" },
        h("input", {
          type: "checkbox",
          checked: on,
          "data-key": "borda:on",
          onchange: (event) => stepParams({ borda: event.target.checked ? void 0 : "0" })
        }),
        h("span", {}, "Show the Borda count and sort by it")
      ),
      on && bordaQuestions(at.suite, at.domain).map(
        (question) => h(
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
            onchange: (event) => setParams({ [`w.${question}`]: event.target.value === "1" ? void 0 : event.target.value })
          }),
          h("output", {}, `× ${weights[question] ?? 1}`)
        )
      )
    );
  }

  // js/export.js
  function saveBoard(at, format) {
    const model = boardModel(at);
    const records = [...model.rows, ...model.anchors].flatMap(
      (entry) => model.columns.filter((column) => entry.cells[column.index]).map((column) => {
        const cell = entry.cells[column.index];
        const rates = ratesOf(entry, at.suite, at.domain);
        return {
          tokenizer: entry.id,
          title: entry.title,
          kind: entry.kind,
          origin: entry.origin,
          suite: at.suite,
          domain: at.domain,
          metric: column.metric,
          unit: column.unit,
          direction: column.direction,
          bitrate: rates.bitrate,
          token_rate: rates.token_rate,
          value: cell.v,
          low: cell.ci?.[0],
          high: cell.ci?.[1],
          n: cell.n,
          failed: failed(cell),
          best_rank: cell.rank?.[0],
          worst_rank: cell.rank?.[1],
          unranked: cell.why,
          signature: cell.sig ?? column.signature
        };
      })
    );
    const name2 = `audiotok-${at.suite}-${at.domain}.${format}`;
    download(
      name2,
      format === "csv" ? "text/csv" : "application/json",
      format === "csv" ? asCsv(records) : JSON.stringify(records, null, 1)
    );
  }
  function asCsv(records) {
    const quote = (value) => {
      const text = value === void 0 ? "" : String(value);
      const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    const names = Object.keys(records[0] ?? {});
    return `${[names, ...records.map((record) => names.map((key) => record[key]))].map((line) => line.map(quote).join(",")).join("\r\n")}\r
`;
  }

  // js/failures.js
  function failuresView() {
    const failures = failuresOf(DATA.entries, DATA.columns);
    const undefinedOnes = DATA.entries.flatMap(
      (entry) => DATA.columns.map((column) => ({ entry, column, found: stateOf(entry, column, entry.cells[column.index]) })).filter(({ found }) => found?.state === "undefined")
    );
    const refused = Object.entries(DATA.refused);
    return h(
      "article",
      { class: "sheet" },
      h("h1", {}, "Failures"),
      h("p", { class: "lead" }, summary(failures)),
      failures.length > 0 && listing(["Tokenizer", "Metric", "Data", "Clips", "Reason"], failures.map(({ entry, column, clips, of, reasons }) => [
        name(entry),
        column.title,
        tableName(column.table),
        `${clips} of ${of}`,
        reasons.map(([reason, count]) => h("div", {}, count > 1 ? `${count} × ` : "", reason))
      ])),
      undefinedOnes.length > 0 && [
        h("h2", {}, "Undefined, not failed"),
        h("p", { class: "hint" }, "The metric was run and has no value on this data; nothing went wrong."),
        listing(["Tokenizer", "Metric", "Data", "Why"], undefinedOnes.map(({ entry, column, found }) => [
          name(entry),
          column.title,
          tableName(column.table),
          found.why
        ]))
      ],
      refused.length > 0 && [
        h("h2", {}, "Submissions left out"),
        listing(["Submission", "Why"], refused)
      ]
    );
  }
  function summary(failures) {
    if (!failures.length) return "No metric failed on any clip of this board.";
    const systems = new Set(failures.map(({ entry }) => entry)).size;
    return `${failures.length} scores of ${systems} system${systems === 1 ? "" : "s"} lack clips. A score with a failure is shown over the other clips and is not ranked.`;
  }
  function name(entry) {
    return h("a", { href: linkTo(["tokenizer", entryKey(entry)]) }, entry.name);
  }
  function listing(titles, rows) {
    return h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": titles.join(", ") },
      h(
        "table",
        { class: "plain" },
        h("thead", {}, h("tr", {}, titles.map((title) => h("th", { scope: "col" }, title)))),
        h("tbody", {}, rows.map(([first, ...cells]) => h("tr", {}, h("th", { scope: "row" }, first), cells.map((cell) => h("td", {}, cell)))))
      )
    );
  }

  // js/player.js
  var FADE = 0.012;
  var pending = /* @__PURE__ */ new Map();
  var decoded = /* @__PURE__ */ new Map();
  var context = null;
  var player = {
    name: null,
    // the sample that sounds, or is about to
    buffer: null,
    playing: false,
    loop: true,
    offset: 0,
    // seconds, where it stands while it does not play
    startedAt: 0,
    voice: null,
    listeners: /* @__PURE__ */ new Set()
  };
  window.audiotokSample = (name2, base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    pending.get(name2)?.resolve(bytes.buffer);
    pending.delete(name2);
  };
  function loadSample(name2) {
    if (!decoded.has(name2))
      decoded.set(
        name2,
        fetchSample(name2).then((bytes) => audioContext().decodeAudioData(bytes))
      );
    return decoded.get(name2);
  }
  function fetchSample(name2) {
    return new Promise((resolve, reject) => {
      pending.set(name2, { resolve });
      const script = document.createElement("script");
      script.src = `samples/${name2}.js`;
      script.onerror = () => {
        decoded.delete(name2);
        reject(new Error("The sample is missing: keep the folder “samples” beside the page."));
      };
      script.onload = () => script.remove();
      document.head.append(script);
    });
  }
  function audioContext() {
    context ??= new AudioContext();
    return context;
  }
  function position() {
    if (!player.playing || !player.buffer) return player.offset;
    const elapsed = context.currentTime - player.startedAt;
    return player.loop ? elapsed % player.buffer.duration : Math.min(elapsed, player.buffer.duration);
  }
  async function play(name2, fresh = false) {
    audioContext().resume();
    player.wanted = name2;
    const buffer = await loadSample(name2);
    if (player.wanted !== name2) return;
    const at = fresh ? 0 : position() % buffer.duration;
    silence();
    const voice = { source: context.createBufferSource(), gain: context.createGain() };
    const now = context.currentTime;
    voice.source.buffer = buffer;
    voice.source.loop = player.loop;
    voice.source.connect(voice.gain).connect(context.destination);
    voice.gain.gain.setValueAtTime(0, now);
    voice.gain.gain.linearRampToValueAtTime(1, now + FADE);
    voice.source.start(now, at);
    voice.source.onended = () => {
      if (player.voice === voice) pause(true);
    };
    Object.assign(player, { name: name2, buffer, voice, playing: true, startedAt: now - at });
    notify();
  }
  function silence() {
    if (!player.voice) return;
    const { source, gain } = player.voice;
    const now = context.currentTime;
    player.voice = null;
    gain.gain.cancelScheduledValues(now);
    gain.gain.setValueAtTime(gain.gain.value, now);
    gain.gain.linearRampToValueAtTime(0, now + FADE);
    source.stop(now + FADE);
  }
  function pause(ended = false) {
    player.offset = ended ? 0 : position();
    silence();
    player.playing = false;
    player.wanted = null;
    notify();
  }
  function seek(seconds) {
    player.offset = seconds;
    if (!player.playing) return notify();
    player.playing = false;
    return play(player.name);
  }
  function setLoop(on) {
    player.offset = position();
    player.loop = on;
    if (player.playing) {
      player.playing = false;
      play(player.name);
    }
  }
  function notify() {
    for (const listener of player.listeners) listener();
  }

  // js/spectrogram.js
  var SIZE = 1024;
  var FLOOR = -85;
  var COLUMNS = 640;
  function drawSpectrogram(canvas, samples, rate2, top) {
    const hop = Math.max(128, Math.ceil((samples.length - SIZE) / COLUMNS));
    const columns = Math.max(1, Math.floor((samples.length - SIZE) / hop) + 1);
    const bins = Math.min(SIZE / 2, Math.round(top / rate2 * SIZE));
    const power = new Float32Array(columns * bins);
    const re = new Float32Array(SIZE);
    const im = new Float32Array(SIZE);
    let loudest = 1e-12;
    for (let column = 0; column < columns; column++) {
      for (let i = 0; i < SIZE; i++) {
        re[i] = (samples[column * hop + i] ?? 0) * WINDOW[i];
        im[i] = 0;
      }
      fft(re, im);
      for (let bin = 0; bin < bins; bin++) {
        const value = re[bin] ** 2 + im[bin] ** 2;
        power[column * bins + bin] = value;
        if (value > loudest) loudest = value;
      }
    }
    canvas.width = columns;
    canvas.height = bins;
    const context2 = canvas.getContext("2d");
    const image = context2.createImageData(columns, bins);
    for (let column = 0; column < columns; column++) {
      for (let bin = 0; bin < bins; bin++) {
        const db = 10 * Math.log10(power[column * bins + bin] / loudest + 1e-12);
        const shade = Math.round(255 * Math.min(1, Math.max(0, 1 - db / FLOOR)));
        image.data.set(COLOURS[shade], 4 * ((bins - 1 - bin) * columns + column));
      }
    }
    context2.putImageData(image, 0, 0);
  }
  var WINDOW = Float32Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / SIZE));
  var COLOURS = Array.from({ length: 256 }, (_, i) => {
    const { r, g, b } = d3.rgb(d3.interpolateMagma(i / 255));
    return [r, g, b, 255];
  });
  var REVERSED = Uint16Array.from({ length: SIZE }, (_, i) => {
    let reversed = 0;
    for (let bit = 1, j = i; bit < SIZE; bit <<= 1, j >>= 1) reversed = reversed << 1 | j & 1;
    return reversed;
  });
  var COS = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.cos(2 * Math.PI * i / SIZE));
  var SIN = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.sin(2 * Math.PI * i / SIZE));
  function fft(re, im) {
    for (let i = 0; i < SIZE; i++) {
      const j = REVERSED[i];
      if (j > i) {
        [re[i], re[j]] = [re[j], re[i]];
        [im[i], im[j]] = [im[j], im[i]];
      }
    }
    for (let half = 1; half < SIZE; half *= 2) {
      const step = SIZE / (2 * half);
      for (let start = 0; start < SIZE; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const [even, odd] = [start + k, start + k + half];
          const [c, s] = [COS[k * step], SIN[k * step]];
          const real = re[odd] * c + im[odd] * s;
          const imaginary = im[odd] * c - re[odd] * s;
          re[odd] = re[even] - real;
          im[odd] = im[even] - imaginary;
          re[even] += real;
          im[even] += imaginary;
        }
      }
    }
  }

  // js/listen.js
  var TOP = { speech: 8e3, music: 2e4, audio: 2e4 };
  function listenView(at) {
    const model = boardModel(at);
    const entries = [...model.anchors, ...byRate(model.rows, at)].filter((entry) => Object.keys(entry.samples).length);
    const clips = clipsToHear(at, entries);
    if (!clips.length) return h("p", { class: "empty" }, "No samples of this domain came with these results.");
    const clip = clips.find((one) => one.id === at.params.clip) ?? clips[0];
    const rows = entries.filter((entry) => entry.samples[clip.id]);
    const all = columnsOf(at.suite, at.domain);
    const own = all.filter((column) => recipeOf(column) === clip.recipe);
    const columns = (clip.recipe ? own.sort((a, b) => (a.direction === "none") - (b.direction === "none")) : headline(all)).filter((column) => rows.some((entry) => scoreOf(entry, column, clip) !== void 0)).slice(0, 4);
    const transport = transportBar();
    const list = h(
      "div",
      { class: "tracks" },
      rows.map((entry) => track(entry, clip, columns, at))
    );
    const section = h(
      "section",
      { class: "listen", "aria-label": "Listening", onkeydown: (event) => keys(event, list) },
      h(
        "div",
        { class: "toolbar" },
        select(
          "Clip",
          clips.map((one) => [one.id, `${clipName(one)}${one.language ? ` (${one.language})` : ""}`]),
          clip.id,
          (id) => {
            pause(true);
            setParams({ clip: id });
          }
        ),
        h("button", { type: "button", class: "quiet", onclick: () => drawAll(list) }, "Show all spectrograms"),
        checkbox("Loop", player.loop, setLoop)
      ),
      clip.prompt && h(
        "p",
        { class: "hint" },
        `${capital(promptOf(clip))}, up to the line: real speech through the tokenizer. After it comes what a language model made of its tokens; the reference is what was really said.`
      ),
      transport.node,
      list,
      h(
        "p",
        { class: "hint" },
        h("kbd", {}, "↑"),
        " ",
        h("kbd", {}, "↓"),
        " switch at the same position, ",
        h("kbd", {}, "Space"),
        " plays and pauses. Loudness is as decoded, not matched: a louder one may sound better for that alone. Use headphones."
      )
    );
    follow(section, list, transport);
    return section;
  }
  function byRate(rows, at) {
    const of = (entry) => ratesOf(entry, at.suite, at.domain).bitrate ?? Infinity;
    return [...rows].sort((one, other) => of(one) - of(other) || 0);
  }
  function clipsToHear(at, entries) {
    const heard = /* @__PURE__ */ new Map();
    for (const entry of entries) for (const id of Object.keys(entry.samples)) heard.set(id, (heard.get(id) ?? 0) + 1);
    const own = scoredClips(at, entries);
    const places = new Map(DATA.clips.map((clip, index) => [clip.id, index]));
    return DATA.clips.map((clip, index) => ({ ...clip, index: clip.of ? places.get(clip.of) ?? -1 : index })).filter((clip) => heard.has(clip.id) && (clip.domain ? clip.domain === at.domain : own.has(clip.index))).sort(
      (one, other) => Boolean(one.recipe) - Boolean(other.recipe) || // what a language model made comes last
      heard.get(other.id) - heard.get(one.id) || (other.language === "en") - (one.language === "en")
    );
  }
  function scoredClips(at, entries) {
    const found = /* @__PURE__ */ new Set();
    for (const column of columnsOf(at.suite, at.domain))
      for (const entry of entries) for (const [index] of entry.cells[column.index]?.clips ?? []) found.add(index);
    return found;
  }
  function scoreOf(entry, column, clip) {
    return entry.cells[column.index]?.clips?.find(([index]) => index === clip.index)?.[1];
  }
  function track(entry, clip, columns, at) {
    const name2 = entry.samples[clip.id];
    const rates = ratesOf(entry, at.suite, at.domain);
    return h(
      "div",
      {
        class: `track ${entry.kind}`,
        "data-sample": name2,
        "data-top": String(TOP[at.domain] ?? 8e3),
        "data-prompt": clip.prompt ? String(clip.prompt) : null
      },
      playButton(name2, entry.name),
      h(
        "div",
        { class: "who" },
        h("a", { href: linkTo(["tokenizer", entryKey(entry)], { from: `${at.suite}/${at.domain}` }) }, entry.name),
        h(
          "small",
          {},
          rates.bitrate === void 0 ? entry.kind === "anchor" ? "anchor" : "" : `${rate("bitrate", rates.bitrate)} kbit/s`
        )
      ),
      h(
        "div",
        { class: "picture" },
        clip.prompt && h("span", { class: "prompt-end", title: `The prompt ends: ${promptOf(clip)}` }),
        h("canvas", { role: "img", "aria-label": `Spectrogram of ${entry.name}`, width: "8", height: "4" })
      ),
      h(
        "dl",
        { class: "scores" },
        columns.map(
          (column) => h("div", {}, h("dt", {}, column.title), h("dd", {}, number(scoreOf(entry, column, clip), column.digits)))
        )
      )
    );
  }
  function playButton(name2, label) {
    const button = h(
      "button",
      { type: "button", class: "play", "data-plays": name2, "aria-label": `Play ${label}`, "aria-pressed": "false" },
      "▶"
    );
    button.addEventListener("click", () => {
      if (player.playing && player.name === name2) return pause();
      return play(name2).catch((error) => {
        announce(error.message);
        button.replaceWith(h("span", { class: "mark" }, error.message));
      });
    });
    return button;
  }
  function startPlayButtons() {
    player.listeners.add(() => {
      for (const button of document.querySelectorAll("[data-plays]")) {
        const on = player.playing && button.dataset.plays === player.name;
        button.textContent = on ? "❚❚" : "▶";
        button.setAttribute("aria-pressed", String(on));
      }
    });
  }
  function transportBar() {
    const time = h("output", { class: "time" }, "0.0 s");
    const bar = h("input", {
      type: "range",
      min: "0",
      max: "1",
      step: "0.001",
      value: "0",
      "aria-label": "Position",
      oninput: () => seek(Number(bar.value))
    });
    return { node: h("div", { class: "transport" }, bar, time), bar, time };
  }
  function follow(section, list, { bar, time }) {
    let frame = 0;
    const step = () => {
      const now = position();
      bar.value = String(now);
      time.textContent = `${now.toFixed(1)} s`;
      list.style.setProperty("--played", `${player.buffer ? 100 * now / player.buffer.duration : 0}%`);
      frame = player.playing && section.isConnected ? requestAnimationFrame(step) : 0;
    };
    const changed = () => {
      if (!section.isConnected) return player.listeners.delete(changed);
      if (player.buffer) bar.max = String(player.buffer.duration);
      for (const line2 of list.children) line2.classList.toggle("on", line2.dataset.sample === player.name);
      const line = [...list.children].find((one) => one.dataset.sample === player.name);
      if (line) drawTrack(line);
      if (!frame) step();
      return void 0;
    };
    player.listeners.add(changed);
  }
  async function drawTrack(line) {
    if (line.dataset.drawn) return;
    line.dataset.drawn = "yes";
    const buffer = await loadSample(line.dataset.sample);
    if (line.dataset.prompt) line.style.setProperty("--prompt", `${100 * line.dataset.prompt / buffer.duration}%`);
    drawSpectrogram(line.querySelector("canvas"), buffer.getChannelData(0), buffer.sampleRate, Number(line.dataset.top));
  }
  async function drawAll(list) {
    for (const line of list.children) await drawTrack(line);
  }
  function keys(event, list) {
    if (event.target.matches("select, input")) return;
    const lines = [...list.children];
    const current = lines.findIndex((line) => line.dataset.sample === player.name);
    if (event.key === " " && !event.target.matches("button, a")) {
      event.preventDefault();
      if (player.playing) pause();
      else play(lines[Math.max(0, current)].dataset.sample);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = lines[(current + (event.key === "ArrowDown" ? 1 : lines.length - 1)) % lines.length] ?? lines[0];
      next.querySelector(".play").focus();
      play(next.dataset.sample);
    }
  }

  // js/figure.js
  var PALETTE = [
    "#2a6fb0",
    "#c2571a",
    "#2d8a5f",
    "#a8356b",
    "#7a5ac2",
    "#8a6d1f",
    "#12898c",
    "#b5413c",
    "#5b6a77",
    "#6b8e23"
  ];
  var DARK_PALETTE = [
    "#6db3f2",
    "#f0965a",
    "#6fcf9d",
    "#ec7fb0",
    "#b39af0",
    "#d6b656",
    "#5fd0d0",
    "#f08a85",
    "#a9b7c2",
    "#b4d36a"
  ];
  var SYMBOLS = ["circle", "square", "triangle", "diamond", "star"];
  function paretoFront(points, direction) {
    const sign = direction === "lower" ? -1 : 1;
    const sorted2 = points.filter((one) => one.sound).sort((a, b) => a.x - b.x || sign * (b.y - a.y));
    let best = -Infinity;
    return sorted2.filter((one) => sign * one.y > best && (best = sign * one.y, true));
  }
  function sideBySide(anchors, width) {
    let next = 4;
    return [...anchors].sort((one, other) => one.y - other.y).map((one) => {
      const room = 7 * one.entry.title.length + 14;
      const dx = next + room > width - 80 ? 4 : next;
      next = dx + room;
      return [one, dx];
    });
  }
  function drawFigure({ column, x, groups, groupOf, shown, anchors, at, width }) {
    const dark = isDark();
    const palette = dark ? DARK_PALETTE : PALETTE;
    const colour = (one) => palette[groups.indexOf(groupOf(one)) % palette.length];
    const symbol = (one) => symbolOf(groups.indexOf(groupOf(one)));
    const family = (one) => one.entry.family;
    const coded = anchors.filter((one) => one.x !== void 0);
    const uncoded = anchors.filter((one) => one.x === void 0);
    const showAnchors = at.params.anchors !== "0";
    const front = at.params.front === "0" ? [] : paretoFront(shown, column.direction);
    const small = width < 560;
    const ticks = roundNumbers(
      [...shown, ...coded].map((one) => one.x),
      small
    );
    const named = small ? [] : lastOfEach(shown, family);
    const figure = Plot.plot({
      width,
      height: small ? 380 : 480,
      marginLeft: 56,
      marginRight: small ? 20 : 90,
      marginBottom: 44,
      marginTop: 26,
      insetLeft: 14,
      insetRight: 10,
      style: { background: "transparent", fontFamily: "inherit", fontSize: "12px", overflow: "visible" },
      ariaLabel: `${column.title} over ${RATE_TITLES[x]}, ${shown.length} tokenizers`,
      x: { type: "log" },
      y: {
        label: `${column.title}${unit(column) === "%" ? " (%)" : column.unit ? ` (${column.unit})` : ""}, better upwards`,
        labelArrow: "none",
        reverse: column.direction === "lower",
        grid: true,
        nice: true,
        zero: false
      },
      marks: [
        Plot.gridX(ticks),
        // As text of its own: a log scale's tick format would drop every 5.
        Plot.axisX(ticks, { text: ticks.map(String), label: `${RATE_TITLES[x]} (${RATE_UNITS[x]})` }),
        showAnchors ? [
          Plot.ruleY(uncoded, { y: "y", stroke: "currentColor", strokeOpacity: 0.35, strokeDasharray: "2,3" }),
          sideBySide(uncoded, width).map(
            ([one, dx]) => Plot.text([one], {
              y: "y",
              text: (anchor) => anchor.entry.title,
              frameAnchor: "left",
              textAnchor: "start",
              dx,
              dy: -6,
              fill: "currentColor",
              fillOpacity: 0.6,
              className: "anchor-label"
            })
          ),
          Plot.line(sorted(coded), {
            x: "x",
            y: "y",
            z: family,
            stroke: "currentColor",
            strokeOpacity: 0.4,
            strokeDasharray: "4,3"
          }),
          Plot.dot(coded, { x: "x", y: "y", stroke: "currentColor", strokeOpacity: 0.6, r: 3 }),
          Plot.text(lastOfEach(coded, family), {
            x: "x",
            y: "y",
            text: family,
            dx: 8,
            textAnchor: "start",
            fill: "currentColor",
            fillOpacity: 0.6
          })
        ] : [],
        Plot.line(front, {
          x: "x",
          y: "y",
          curve: "step-after",
          stroke: "var(--accent)",
          strokeWidth: 7,
          strokeOpacity: 0.2,
          strokeLinejoin: "round"
        }),
        Plot.line(sorted(shown), { x: "x", y: "y", z: family, stroke: colour, strokeWidth: 1.5, strokeOpacity: 0.75 }),
        at.params.bars === "0" ? [] : Plot.ruleX(
          shown.filter((one) => one.cell.ci),
          { x: "x", y1: (one) => one.cell.ci[0], y2: (one) => one.cell.ci[1], stroke: colour, strokeOpacity: 0.55 }
        ),
        Plot.dot(shown, {
          x: "x",
          y: "y",
          symbol,
          stroke: colour,
          fill: (one) => one.sound ? colour(one) : "var(--surface)",
          strokeWidth: 1.5,
          r: 4.5
        }),
        Plot.text(named, {
          x: "x",
          y: "y",
          text: family,
          dx: 9,
          dy: -1,
          textAnchor: "start",
          fill: colour,
          stroke: "var(--surface)",
          strokeWidth: 4,
          fontWeight: 600
        }),
        Plot.tip(
          [...shown, ...showAnchors ? coded : []],
          Plot.pointer({
            x: "x",
            y: "y",
            title: (one) => tipText(one, column),
            fill: "var(--surface)",
            stroke: "var(--line)",
            fontSize: 12,
            lineHeight: 1.35,
            maxRadius: 40
          })
        )
      ]
    });
    figure.addEventListener("click", () => {
      if (figure.value) go(["tokenizer", entryKey(figure.value.entry)], { from: `${at.suite}/${at.domain}` });
    });
    figure.addEventListener("input", () => {
      figure.style.cursor = figure.value ? "pointer" : "";
      if (figure.value) announce(figure.value.entry.name);
    });
    return figure;
  }
  function tipText({ entry, cell, rates }, column) {
    return [
      entry.name,
      `${column.title} ${number(cell.v, column.digits)}${unit(column)}${cell.ci ? `  (${interval(cell, column)})` : ""}`,
      `${rate("bitrate", rates.bitrate)} kbit/s, ${rate("token_rate", rates.token_rate)} tokens/s`,
      cell.rank ? rankInWords(cell) : cell.why ? `not ranked: ${cell.why}` : ""
    ].filter(Boolean).join("\n");
  }
  function roundNumbers(values, few) {
    if (!values.length) return [];
    const [low, high] = d3.extent(values);
    const powers = d3.range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)) + 1);
    return powers.flatMap(
      (power) => (few && high / low > 100 ? [1] : [1, 2, 5]).map((digit) => Number((digit * 10 ** power).toPrecision(1)))
    ).filter((value) => value >= low * 0.9 && value <= high * 1.1);
  }
  function sorted(points) {
    return [...points].sort((a, b) => a.x - b.x);
  }
  function lastOfEach(points, key) {
    return [...new Map(sorted(points).map((one) => [key(one), one])).values()];
  }
  function symbolOf(index) {
    return SYMBOLS[Math.floor(index / PALETTE.length) % SYMBOLS.length];
  }
  function swatch(index) {
    return h("i", {
      class: `swatch ${symbolOf(index)}`,
      "aria-hidden": "true",
      "--light": PALETTE[index % PALETTE.length],
      "--dark": DARK_PALETTE[index % PALETTE.length]
    });
  }

  // js/plot.js
  function bdSection({ bd, title }) {
    if (!bd) return null;
    const reasons = new Set(bd.cells.flat().filter((cell) => typeof cell === "string"));
    const few = Object.entries(bd.short).map(([name2, count]) => `${name2} has ${count}`);
    return h(
      "section",
      {},
      h("h2", {}, `BD-rate on ${title}`),
      h(
        "p",
        { class: "hint" },
        "How much more bitrate the row needs than the column for the same quality, averaged over the quality that both reach; negative needs less."
      ),
      bd.of.length > 1 && h(
        "div",
        SCROLLS,
        h(
          "table",
          { class: "plain bd" },
          h(
            "thead",
            {},
            h("tr", {}, h("th", { scope: "col" }, "Tested"), bd.of.map((name2) => h("th", { scope: "col", class: "n" }, `against ${name2}`)))
          ),
          h(
            "tbody",
            {},
            bd.of.map((name2, i) => h("tr", {}, h("th", { scope: "row" }, name2), bd.cells[i].map(bdCell)))
          )
        )
      ),
      h(
        "p",
        { class: "hint" },
        reasons.size > 0 && `Undefined: ${[...reasons].join("; ")}. `,
        bd.of.length < 2 && `Only ${bd.of[0]} has a curve. `,
        few.length > 0 && `A curve needs ${bd.needs} rates: ${few.join(", ")}.`
      )
    );
  }
  function bdCell(cell) {
    if (cell === null) return h("td", { class: "n none" }, "–");
    if (typeof cell === "string") return h("td", { class: "n hint", title: cell }, "undefined");
    return h("td", { class: "n" }, `${cell > 0 ? "+" : ""}${number(cell, 0)}%`);
  }
  function plotView(at) {
    const model = boardModel(at);
    const choices2 = columnsOf(at.suite, at.domain).filter((column2) => column2.direction !== "none");
    const column = choices2.find((one) => one.metric === at.params.y) ?? headline(choices2)[0];
    if (!column) return h("p", { class: "empty" }, "Nothing here has a better and a worse end.");
    const rates = Object.entries(RATE_TITLES).filter(
      ([name2]) => model.rows.some((entry) => ratesOf(entry, at.suite, at.domain)[name2] !== void 0)
    );
    const x = rates.some(([name2]) => name2 === at.params.x) ? at.params.x : "bitrate";
    const hidden = listParam(at.params, "hide");
    const points = (entries) => entries.map((entry) => point(entry, column, x, at)).filter(Boolean);
    const all = points(model.rows);
    const groupOf = (one) => at.params.colour === "quantizer" ? one.entry.card?.quantizer ?? "?" : one.entry.family;
    const groups = [...new Set(all.map(groupOf))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    const shown = all.filter((one) => !hidden.includes(groupOf(one)));
    const anchors = points(model.anchors);
    const holder = figureOf((width) => drawFigure({ column, x, groups, groupOf, shown, anchors, at, width }));
    return h(
      "section",
      { "aria-label": "Rate–distortion plot" },
      h(
        "div",
        { class: "toolbar" },
        select(
          "Metric",
          choices2.map((one) => [one.metric, `${one.title} ${ARROWS[one.direction]}`]),
          column.metric,
          (y) => setParams({ y })
        ),
        select(
          "Over",
          rates,
          x,
          (value) => setParams({ x: value === "bitrate" ? void 0 : value })
        ),
        select(
          "Colour",
          [
            ["family", "Family"],
            ["quantizer", "Quantizer"]
          ],
          at.params.colour ?? "family",
          (value) => setParams({ colour: value === "family" ? void 0 : value, hide: void 0 })
        ),
        checkbox("Pareto front", at.params.front !== "0", (on) => setParams({ front: on ? void 0 : "0" })),
        checkbox("Intervals", at.params.bars !== "0", (on) => setParams({ bars: on ? void 0 : "0" })),
        checkbox("Anchors", at.params.anchors !== "0", (on) => setParams({ anchors: on ? void 0 : "0" }))
      ),
      h(
        "div",
        { class: "legend", role: "group", "aria-label": "Legend: press to hide or show" },
        groups.map(
          (group, i) => h(
            "button",
            {
              type: "button",
              class: "chip",
              "aria-pressed": String(!hidden.includes(group)),
              "data-key": `legend:${group}`,
              onclick: () => toggleInList(at.params, "hide", group)
            },
            swatch(i),
            group
          )
        )
      ),
      holder,
      h(
        "p",
        { class: "hint" },
        `Up is better. ${column.text} A point is one mode of a tokenizer; lines join the modes of a family. `,
        "Hollow points have failures or a judge that taught them and are not on the front. The front joins what nothing cheaper beats; it knows nothing of intervals."
      ),
      bdSection(column)
    );
  }
  function point(entry, column, x, at) {
    const cell = entry.cells[column.index];
    const rates = ratesOf(entry, at.suite, at.domain);
    if (cell?.v === void 0) return null;
    if (rates[x] === void 0 && entry.kind !== "anchor") return null;
    return {
      entry,
      cell,
      x: x === "token_rate" ? rates[x] : rates[x] === void 0 ? void 0 : rates[x] / 1e3,
      y: cell.v,
      sound: !cell.failed && !cell.judge && !cell.sig,
      rates
    };
  }

  // js/scores.js
  function scoresSection(entry) {
    const measured = DATA.columns.filter((column) => entry.cells[column.index]);
    const tables = [...new Set(measured.map((column) => column.table))];
    const suites = new Set(tables.map((key) => TABLES[key].suite));
    const others = DATA.columns.filter((column) => suites.has(TABLES[column.table].suite) && !measured.includes(column));
    const without = Object.keys(QUESTIONS).filter(
      (question) => others.some((column) => column.question === question) && !measured.some((column) => column.question === question)
    );
    return h(
      "section",
      {},
      h("h2", {}, "Scores"),
      entry.kind === "tokenizer" && without.length > 0 && h("p", { class: "hint" }, `Not measured: ${without.map((question) => QUESTIONS[question]).join(", ")}.`),
      tables.map((key, place2) => {
        const own = measured.filter((column) => column.table === key);
        return h(
          "details",
          { open: place2 === 0 && !NARROW.matches },
          h("summary", {}, h("h3", {}, capital(tableName(key)))),
          h(
            "div",
            SCROLLS,
            h(
              "table",
              { class: "plain scores" },
              h(
                "thead",
                {},
                h(
                  "tr",
                  {},
                  ["Metric", "Value", "Rank in band", "Clips", "Failed", "By language"].map(
                    (title, i) => h("th", { scope: "col", class: i && i < 5 ? "n" : null }, title)
                  )
                )
              ),
              Object.keys(QUESTIONS).map((question) => {
                const rows = own.filter((column) => column.question === question);
                return rows.length > 0 && h(
                  "tbody",
                  {},
                  h("tr", { class: "band" }, h("th", { colspan: "6", scope: "rowgroup" }, QUESTIONS[question])),
                  rows.map((column) => scoreRow(entry, column))
                );
              })
            )
          )
        );
      })
    );
  }
  function scoreRow(entry, column) {
    const cell = entry.cells[column.index];
    const name2 = tip(
      h(
        "th",
        { scope: "row", tabindex: "0" },
        column.title,
        " ",
        h("small", {}, [column.unit, ARROWS[column.direction]].filter(Boolean).join(" "))
      ),
      () => [column.text, h("p", { class: "sig" }, column.signature)]
    );
    const misses = stateOf(entry, column, cell)?.state === "undefined" ? 0 : failed(cell);
    return h(
      "tr",
      {},
      name2,
      valueCell(cell, column, scaleOf(column, TOKENIZERS), entry),
      h(
        "td",
        { class: "n" },
        cell.rank ? rankInWords(cell).replace(/^rank | in its band$/g, "") : h("span", { class: "hint" }, column.direction === "none" ? "no direction" : "not ranked")
      ),
      h("td", { class: "n" }, String(cell.n)),
      h(
        "td",
        { class: misses ? "n mark" : "n" },
        misses ? tip(h("span", { tabindex: "0" }, `${misses} of ${misses + cell.n}`), () => cellTip(cell, column)) : "0"
      ),
      h(
        "td",
        { class: "groups" },
        Object.entries(cell.groups ?? {}).map(
          ([language, [value, low, high]]) => h(
            "span",
            { title: low === null ? "" : `${number(low, column.digits)} to ${number(high, column.digits)}` },
            h("small", {}, `${language} `),
            number(value, column.digits)
          )
        )
      )
    );
  }
  function clipsSection(entry, params) {
    const choices2 = DATA.columns.filter((column2) => entry.cells[column2.index]?.clips);
    if (!choices2.length) return null;
    if (!hasDetails([entry])) return h("p", { class: "hint" }, "Loading the scores of its clips …");
    const column = choices2.find((one) => `${one.table}:${one.metric}` === params.clips) ?? choices2[0];
    const cell = entry.cells[column.index];
    const holder = figureOf((width) => stripPlot([{ title: entry.title, cell }], column, width));
    const misses = Object.entries(cell.failed ?? {});
    return h(
      "section",
      {},
      h("h2", {}, "Clip by clip"),
      h(
        "div",
        { class: "toolbar" },
        select(
          "Metric",
          choices2.map((one) => [`${one.table}:${one.metric}`, `${one.title}, ${tableName(one.table)}`]),
          `${column.table}:${column.metric}`,
          (clips) => setParams({ clips })
        )
      ),
      holder,
      h(
        "p",
        { class: "hint" },
        `Each dot is a clip, the line the value over all, the bar its 95% interval. ${cell.all ? "" : `${cell.clips.length} of ${cell.n} clips: the worst, and others evenly spaced in rank.`}`
      ),
      h("h3", {}, column.direction === "none" ? "Lowest" : "Worst clips"),
      h(
        "div",
        SCROLLS,
        h(
          "table",
          { class: "plain" },
          h(
            "tbody",
            {},
            misses.map(
              ([clip, reason]) => h(
                "tr",
                {},
                h("th", { scope: "row" }, clip),
                h("td", { class: "mark" }, "failed"),
                h("td", { colspan: "2" }, reason)
              )
            ),
            cell.clips.slice(0, 8).map(([index, value]) => {
              const clip = DATA.clips[index];
              return h(
                "tr",
                {},
                h("th", { scope: "row" }, clip.id),
                h("td", { class: "n" }, `${number(value, column.digits + 1)}${unit(column)}`),
                h("td", {}, clip.text ? clipName(clip) : ""),
                h("td", { class: "plays" }, playButtons(entry, clip, (other) => sampleOf(other, column, clip)))
              );
            })
          )
        )
      )
    );
  }
  function playButtons(entry, clip, sample = (of) => of.samples[clip.id]) {
    if (!sample(entry)) return null;
    const reference = DATA.entries.find((other) => other !== entry && other.id === "reference" && sample(other));
    return [
      playButton(sample(entry), `${clip.id} through ${entry.name}`),
      reference && [playButton(sample(reference), `${clip.id}, reference`), h("small", {}, "reference")]
    ];
  }
  function samplesSection(entry) {
    const clips = DATA.clips.filter((clip) => entry.samples[clip.id]).sort((one, other) => Boolean(one.recipe) - Boolean(other.recipe));
    if (!clips.length) return null;
    const [suite, , domain] = Object.keys(TABLES)[0].split("/");
    return h(
      "section",
      {},
      h("h2", {}, "Listen"),
      h(
        "div",
        SCROLLS,
        h(
          "table",
          { class: "plain" },
          h(
            "tbody",
            {},
            clips.map(
              (clip) => h(
                "tr",
                {},
                h("th", { scope: "row" }, clipName(clip), clip.prompt && h("small", {}, ` ${promptOf(clip)}`)),
                h("td", { class: "plays" }, playButtons(entry, clip)),
                h(
                  "td",
                  {},
                  h(
                    "a",
                    { href: linkTo([suite, clip.domain ?? domain, "listen"], { clip: clip.id }) },
                    "Through all tokenizers"
                  )
                )
              )
            )
          )
        )
      )
    );
  }

  // js/summary.js
  function placesOf(entry, columns) {
    return columns.flatMap((column) => {
      const [best, worst, rivals] = entry.cells[column.index]?.rank ?? [];
      if (!(rivals > 1)) return [];
      const place2 = best === 1 && worst < rivals ? "top" : worst === rivals && best > 1 ? "bottom" : "middle";
      return [{ question: column.question, place: place2 }];
    });
  }
  function strengths(name2, band, places) {
    if (!places.length) return `${name2} has no ranks: nothing in its band was measured on the same clips.`;
    const questions = [...new Set(places.map(({ question }) => question))];
    const has = (question, place2) => places.some((one) => one.question === question && one.place === place2);
    const top = questions.filter((question) => has(question, "top") && !has(question, "bottom"));
    const bottom = questions.filter((question) => has(question, "bottom") && !has(question, "top"));
    const parts = [
      top.length > 0 && `among the best on ${listed(top.map(kept))}`,
      bottom.length > 0 && `among the last on ${listed(bottom.map(kept))}`
    ].filter(Boolean);
    if (!parts.length) return `In its band (${band}) ${name2} is clearly ahead of nobody and behind nobody.`;
    return `In its band (${band}) ${name2} is ${parts.join(" and ")}.`;
  }
  function summarySection(entry) {
    if (entry.kind === "anchor") return null;
    const key = Object.keys(entry.rates).find((one) => entry.rates[one].band !== void 0);
    const table = key && TABLES[key];
    const rates = table ? ratesOf(entry, table.suite, table.domain) : {};
    const columns = table ? DATA.columns.filter((column) => TABLES[column.table].domain === table.domain) : [];
    return h(
      "section",
      { class: "summary", "aria-label": "In short" },
      table && h("p", { class: "lead" }, strengths(entry.name, `${DATA.bands[rates.band]}, ${table.domain}`, placesOf(entry, columns))),
      h("dl", { class: "tiles" }, tiles(entry, rates, columns).map(([title, value]) => h("div", {}, h("dt", {}, title), h("dd", {}, value))))
    );
  }
  function tiles(entry, rates, columns) {
    const speed = (metric) => {
      const column = columns.find((one) => one.metric === metric);
      const cell = column && entry.cells[column.index];
      return cell?.v > 0 ? `${number(1 / cell.v, 1)} × real time` : "not measured";
    };
    const latency = latencyOf(entry);
    return [
      ["Bitrate", rates.bitrate === void 0 ? "not measured" : `${rate("bitrate", rates.bitrate)} ${RATE_UNITS.bitrate}`],
      ["Tokens", rates.token_rate === void 0 ? "not measured" : `${rate("token_rate", rates.token_rate)} per s`],
      ["Parameters", entry.environment.parameters === void 0 || entry.environment.parameters === null ? "not counted" : millions(entry.environment.parameters)],
      ["Latency", latency === void 0 ? entry.card?.streamable ? "not measured" : "does not stream" : `${latency} ms`],
      ["Encodes at", speed("rtf_encode")],
      ["Decodes at", entry.card?.decoder === "-" ? "has no decoder" : speed("rtf_decode")],
      ["Licence", entry.card?.licence ?? "not stated"]
    ];
  }

  // js/tokenizer.js
  function tokenizerView({ path, params }) {
    const entry = entryByKey(path[1]);
    if (!entry)
      return h(
        "article",
        { class: "sheet" },
        h("h1", {}, "Unknown tokenizer"),
        h("p", { role: "alert" }, `This board has no tokenizer called ${path[1] ?? ""}. `, h("a", { href: "#/" }, "To the board"))
      );
    const back = (params.from ?? "").split("/");
    return h(
      "article",
      { class: "sheet" },
      h("p", { class: "crumb" }, h("a", { href: linkTo(back.length === 2 ? back : []) }, "← Board")),
      h("h1", {}, entry.name),
      h(
        "p",
        { class: "identifier" },
        h("code", {}, entry.id),
        copyButton(entry.id, "Copy the identifier"),
        badges(entry)
      ),
      entry.card && h("p", { class: "lead" }, entry.card.summary),
      entry.kind === "tokenizer" && h("p", {}, h("a", { href: linkTo(["compare", entryKey(entry)]) }, "Compare it with another →")),
      summarySection(entry),
      h(
        "div",
        { class: "pair" },
        entry.card && cardSection(entry.card, latencyOf(entry)),
        h("div", {}, ratesSection(entry), conformanceSection(entry))
      ),
      scoresSection(entry),
      clipsSection(entry, params),
      samplesSection(entry),
      provenanceSection(entry)
    );
  }
  function badges(entry) {
    const badge = (text, title) => h("span", { class: "badge", title }, text);
    return [
      entry.kind === "anchor" ? badge("anchor", "Gives the scale; has no tokens of its own and no rank") : entry.origin === "local" ? badge("local", "Scored on the machine that built this page") : badge("submission", "From leaderboard/submissions"),
      entry.verified && badge(entry.verified, "Whether maintainers decoded its tokens and scored the audio again, and of how many clips"),
      entry.card?.streamable && badge("streaming"),
      entry.card?.licence && badge(entry.card.licence)
    ];
  }
  function cardSection(card, latency) {
    const list = (values) => values?.length ? values.join(", ") : "–";
    return h(
      "section",
      {},
      h("h2", {}, "Card"),
      definitions([
        ["Paper", externalLink(card.paper)],
        ["Code", externalLink(card.code)],
        ["Weights", card.weights ? externalLink(card.weights) : "none"],
        ["SHA-256", card.weights_sha256 && h("code", { class: "hash" }, card.weights_sha256)],
        ["Weights verified", card.weights_verified],
        ["Licence", card.licence],
        ["Made for", list(card.domains)],
        ["Encoder", card.encoder],
        ["Decoder", card.decoder === "-" ? "none" : card.decoder],
        ["Representation", card.representation === "T" ? "time" : "time–frequency"],
        ["Quantizer", card.quantizer],
        ["Rate control", card.rate],
        ["Objective", list(card.objective)],
        ["Auxiliary", list(card.auxiliary)],
        ["Trained jointly", card.joint ? "yes" : "no"],
        ["Streaming", card.streamable ? "yes" : "no"],
        ["Latency, measured", latency === void 0 ? void 0 : `${latency} ms`],
        ["Training data", card.training_data],
        ["Taught by", list(card.trained_with)]
      ])
    );
  }
  function ratesSection(entry) {
    const tables = Object.entries(entry.rates).filter(([, rates]) => rates.bitrate !== void 0);
    return h(
      "section",
      {},
      h("h2", {}, "Measured rates"),
      tables.length === 0 ? h("p", { class: "hint" }, entry.kind === "anchor" ? "An anchor has no tokens." : "Not measured.") : h(
        "div",
        SCROLLS,
        h(
          "table",
          { class: "plain" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              h("th", { scope: "col" }, "Data"),
              COUNTED_RATES.map(
                (name2) => h("th", { scope: "col", class: "n" }, RATE_TITLES[name2], h("br"), h("small", {}, RATE_UNITS[name2]))
              )
            )
          ),
          h(
            "tbody",
            {},
            tables.map(
              ([key, rates]) => h(
                "tr",
                {},
                h(
                  "th",
                  { scope: "row" },
                  capital(tableName(key)),
                  h("br"),
                  h("small", {}, DATA.bands[rates.band] ?? "")
                ),
                COUNTED_RATES.map((name2) => h("td", { class: "n" }, rate(name2, rates[name2])))
              )
            )
          )
        )
      )
    );
  }
  function conformanceSection(entry) {
    if (entry.kind === "anchor") return null;
    const report = entry.conformance;
    return h(
      "section",
      {},
      h("h2", {}, "Conformance"),
      !report ? h("p", { class: "hint" }, "No report came with these results.") : [
        h("p", { class: "hint" }, `Checked on ${report.device}.`),
        h(
          "ul",
          { class: "checks" },
          report.findings.map(
            ({ check, outcome, message }) => h(
              "li",
              { class: outcome.replaceAll(" ", "-") },
              h("span", { class: "outcome" }, outcome),
              " ",
              capital(String(check).replaceAll("_", " ")),
              message && h("small", {}, `: ${message}`)
            )
          )
        )
      ]
    );
  }
  function provenanceSection(entry) {
    const { command, ...rest } = entry.environment;
    const facts = Object.entries({ ...entry.provenance, ...rest }).sort(([a], [b]) => a.localeCompare(b));
    return h(
      "section",
      {},
      h("h2", {}, "Provenance"),
      command && h("p", { class: "command" }, h("code", {}, String(command)), copyButton(String(command), "Copy the command")),
      facts.length > 0 && h(
        "details",
        {},
        h("summary", {}, "Versions, hashes and the machine"),
        definitions(
          facts.map(([name2, value]) => [
            name2,
            h("code", { class: "hash" }, typeof value === "object" ? JSON.stringify(value) : String(value))
          ])
        )
      )
    );
  }

  // js/main.js
  var MODES = [
    ["table", "Table"],
    ["plot", "Rate–distortion"],
    ["listen", "Listen"]
  ];
  var PAGES = { tokenizer: tokenizerView, compare: compareView, published: publishedView, failures: failuresView, about: aboutView };
  function suiteView({ path, params }) {
    const suite = suiteByName(path[0]) ?? DATA.suites[0];
    if (!suite) return h("p", { class: "empty" }, "No results yet. Run: make leaderboard");
    if (path[0] && !suiteByName(path[0])) return unknownPlace(`This board has no suite or page called ${path[0]}.`);
    if (path[1] && !domainsOf(suite).includes(path[1])) return unknownPlace(`The suite ${suite.name} has no domain called ${path[1]}.`);
    const domains = domainsOf(suite);
    const domain = domains.includes(path[1]) ? path[1] : domains[0];
    const mode = MODES.some(([name2]) => name2 === path[2]) ? path[2] : "table";
    const at = { suite: suite.name, domain, params };
    const to = (where) => {
      const next = { domain, mode, ...where };
      go([suite.name, next.domain, next.mode], {
        ...params,
        y: void 0,
        sort: where.domain ? void 0 : params.sort,
        task: where.domain ? void 0 : params.task,
        plus: where.domain ? void 0 : params.plus,
        minus: where.domain ? void 0 : params.minus
      });
    };
    const first = path.length === 0;
    const content = { table: boardPart, plot: plotView, listen: listenView }[mode](at);
    return h(
      "article",
      { class: "suite" },
      first && introduction(),
      mode === "table" && taskBar(at),
      first && links(),
      h(
        "div",
        { class: "head" },
        h(first ? "h2" : "h1", {}, taskOf(params)?.title ?? `Suite ${suite.name}`, h("small", {}, summary2(at))),
        h(
          "div",
          { class: "switches" },
          choice(
            "Domain",
            domains.map((name2) => [name2, capital(name2)]),
            domain,
            (value) => to({ domain: value })
          ),
          choice("View", MODES, mode, (value) => to({ mode: value }))
        )
      ),
      mode === "table" && questionBar(at),
      tools(at, mode),
      params.panel === "filters" && filterPanel(at),
      params.panel === "columns" && mode === "table" && columnPanel(at),
      params.panel === "borda" && mode === "table" && bordaPanel(at),
      content
    );
  }
  function unknownPlace(text) {
    return h("article", { class: "sheet" }, h("h1", {}, "Not found"), h("p", { role: "alert" }, text), h("p", {}, h("a", { href: "#/" }, "To the board")));
  }
  function summary2(at) {
    const columns = columnsOf(at.suite, at.domain);
    const measured = DATA.entries.filter((entry) => columns.some((column) => entry.cells[column.index]));
    const anchors = measured.filter((entry) => entry.kind === "anchor").length;
    const clips = Math.max(0, ...headline(columns).map((column) => column.n));
    const parts = [
      [measured.length - anchors, "tokenizer"],
      [anchors, "anchor"],
      [clips, "clip"],
      [columns.length, "metric"]
    ];
    return parts.filter(([count]) => count).map(([count, noun]) => `${count} ${noun}${count === 1 ? "" : "s"}`).join(", ");
  }
  function questionBar(at) {
    const present2 = new Set(columnsOf(at.suite, at.domain).map((column) => column.question));
    const options = [
      ["overview", taskOf(at.params)?.title ?? "Overview"],
      ...Object.entries(QUESTIONS).filter(([name2]) => present2.has(name2)),
      ["all", "All"]
    ];
    return choice(
      "Question",
      options,
      at.params.q ?? "overview",
      (q) => stepParams({ q: q === "overview" ? void 0 : q, plus: void 0, minus: void 0 })
    );
  }
  function tools(at, mode) {
    const { params } = at;
    const panel = (name2, label, count) => h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-expanded": String(params.panel === name2),
        "aria-controls": "panel",
        "data-key": `panel:${name2}`,
        onclick: () => stepParams({ panel: params.panel === name2 ? void 0 : name2 })
      },
      label,
      count > 0 && h("span", { class: "count" }, String(count))
    );
    const search = h("input", {
      type: "search",
      placeholder: "Search tokenizers",
      "aria-label": "Search tokenizers",
      value: params.search ?? "",
      "data-key": "search",
      oninput: (event) => setParams({ search: event.target.value || void 0 })
    });
    const panels = [
      panel("filters", "Filters", activeFilters(params)),
      mode === "table" && [panel("columns", "Columns", 0), panel("borda", "Borda", 0)]
    ];
    const open = Boolean(params.panel);
    return h(
      "div",
      { class: "toolbar", role: "group", "aria-label": "Tools" },
      search,
      NARROW.matches ? h("details", { class: "more", open }, h("summary", { class: "quiet" }, "Options"), panels, more(at, mode)) : [panels, more(at, mode)]
    );
  }
  function more(at, mode) {
    const { params } = at;
    return [
      mode === "table" && [
        checkbox("Intervals", params.intervals !== "0", (on) => stepParams({ intervals: on ? void 0 : "0" })),
        checkbox("Rate bands", params.group !== "0", (on) => stepParams({ group: on ? void 0 : "0" }))
      ],
      h(
        "span",
        { class: "right" },
        h("button", { type: "button", class: "quiet", onclick: () => copy(location.href) }, "Copy link"),
        h("button", { type: "button", class: "quiet", onclick: () => saveBoard(at, "csv") }, "CSV"),
        h("button", { type: "button", class: "quiet", onclick: () => saveBoard(at, "json") }, "JSON")
      )
    ];
  }
  function boardPart(at) {
    const { model, node } = boardTable(at);
    announce(`${model.rows.length} tokenizers shown`);
    return node;
  }
  function tabs(state) {
    const current = state.path[0] ?? DATA.suites[0]?.name;
    const onSuite = suiteByName(current) || !PAGES[current];
    const tab = (name2, label, path) => h(
      "a",
      { href: linkTo(path), "aria-current": (onSuite ? current ?? name2 : current) === name2 ? "page" : null },
      label
    );
    document.getElementById("tabs").replaceChildren(
      ...DATA.suites.map((suite) => tab(suite.name, suite.name, [suite.name])),
      tab("compare", "Compare", ["compare"]),
      tab("published", "DATES, published", ["published"]),
      tab("about", "How to read", ["about"])
    );
  }
  var positions = [];
  function arrival() {
    const known = history.state?.step;
    if (known !== void 0) return positions[known] ?? 0;
    history.replaceState({ step: positions.push(scrollY) - 1 }, "");
    return void 0;
  }
  function keepPositions() {
    const keep = () => {
      if (history.state) positions[history.state.step] = scrollY;
    };
    history.scrollRestoration = "manual";
    document.addEventListener("scroll", keep, { passive: true });
  }
  function render() {
    const state = readState();
    const view = document.getElementById("view");
    const active = document.activeElement;
    const kept2 = active?.dataset?.key && {
      key: active.dataset.key,
      start: active.type === "search" ? active.selectionStart : null
    };
    const scrolled = new Map(
      [...view.querySelectorAll("[data-keep]")].map((node) => [node.dataset.keep, node.scrollLeft])
    );
    const page = state.path.slice(0, 3).join("/");
    const arrived = arrival();
    if (player.playing && render.page !== page) pause(true);
    tabs(state);
    view.replaceChildren((PAGES[state.path[0]] && !suiteByName(state.path[0]) ? PAGES[state.path[0]] : suiteView)(state));
    document.title = `${view.querySelector("h1")?.firstChild?.textContent ?? "Board"} · audiotok leaderboard`;
    for (const node of view.querySelectorAll("[data-keep]")) node.scrollLeft = scrolled.get(node.dataset.keep) ?? 0;
    if (kept2) {
      const again = view.querySelector(`[data-key="${CSS.escape(kept2.key)}"]`);
      again?.focus({ preventScroll: true });
      if (kept2.start !== null) again?.setSelectionRange(kept2.start, kept2.start);
    } else if (render.page !== void 0 && render.page !== page) {
      const heading = view.querySelector("h1");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus({ preventScroll: true });
      announce(document.title);
    }
    if (arrived !== void 0) scrollTo(0, arrived);
    else if (render.page !== void 0 && render.page !== page) scrollTo(0, 0);
    render.page = page;
  }
  function startTheme() {
    const root = document.documentElement;
    const button = document.getElementById("theme");
    const label = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", `Use the ${isDark() ? "light" : "dark"} colour theme`);
    };
    root.dataset.theme = stored("theme") ?? "";
    if (!root.dataset.theme) delete root.dataset.theme;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("audiotok-theme", root.dataset.theme);
      } catch {
      }
      label();
      render();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      label();
      render();
    });
    label();
  }
  function stored(name2) {
    try {
      return localStorage.getItem(`audiotok-${name2}`);
    } catch {
      return null;
    }
  }
  keepPositions();
  startTheme();
  startTooltips();
  startPlayButtons();
  window.addEventListener("hashchange", render);
  NARROW.addEventListener("change", render);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("view").focus();
  });
  render();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
})();
