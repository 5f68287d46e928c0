"""How far another order of sums moves a decoder's output."""

import pytest
import torch

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.leaderboard.submission.rounding import rounding_of

CLIP = Clip("tone", "folder", "tone.wav", "0" * 64, 0.0, 1.0, 16000, "speech")


def rounded(share: float) -> Codec:
    """Another number of threads changes a hundredth of the samples by a share of their amplitude."""
    codec = registry.load("mulaw")
    exact = codec._decode

    def decode(tokens: Tokens) -> torch.Tensor:
        waveform = exact(tokens)
        waveform[..., ::100] *= 1 + share * (torch.get_num_threads() == 1)
        return waveform

    codec._decode = decode
    return codec


def decoded(codec: Codec) -> tuple[dict[Clip, Audio | str], dict[Clip, Tokens]]:
    torch.set_num_threads(2)
    tokens = codec.encode(torch.full((16000,), 0.5), 16000)
    return {CLIP: codec.decode(tokens)}, {CLIP: tokens}


@pytest.mark.parametrize(("changed", "share"), [(0.0, 0.0), (0.02, 0.002), (0.5, 0.01)])
def test_it_is_the_share_of_the_amplitude_that_changes(changed: float, share: float) -> None:
    threads, codec = torch.get_num_threads(), rounded(changed)
    try:
        assert rounding_of(codec, *decoded(codec)) == pytest.approx(share)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)


def test_clips_that_do_not_decode_or_are_silent_say_nothing() -> None:
    codec = registry.load("mulaw")
    silence = codec.encode(torch.zeros(16000), 16000)
    assert rounding_of(codec, {CLIP: "TokenizerFailed: broken"}, {CLIP: silence}) == 0.0
    assert rounding_of(codec, {CLIP: codec.decode(silence)}, {CLIP: silence}) == 0.0
