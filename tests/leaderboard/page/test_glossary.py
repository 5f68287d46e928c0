from __future__ import annotations

from audiotok.leaderboard.page import glossary
from audiotok.metrics import catalogue


def test_every_metric_is_explained_to_the_reader() -> None:
    assert [name for name in catalogue.names() if not glossary.explain(name)] == []


def test_every_metric_answers_a_question_that_the_page_asks() -> None:
    assert {catalogue.get(name).question for name in catalogue.names()} <= set(glossary.QUESTIONS)


def test_the_glossary_and_the_headline_name_only_metrics_that_exist() -> None:
    assert {*glossary.EXPLANATIONS, *glossary.HEADLINE} <= set(catalogue.names())


def test_a_variant_is_explained_as_what_it_varies() -> None:
    assert glossary.explain("wer_whisper_tiny_en") == glossary.EXPLANATIONS["wer"]
    assert glossary.explain("no_such_metric") == ""
