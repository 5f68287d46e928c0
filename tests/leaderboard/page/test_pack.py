from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.page.pack import packed
from audiotok.leaderboard.submission.entry import Entry


@pytest.fixture(scope="module")
def data(board: list[Entry]) -> dict[str, Any]:
    data = page_data(board, {}, {})
    for entry, shown in zip(board, data["entries"], strict=True):
        shown["samples"] = dict.fromkeys(entry.samples, "a file")
    return data


def test_packing_leaves_the_data_as_it_is(data: dict[str, Any]) -> None:
    before = json.dumps(data)
    packed(data)
    assert json.dumps(data) == before


def test_the_page_holds_no_clips_but_those_that_are_heard_beside_their_scores(data: dict[str, Any]) -> None:
    first, _ = packed(data)
    for entry in first["entries"]:
        for column, (*_, rare) in ((c, cell) for c, cell in entry["cells"].items() if isinstance(cell[-1], dict)):
            heard = [data["clips"][clip]["id"] for clip, _ in rare.get("clips") or []]
            assert set(heard) <= set(entry["samples"])
            described = data["columns"][column]
            headline = described["metric"] in data["headline"]
            assert not heard or headline or described["table"] != "mini/mini/speech", described["metric"]


def test_details_hold_every_score_of_every_clip(data: dict[str, Any]) -> None:
    _, details = packed(data)
    for entry, own in zip(data["entries"], details, strict=True):
        scored = {i: [tuple(one) for one in cell["clips"]] for i, cell in entry["cells"].items() if "clips" in cell}
        assert {i: list(zip(flat[::2], flat[1::2], strict=True)) for i, flat in own["clips"].items()} == scored


def test_details_hold_the_unrounded_scores_of_all_that_is_tested(data: dict[str, Any]) -> None:
    first, details = packed(data)
    held = 0
    for i, column in enumerate(data["columns"]):
        tested = column["tested"] or {"who": [], "scores": {}}
        assert "scores" not in (first["columns"][i]["tested"] or {})
        for index, own in enumerate(details):
            assert own["scores"].get(i) == tested["scores"].get(index)
            assert (i in own["scores"]) == (index in tested["who"])
            held += i in own["scores"]
    assert held > 100


@pytest.mark.slow
def test_the_page_of_forty_tokenizers_is_smaller_than_half_a_megabyte(
    large_board: Callable[[int], list[Entry]], tmp_path: Path
) -> None:
    """So that one of a hundred, as web/test_growth.py builds it every night, is smaller than a megabyte."""
    page = build(large_board(40), tmp_path)
    assert page.stat().st_size < 500_000
    assert len(list((tmp_path / "scores").glob("*.js"))) == 40
