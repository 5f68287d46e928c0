"""Writes the tables of docs/which-tokens.md from the rows in leaderboard/submissions, the cards and published rates.

python docs/make_which_tokens.py          # rewrite the tables
python docs/make_which_tokens.py --check  # exit status 1 if the page is stale
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import audiotok
from audiotok import registry
from audiotok.core.card import TokenizerCard
from audiotok.results.frame import read_all
from audiotok.results.record import Result

DOCS = Path(__file__).parent
PAGE, SUBMISSIONS = DOCS / "which-tokens.md", DOCS.parent / "leaderboard" / "submissions"

Row = Mapping[str, Result]  # by metric
#: Rates over all published variants, of the tokenizers whose rate does not depend on the clip.
RATES: dict[str, dict[str, list[float]]] = {
    name: rates
    for name, rates in json.loads(
        (Path(audiotok.__file__).parent / "tokenizers" / "rates.json").read_text(encoding="utf-8")
    ).items()
    if rates["token_rates"]
}
Fits = Callable[[TokenizerCard, Mapping[str, list[float]]], bool]
#: use, the condition in words, and the condition as a function of a card and its rates
USES: tuple[tuple[str, str, Fits], ...] = (
    (
        "speech language model without audio output",
        "speech, at most 50 tokens/s",
        lambda card, rates: "speech" in card.domains and rates["token_rates"][0] <= 50,
    ),
    (
        "speech language model with audio output, text to speech",
        "speech, has a decoder, at most 100 tokens/s",
        lambda card, rates: "speech" in card.domains and card.decoder != "-" and rates["token_rates"][0] <= 100,
    ),
    (
        "transmission",
        "speech, has a decoder, streams, at most 6 kbit/s",
        lambda card, rates: (
            "speech" in card.domains and card.decoder != "-" and card.streamable and rates["bitrates"][0] <= 6000
        ),
    ),
    (
        "music and sounds",
        "music, has a decoder, 24 kHz or more",
        lambda card, rates: "music" in card.domains and card.decoder != "-" and rates["sample_rates"][-1] >= 24000,
    ),
)


def rows(metric: str = "lm_bits") -> list[Row]:
    """Rows of the tokenizers that have this score on speech, the lowest first."""
    found = [
        {result.metric: result for result in read_all(folder) if result.domain == "speech"}
        for folder in SUBMISSIONS.iterdir()
    ]
    return sorted((row for row in found if metric in row), key=lambda row: value(row, metric))


def value(row: Row, metric: str) -> float:
    estimate = row[metric].estimate
    if estimate is None:
        sys.exit(f"{row[metric].tokenizer}: {metric} failed on all clips")
    return estimate.value


def plain(row: Row, metric: str, digits: int) -> str:
    return f"{value(row, metric):.{digits}f}" if metric in row else ""


def with_interval(row: Row, metric: str) -> str:
    estimate = row[metric].estimate if metric in row else None
    if estimate is None or estimate.low is None or estimate.high is None:
        return ""
    return f"{estimate.value:.0f} [{estimate.low:.0f}, {estimate.high:.0f}]"


def costs() -> str:
    heads = (
        *("bit/s", "order 0", "bigram", "language model", "saved %", "dWER %"),
        *("speaker similarity", "shift", "noise", "re-encoded"),
    )
    lines = [f"| tokenizer | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for row in rows():
        saved = 100 * (1 - value(row, "lm_bits") / value(row, "lm_order0"))
        cells = (
            f"`{row['lm_bits'].tokenizer}`",
            *(plain(row, metric, 0) for metric in ("bitrate", "lm_order0", "lm_bigram")),
            with_interval(row, "lm_bits"),
            f"{saved:.0f}",
            plain(row, "dwer", 1),
            plain(row, "speaker_ge2e", 2),
            *(plain(row, f"equal_{test}", 0) for test in ("shift", "noise_20", "generation_1")),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def pairs() -> str:
    asked = ("speaker", "speaker_bigram", "background", "background_bigram", "word")
    shown = [row for row in rows() if "pairs_speaker" in row]
    counts = {name: shown[0][f"pairs_{name}"].estimate for name in asked}
    titles = {"speaker": "same speaker", "background": "same background", "word": "word"}
    heads = [
        "bigram" if name.endswith("bigram") else f"{titles[name]} ({count.n if count else 0})"
        for name, count in counts.items()
    ]
    lines = [f"| tokenizer | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for row in shown:
        cells = (f"`{row['lm_bits'].tokenizer}`", *(with_interval(row, f"pairs_{name}") for name in asked))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def words() -> str:
    """Rows of the lexicon task, those with most known words first."""
    heads = ("words learned", "known", "control", "bigram", "known, 2 min", "8 min", "minutes to 75 %", "agreement")
    lines = [f"| tokenizer | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for row in reversed(rows("lexicon_known")):
        cells = (
            f"`{row['lexicon_known'].tokenizer}`",
            with_interval(row, "lexicon_learned") or "void",
            *(with_interval(row, f"lexicon_{metric}") for metric in ("known", "control", "learned_bigram")),
            *(plain(row, f"lexicon_known_after_{minutes}", 0) for minutes in (2, 8)),
            plain(row, "lexicon_minutes", 1) if row["lexicon_minutes"].estimate else "–",
            with_interval(row, "lexicon_agreement") or "void",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def uses() -> str:
    """Tokenizers whose card and published rates fit a use, ordered by their lowest token rate."""
    lines = ["| use | condition | tokenizers (tokens/s; licence of the weights) |", "|---|---|---|"]
    known = {name: card for name in registry.available() if (card := registry.card(name)) and name in RATES}
    for title, condition, fits in USES:
        found = sorted((name for name in known if fits(known[name], RATES[name])), key=_fewest)
        listed = ", ".join(f"`{name}` ({_span(name, 'token_rates')}; {known[name].licence})" for name in found)
        lines.append(f"| {title} | {condition} | {listed} |")
    return "\n".join(lines)


def _fewest(name: str) -> float:
    return RATES[name]["token_rates"][0]


def _span(name: str, kind: str) -> str:
    values = RATES[name][kind]
    return "-".join(dict.fromkeys(f"{round(value, 1):g}" for value in (values[0], values[-1])))


def page() -> str:
    text = PAGE.read_text(encoding="utf-8")
    for name, table in (("uses", uses()), ("costs", costs()), ("pairs", pairs()), ("words", words())):
        text = with_table(text, name, table)
    return text


def with_table(text: str, name: str, table: str) -> str:
    """The page with a table between its two markers."""
    begin, end = f"<!-- {name}: python docs/make_which_tokens.py -->", f"<!-- end of {name} -->"
    if text.count(begin) != 1 or text.count(end) != 1:
        sys.exit(f"{PAGE}: expected {begin} and {end} once each")
    before, after = text.split(begin)[0], text.split(end)[1]
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


if __name__ == "__main__":
    made = page()
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == made else f"{PAGE} is stale: run {__file__}")
    PAGE.write_text(made, encoding="utf-8")
