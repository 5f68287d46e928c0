"""Normalisation, each rule by an answer worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiotok.errors import InvalidOption
from audiotok.metrics.text import normalise


@pytest.mark.parametrize(
    ("language", "written", "words"),
    [
        ("fr", "L’été, c'est fini !", "l été c est fini"),
        ("fr", "peut-être", "peut être"),
        ("fr", "21 jours", "vingt et un jours"),
        ("fr", "ﬁn", "fin"),  # a ligature
        ("it", "Perché l'arte dell'amico?", "perché l arte dell amico"),
        ("es", "¿Qué? ¡Mañana!", "qué mañana"),
        ("es", "1.234", "mil doscientos treinta y cuatro"),
        ("es", "5551234", "cinco cinco cinco uno dos tres cuatro"),  # too long for a quantity
        ("de", "Straße 007", "strasse null null sieben"),
        ("ru", "Ёлка — 25 штук", "елка двадцать пять штук"),
        ("hi", "नमस्ते, दुनिया।", "नमस्ते दुनिया"),  # vowel signs belong to their words
        ("ja", "今日は、25", "今 日 は 二 十 五"),
        ("th", "สวัสดี", "ส วั ส ดี"),
        ("sw", "25 watu", "25 watu"),  # num2words knows no Swahili
        ("en", "It's the colour-blind twenty-five.", "it is the color blind 25"),
        ("en", "uh, Mr. Smith [laughs]", "mister smith"),
        ("en", "café", "cafe"),
    ],
)
def test_a_text_becomes_the_words_that_are_said(language: str, written: str, words: str) -> None:
    assert normalise(written, language) == words


@pytest.mark.parametrize("language", ["en", "fr", "ru", "ja"])
@pytest.mark.parametrize("text", ["", "   ", "... — !?"])
def test_punctuation_alone_has_no_words(text: str, language: str) -> None:
    assert normalise(text, language) == ""


def test_composed_and_decomposed_accents_are_one_spelling() -> None:
    assert normalise("e\u0301te\u0301", "fr") == normalise("\u00e9t\u00e9", "fr") == "\u00e9t\u00e9"


def test_accents_tell_words_apart() -> None:
    assert normalise("papá", "es") != normalise("papa", "es")


@given(st.text(max_size=40), st.sampled_from(["fr", "es", "it", "ru", "de", "ja", "hi"]))
def test_normalising_twice_changes_nothing(text: str, language: str) -> None:
    once = normalise(text, language)
    assert normalise(once, language) == once


@given(st.text(max_size=40), st.sampled_from(["en", "fr", "ru", "ja"]))
def test_words_are_separated_by_single_spaces(text: str, language: str) -> None:
    words = normalise(text, language)
    assert words == " ".join(words.split())


def test_english_agrees_with_whispers_normaliser_in_transformers() -> None:
    from transformers.models.whisper.english_normalizer import EnglishTextNormalizer
    from whisper_normalizer.english import EnglishSpellingNormalizer

    theirs = EnglishTextNormalizer(EnglishSpellingNormalizer().mapping)
    for text in (
        "I don't know; that's twenty-one dollars and fifty cents, isn't it?",
        "The neighbour's grey car (a 1960s model) won't start.",
        "Press one for five hundred and twenty, or the 3rd key.",
        "You have 2 new messages.",
    ):
        assert normalise(text, "en") == theirs(text).strip()


@pytest.mark.parametrize("language", ["", "English", "en-US", "EN"])
def test_a_language_that_is_no_code_is_refused(language: str) -> None:
    with pytest.raises(InvalidOption, match="ISO 639"):
        normalise("hello", language)
