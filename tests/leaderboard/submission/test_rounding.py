"""How far another order of sums moves a decoder's output."""

import pytest
import torch

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.leaderboard.submission.rounding import rounding_of
from audiotok.tokenizers.mulaw import MuLaw

CLIP = Clip("tone", "folder", "tone.wav", "0" * 64, 0.0, 1.0, 16000, "speech")


class Rounded(MuLaw):
    """Another number of threads changes a hundredth of the samples by a share of their amplitude."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def _decode(self, tokens: Tokens) -> torch.Tensor:
        waveform = super()._decode(tokens)
        waveform[..., ::100] *= 1 + self.share * (torch.get_num_threads() == 1)
        return waveform


def decoded(codec: Codec) -> tuple[dict[Clip, Audio | str], dict[Clip, Tokens]]:
    torch.set_num_threads(2)
    tokens = codec.encode(torch.full((16000,), 0.5), 16000)
    return {CLIP: codec.decode(tokens)}, {CLIP: tokens}


@pytest.mark.parametrize(
    ("codec", "share"), [(registry.load("mulaw"), 0.0), (Rounded(0.02), 0.002), (Rounded(0.5), 0.01)]
)
def test_it_is_the_share_of_the_amplitude_that_changes(codec: Codec, share: float) -> None:
    threads = torch.get_num_threads()
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
