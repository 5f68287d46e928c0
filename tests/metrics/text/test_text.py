"""Normalisation, each rule by an answer worked out by hand."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES  # of every Whisper; the model says it only once loaded
from hypothesis import given, settings
from hypothesis import strategies as st
from indic_numtowords import num2words as indic_words
from num2words import CONVERTER_CLASSES, num2words

from audiotok.errors import InvalidOption
from audiotok.metrics.text import WITHOUT_SPACES, characters, normalise
from audiotok.metrics.text.number_phrases import phrases
from audiotok.metrics.text.number_words import INDIC

NAMES = {"kk": "kz", "nn": "no", "hr": "sr", "bs": "sr", "ms": "id"}  # what num2words calls these
# English is read by Whisper's normaliser.
LANGUAGES = sorted({name for name in CONVERTER_CLASSES if "_" not in name} - {"en", "kz"} | {*INDIC, *NAMES})
GENDERS: dict[str, tuple[dict[str, Any], ...]] = {
    **dict.fromkeys(("ru", "be"), ({"gender": "f"}, {"gender": "n"})),
    **dict.fromkeys(("sr", "hr", "bs"), ({"feminine": True},)),
    **{"he": ({"gender": "m"},), "cy": ({"gender": "fem"},)},
}
VARIETIES = {"fr": ("fr_BE", "fr_CH"), "pt": ("pt_BR",)}
SAMPLE = [*range(0, 10_000, 331), *range(10_000, 1_000_001, 71_993), 2205, 2500, 3003, 3200, 10_100, 1_000_000]


@pytest.mark.parametrize(
    ("language", "written", "words"),
    [
        ("fr", "L’été, c'est fini !", "l été c est fini"),
        ("fr", "peut-être", "peut être"),
        ("fr", "vingt et un jours", "21 jours"),
        ("fr", "ﬁn", "fin"),  # a ligature
        ("it", "Perché l'arte dell'amico?", "perché l arte dell amico"),
        ("es", "¿Qué? ¡Mañana!", "qué mañana"),
        ("es", "mil doscientos treinta y cuatro", "1234"),
        ("es", "5551234", "5 5 5 1 2 3 4"),  # too long for a quantity
        ("de", "Straße 007", "strasse 0 0 7"),
        ("de", "3,14", "3 komma 1 4"),
        ("de", "eine Million zweihunderttausend", "1200000"),
        ("ru", "Ёлка — двадцать пять штук", "елка 25 штук"),
        ("hi", "नमस्ते, दुनिया।", "नमस्ते दुनिया"),  # vowel signs belong to their words
        ("ja", "今日は、二十五", "今 日 は 2 5"),
        ("zh", "一万二千", "1 2 0 0 0"),
        ("zh", "万", "万"),
        ("th", "สวัสดี", "ส วั ส ดี"),
        ("sw", "25 watu", "25 watu"),  # num2words knows no Swahili
        ("uk", "Об’єкт", "обєкт"),
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


def lines(name: str) -> list[str]:
    return (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()[1:]


@pytest.mark.parametrize("line", lines("said_alike.tsv"))
def test_what_is_said_alike_is_one_text(line: str) -> None:
    language, one, other = line.split("\t")
    assert normalise(one, language) == normalise(other, language) != ""


@pytest.mark.parametrize("line", lines("said_apart.tsv"))
def test_what_is_not_said_alike_stays_apart(line: str) -> None:
    language, one, other = line.split("\t")
    assert normalise(one, language) != normalise(other, language)


def texts(number: int, language: str) -> set[str]:
    if language in INDIC:
        return set(indic_words(number, lang=language, variations=True))
    found = set()
    for name in (NAMES.get(language, language), *VARIETIES.get(language, ())):
        for options in ({}, *GENDERS.get(language, ())):
            try:
                found.add(num2words(number, lang=name, **options))
            except (NotImplementedError, TypeError, OverflowError):
                continue  # gaps of Amharic
    return found


@cache
def ambiguous(language: str) -> tuple[str, ...]:
    """What the packages call two numbers of the same language, in Kannada and Malayalam."""
    called = Counter(text for number in range(1000) for text in texts(number, language))
    return tuple(text for text, numbers in called.items() if numbers > 1)


def is_wrong(number: int, language: str) -> bool:
    """Whether the packages leave out or run together words of a number."""
    if language in ("az", "tr"):
        return number > 2000 and number // 1000 % 10 == 1  # no "bir" in 31,000
    if language == "kn":
        return number % 1000 in (4, 7, 101) or number // 1000 % 100 == 83  # as 82
    return number % 1000 == 100 if language == "eo" else language == "tet" and number > 100_000


def check(number: int, language: str) -> None:
    digits = (" " if language in WITHOUT_SPACES else "").join(str(number))
    for text in texts(number, language):
        if not any(f" {text}".endswith(f" {end}") for end in ambiguous(language)):
            assert (text, normalise(text, language)) == (text, digits)


def numbers(language: str, numbers: list[int]) -> list[int]:
    """Those that the packages write rightly; of Sanskrit, whose larger numbers are compounds in reverse, below 1000."""
    return [number for number in numbers if not is_wrong(number, language) and (number < 1000 or language != "sa")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_in_words_is_its_digits(language: str) -> None:
    for number in numbers(language, SAMPLE):
        check(number, language)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_to_ten_thousand_and_many_to_a_million_are_their_digits(language: str) -> None:
    for number in numbers(language, [*range(10_000), *range(10_000, 1_000_001, 1999)]):
        check(number, language)


@pytest.mark.parametrize("language", ["en", "de", "zh"])
@pytest.mark.parametrize("text", ["7" * 5000, "nine " * 5000, "1 000" * 500, "\u0301" * 5000, "\ud800 a", "1/" * 999])
def test_any_text_has_a_normal_form(text: str, language: str) -> None:
    once = normalise(text, language)
    assert normalise(once, language) == once


@pytest.mark.parametrize("language", _LANGUAGE_CODES)
def test_normalising_a_language_twice_changes_nothing(language: str) -> None:
    """Of any text, and of numbers in its words among digits, signs and punctuation."""
    spelt = [" ".join(words) for words in phrases(language).known] if language != "en" else ["one", "half", "a", "o"]
    pieces = st.sampled_from(spelt or [""]) | st.text(max_size=8) | st.text("0123456789.,:%€½ '’-", max_size=8)

    @settings(max_examples=settings().max_examples // 5, deadline=None, derandomize=True)
    @given(st.lists(pieces, max_size=5), st.sampled_from([" ", "", ", "]))
    def twice(parts: list[str], between: str) -> None:
        once = normalise(between.join(parts), language)
        assert normalise(once, language) == once

    twice()


@pytest.mark.parametrize(
    ("language", "text", "compared"),
    [
        ("zh", "今天 天气, 很好", "今天天气很好"),
        ("ja", "25日 Google Chrome で", "25日googlechromeで"),  # no spaces beside or between Latin words either
        ("th", "สวัสดี", "สวัสดี"),
        ("zh-TW", "今天", "今天"),
        ("ko", "오늘 날씨", "오늘 날씨"),
        ("fr", "C'est 今天 !", "c est 今天"),
    ],
)
def test_characters_have_no_spaces_in_languages_without_them(language: str, text: str, compared: str) -> None:
    assert characters(text, language) == compared


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


@pytest.mark.parametrize("locale", ["EN", "en-US", "eng"])
def test_a_locale_is_its_language(locale: str) -> None:
    assert normalise("It's", locale) == "it is"


@pytest.mark.parametrize("language", ["", "English", "e"])
def test_a_language_that_is_no_code_is_refused(language: str) -> None:
    with pytest.raises(InvalidOption, match="ISO 639"):
        normalise("hello", language)
