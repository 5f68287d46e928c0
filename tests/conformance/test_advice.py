"""What a failed check tells the author."""

import torch

from audiotok import Codec, Tokens, TokenSpec, conformance
from audiotok.conformance.advice import ADVICE


class Leaky(Codec):
    """Decodes from what it has heard, not from the tokens."""

    def __init__(self) -> None:
        self.spec = TokenSpec(16000, 100.0, (2,))
        self.decode_sample_rate = 16000

    def _encode(self, waveform: torch.Tensor, lengths: torch.Tensor) -> Tokens:
        self.heard = waveform
        frames = -(-lengths // 160)
        return Tokens(torch.zeros(len(lengths), 1, int(frames.max()), dtype=torch.int64), frames, self.spec)

    def _decode(self, tokens: Tokens) -> torch.Tensor:
        return self.heard


def test_every_check_has_an_advice_and_no_other() -> None:
    of_weights = {"golden_codes", "golden_audio"}  # audiotok check --weights
    assert set(ADVICE) == {check.name for check in conformance.checks()} | of_weights


def test_a_failed_line_says_what_to_do() -> None:
    report = conformance.check(Leaky())
    failed = [line for line in str(report).splitlines() if line.startswith("FAILED")]
    assert any("no_side_channel" in line or "determinism" in line for line in failed)
    assert all("what to do: " in line for line in failed)
