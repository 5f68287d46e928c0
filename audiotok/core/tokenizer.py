"""The one API: `encode` audio to tokens, `decode` tokens to audio.

`Tokenizer` and `Codec` check, resample and move what comes in, call the leaf's `_encode` or `_decode`, and check what
comes out; a leaf therefore holds nothing but what is peculiar to its model. Further abilities are the interfaces
`Scalable`, `Embeddable` and `Streaming` (audiotok.core.streaming), asked for with `isinstance`. A class is an interface
or a leaf, and no concrete method is overridden.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Self, final

import torch
from torch import Tensor, nn

from audiotok.core.audio import Audio
from audiotok.core.audio_file import in_file, printable
from audiotok.core.card import TokenizerCard
from audiotok.core.identifier import Identifier
from audiotok.core.inputs import as_audio, is_list_of_clips
from audiotok.core.numerics import default_numerics
from audiotok.core.parameters import held_by
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidAudio, InvalidOption, InvalidTokens, TokenizerFailed


class Tokenizer(ABC):
    """Turns audio into tokens. A semantic tokenizer stops here; one with a decoder is a `Codec`.

    A leaf sets `spec` in its constructor, whose options are keyword-only arguments with defaults. It is no
    `nn.Module`, so that it never ends up in a user's checkpoint or optimizer.
    """

    card: TokenizerCard
    spec: TokenSpec
    device: torch.device = torch.device("cpu")
    #: Whether clips go through the model together; codes do not depend on it. None: on any device but a CPU.
    batched: bool | None = None
    _identifier: Identifier | None = None  # set by audiotok.load

    @property
    def identifier(self) -> str:
        """Canonical name with every option written out, `codec2:mode=2400`; what `audiotok.load` takes."""
        return str(self._identifier or Identifier(type(self).__name__))

    @property
    def together(self) -> bool:
        """Whether a batch is run as one here, for a leaf to pass to `audiotok.core.batching`."""
        return self.device.type != "cpu" if self.batched is None else self.batched

    @final
    @torch.no_grad()
    @default_numerics()
    def encode(self, audio: Any, sample_rate: int | None = None, *, downmix: bool = False) -> Tokens:
        """Audio, a file, or an array [T], [C, T] or [B, C, T] with its sample_rate -> Tokens on `self.device`.

        A file is a path, its bytes, or a binary file object. A dict with `array` and `sampling_rate` and a torchcodec
        decoder, both of Hugging Face datasets, are accepted; a list of any of these is a batch of clips, which may
        differ in length and sample rate.

        Any sample rate is accepted and resampled to `spec.sample_rate`. Mono goes into a stereo tokenizer twice;
        stereo into a mono one is an error unless `downmix`. Raises InvalidAudio on input that cannot be used and
        TokenizerFailed where the model returns something that is not its own kind of tokens. Runs under `no_grad`,
        not `inference_mode`, whose tensors could not be embedded in a training loop, and without autocast.
        """
        audio = self._accept(audio, sample_rate, downmix)
        tokens = self._encode(audio.waveform, audio.lengths)
        if not isinstance(tokens, Tokens) or tokens.spec != self.spec or len(tokens) != len(audio):
            raise TokenizerFailed(f"{self.identifier} returned tokens that do not match its spec: {tokens!r:.200}")
        return replace(tokens, num_samples=audio.lengths, tokenizer=self.identifier)

    @abstractmethod
    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        """[B, C, T] float32 at spec.sample_rate on self.device, [B] int64 -> Tokens of self.spec.

        Each clip's codes must be those of the clip alone and unpadded. A clip may be as short as one sample.
        """

    @final
    def to(self, device: str | torch.device) -> Self:
        """Move every module, tensor and nested tokenizer that this one holds; returns self."""
        for name, value in vars(self).items():
            if isinstance(value, (nn.Module, Tensor, Tokenizer)):
                setattr(self, name, value.to(device))
        self.device = torch.device(device)
        return self

    @property
    def num_parameters(self) -> int:
        """Numbers of the loaded models, codebooks included (audiotok.core.parameters): counted, never typed in."""
        return sum(self._parameters().values())

    def _parameters(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for value in vars(self).values():
            found |= value._parameters() if isinstance(value, Tokenizer) else held_by(value)
        return found

    def _accept(self, audio: Any, sample_rate: int | None, downmix: bool) -> Audio:
        if is_list_of_clips(audio):
            clips = [self._accept(clip, sample_rate, downmix) for clip in audio]
            return Audio.from_clips([clip for batch in clips for clip in batch.clips()], self.spec.sample_rate)
        name = printable(Path(audio)) if isinstance(audio, (str, PathLike)) else None
        audio = as_audio(audio, sample_rate)
        with in_file(name):
            audio = self.match_channels(audio, downmix)
        return audio.to(self.device).resample(self.spec.sample_rate)

    @final
    def match_channels(self, audio: Audio, downmix: bool) -> Audio:
        """Repeat mono for a stereo tokenizer, average for a mono one if `downmix`. Raises InvalidAudio otherwise."""
        if audio.channels == self.spec.channels:
            return audio
        if audio.channels == 1:
            return Audio(audio.waveform.expand(-1, self.spec.channels, -1), audio.lengths, audio.sample_rate)
        if self.spec.channels == 1 and downmix:
            return audio.mono()
        raise InvalidAudio(
            f"{self.identifier} takes {self.spec.channels} channel(s), got {audio.channels}. If these are the channels "
            "of one clip, pass downmix=True to average them, or encode each as a clip of its own; if they are clips of "
            "a batch, pass [B, 1, T] (array[:, None]) or a list of clips"
        )


class Codec(Tokenizer):
    """A tokenizer with a decoder, which sees nothing but tokens."""

    decode_sample_rate: int  # Hz of what decode returns
    #: Names of options on which codes do not depend: tokens made with others of these are decoded too.
    decoder_options: frozenset[str] = frozenset()

    @final
    @torch.no_grad()
    @default_numerics()
    def decode(self, tokens: Tokens) -> Audio:
        """Tokens -> Audio at `decode_sample_rate`, trimmed to `num_samples` where the tokens carry it.

        Raises InvalidTokens where the tokens are another tokenizer's or hold an empty clip, TokenizerFailed where the
        model returns NaN or the wrong amount of audio.
        """
        self.check_tokens(tokens)
        tokens = tokens.to(self.device)
        # The model does not see how long the clip is: that is no token, and its low bits could carry any message.
        waveform = self._decode(replace(tokens, num_samples=None))
        if waveform.ndim != 3 or waveform.shape[0] != len(tokens):
            raise TokenizerFailed(f"{self.identifier} decoded to {list(waveform.shape)}, not [{len(tokens)}, C, T]")
        if not bool(torch.isfinite(waveform).all()):
            raise TokenizerFailed(f"{self.identifier} decoded to NaN or infinite samples")
        lengths = self.decoded_lengths(tokens)
        # Upstream decoders may end up to a frame early; more than that is a broken wrapper.
        missing = int(lengths.max()) - waveform.shape[2]
        if missing > float(self.spec.hop * self.decode_sample_rate / self.spec.sample_rate):
            raise TokenizerFailed(f"{self.identifier} decoded {missing} samples too few for {lengths.tolist()}")
        waveform = nn.functional.pad(waveform.float(), (0, max(0, missing)))[:, :, : int(lengths.max())]
        inside = torch.arange(waveform.shape[2], device=waveform.device) < lengths[:, None]
        return Audio(waveform * inside[:, None], lengths, self.decode_sample_rate)

    @final
    def check_tokens(self, tokens: Tokens) -> None:
        """Raises InvalidTokens where the tokens are another tokenizer's or hold an empty clip."""
        if tokens.spec != self.spec or not self._codes_like(tokens.tokenizer):
            raise InvalidTokens(
                f"{self.identifier} decodes tokens of {self.spec}, got {tokens.spec} from {tokens.tokenizer}; "
                f"load the tokenizer that made them"
            )
        if not len(tokens) or int(tokens.lengths.min()) < 1:
            raise InvalidTokens(f"nothing to decode: lengths are {tokens.lengths.tolist()}, each must be at least 1")

    @abstractmethod
    def _decode(self, tokens: Tokens) -> Tensor:
        """Tokens of self.spec on self.device -> [B, C, T] at decode_sample_rate; each clip as if it were alone.

        `tokens.num_samples` is None here: the base class trims.
        """

    def _codes_like(self, identifier: str | None) -> bool:
        """Whether the tokenizer of that identifier has the same codes: it may differ in decoder_options only."""
        if identifier in (None, self.identifier):
            return True
        try:
            other = Identifier.parse(str(identifier))
        except InvalidOption:
            return False
        return self._identifier is not None and _of_codes(self, other) == _of_codes(self, self._identifier)

    @final
    def decoded_lengths(self, tokens: Tokens) -> Tensor:
        """[B] samples at decode_sample_rate that `decode` gives for the tokens."""
        if tokens.num_samples is not None:
            ratio = self.decode_sample_rate / self.spec.sample_rate
            return (tokens.num_samples * ratio).round().long().clamp(min=1)
        frames = tokens.lengths if tokens.durations is None else (tokens.durations * tokens.mask).sum(dim=1)
        return (frames * float(self.spec.hop) * self.decode_sample_rate / self.spec.sample_rate).round().long()


