"""What a model says after a prompt is judged, kept, and never given a number that nobody heard."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from audiotok import data, registry
from audiotok.core.audio import Audio
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data import Manifest
from audiotok.errors import InvalidAudio, InvalidData, InvalidOption
from audiotok.lm import patterns
from audiotok.lm.config import ModelSize
from audiotok.lm.model import AcousticLM
from audiotok.metrics.continuation import CODES_AGAIN, HEARD, LENGTH
from audiotok.results.record import Result, write
from audiotok.tasks.continuations import OPTIONS, TASK
from audiotok.tasks.continuations.prompts import MIN_SECONDS, ContinuationSampling, choose_prompts, cut
from audiotok.tasks.continuations.scoring import measure, results
from audiotok.tasks.language_model.speech_scoring import REAL, SILENT, UNTIMED
from audiotok.units.bpe import UnitBPE
from audiotok.units.flatten import flatten

TINY = ModelSize(width=16, layers=1, heads=2)
SAMPLING = ContinuationSampling(prompt_seconds=0.6, seconds=1.2)


CARD = TokenizerCard(
    title="Loudness",
    summary="The peak of each frame.",
    paper="",
    code="",
    licence="MIT",
    domains=("speech",),
    encoder="-",
    decoder="-",
    representation="T",
    quantizer="FSQ",
    rate="fixed",
)
SPEC = TokenSpec(8000, 50.0, (8,))


class Loudness(Tokenizer):
    """Fifty levels a second, and no way back."""

    card, spec = CARD, SPEC

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return levels(waveform, lengths)


class Particular(Codec):
    """Makes a tone of its own codes, and takes no others."""

    card, spec, decode_sample_rate = CARD, SPEC, 8000

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return levels(waveform, lengths)

    def _decode(self, tokens: Tokens) -> Tensor:
        if tokens.tokenizer is None:
            raise ValueError("whose codes are these?")
        time = torch.arange(int(tokens.lengths.max()) * 160)
        return (0.3 * torch.sin(time)).expand(len(tokens), 1, -1)


def levels(waveform: Tensor, lengths: Tensor) -> Tokens:
    clips = [clip[0, : int(n) // 160 * 160].reshape(-1, 160) for clip, n in zip(waveform, lengths, strict=True)]
    return Tokens.from_clips([(7 * clip.abs().amax(dim=1).clamp(max=1)).long()[None] for clip in clips], SPEC)


@pytest.fixture
def speech(tmp_path: Path) -> Manifest:
    """Three hums of 1.4, 1.8 and 2.2 s."""
    folder = tmp_path / "hums"
    folder.mkdir()
    for i in range(3):
        time = np.arange(round((1.4 + 0.4 * i) * 16000)) / 16000
        wave = sum(np.sin(2 * np.pi * (110 + 15 * i) * k * time) / k for k in range(1, 12))
        soundfile.write(folder / f"hum{i}.wav", 0.2 * wave * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * time)), 16000)
    return data.make(folder, "hums", domain="speech")[0]


def run(tokenizer: Tokenizer, chosen: Manifest, folder: Path, model: AcousticLM | None = None) -> dict[str, Result]:
    pattern = patterns.Delay(tokenizer.spec) if not tokenizer.spec.variable_rate else patterns.Flatten(tokenizer.spec)
    if model is None:
        torch.manual_seed(0)
        model = AcousticLM(pattern, TINY).eval()
    judged = measure(model, pattern, tokenizer, chosen, SAMPLING, folder / "run", folder / "runs")
    made = results(judged, tokenizer, chosen, TASK)
    write(folder / "results.jsonl", made)
    return {result.metric: result for result in made}


class Mute(AcousticLM):
    def advance(self, ids: Tensor, cache: object) -> Tensor:
        raise AssertionError("asked again for what it has said already")


def test_clips_are_continued_once_and_scored_alike_again(speech: Manifest, tmp_path: Path) -> None:
    chosen, tokenizer = choose_prompts(speech, SAMPLING, 0), registry.load("codec2:mode=700")
    assert [clip.id for clip in chosen] == ["hum1", "hum2"]  # the first goes on for less than a second
    found = run(tokenizer, chosen, tmp_path)
    first = (tmp_path / "results.jsonl").read_bytes()
    run(tokenizer, chosen, tmp_path, Mute(patterns.Delay(tokenizer.spec), TINY))
    assert (tmp_path / "results.jsonl").read_bytes() == first
    assert set(found) == {m.name + suffix for m in (*HEARD, CODES_AGAIN) for suffix in ("", REAL)} | {LENGTH.name}
    for name in ("continuation_dnsmos_ovrl", "continuation_dnsmos_ovrl_real", "continuation_codes_again"):
        assert found[name].estimate is not None
        assert found[name].estimate.n == 2
    assert "lm_seed:0" in found["continuation_dnsmos_ovrl"].signature
    assert "lm_seed" not in found["continuation_dnsmos_ovrl_real"].signature
    assert "anchor" in found["continuation_dnsmos_ovrl_real"].unranked
    # Nobody said which language a hum is in.
    assert found["continuation_words_again"].estimate is None
    assert set(found["continuation_words_again"].failures) == {"hum1", "hum2"}


def test_the_audio_to_listen_to_is_prompt_and_continuation(speech: Manifest, tmp_path: Path) -> None:
    found = run(registry.load("codec2:mode=700"), choose_prompts(speech, SAMPLING, 1), tmp_path)
    share = found[LENGTH.name].scores[0]
    heard = Audio.load(tmp_path / "run" / "hum1.wav")
    assert heard.seconds == pytest.approx(0.6 + share.total, abs=0.04)  # a frame
    assert Audio.load(tmp_path / "run" / "hum1-real.wav").seconds == pytest.approx(share.weight, abs=0.001)
    assert share.weight == pytest.approx(1.2)


def test_units_without_a_decoder_have_no_scores_of_what_is_heard(speech: Manifest, tmp_path: Path) -> None:
    found = run(Loudness(), choose_prompts(speech, SAMPLING, 0), tmp_path)
    for metric in HEARD:
        for suffix in ("", REAL):
            result = found[metric.name + suffix]
            assert (result.estimate, result.scores, result.failures) == (None, (), {})
            assert result.undefined == dict.fromkeys(("hum1", "hum2"), SILENT)
    assert found[CODES_AGAIN.name].estimate is not None
    assert not list((tmp_path / "run").glob("*.wav"))


def test_tokens_that_do_not_say_how_long_they_last_are_not_listened_to(speech: Manifest, tmp_path: Path) -> None:
    inner = registry.load("codec2:mode=700")
    alphabet = sum(inner.spec.codebook_sizes)
    spoken = flatten(inner.encode(data.read(next(iter(speech)), speech.root)))
    UnitBPE.train(spoken, alphabet, alphabet + 8).save(tmp_path / "merges.json")
    merged = registry.load(f"bpe(codec2:mode=700):model={tmp_path / 'merges.json'}")
    found = run(merged, choose_prompts(speech, SAMPLING, 1), tmp_path)
    assert found[HEARD[0].name].undefined == {"hum1": UNTIMED}
    assert found[LENGTH.name].estimate is not None


def test_the_prompt_is_cut_off_by_the_duration_of_its_tokens(speech: Manifest, tmp_path: Path) -> None:
    found = run(registry.load("dedup(codec2:mode=700):max_duration=8"), choose_prompts(speech, SAMPLING, 1), tmp_path)
    assert found["continuation_dnsmos_ovrl"].estimate is not None
    assert found["continuation_dnsmos_ovrl_real"].estimate is not None


def test_codes_that_the_decoder_refuses_fail_what_is_heard_of_them_alone(speech: Manifest, tmp_path: Path) -> None:
    found = run(Particular(), choose_prompts(speech, SAMPLING, 0), tmp_path)
    for metric in HEARD:
        reasons = dict.fromkeys(("hum1", "hum2"), "ValueError: whose codes are these?")
        assert (found[metric.name].estimate, found[metric.name].failures) == (None, reasons)
    assert found["continuation_dnsmos_ovrl_real"].estimate is not None
    assert found[CODES_AGAIN.name].estimate is not None


def test_a_clip_that_cannot_be_read_fails_every_score_and_no_other_clip(speech: Manifest, tmp_path: Path) -> None:
    (tmp_path / "hums" / "hum1.wav").unlink()
    for result in run(Loudness(), choose_prompts(speech, SAMPLING, 0), tmp_path).values():
        if result.metric in (CODES_AGAIN.name, CODES_AGAIN.name + REAL, LENGTH.name):
            assert [score.clip for score in result.scores] == ["hum2"]
        assert "hum1.wav is not there" in result.failures["hum1"]


def test_a_prompt_takes_the_beginning_and_the_rest_goes_up_to_the_limit() -> None:
    audio = Audio.from_array(torch.arange(1000.0) / 1000, 1000)
    prompt, rest = cut(audio, ContinuationSampling(prompt_seconds=0.25, seconds=1.0))
    assert prompt.waveform[0, 0].tolist() == audio.waveform[0, 0, :250].tolist()
    assert rest.waveform[0, 0].tolist() == audio.waveform[0, 0, 250:].tolist()


def test_a_prompt_as_long_as_the_clip_is_refused(speech: Manifest) -> None:
    audio = Audio.from_array(torch.zeros(1000), 1000)
    with pytest.raises(InvalidAudio, match=r"lasts 1\.000 s: nothing is left to follow a prompt of 1\.0 s"):
        cut(audio, ContinuationSampling(prompt_seconds=1.0))
    with pytest.raises(InvalidData, match=r"no clip lasts 6\.0 s"):
        choose_prompts(speech, ContinuationSampling(prompt_seconds=5.0), 0)


def test_a_sampling_that_says_nothing_is_refused() -> None:
    for options in ({"prompt_seconds": 0.0}, {"seconds": 0.5}, {"temperature": -1.0}, {"top_k": 0}):
        with pytest.raises(InvalidOption, match="got"):
            ContinuationSampling(**options)  # type: ignore[arg-type]


def test_a_clips_seed_is_its_own() -> None:
    assert (
        SAMPLING.seed_of("a")
        == ContinuationSampling(prompt_seconds=0.6, seconds=1.2).seed_of("a")
        != SAMPLING.seed_of("b")
    )
    assert SAMPLING.seed_of("a") != ContinuationSampling(prompt_seconds=0.6, seconds=1.2, seed=1).seed_of("a")


def test_the_least_length_is_that_which_its_explanation_names() -> None:
    """A model that ends every clip of the board as soon as it can."""
    clips = choose_prompts(data.load("small").domain("speech").new_voices(), OPTIONS.sampling, OPTIONS.clips)
    asked = [min(clip.duration - OPTIONS.prompt_seconds, OPTIONS.seconds) for clip in clips]
    least = sum(min(MIN_SECONDS, seconds) for seconds in asked) / sum(asked)
    assert f"has {100 * least:.0f} % on the default clips" in LENGTH.explanation
