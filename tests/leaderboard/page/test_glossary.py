from __future__ import annotations

from collections.abc import Hashable

import pytest

from audiotok.leaderboard.page import glossary
from audiotok.metrics import catalogue
from audiotok.runs.score import computation


def test_every_metric_is_explained_to_the_reader() -> None:
    assert [name for name in catalogue.names() if not catalogue.get(name).explanation] == []


def test_a_variant_is_explained_as_what_it_varies() -> None:
    assert glossary.explain("wer_of_some_variant") == catalogue.get("wer").explanation
    assert glossary.explain("no_such_metric") == ""


def test_the_columns_shown_first_stand_in_their_order() -> None:
    assert glossary.headline() == (
        *("dwer", "pesq_wb", "visqol", "estoi", "dnsmos_ovrl", "utmos", "speaker_ge2e", "mel_distance", "fad_whisper"),
    )


#: Properties to choose by, not merits to add up, or what a row may leave open.
NOT_IN_BORDA = {
    *("rate", "codebook", "stability", "lm", "pairs", "sanity", "continuation", "tts", "abx", "probe", "lexicon"),
    *("lexicon_speech", "drums_generation", "music_generation"),
}
REPEATED = {"ci_sdr"}  # the same number as another metric's


@pytest.mark.parametrize("name", catalogue.names())
def test_merits_count_in_the_borda_count_and_properties_do_not(name: str) -> None:
    question = catalogue.get(name).question
    assert glossary.in_borda(name, question) == (question not in NOT_IN_BORDA and name not in REPEATED)


def test_a_number_that_has_two_names_counts_once_in_the_borda_count() -> None:
    """Equal computations of the catalogue, found as the score stage finds them."""
    by_computation: dict[Hashable, list[str]] = {}
    for metric in catalogue.of_signals(catalogue.own_names()):
        by_computation.setdefault(computation(metric), []).append(metric.name)
    repeated = [names for names in by_computation.values() if len(names) > 1]
    assert repeated == [["sdr", "ci_sdr"]]
    assert [[name for name in names if catalogue.get(name).borda] for names in repeated] == [["sdr"]]


def test_a_column_of_an_unknown_metric_counts_as_others_of_its_question() -> None:
    assert glossary.in_borda("no_such_metric", "signal")
    assert not glossary.in_borda("no_such_metric", "rate")
    assert not glossary.in_borda("no_such_metric", "no such question")
