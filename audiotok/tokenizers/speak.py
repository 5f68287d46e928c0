"""`speak(inner)`: units that decode to speech, in the voice of a prompt: Vec-Tok Speech's inverse model.

The tokens are the inner tokenizer's; what turns them into speech is audiotok.models.inverse over their vectors, and
Griffin–Lim. The prompt is no part of the tokens but an option: `prompt=` is the name of a bundled one, or an audio file
of yours, whose beginning is listened to. `model=FILE` is one from recipes/train_inverse.py; the shipped one and its
units are `audiotok-units`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.core.batching import decode_clips
from audiotok.core.tokenizer import Codec, Embeddable, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidData, InvalidOption
from audiotok.files.assets import file_sha256
from audiotok.models.inverse import Inverse
from audiotok.models.mel import SAMPLE_RATE, griffin_lim, log_mel

PROMPTS = Path(__file__).parent / "prompts"


class Spoken(Codec):
    """The words come back; the voice, the channel and the melody are the prompt's and the model's.

    The leaves say where units and model come from.
    """

    def _open(self, inner: Tokenizer, path: Path, prompt: str) -> None:
        """With the inverse model in a file and a prompt by its name or its file."""
        inverse, metadata = Inverse.load(path)
        bundled = PROMPTS / f"{prompt}.flac"
        voice = bundled if bundled.is_file() else Path(prompt)
        if not voice.is_file():
            known = ", ".join(sorted(file.stem for file in PROMPTS.glob("*.flac")))
            raise InvalidOption(f"prompt must be an audio file or one of {known}; got {prompt!r}")
        if metadata["units_sha256"] != inner.card.weights_sha256:
            raise InvalidOption(
                f"{path} speaks the units of {metadata['units']}, whose weights are {metadata['units_sha256']}; those "
                f"of {inner.identifier} are {inner.card.weights_sha256}. Train one for them: recipes/train_inverse.py"
            )
        self._use(inner, inverse, Audio.load(voice))
        self.card = replace(
            self.card,
            training_data=f"{inner.card.training_data}; inverse model: {metadata['data']}",
            weights_sha256=f"{inner.card.weights_sha256} inverse:{file_sha256(path)} prompt:{file_sha256(voice)}",
        )

    def _use(self, inner: Tokenizer, inverse: Inverse, prompt: Audio) -> None:
        vectors = unit_vectors(inner)
        config = inverse.config
        if (vectors.shape[1], inner.spec.frame_rate) != (config.dim, config.frame_rate):
            raise InvalidOption(
                f"the inverse model takes vectors of {config.dim} at {config.frame_rate:g} Hz, {inner.identifier} has "
                f"{vectors.shape[1]} at {inner.spec.frame_rate:g} Hz"
            )
        self.inner = inner
        self.spec = inner.spec
        self.card = replace(
            inner.card,
            title=f"{inner.card.title}, spoken",
            summary=f"{inner.card.title} spoken by the inverse model of Vec-Tok Speech, small, in a prompt's voice.",
            decoder="CNN+T",
            objective=("Rec",),
            weights_verified="",
        )
        self.decode_sample_rate = SAMPLE_RATE
        self._inverse = inverse
        try:
            self._prompt = inverse.prompt_of(log_mel(prompt.mono().resample(SAMPLE_RATE).waveform[0, 0]))
        except InvalidData as error:
            raise InvalidOption(f"prompt: {error}") from error

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return self.inner.encode(Audio(waveform, lengths, self.spec.sample_rate))

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._waveform, tokens)

    def _waveform(self, codes: Tensor) -> Tensor:
        """[1, 1, T] -> [1, 1, 160 * stack * T]"""
        vectors = _embed(self.inner, codes[0, 0])
        return griffin_lim(self._inverse.speak(self._prompt, vectors))[None, None]


class Speak(Spoken):
    """Any units that have vectors, spoken by a model of yours."""

    decoder_options = frozenset({"model", "prompt"})

    def __init__(self, inner: Tokenizer, *, model: str, prompt: str = "allison") -> None:
        self._open(inner, Path(model), prompt)

    @classmethod
    def of(cls, inner: Tokenizer, inverse: Inverse, prompt: Audio) -> Speak:
        """With a model that is in memory already, trained or not."""
        codec = cls.__new__(cls)
        codec._use(inner, inverse.eval().requires_grad_(False), prompt)
        return codec


def unit_vectors(tokenizer: Tokenizer) -> Tensor:
    """[K, D], the vector of every unit. Raises InvalidOption where the tokens are no units that have one."""
    if not isinstance(tokenizer, Embeddable) or len(tokenizer.spec.codebook_sizes) != 1:
        raise InvalidOption(
            f"{tokenizer.identifier} has no vector for each of its units: a tokenizer of one codebook whose codes have "
            "vectors is needed, such as whisper-units or ssl-units"
        )
    return _embed(tokenizer, torch.arange(tokenizer.spec.codebook_sizes[0], device=tokenizer.device)).cpu()


def _embed(tokenizer: Any, units: Tensor) -> Tensor:
    """[T] -> [T, D]"""
    vectors: Tensor = tokenizer.embed(Tokens.from_clips([units[None]], tokenizer.spec))[0, 0]
    return vectors
