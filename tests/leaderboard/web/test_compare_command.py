"""The comparison of the page and `audiotok compare` give the same p-values and verdicts, on rows of the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.entry import Entry, read_entry
from audiotok.results.compare import compare
from audiotok.results.signature import parse
from audiotok.tasks.suites import SUITES, family

SUBMISSIONS = Path(__file__).parents[3] / "leaderboard" / "submissions"
#: All have optional tasks; the output of the first two comes early, and the evaluation model taught the second.
ROWS = (
    "audiotok-rvq-num-codebooks-8",
    "audiotok-distilled-num-codebooks-8",
    "codec2-mode-3200",
    "lyra-num-codebooks-16",
)


@pytest.fixture(scope="module")
def rows() -> list[Entry]:
    """Their required tasks and one optional task on the same data."""
    kept = ("reconstruction", "wer", "stability")
    entries = [read_entry(SUBMISSIONS / name) for name in ROWS]
    return [
        replace(entry, samples={}, results=tuple(r for r in entry.results if parse(r.signature).task in kept))
        for entry in entries
    ]


def by_command(a: Entry, b: Entry) -> dict[tuple[str, str], tuple[str, str]]:
    """(domain, title) -> p and verdict of `audiotok compare` on the required tasks, as the page writes them."""
    required = [(part.task, part.data) for part in SUITES["mini"].required]
    sides = (
        [r for r in entry.results if (parse(r.signature).task, parse(r.signature).data) in required] for entry in (a, b)
    )
    titles = {entry.tokenizer: (entry.card or {})["title"] for entry in (a, b)}
    found = {}
    for row in compare(*sides, family=family):
        who, better, _ = row.verdict.partition(" is better")
        p = "" if row.p is None else "< 0.001" if row.p < 0.001 else f"{row.p:.3f}"
        found[row.a.domain, row.a.title] = p, f"{titles[who]} is better" if better else row.verdict
    return found


def test_the_page_and_the_command_agree(browse: Callable[[Path], Any], rows: list[Entry], tmp_path: Path) -> None:
    page = browse(build(rows, tmp_path))
    page.open()
    tested = 0
    for a, b in combinations(rows, 2):
        page.go(f"#/compare/{quote(a.tokenizer, safe='')}/{quote(b.tokenizer, safe='')}")
        page.wait("return document.querySelector('#verdict')")
        shown = page.js(
            """return [...document.querySelectorAll('section')].flatMap((section) => {
                 const title = section.querySelector('h2').textContent;
                 return [...section.querySelectorAll('.compare tbody tr:not(.band)')].map((tr) =>
                   [title, tr.cells[0].firstChild.textContent, tr.cells[4].textContent, tr.cells[5].textContent]);
               })"""
        )
        expected = by_command(a, b)
        for title, metric, p, verdict in shown:
            data, _, domain = title.partition(", ")
            if data != "mini" or (domain, metric) not in expected:
                continue  # of an optional task
            assert p == expected[domain, metric][0], (a.tokenizer, b.tokenizer, domain, metric)
            if p:
                assert verdict == expected[domain, metric][1]
                tested += 1
    assert tested > 100
