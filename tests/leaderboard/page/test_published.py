from __future__ import annotations

import math

import pytest

from audiotok.leaderboard.page.published import dates

RECONSTRUCTION = ("reconstruction_speech", "reconstruction_audio", "reconstruction_music")


def test_every_row_has_as_many_values_as_its_table_has_columns() -> None:
    for table in dates()["tables"]:
        assert {len(row) for row in table["rows"]} == {len(table["header"])}, table["title"]


def test_every_erratum_marks_a_cell() -> None:
    for table in dates()["tables"]:
        for place in table["marks"]:
            row, column = map(int, place.split(","))
            assert row == -1 or table["rows"][row][column] != "", f"{table['title']}: {place}"


@pytest.mark.parametrize("title", ["speech", "general audio", "music"])
def test_a_bitrate_that_the_codes_contradict_is_marked_with_what_it_should_be(title: str) -> None:
    tables = {table["title"]: table for table in dates()["tables"]}
    entries = {row[0]: int(row[7]) for row in tables["The tokenizers that DATES benchmarks"]["rows"]}
    table = tables[f"Reconstruction, {title}"]
    for i, (name, _, kbps, tokens, *_) in enumerate(table["rows"]):
        if not kbps:
            continue
        expected = float(tokens) * math.log2(entries[name]) / 1000
        mark = table["marks"].get(f"{i},2")
        if abs(expected - float(kbps)) > 0.02:  # what rounding to one decimal explains
            assert mark, f"{name}: {kbps} kbit/s published, {expected:.2f} computed, not marked"
            assert float(mark["should_be"]) == pytest.approx(expected, abs=0.005)
        else:
            assert mark is None