class Scalable(ABC):
    """A tokenizer whose first n codebooks are a tokenizer too, at a lower bitrate."""

    spec: TokenSpec
    _identifier: Identifier | None

    @final
    def with_codebooks(self, num_codebooks: int) -> Self:
        """The same model, not loaded again, with fewer codebooks (or more, up to what it was loaded with)."""
        other = copy.copy(self)
        other._set_codebooks(num_codebooks)
        if self._identifier is not None:
            other._identifier = self._identifier.with_options(num_codebooks=num_codebooks)
        return other

    @abstractmethod
    def _set_codebooks(self, num_codebooks: int) -> None:
        """Change `self.spec`, and what else depends on the number; raise InvalidOption where it is out of range."""


class Embeddable(ABC):
    """A tokenizer whose codes have vectors."""

    @abstractmethod
    def embed(self, tokens: Tokens) -> Tensor:
        """-> [B, K, T, D]; the sum over K is what the decoder gets from the quantizer."""


def check_codebooks(num_codebooks: int, maximum: int) -> int:
    """For `_set_codebooks` and constructors. Raises InvalidOption outside 1..maximum."""
    if not 1 <= num_codebooks <= maximum:
        raise InvalidOption(f"num_codebooks must be between 1 and {maximum}, got {num_codebooks}")
    return num_codebooks


def _of_codes(tokenizer: Any, identifier: Identifier) -> str:
    """The identifier without what concerns a decoder only, in the tokenizers that `tokenizer` nests as well."""
    left_out = getattr(tokenizer, "decoder_options", ())
    options = {name: value for name, value in identifier.options.items() if name not in left_out}
    # One that runs in an environment of its own does not say what it nests.
    within = getattr(tokenizer, "inner", None)
    inner = Identifier.parse(_of_codes(within, identifier.inner)) if identifier.inner else None
    return str(Identifier(identifier.name, options, inner))
