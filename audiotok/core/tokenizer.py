"""The one API: `encode` audio to tokens, `decode` tokens to audio.

`Tokenizer` and `Codec` check, resample and move their input, call `_encode` or `_decode` of the subclass, and check the
output, so that a subclass contains only what is specific to its model. Optional capabilities are the interfaces
`Scalable`, `Embeddable` and `Streaming` (audiotok.core.streaming), tested with `isinstance`. A class is either an
interface or a concrete tokenizer, and no concrete method is overridden.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from numbers import Integral
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, SupportsIndex, final

import torch
from torch import Tensor, nn

from audiotok.core.audio import Audio
from audiotok.core.audio_file import in_file, printable
from audiotok.core.card import TokenizerCard
from audiotok.core.identifier import Identifier, Value
from audiotok.core.inputs import as_audio, is_list_of_clips
from audiotok.core.numerics import default_numerics
from audiotok.core.parameters import held_by
from audiotok.core.placement import checked_device, share, unshared
from audiotok.core.same_codes import check_codes_of, weights_of_codes
from audiotok.core.samples import check_samples
from audiotok.core.tokens import Tokens, TokenSpec, check_is_tokens
from audiotok.errors import InvalidAudio, InvalidOption, InvalidTokens, TokenizerFailed


class Tokenizer(ABC):
    """Base class of tokenizers, which turn audio into tokens. Tokenizers with a decoder derive from `Codec`.

    A subclass sets `spec` in its constructor and takes its options as keyword-only arguments with defaults. A
    tokenizer is not an `nn.Module`, so that it never becomes part of a user's checkpoint or optimizer.

    Any number of threads may call `encode`, `decode`, `embed` and `with_codebooks`, or open streams, at the same time;
    each gets what it would get alone (`audiotok check` tests `encode` and `decode`). A stream is for one thread at a
    time, and `to` must not run beside other calls.
    """

    card: TokenizerCard
    spec: TokenSpec
    device: torch.device = torch.device("cpu")
    #: Whether clips go through the model together; codes do not depend on it. None: on any device but a CPU.
    batched: bool | None = None
    _identifier: Identifier | None = None  # set by audiotok.load
    _decided: Mapping[str, Value] = MappingProxyType({})  # options that a file decides where they are not given
    _files: Mapping[str, str] = MappingProxyType({})  # option -> sha256 of the file it names; set by audiotok.load

    @property
    def identifier(self) -> str:
        """Canonical name with every option written out, `codec2:mode=2400`; what `audiotok.load` takes."""
        return str(self._identifier or Identifier(type(self).__name__))

    @property
    def together(self) -> bool:
        """Whether to run a batch at once on this device; subclasses pass it to `audiotok.core.batching`."""
        return self.device.type != "cpu" if self.batched is None else self.batched

    @final
    @torch.no_grad()
    @default_numerics()
    def encode(self, audio: Any, sample_rate: int | None = None, *, downmix: bool = False) -> Tokens:
        """Encode an Audio, a file, or an array [T], [C, T] or [B, C, T] with its sample_rate as Tokens on `device`.

        A file is a path, its bytes, or a binary file object. The audio of Hugging Face datasets, a dict with `array`
        and `sampling_rate` or a torchcodec decoder, is accepted too. A list of any of these is a batch of clips, which
        may differ in length and sample rate.

        Audio is resampled to `spec.sample_rate`. A stereo tokenizer gets mono input on both channels; stereo input to
        a mono tokenizer is an error unless `downmix` is set. Raises InvalidAudio for unusable input, and
        TokenizerFailed if the model returns invalid tokens. Runs under `no_grad` rather than `inference_mode`, so that
        the codes can be embedded in a training loop, and with autocast disabled.
        """
        audio = self._accept(audio, sample_rate, downmix)
        tokens = self._encode(audio.waveform, audio.lengths)
        if not isinstance(tokens, Tokens) or tokens.spec != self.spec or len(tokens) != len(audio):
            raise TokenizerFailed(f"{self.identifier} returned tokens that do not match its spec: {tokens!r:.200}")
        return self.signed(tokens, num_samples=audio.lengths)

    @abstractmethod
    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        """[B, C, T] float32 at spec.sample_rate on self.device, [B] int64 -> Tokens of self.spec.

        Each clip's codes must be those of the clip alone and unpadded. A clip may be as short as one sample.
        """

    @final
    def signed(self, tokens: Tokens, **changes: Tensor) -> Tokens:
        """The tokens with the name of this tokenizer, and with the hash of the local files that its codes depend on."""
        made_by = {"tokenizer": self.identifier, "weights_sha256": weights_of_codes(self)}
        return replace(tokens, **made_by, **changes)  # type: ignore[arg-type]  # mypy checks ** against every field

    @final
    def to(self, device: str | torch.device) -> Self:
        """Move all modules, tensors and nested tokenizers to `device`; returns self.

        Copies, such as those of `with_codebooks`, stay where they are: modules that are shared with one are copied.
        Raises InvalidOption if the device is not there, before anything is moved.
        """
        place = checked_device(device)
        modules = {name: value for name, value in vars(self).items() if isinstance(value, nn.Module)}
        vars(self).update(unshared(self, modules, place))
        for name, value in vars(self).items():
            if isinstance(value, (nn.Module, Tensor, Tokenizer)):
                setattr(self, name, value.to(place))
        self.device = place
        return self

    @final
    def check_own(self, tokens: Tokens) -> None:
        """Raises InvalidTokens unless the codes are this tokenizer's, whatever its decoder."""
        check_is_tokens(tokens, self.identifier)
        check_codes_of(self, tokens)

    def __copy__(self) -> Self:
        """An object of its own that shares all models, until one of the two moves to another device."""
        other = object.__new__(type(self))
        nested = {name: copy.copy(value) for name, value in vars(self).items() if isinstance(value, Tokenizer)}
        vars(other).update(vars(self) | nested)
        share(self, other)
        return other

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """For pickle and deepcopy: a tokenizer from `audiotok.load` is loaded again by its identifier, on its device.

        One that was constructed is pickled as an object, with its weights, if its runtime allows it.
        """
        if self._identifier is None:
            return super().__reduce_ex__(protocol)
        import audiotok

        return audiotok.load, (self.identifier, str(self.device)), {"batched": self.batched}

    @property
    def num_parameters(self) -> int:
        """Number of parameters of the loaded models, including codebooks (see `audiotok.core.parameters`)."""
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
            check_samples(audio.waveform)  # not by Audio itself: a codec may decode to more than full scale
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
    """A tokenizer with a decoder. `decode` depends on the tokens only."""

    decode_sample_rate: int  # Hz of what decode returns
    #: Names of options on which codes do not depend: tokens made with others of these are decoded too.
    decoder_options: frozenset[str] = frozenset()

    @final
    @torch.no_grad()
    @default_numerics()
    def decode(self, tokens: Tokens) -> Audio:
        """Tokens -> Audio at `decode_sample_rate`, trimmed to `num_samples` where the tokens carry it.

        Where the rate is variable and no durations are coded (BPE), the codes alone determine the length of a clip.

        Raises InvalidTokens if the tokens belong to another tokenizer or contain an empty clip, and TokenizerFailed if
        the model returns NaN or audio of the wrong length.
        """
        self.check_tokens(tokens)
        tokens = tokens.to(self.device)
        if self._only_decoder_knows_length(tokens):
            clips = [self._finite_audio(tokens[i])[0] for i in range(len(tokens))]
            if not all(clip.shape[1] for clip in clips):
                raise TokenizerFailed(f"{self.identifier} decoded {tokens.lengths.tolist()} tokens to no samples")
            return Audio.from_clips(clips, self.decode_sample_rate)
        waveform, lengths = self._finite_audio(tokens), self.decoded_lengths(tokens)
        # Upstream decoders may end up to a frame early; more than that is a broken wrapper.
        missing = int(lengths.max()) - waveform.shape[2]
        if missing > float(self.spec.hop * self.decode_sample_rate / self.spec.sample_rate):
            raise TokenizerFailed(f"{self.identifier} decoded {missing} samples too few for {lengths.tolist()}")
        waveform = nn.functional.pad(waveform, (0, max(0, missing)))[:, :, : int(lengths.max())]
        inside = torch.arange(waveform.shape[2], device=waveform.device) < lengths[:, None]
        return Audio(waveform * inside[:, None], lengths, self.decode_sample_rate)

    def _finite_audio(self, tokens: Tokens) -> Tensor:
        """The output of `_decode`, as float32. Raises TokenizerFailed where that is no finite [B, C, T]."""
        # The model does not see how long the clip is: that is no token, and its low bits could carry any message.
        waveform = self._decode(tokens if isinstance(self, Delegating) else replace(tokens, num_samples=None))
        if waveform.ndim != 3 or waveform.shape[0] != len(tokens):
            raise TokenizerFailed(f"{self.identifier} decoded to {list(waveform.shape)}, not [{len(tokens)}, C, T]")
        if not bool(torch.isfinite(waveform).all()):
            raise TokenizerFailed(f"{self.identifier} decoded to NaN or infinite samples")
        return waveform.float()

    def _only_decoder_knows_length(self, tokens: Tokens) -> bool:
        return tokens.num_samples is None and self.spec.variable_rate and not self.spec.max_duration

    @final
    def check_tokens(self, tokens: Tokens) -> None:
        """Raises InvalidTokens if the tokens belong to another tokenizer or contain an empty clip."""
        self.check_own(tokens)
        if not len(tokens) or int(tokens.lengths.min()) < 1:
            raise InvalidTokens(f"nothing to decode: lengths are {tokens.lengths.tolist()}, each must be at least 1")

    @abstractmethod
    def _decode(self, tokens: Tokens) -> Tensor:
        """Tokens of self.spec on self.device -> [B, C, T] at decode_sample_rate; each clip as if it were alone.

        `tokens.num_samples` is None here, except in a `Delegating` codec: the base class trims.
        """

    @final
    def decoded_lengths(self, tokens: Tokens) -> Tensor:
        """[B] samples at decode_sample_rate that `decode` gives for the tokens.

        Raises InvalidTokens where only decoding them tells: at a variable rate, without coded durations or
        `num_samples`.
        """
        if self._only_decoder_knows_length(tokens):
            raise InvalidTokens(
                f"{self.identifier} has tokens of variable rate whose durations are not coded: without num_samples, "
                "only the audio that decode returns shows how long the clips are"
            )
        if tokens.num_samples is not None:
            ratio = self.decode_sample_rate / self.spec.sample_rate
            return (tokens.num_samples * ratio).round().long().clamp(min=1)
        frames = tokens.lengths if tokens.durations is None else (tokens.durations * tokens.mask).sum(dim=1)
        return (frames * float(self.spec.hop) * self.decode_sample_rate / self.spec.sample_rate).round().long()


