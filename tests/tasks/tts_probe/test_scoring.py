"""What is read out is judged against its text: saying nothing is an error in every word, failing is no number."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from audiotok import data, registry
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data import Manifest
from audiotok.errors import InvalidData, InvalidOption
from audiotok.lm import patterns
from audiotok.lm.config import ModelSize
from audiotok.lm.model import AcousticLM
from audiotok.lm.text_first import TextFirst
from audiotok.lm.vocabulary import END
from audiotok.metrics.asr_models import ASRModel
from audiotok.metrics.speaking import HEARD, SOUNDLESS, UNENDED, metrics
from audiotok.results.record import Result, write
from audiotok.tasks.language_model.sampling import Sampling
from audiotok.tasks.language_model.speech_scoring import SILENT, UNTIMED, require_audible
from audiotok.tasks.tts_probe import TASK
from audiotok.tasks.tts_probe.scoring import measure, results
from audiotok.tasks.tts_probe.texts import choose_texts
from audiotok.tasks.tts_probe.training import TTSModel
from audiotok.tokenizers.codec2 import Codec2

TINY = ModelSize(width=16, layers=1, heads=2)
SPEC = TokenSpec(8000, 50.0, (8,))


class Loudness(Tokenizer):
    """Fifty levels a second, and no way back."""

    card, spec = Codec2.card, SPEC

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return levels(waveform, lengths)


class Tone(Codec):
    """Makes a tone of its own codes: `refuses` all others, or is silent on all."""

    card, spec, decode_sample_rate = Codec2.card, SPEC, 8000

    def __init__(self, loudness: float = 0.3, refuses: bool = False) -> None:
        self.loudness, self.refuses = loudness, refuses

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return levels(waveform, lengths)

    def _decode(self, tokens: Tokens) -> Tensor:
        if self.refuses and tokens.tokenizer is None:
            raise ValueError("whose codes are these?")
        time = torch.arange(int(tokens.lengths.max()) * 160)
        return (self.loudness * torch.sin(time)).expand(len(tokens), 1, -1)


def levels(waveform: Tensor, lengths: Tensor) -> Tokens:
    clips = [clip[0, : int(n) // 160 * 160].reshape(-1, 160) for clip, n in zip(waveform, lengths, strict=True)]
    return Tokens.from_clips([(7 * clip.abs().amax(dim=1).clamp(max=1)).long()[None] for clip in clips], SPEC)


class Parrot:
    """Hears the same words in everything."""

    languages: Collection[str] = ("en",)

    def transcribe(self, waveform: np.ndarray, language: str) -> str:
        return "Hello there, all."


PARROT = metrics(ASRModel("parrot", 1, "words:3", packages=(), evaluation_models=(), load=Parrot))


@pytest.fixture
def speech(tmp_path: Path) -> Manifest:
    folder = tmp_path / "hums"
    folder.mkdir()
    lines = ["path,text,language,split"]
    said = [
        ("Good day", "en", "train"),
        ("good DAY!", "en", "test"),  # heard in training
        ("hello there", "en", "test"),
        ("", "en", "test"),
        ("say one more", "en", "test"),
        ("bonjour", "fr", "test"),  # training has no French
        ("...", "en", "test"),
    ]
    for i, (text, language, split) in enumerate(said):
        time = np.arange(16000) / 16000
        wave = sum(np.sin(2 * np.pi * (110 + 15 * i) * k * time) / k for k in range(1, 12))
        soundfile.write(folder / f"hum{i}.wav", 0.2 * wave * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time)), 16000)
        lines.append(f"hum{i}.wav,{text},{language},{split}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n")
    return data.make(folder, "hums")[0]


def loaded() -> Codec:
    codec = registry.load("codec2:mode=700")
    return require_audible(codec, patterns.Delay(codec.spec))


def run(codec: Codec, speech: Manifest, folder: Path, model: AcousticLM | None = None) -> dict[str, Result]:
    layout = TextFirst(patterns.Delay(codec.spec))
    if model is None:
        torch.manual_seed(0)
        model = AcousticLM(layout.pattern, TINY, layout.vocabulary).eval()
    reader = TTSModel(model, 1.0, round(codec.spec.frame_rate), folder / "run")
    chosen, left_out = choose_texts(speech, 2.0, 0)
    outcomes = measure(reader, layout, codec, chosen, Sampling(), folder / "run", folder / "runs", PARROT)
    made = results(outcomes, codec, chosen, left_out, TASK, PARROT)
    write(folder / "results.jsonl", made)
    return {result.metric: result for result in made}


def value(result: Result) -> tuple[float, int]:
    assert result.estimate is not None
    return result.estimate.value, result.estimate.n


class Ending(AcousticLM):
    """Ends every clip at once, or never."""

    def __init__(self, codec: Codec, at_once: bool) -> None:
        layout = TextFirst(patterns.Delay(codec.spec))
        super().__init__(layout.pattern, TINY, layout.vocabulary)
        self.at_once = at_once

    def advance(self, ids: Tensor, cache: object) -> Tensor:
        logits = torch.zeros(1, self.llama.config.vocab_size)
        logits[0, END] = 1e3 if self.at_once else -1e3
        return logits


class Mute(AcousticLM):
    def advance(self, ids: Tensor, cache: object) -> Tensor:
        raise AssertionError("asked again for what it has said already")


def test_texts_are_asked_for_that_training_has_not_heard_and_others_are_left_out_with_the_reason(
    speech: Manifest,
) -> None:
    chosen, left_out = choose_texts(speech, 2.0, 0)
    assert [clip.id for clip in chosen] == ["hum2", "hum4"]
    assert left_out == {
        "hum1": "its words are in the training data",
        "hum3": "the manifest has no text for it",
        "hum5": "the training data have no text in its language",
        "hum6": "its text has no words",
    }
    assert [clip.id for clip in choose_texts(speech, 2.0, 1)[0]] == ["hum2"]
    with pytest.raises(InvalidData, match=r"no test clip .* longer than 0\.5 s"):
        choose_texts(speech, 0.5, 0)


def test_each_language_is_asked_for_as_often_as_the_others(speech: Manifest) -> None:
    train, test = speech.clips[0], speech.clips[2]
    clips = [replace(train, id=f"train-{language}", language=language) for language in ("en", "it")]
    clips += [replace(test, id=f"en{i}", text=f"text {i}") for i in range(9)]
    clips += [replace(test, id=f"it{i}", language="it", text=f"testo {i}") for i in range(3)]
    both = Manifest.of("both", clips)
    assert [clip.id for clip in choose_texts(both, 2.0, 4)[0]] == ["en0", "en4", "it0", "it1"]
    assert [clip.id for clip in choose_texts(both, 2.0, 1)[0]] == ["it0"]
    assert len(choose_texts(both, 2.0, 0)[0]) == 12


def test_what_is_heard_is_scored_against_the_text(speech: Manifest, tmp_path: Path) -> None:
    codec = loaded()
    found = run(codec, speech, tmp_path, Ending(codec, at_once=False))
    # "hello there all" for "hello there" is one insertion, for "say one more" ("say 1 more") three substitutions.
    assert value(found["tts_wer_parrot"]) == (pytest.approx(100 * 4 / 5), 2)
    assert value(found["tts_wer_parrot_real"]) == (pytest.approx(100 * 4 / 5), 2)
    assert value(found[UNENDED.name]) == (100.0, 2)
    assert value(found[SOUNDLESS.name]) == (0.0, 2)
    assert set(found) == {f"tts_{m}_parrot{suffix}" for m in ("wer", "cer") for suffix in ("", "_real")} | {
        *(UNENDED.name, SOUNDLESS.name)
    }
    assert (found["tts_wer_parrot"].direction, found["tts_wer_parrot"].question) == ("lower", "tts")
    assert "lm_seed:0" in found["tts_wer_parrot"].signature
    assert "lm_seed" not in found["tts_wer_parrot_real"].signature
    assert "anchor" in found["tts_wer_parrot_real"].unranked
    assert found["tts_wer_parrot"].undefined["hum3"] == "the manifest has no text for it"
    assert {wav.name for wav in (tmp_path / "run").glob("*.wav")} == {
        f"hum{i}{real}.wav" for i in (2, 4) for real in ("", "-real")
    }
    assert Audio.load(tmp_path / "run" / "hum2.wav").seconds == pytest.approx(1.0, abs=0.04)  # a frame


def test_saying_nothing_leaves_out_every_word(speech: Manifest, tmp_path: Path) -> None:
    codec = loaded()
    found = run(codec, speech, tmp_path, Ending(codec, at_once=True))
    wer = found["tts_wer_parrot"]
    assert [(score.total, score.weight) for score in wer.scores] == [(2.0, 2.0), (3.0, 3.0)]
    assert value(wer) == value(found["tts_cer_parrot"]) == (100.0, 2)
    assert wer.failures == {}
    assert value(found[UNENDED.name]) == (0.0, 2)
    assert value(found[SOUNDLESS.name]) == (100.0, 2)
    assert not list((tmp_path / "run").glob("hum?.wav"))


def test_clips_are_said_once_and_scored_alike_again(speech: Manifest, tmp_path: Path) -> None:
    codec = loaded()
    run(codec, speech, tmp_path)
    first = (tmp_path / "results.jsonl").read_bytes()
    layout = TextFirst(patterns.Delay(codec.spec))
    run(codec, speech, tmp_path, Mute(layout.pattern, TINY, layout.vocabulary))
    assert (tmp_path / "results.jsonl").read_bytes() == first


def test_codes_that_the_decoder_refuses_are_failures_and_no_number(speech: Manifest, tmp_path: Path) -> None:
    codec = Tone(refuses=True)
    found = run(codec, speech, tmp_path, Ending(codec, at_once=False))
    reasons = dict.fromkeys(("hum2", "hum4"), "ValueError: whose codes are these?")
    for metric in (*(metric.name for metric in PARROT), SOUNDLESS.name):
        assert (found[metric].estimate, found[metric].failures) == (None, reasons)
    assert value(found["tts_wer_parrot_real"]) == (pytest.approx(80.0), 2)


@pytest.mark.parametrize("loudness", [0.0, 0.004])
def test_a_silent_clip_says_nothing_either(speech: Manifest, tmp_path: Path, loudness: float) -> None:
    """Codecs make noise of silence, here of -51 dB of full scale."""
    codec = Tone(loudness)
    found = run(codec, speech, tmp_path, Ending(codec, at_once=False))
    assert value(found["tts_wer_parrot"]) == value(found["tts_wer_parrot_real"]) == (100.0, 2)
    assert value(found[SOUNDLESS.name]) == (100.0, 2)


def test_a_language_that_the_recogniser_does_not_know_is_a_failure(speech: Manifest, tmp_path: Path) -> None:
    italian = Manifest.of("it", [replace(clip, language="it") for clip in speech], speech.root)
    codec = loaded()
    found = run(codec, italian, tmp_path, Ending(codec, at_once=False))
    assert found["tts_wer_parrot"].estimate is None
    assert "does not know the language 'it'" in found["tts_wer_parrot"].failures["hum2"]


def test_what_cannot_be_heard_is_refused() -> None:
    units = Loudness()
    with pytest.raises(InvalidOption, match=SILENT):
        require_audible(units, patterns.Delay(units.spec))
    codec = Tone()
    codec.spec = replace(codec.spec, variable_rate=True)
    with pytest.raises(InvalidOption, match=UNTIMED):
        require_audible(codec, patterns.Flatten(codec.spec))


def test_a_sampling_that_means_nothing_is_refused() -> None:
    for options in ({"temperature": -1.0}, {"top_k": 0}):
        with pytest.raises(InvalidOption, match="got"):
            Sampling(**options)  # type: ignore[arg-type]
    assert [metric.name for metric in HEARD] == ["tts_wer", "tts_cer"]
