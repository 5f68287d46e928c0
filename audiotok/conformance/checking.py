"""Checks: their interface, what they may ask for, and the audio that they use."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from audiotok.conformance.advice import ADVICE
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import AudiotokError
from audiotok.results.conformance import Finding

#: On a GPU the batch size alone flips near-ties between two codes; below this share something else is wrong.
LEAST_EQUAL_ON_GPU = 0.5
#: Of a tokenizer that was made faster, against the exact one, and of its batches against its clips.
LEAST_EQUAL_APPROXIMATE = 0.5

#: Where clips go through a model together, its sums are taken in another order, which may flip a near-tie; a tail that
#: is a frame too short costs at least a frame of each clip, one in a hundred.
LEAST_EQUAL_TOGETHER = 0.995


class NotConforming(AudiotokError):
    """A check failed; the message says what was expected and what came."""


class DoesNotApply(Exception):
    """The tokenizer has not got what the check is about."""


@dataclass(frozen=True)
class Check:
    """One question to a tokenizer. Calling it never raises for what the tokenizer does."""

    name: str
    question: str
    run: Callable[[Tokenizer], str]  # -> what was measured; raises NotConforming

    @property
    def advice(self) -> str:
        """Advice for the author of a tokenizer that fails the check."""
        return ADVICE[self.name]

    def __call__(self, tokenizer: Tokenizer) -> Finding:
        try:
            return Finding(self.name, "passed", self.run(tokenizer))
        except DoesNotApply as reason:
            return Finding(self.name, "not applicable", str(reason))
        except Exception as error:  # noqa: BLE001 (whatever a third party's tokenizer raises is the finding)
            kind = "" if isinstance(error, NotConforming) else f"{type(error).__name__}: "
            return Finding(self.name, "failed", f"{kind}{error}; what to do: {self.advice}")


def checks_of(*runs: Callable[[Tokenizer], str]) -> tuple[Check, ...]:
    """A check is named by its function, and asks its docstring."""
    return tuple(Check(run.__name__, run.__doc__ or "", run) for run in runs)


def demand(condition: bool, message: str) -> None:
    if not condition:
        raise NotConforming(message)


def demand_equal(actual: Tensor, expected: Tensor, what: str) -> None:
    demand(actual.shape == expected.shape, f"{what}: shape {list(actual.shape)}, not {list(expected.shape)}")
    differ = int((actual != expected).sum())
    demand(differ == 0, f"{what}: {differ} of {expected.numel()} differ")


def demand_error(kind: type[AudiotokError], act: Callable[[], object], what: str) -> None:
    try:
        act()
    except kind:
        return
    raise NotConforming(f"{what} was accepted; {kind.__name__} was expected")


def compare(tokenizer: Tokenizer, pairs: list[tuple[Tokens, Tokens]], least_on_cpu: float = 1.0) -> str:
    """Equality on the CPU; elsewhere the share of equal codes is the finding."""
    equal = total = 0
    for tokens, others in pairs:
        for expected, actual in zip(all_codes(tokens), all_codes(others), strict=True):
            demand(expected.shape == actual.shape, f"{list(actual.shape)}, not {list(expected.shape)}")
            equal += int((expected == actual).sum())
            total += expected.numel()
    required = least_on_cpu if tokenizer.device.type == "cpu" else LEAST_EQUAL_ON_GPU
    message = f"{equal} of {total} codes are equal ({tokenizer.device.type})"
    demand(equal >= required * total, message)
    return message


def all_codes(tokens: Tokens) -> list[Tensor]:
    """The codes of frames, and of whole clips where there are some."""
    return [tokens.codes] if tokens.global_codes is None else [tokens.codes, tokens.global_codes]


def survives(tokenizer: Tokenizer, clip: Tensor) -> str:
    tokens = tokenizer.encode(clip[None], tokenizer.spec.sample_rate)
    frames = int(tokens.lengths[0])
    demand(frames >= 1, f"{clip.shape[1]} samples gave no frame")
    if isinstance(tokenizer, Codec):
        tokenizer.decode(tokens)
    return f"{clip.shape[1]} samples, {frames} frames"


def codec_of(tokenizer: Tokenizer) -> Codec:
    if not isinstance(tokenizer, Codec):
        raise DoesNotApply("no decoder")
    return tokenizer


def difference(a: Audio, b: Audio) -> float:
    demand(a.waveform.shape == b.waveform.shape, f"{list(a.waveform.shape)} samples, not {list(b.waveform.shape)}")
    return float((a.waveform - b.waveform).abs().max())


def audio_tolerance(codec: Codec) -> float:
    """Order of summation on the CPU; on a GPU another kernel may be chosen for another size."""
    return 1e-5 if codec.device.type == "cpu" else 1e-2


@functools.lru_cache(maxsize=8)
def long_clips(spec: TokenSpec) -> Audio:
    """Five clips, two of one length, some far longer than most models see."""
    lengths = [round(spec.sample_rate * seconds) + 7 for seconds in (0.61, 1.37, 0.05, 1.37, 1.9)]
    return Audio.from_clips([signal(spec, n) for n in lengths], spec.sample_rate)


@functools.lru_cache(maxsize=8)
def clips(spec: TokenSpec) -> Audio:
    """Three clips of unlike lengths, none a whole number of frames for any usual hop."""
    lengths = [round(spec.sample_rate * seconds) + 7 for seconds in (0.61, 0.27, 0.83)]
    return Audio.from_clips([signal(spec, n) for n in lengths], spec.sample_rate)


def signal(spec: TokenSpec, samples: int) -> Tensor:
    """[C, samples]: a gliding harmonic tone that swells twice a second, over noise; the same on every machine."""
    seconds = torch.arange(samples, dtype=torch.float64) / spec.sample_rate
    phase = 2 * math.pi * (120 * seconds + 30 * torch.sin(2 * math.pi * 0.7 * seconds))
    voice = sum(torch.sin(h * phase) / h for h in range(1, 12) if h * 350 < spec.sample_rate / 2)
    generator = torch.Generator().manual_seed(samples)
    noise = torch.randn(spec.channels, samples, generator=generator, dtype=torch.float64)
    swell = 0.6 + 0.4 * torch.sin(4 * math.pi * seconds)
    return (0.15 * swell * voice + 0.02 * noise).float()


def demand_no_surplus(codec: Codec) -> None:
    """`decode` cuts what is too long, so that only `_decode` shows a `decode_sample_rate` that is too low."""
    clip = signal(codec.spec, 3 * codec.spec.sample_rate)[None]
    tokens = replace(codec.encode(clip, codec.spec.sample_rate), num_samples=None)
    ratio = codec.decode_sample_rate / codec.spec.sample_rate
    if codec.spec.variable_rate and not codec.spec.max_duration:
        expected = round(clip.shape[2] * ratio)
    else:
        expected = int(codec.decoded_lengths(tokens)[0])
    with torch.no_grad():
        found = codec._decode(tokens.to(codec.device)).shape[2]
    # A decoder may end a few frames late. 8 % tells 48 kHz from 44.1 kHz.
    few_frames = (2 + max(codec.spec.strides, default=1)) * float(codec.spec.hop) * ratio
    demand(
        found - expected <= max(0.08 * expected, few_frames),
        f"_decode returned {found} samples for 3 s, expected {expected} at {codec.decode_sample_rate} Hz",
    )