class Delegating(ABC):  # noqa: B024 (it says what `_decode` does, and adds nothing to it)
    """A codec whose `_decode` calls another codec's `decode`.

    Its `_decode` gets `num_samples`, so that the other codec trims and pads as it does alone. Without it, the other
    codec would end every clip with its last whole frame.
    """


class Scalable(ABC):
    """A tokenizer whose first n codebooks form a tokenizer of lower bitrate."""

    spec: TokenSpec
    _identifier: Identifier | None

    @final
    def with_codebooks(self, num_codebooks: int) -> Self:
        """The same model with another number of codebooks, at most that it was loaded with.

        Weights are shared until one of the two moves to another device. Raises InvalidOption.
        """
        if not isinstance(num_codebooks, Integral) or isinstance(num_codebooks, bool):
            raise InvalidOption(f"num_codebooks must be an integer, got {num_codebooks!r}")
        num_codebooks = int(num_codebooks)
        other = copy.copy(self)
        other._set_codebooks(num_codebooks)
        if self._identifier is not None:
            other._identifier = self._identifier.with_options(num_codebooks=num_codebooks)
        return other

    @abstractmethod
    def _set_codebooks(self, num_codebooks: int) -> None:
        """Change `self.spec`, and what else depends on the number; raise InvalidOption where it is out of range."""


class Embeddable(ABC):
    """A tokenizer with an embedding for each code."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "embed" in vars(cls):
            cls.embed = _of_own_tokens(cls.embed)  # type: ignore[assignment,method-assign]

    @abstractmethod
    def embed(self, tokens: Tokens) -> Tensor:
        """Embeddings [B, K, T, D]. Their sum over K is the quantizer's output, which the decoder receives.

        Raises InvalidTokens if the tokens belong to another tokenizer, which is checked before a subclass gets them.
        """


def _of_own_tokens(embed: Callable[[Any, Tokens], Tensor]) -> Callable[[Any, Tokens], Tensor]:
    @wraps(embed)
    def checked(self: Any, tokens: Tokens) -> Tensor:
        self.check_own(tokens)
        return embed(self, tokens)

    return checked


def check_codebooks(num_codebooks: int, maximum: int) -> int:
    """For `_set_codebooks` and constructors. Raises InvalidOption outside 1..maximum."""
    if not 1 <= num_codebooks <= maximum:
        raise InvalidOption(f"num_codebooks must be between 1 and {maximum}, got {num_codebooks}")
    return num_codebooks
