"""Audio as other people's programs hold it is taken for what it is, or refused by a message that is right."""

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

import audiotok
from audiotok.core.inputs import as_audio
from audiotok.errors import InvalidAudio

PCM = (3000 * np.random.default_rng(0).standard_normal(1601)).astype(np.int16)
WAVE = PCM / np.float32(32768)


def wav() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, PCM, 16000, format="WAV")
    return file.getvalue()


class Decoder:
    """What datasets returns for an audio column from version 4 on (torchcodec's interface)."""

    def get_all_samples(self) -> SimpleNamespace:
        return SimpleNamespace(data=torch.from_numpy(WAVE)[None], sample_rate=16000)


KINDS: dict[str, Callable[[], Any]] = {
    "Hugging Face row": lambda: {"array": WAVE, "sampling_rate": 16000, "path": "a.wav"},
    "Hugging Face row of doubles": lambda: {"array": WAVE.astype(np.float64), "sampling_rate": np.int64(16000)},
    "Hugging Face row, not decoded": lambda: {"bytes": wav(), "path": None},
    "decoder": Decoder,
    "decoded samples": lambda: Decoder().get_all_samples(),
    "bytes": wav,
    "binary file": lambda: io.BytesIO(wav()),
    "list of one": lambda: [{"array": WAVE, "sampling_rate": 16000}],
}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_encoded_as_the_array_is(kind: str) -> None:
    tokenizer = audiotok.load("mulaw")
    assert torch.equal(tokenizer.encode(KINDS[kind]()).codes, tokenizer.encode(WAVE, 16000).codes)


@pytest.mark.parametrize("rate", [np.int64(16000), np.int32(16000), np.uint16(16000)])
def test_a_sample_rate_may_be_one_of_numpys_integers(rate: Any) -> None:
    audio = audiotok.Audio.from_array(WAVE, rate)
    assert type(audio.sample_rate) is int
    assert type(audio.resample(np.int64(8000)).sample_rate) is int
    tokenizer = audiotok.load("mulaw")
    assert torch.equal(tokenizer.encode(WAVE, rate).codes, tokenizer.encode(WAVE, 16000).codes)


def test_a_list_of_unequal_clips_is_a_batch_of_them() -> None:
    tokenizer = audiotok.load("mulaw")
    clips = [WAVE, torch.from_numpy(WAVE[:300])[None], WAVE[:1000].tolist()]
    tokens = tokenizer.encode(clips, 16000)
    assert tokens.lengths.tolist() == [1601, 300, 1000]
    for i, clip in enumerate(clips):
        assert torch.equal(tokens[i].codes, tokenizer.encode(clip, 16000).codes)


def test_clips_of_a_list_may_have_rates_of_their_own() -> None:
    tokenizer = audiotok.load("mulaw:sample_rate=8000")
    rows = [{"array": WAVE, "sampling_rate": rate} for rate in (8000, 16000, 44100)]
    tokens = tokenizer.encode(rows)
    for i, row in enumerate(rows):
        assert torch.equal(tokens[i].codes, tokenizer.encode(row).codes)


def test_rows_of_a_two_dimensional_array_are_not_said_to_be_mixed() -> None:
    with pytest.raises(InvalidAudio, match=r"clips of a batch, pass \[B, 1, T\]"):
        audiotok.load("mulaw").encode(np.stack([WAVE, WAVE]), 16000)


def test_samples_before_channels_are_told_to_be_transposed() -> None:
    with pytest.raises(InvalidAudio, match=r"array\.T for \[T, C\]"):
        audiotok.load("mulaw").encode(np.stack([WAVE, WAVE], axis=1), 16000)


def test_a_row_of_another_rate_than_is_said_is_refused() -> None:
    with pytest.raises(InvalidAudio, match="contradicts"):
        audiotok.load("mulaw").encode({"array": WAVE, "sampling_rate": 16000}, 8000)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "cannot make audio of NoneType"),
        ({"text": "hello"}, r"got \['text'\]"),
        ({"array": WAVE}, "pass sample_rate="),
        ([], "no clips"),
        (io.StringIO("RIFF"), "binary mode"),
        (b"not audio at all", "not readable as audio"),
        (np.array([WAVE, WAVE[:3]], dtype=object), "array of object"),
    ],
)
def test_what_is_no_audio_is_refused_with_what_is(value: Any, message: str) -> None:
    rate = 16000 if isinstance(value, np.ndarray) else None
    with pytest.raises(InvalidAudio, match=message):
        audiotok.load("mulaw").encode(value, rate)


def test_a_path_may_be_any_kind_of_path(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav())
    tokenizer = audiotok.load("mulaw")
    expected = tokenizer.encode(WAVE, 16000).codes
    assert torch.equal(tokenizer.encode(str(tmp_path / "a.wav")).codes, expected)
    with (tmp_path / "a.wav").open("rb") as file:
        assert torch.equal(tokenizer.encode(file).codes, expected)


def test_a_list_of_numpy_numbers_is_a_clip() -> None:
    numbers = np.linspace(-1, 1, 100, dtype=np.float32)
    assert torch.equal(as_audio(list(numbers), 16000).waveform[0, 0], torch.from_numpy(numbers))
