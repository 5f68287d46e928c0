"""Who looks for a tokenizer that nobody has scored finds its card."""

from __future__ import annotations

from audiotok.leaderboard.page.unscored import unscored
from audiotok.leaderboard.submission.entry import Entry


def test_a_tokenizer_without_a_row_is_there_with_its_card_and_rates() -> None:
    found = {one["id"]: one for one in unscored([])}
    assert found["mimi"]["title"] == "Mimi"
    assert found["mimi"]["bitrates"] == [1100, 4400]
    assert found["mimi"]["card"]["licence"] == "CC-BY-4.0"
    assert "bpe" not in found  # it is applied to another tokenizer, and has no card


def test_a_row_of_it_takes_its_place_a_nested_one_too() -> None:
    scored = [Entry("mimi:num_codebooks=8", ()), Entry("bpe(encodec)", ())]
    assert not {"mimi", "encodec"} & {one["id"] for one in unscored(scored)}


def test_a_second_name_of_a_scored_tokenizer_is_not_listed() -> None:
    assert "audiotok-units-bpe" in {one["id"] for one in unscored([])}
    assert "audiotok-units-bpe" not in {one["id"] for one in unscored([Entry("audiotok-vectok:prompt=allison", ())])}
