"""Error counts by hand-worked answers; the ASR model itself where its published weights are here."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.files.assets import cache_folder
from audiotok.files.whisper import BASE
from audiotok.metrics.asr_models import DEFAULT, Transcriber
from audiotok.metrics.outcomes import ClipScore
from audiotok.metrics.recognition import METRICS, character_errors, transcript, word_errors

CLIP = Clip("a", "folder", "a.wav", "0" * 64, 0.0, 3.0, 16000, "speech", text="the cat sat", language="en")
WER, CER, DWER = METRICS[:3]


@pytest.mark.parametrize(
    ("hypothesis", "errors"),
    [
        ("The cat sat.", 0),
        ("the dog sat", 1),  # a substitution
        ("the sat", 1),  # a deletion
        ("the cat sat down", 1),  # an insertion
        ("a cat sat down", 2),
        ("", 3),
        ("sat cat the", 2),  # order matters: one word is kept in place
        ("one the two cat three sat four five", 5),  # more errors than words
    ],
)
def test_word_errors_are_those_of_the_least_costly_alignment(hypothesis: str, errors: int) -> None:
    score = word_errors("the cat sat", hypothesis, "fr")
    assert score == ClipScore(errors, 3)


def test_word_error_rate_can_pass_one_hundred_per_cent() -> None:
    assert word_errors("cat", "a dog ran by", "en").value == 4.0


@pytest.mark.parametrize(
    ("hypothesis", "errors"),
    [("the cat sat", 0), ("the bat sat", 1), ("thecat sat", 1), ("", 11), ("the cat sats", 1)],
)
def test_character_errors_count_the_spaces_between_words(hypothesis: str, errors: int) -> None:
    assert character_errors("the cat sat", hypothesis, "es") == ClipScore(errors, 11)


@pytest.mark.parametrize(
    ("language", "reference", "hypothesis", "errors", "characters"),
    [
        ("zh", "今天天气很好", "今天天汽很好", 1, 6),
        ("ja", "今日は良い天気です", "今日 は 良い電気です。", 1, 9),
        ("yue", "今日好天", "今日好", 1, 4),
        ("th", "สวัสดี", "สวัสด", 1, 6),
        ("zh", "我用Google Chrome", "我用 google chrome", 0, 14),  # spaces of Latin words are none, either
        ("ko", "오늘 날씨", "오늘날씨", 1, 5),  # written with spaces
    ],
)
def test_character_errors_count_no_spaces_in_languages_without_them(
    language: str, reference: str, hypothesis: str, errors: int, characters: int
) -> None:
    assert character_errors(reference, hypothesis, language) == ClipScore(errors, characters)


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_character_errors_without_spaces_agree_with_jiwer(language: str) -> None:
    import jiwer

    reference, hypothesis = "今日天气很好我想去公园", "今日天汽很好想去公园了"
    expected = jiwer.cer(reference, hypothesis)
    assert character_errors(reference, hypothesis, language).value == pytest.approx(expected)
    assert word_errors(reference, hypothesis, language).value == pytest.approx(expected)  # a word is a character


@pytest.mark.parametrize(
    ("language", "reference", "hypothesis"),
    [
        ("fr", "il y avait deux mille cinq cents personnes", "Il y avait 2500 personnes."),
        ("pt", "foram três mil e quinhentos carros", "foram 3.500 carros"),
        ("it", "tremilaquattrocentosettantatré euro", "3473 euro"),
        ("fr", "L'élève a 21 ans", "l’élève a vingt-et-un ans !"),
        ("es", "Marque veinticinco", "marque 25."),
        ("it", "L'amico dell'uomo", "l’amico dell’ uomo"),
        ("ru", "Её ёлка", "ее елка"),
        ("en", "I don't have twenty-five dollars", "I do not have 25 dollars"),
    ],
)
def test_spellings_of_the_same_speech_are_no_errors(language: str, reference: str, hypothesis: str) -> None:
    assert word_errors(reference, hypothesis, language).total == 0


def test_a_lost_accent_is_an_error_where_it_is_another_word() -> None:
    assert word_errors("mi papá", "mi papa", "es") == ClipScore(1, 2)


@pytest.mark.parametrize("reference", ["", "...", "¿?"])
def test_a_reference_without_words_has_no_rate(reference: str) -> None:
    with pytest.raises(MetricUndefined, match="no words"):
        word_errors(reference, "hello", "es")


def test_word_errors_agree_with_jiwer() -> None:
    import jiwer

    reference, hypothesis = "el perro come pan blanco", "el pero come pan blanco hoy"
    assert word_errors(reference, hypothesis, "es").value == pytest.approx(jiwer.wer(reference, hypothesis))
    assert character_errors(reference, hypothesis, "es").value == pytest.approx(jiwer.cer(reference, hypothesis))


def test_wer_is_against_the_text_and_dwer_against_the_reference_transcript() -> None:
    reference, estimate = {"text": np.array("The bat sat.")}, {"text": np.array("the bat sat")}
    assert WER.score(reference, estimate, CLIP) == ClipScore(1, 3)
    assert DWER.score(reference, estimate, CLIP) == ClipScore(0, 3)


def test_dwer_is_undefined_where_nothing_was_heard_in_the_reference() -> None:
    with pytest.raises(MetricUndefined, match="no words"):
        DWER.score({"text": np.array("")}, {"text": np.array("hello")}, CLIP)


@pytest.mark.parametrize("metric", [WER, CER])
def test_wer_and_cer_are_undefined_without_a_text(metric) -> None:  # type: ignore[no-untyped-def]
    heard = {"text": np.array("hello")}
    with pytest.raises(MetricUndefined, match="no text"):
        metric.score(heard, heard, replace(CLIP, text=None))


def test_an_empty_transcript_of_the_estimate_deletes_every_word() -> None:
    assert WER.score({"text": np.array("the cat sat")}, {"text": np.array("")}, CLIP) == ClipScore(3, 3)


def test_every_rate_of_one_asr_model_shares_its_transcript() -> None:
    assert WER.analysis is CER.analysis is DWER.analysis


def test_names_are_unique_and_the_default_asr_model_has_the_plain_ones() -> None:
    names = [metric.name for metric in METRICS]
    assert names[:3] == ["wer", "cer", "dwer"]
    assert len(set(names)) == len(names)


def test_metrics_travel_to_worker_processes() -> None:
    for metric in METRICS:
        assert pickle.loads(pickle.dumps(metric)).name == metric.name


@pytest.fixture(scope="module")
def whisper() -> Transcriber:
    kept = cache_folder() / "files" / f"{BASE[0].sha256}.bin"
    if not kept.is_file() and not os.environ.get("AUDIOTOK_ASSETS"):
        pytest.skip("Whisper base is not in the cache; `make leaderboard` fetches it")
    return DEFAULT.load()


@pytest.mark.weights
def test_whisper_hears_a_sentence_the_same_way_twice(whisper: Transcriber, english: np.ndarray) -> None:
    features = transcript(DEFAULT).run(english, 16000, CLIP, whisper)
    said = "to decrease the audio volume from other participants"
    assert word_errors(said, str(features["text"]), "en").value <= 0.1
    assert transcript(DEFAULT).run(english, 16000, CLIP, whisper)["text"] == features["text"]


@pytest.mark.weights
def test_it_computes_in_the_type_that_its_signature_names(whisper: Transcriber) -> None:
    assert f"|compute:{whisper._model.model.compute_type}|" in WER.analysis.signature


@pytest.mark.slow
@pytest.mark.weights
def test_a_processor_of_other_instructions_writes_the_same_words(
    whisper: Transcriber, english: np.ndarray, tmp_path: Path
) -> None:
    np.save(tmp_path / "english.npy", english)
    code = (
        "import sys, numpy; from audiotok.metrics.asr_models import DEFAULT\n"
        "print(DEFAULT.load().transcribe(numpy.load(sys.argv[1]), 'en'))"
    )
    older = {"CT2_FORCE_CPU_ISA": "GENERIC", "ONEDNN_MAX_CPU_ISA": "SSE41", "MKL_ENABLE_INSTRUCTIONS": "SSE4_2"}
    command = [sys.executable, "-c", code, str(tmp_path / "english.npy")]
    said = subprocess.run(command, env=os.environ | older, check=True, capture_output=True, text=True).stdout
    assert said.strip() == whisper.transcribe(english, "en")


@pytest.mark.weights
def test_what_has_no_transcript_is_said(whisper: Transcriber) -> None:
    run = transcript(DEFAULT).run
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, 8000).astype(np.float32)
    with pytest.raises(MetricUndefined, match="silent"):
        run(np.zeros(8000, np.float32), 16000, CLIP, whisper)
    with pytest.raises(MetricUndefined, match="no language"):
        run(noise, 16000, replace(CLIP, language=None), whisper)
    with pytest.raises(MetricUndefined, match="'xx'"):
        run(noise, 16000, replace(CLIP, language="xx"), whisper)
    with pytest.raises(InvalidAudio, match="16000 Hz"):
        run(noise, 8000, CLIP, whisper)


@pytest.mark.weights
def test_a_clip_of_a_few_samples_has_an_empty_transcript(whisper: Transcriber) -> None:
    assert whisper.transcribe(np.full(10, 0.1, np.float32), "en") == ""
