"""What each recipe measures, and the suites that name recipes and data sets together."""

from __future__ import annotations

from dataclasses import dataclass

from audiotok.errors import UnknownName
from audiotok.results.recipe import Recipe


@dataclass(frozen=True)
class Extra:
    """What a row may add: a recipe's scores on a data set, in a file called after the recipe."""

    recipe: str
    data: str
    listened: int = 0  # clips of it to listen to, in a folder called after the recipe

    @property
    def file(self) -> str:
        return f"{self.recipe}.jsonl"


@dataclass(frozen=True)
class Suite:
    """A named list of recipes and data sets: the unit that the leaderboard has a tab for."""

    name: str
    version: int
    recipes: tuple[str, ...]
    datasets: tuple[str, ...]
    optional: tuple[Extra, ...] = ()  # `run` leaves them out, since they take hours

    @property
    def required(self) -> tuple[tuple[str, str], ...]:
        """(recipe, data set) that every row has."""
        return tuple((recipe, data) for data in self.datasets for recipe in self.recipes)

    @property
    def asked(self) -> tuple[tuple[str, str], ...]:
        """(recipe, data set) of all that a row has or may add."""
        return (*self.required, *((extra.recipe, extra.data) for extra in self.optional))


RECONSTRUCTION = Recipe(
    "reconstruction",
    1,
    (
        *("si_sdr", "si_sdr_aligned", "sdr", "ci_sdr", "mel_distance", "stft_distance"),
        *("pesq_wb", "stoi", "estoi", "visqol", "dnsmos_p808", "dnsmos_ovrl", "plcmos"),
        *("f0_error", "voicing_error", "speaker_ge2e", "fad_whisper", "clipped"),
        *("bitrate", "token_rate", "empirical_bitrate", "codebook_use", "entropy", "rtf_encode", "rtf_decode"),
    ),
)
WER = Recipe("wer", 1, ("wer", "cer", "dwer"))
#: What the leaderboard shows of it; the recipe measures more, which depends on the tokenizer.
STABILITY = Recipe(
    "stability", 1, ("equal_shift", "equal_noise_20", "equal_opus", "equal_generation_1", "equal_generation_5")
)
ACOUSTIC_LM = Recipe("acoustic_lm", 1, ("lm_bits", "lm_order0", "lm_bigram"))
LM_PAIRS = Recipe(
    "lm_pairs",
    1,
    (
        *("pairs_speaker", "pairs_speaker_bigram", "pairs_language", "pairs_language_bigram"),
        *("pairs_background", "pairs_background_bigram", "pairs_word", "pairs_word_bigram"),
        *("pairs_order", "pairs_reversal"),
    ),
)
CONTINUATIONS = Recipe(
    "continuations",
    1,
    (
        *("continuation_dnsmos_ovrl", "continuation_dnsmos_ovrl_real"),
        *("continuation_speaker_ge2e", "continuation_speaker_ge2e_real"),
        *("continuation_words_again", "continuation_words_again_real"),
        *("continuation_codes_again", "continuation_codes_again_real", "continuation_length"),
    ),
)
TTS_PROBE = Recipe(
    "tts_probe", 1, ("tts_wer", "tts_wer_real", "tts_cer", "tts_cer_real", "tts_unended", "tts_soundless")
)
ABX = Recipe("abx", 1, ("abx_within_edit", "abx_across_edit"))
#: The columns of DATES's reconstruction tables (2025).
#: Recogniser and speaker encoder are those of the authors' earlier benchmark, DASB.
DATES = Recipe(
    "dates",
    1,
    (
        *(
            "sdr",
            "ci_sdr",
            "si_sdr",
            "pesq_wb",
            "utmos",
            "singmos",
            "dnsmos_p808",
            "dnsmos_ovrl",
            "plcmos",
            "stoi",
            "visqol",
        ),
        *("wer_whisper_small", "speaker_wavlm", "bitrate", "token_rate"),
    ),
)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        *(RECONSTRUCTION, WER, STABILITY, ACOUSTIC_LM, LM_PAIRS, CONTINUATIONS, TTS_PROBE, ABX),
        DATES,
    )
}
#: Item files that ABX may be asked of: those of LibriSpeech, as ZeroSpeech and Libri-Light publish them.
ABX_ITEMS = ("dev-clean", "dev-other", "test-clean", "test-other")
SUITES = {
    suite.name: suite
    for suite in (
        Suite(
            *("mini", 1, ("reconstruction", "wer"), ("mini",)),
            optional=(
                Extra("stability", "mini"),
                Extra("acoustic_lm", "small-new-voices"),
                Extra("lm_pairs", "small"),
                Extra("continuations", "small-new-voices-prompts", listened=3),
                Extra("tts_probe", "small-new-texts", listened=3),
                *(Extra("abx", items) for items in ABX_ITEMS),
            ),
        ),
        Suite("dates", 1, ("dates",), ("librispeech-test-clean", "musdb18-test", "audioset-eval")),
    )
}


#: Of a submission: what optional recipes gave.
OPTIONAL_FILES = tuple(dict.fromkeys(extra.file for suite in SUITES.values() for extra in suite.optional))
#: And of which there are samples to listen to, in a folder each.
LISTENED_RECIPES = tuple(extra.recipe for suite in SUITES.values() for extra in suite.optional if extra.listened)


def recipe(name: str) -> Recipe:
    """Raises UnknownName with the names there are."""
    if name not in RECIPES:
        raise UnknownName(f"no recipe is called {name!r}; there are {', '.join(RECIPES)}")
    return RECIPES[name]


def suite(name: str) -> Suite:
    """Raises UnknownName with the names there are."""
    if name not in SUITES:
        raise UnknownName(f"no suite is called {name!r}; there are {', '.join(SUITES)}")
    return SUITES[name]
