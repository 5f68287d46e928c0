from __future__ import annotations

import hashlib
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audiotok.leaderboard.page import build as module
from audiotok.leaderboard.page.build import BUNDLE, STATIC, build
from audiotok.leaderboard.page.cell import MAX_CLIPS, digits
from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.record import Estimate, Result, ScoredClip

ROOT = Path(__file__).parents[3]
HOSTILE = '</script><script>alert(1)</script><!--<img src=x onerror="alert(2)">{{ 7*7 }}\u2028'


def data_of(page: Path) -> dict[str, Any]:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found
    return json.loads(found[1])


@pytest.fixture(scope="module")
def page(board: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(board, tmp_path_factory.mktemp("page"))


@pytest.mark.slow
def test_equal_entries_give_an_equal_page_in_whatever_order_they_come(
    board: list[Entry], page: Path, tmp_path: Path
) -> None:
    assert build(board[::-1], tmp_path).read_bytes() == page.read_bytes()


@pytest.mark.parametrize("broken", ["a sample that is none", "an overflowing score"])
def test_a_row_that_cannot_be_shown_is_named_and_the_others_are_shown(
    board: list[Entry], tmp_path: Path, broken: str
) -> None:
    first, second = board[:2]
    (tmp_path / "speech-00.wav").write_bytes(b"RIFF" + bytes(range(200)))
    score = ScoredClip("speech-00", 1e300, 1e-300)
    changes = {
        "a sample that is none": {"samples": {"speech-00": tmp_path / "speech-00.wav"}},
        "an overflowing score": {"results": (replace(first.results[0], scores=(score,)), *first.results[1:])},
    }
    with pytest.warns(UserWarning, match=re.escape(f"left out {first.tokenizer}: cannot be shown")):
        page = build([replace(first, **changes[broken]), second], tmp_path / "board", refused={"other": "why"})
    shown = data_of(page)
    assert [entry["id"] for entry in shown["entries"]] == [second.tokenizer]
    assert sorted(shown["refused"]) == sorted([first.tokenizer, "other"])


def test_the_page_refers_to_nothing_outside_itself_but_links(page: Path) -> None:
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", page.read_text("utf-8"), flags=re.DOTALL)
    assert not re.search(r"""\b(src|href)\s*=\s*["']?(https?:)?//""", markup)
    assert "default-src 'none'" in markup


def test_what_a_submission_says_never_becomes_markup(board: list[Entry], tmp_path: Path) -> None:
    entry = next(entry for entry in board if entry.kind == "tokenizer")
    hostile = replace(
        entry,
        card={**(entry.card or {}), "title": HOSTILE, "summary": HOSTILE, "paper": "javascript:alert(3)"},
        environment={"command": HOSTILE},
        results=tuple(replace(result, title=HOSTILE, question=HOSTILE) for result in entry.results),
    )
    page = build([hostile], tmp_path, clips={"speech-00": {"text": HOSTILE}}, refused={HOSTILE: HOSTILE})
    html = page.read_text("utf-8")
    assert "<img src=x" not in html
    assert html.count("</script>") == 1 + len(module.FIRST) + 1
    assert html.count("<script src=") == len(module.FIRST)
    assert data_of(page)["entries"][0]["card"]["summary"] == HOSTILE


def test_a_board_without_entries_is_still_a_page(tmp_path: Path) -> None:
    assert data_of(build([], tmp_path))["entries"] == []


def test_samples_lie_beside_the_page_as_scripts_named_by_their_content(page: Path, board: list[Entry]) -> None:
    shown = next(entry for entry in data_of(page)["entries"] if entry["id"] == "reference")
    original = next(entry for entry in board if entry.tokenizer == "reference").samples["speech-00"].read_bytes()
    script = (page.parent / "samples" / f"{shown['samples']['speech-00']}.js").read_text("ascii")
    assert shown["samples"]["speech-00"] == hashlib.sha256(original).hexdigest()[:24]
    assert re.fullmatch(r'audiotokSample\("[0-9a-f]{24}","[A-Za-z0-9+/=]+"\);\n', script)


def test_a_wav_of_a_run_travels_as_flac_clipped_as_it_was_scored(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", np.linspace(-2, 2, 4000, dtype=np.float32), 16000, subtype="FLOAT")
    (tmp_path / "small.flac").write_bytes(module._as_flac(tmp_path / "loud.wav"))
    waveform, rate = soundfile.read(tmp_path / "small.flac")
    assert (rate, len(waveform)) == (16000, 4000)
    assert (waveform.min(), waveform.max()) == (-1.0, pytest.approx(1.0, abs=1e-4))


def test_samples_of_an_earlier_build_go_and_the_users_files_stay(board: list[Entry], tmp_path: Path) -> None:
    build(board, tmp_path)
    (tmp_path / "samples" / "mine.js").touch()
    build([replace(entry, samples={}) for entry in board], tmp_path)
    assert [path.name for path in (tmp_path / "samples").iterdir()] == ["mine.js"]


def test_the_bundle_was_made_from_the_modules_as_they_are() -> None:
    sources = b"".join(path.read_bytes() for path in sorted((STATIC / "js").glob("*.js")))
    first = BUNDLE.read_text("utf-8").splitlines()[0]
    assert hashlib.sha256(sources).hexdigest() in first, "the bundle is old: npm run bundle"


@pytest.mark.skipif(not (ROOT / "node_modules/esbuild").exists(), reason="needs esbuild: npm install --no-package-lock")
def test_the_bundle_is_what_the_bundler_writes(tmp_path: Path) -> None:
    fresh = tmp_path / "page.js"
    subprocess.run(["node", STATIC / "bundle.mjs", fresh], check=True)
    assert BUNDLE.read_bytes() == fresh.read_bytes(), "the bundle is old or was edited: npm run bundle"


def test_the_page_says_when_and_from_what_it_was_built(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    again = build([], tmp_path)
    assert data_of(again)["built"]["date"] == "1970-01-02"
    assert data_of(page)["built"]["commit"].startswith(data_of(page)["version"])


def test_the_bundled_libraries_are_the_ones_that_their_readme_names() -> None:
    described = re.findall(
        r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", (STATIC / "vendor/README.md").read_text("utf-8"), re.M
    )
    assert {name for name, _ in described} == set(module.VENDOR)
    for name, expected in described:
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == expected


@pytest.mark.parametrize(
    ("halves", "unit", "expected"),
    [((0.04, 0.05), "", 2), ((0.003,), "", 3), ((3.0, 4.0), "%", 1), ((15.0,), "Hz", 0), ((0.03, 3.0), "dB", 1)],
)
def test_no_digit_is_printed_that_the_interval_makes_meaningless(
    halves: tuple[float, ...], unit: str, expected: int
) -> None:
    assert digits([Estimate(2.0, 2.0 - half, 2.0 + half, 40) for half in halves], unit) == expected


def test_without_intervals_three_significant_digits_are_printed() -> None:
    assert digits([Estimate(0.123456, None, None, 40)], "") == 3
    assert digits([Estimate(123.456, None, None, 40)], "") == 0


def test_of_thousands_of_clips_the_worst_and_an_even_sample_travel(board: list[Entry]) -> None:
    entry = next(entry for entry in board if entry.kind == "tokenizer")
    result = next(result for result in entry.results if result.metric == "estoi")
    scores = tuple(ScoredClip(f"clip-{i:04}", i / 2000, 1.0) for i in range(2000))
    data = page_data([replace(entry, results=(replace(result, scores=scores),))], {}, {})
    (cell,) = data["entries"][0]["cells"].values()
    values = [value for _, value in cell["clips"]]
    assert len(values) == MAX_CLIPS
    assert values[:3] == [0.0, 0.0005, 0.001]
    assert values[-1] == 1999 / 2000
    assert cell["all"] == 0


def test_data_outside_the_suites_has_a_tab_of_its_own(board: list[Entry]) -> None:
    entry = next(entry for entry in board if entry.kind == "tokenizer")
    own = tuple(
        replace(result, signature=result.signature.replace("data:mini@", "data:calls@")) for result in entry.results
    )
    suites = page_data([entry, replace(entry, results=own)], {}, {})["suites"]
    assert [(suite["name"], suite["official"]) for suite in suites] == [("mini", True), ("calls", False)]


def test_a_withdrawn_score_is_on_no_column_and_the_same_on_own_data_is(board: list[Entry]) -> None:
    entry = next(entry for entry in board if any(result.metric == "pairs_speaker" for result in entry.results))
    pairs = next(result for result in entry.results if result.metric == "pairs_speaker")
    languages = replace(
        pairs, metric="pairs_language", signature=pairs.signature.replace("pairs_speaker", "pairs_language")
    )

    def shown(*results: Result) -> list[str]:
        return [column["metric"] for column in page_data([replace(entry, results=results)], {}, {})["columns"]]

    assert shown(pairs, languages) == ["pairs_speaker"]
    assert shown(replace(languages, signature=languages.signature.replace("data:small@", "data:bilingual@"))) == [
        "pairs_language"
    ]


def test_entries_with_one_title_are_told_apart_by_their_options(board: list[Entry]) -> None:
    twins = [
        replace(entry, card={**(entry.card or {}), "title": "Codec 2"})
        for entry in board
        if entry.tokenizer.startswith("codec2")
    ]
    names = [entry["name"] for entry in page_data(twins, {}, {})["entries"]]
    assert names == ["Codec 2 (mode=1200)", "Codec 2 (mode=2400)", "Codec 2 (mode=3200)"]
