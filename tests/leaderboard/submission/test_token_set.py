"""Codes of a data set in as many bits as they need."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens
from audiotok.leaderboard.submission.token_set import as_tokens, pack_bits, read_set, unpack_bits, write_set


@given(size=st.integers(1, 70_000), seed=st.integers(0, 99), count=st.integers(0, 50))
def test_what_is_packed_comes_back(size: int, seed: int, count: int) -> None:
    values = np.random.default_rng(seed).integers(0, size, count)
    packed = pack_bits(values, size)
    assert len(packed) == -(-count * max(1, (size - 1).bit_length()) // 8)
    assert unpack_bits(packed, count, size).tolist() == values.tolist()


def test_bits_behind_the_last_code_hold_no_message() -> None:
    with pytest.raises(InvalidTokens, match="zero bits behind"):
        unpack_bits(np.array([168 + 1], np.uint8), 2, 8)


SPECS = {
    "plain": TokenSpec(16000, 50.0, (1024, 16)),
    "held": TokenSpec(24000, 48.0, (4096, 5), strides=(4, 1)),
    "of the clip": TokenSpec(16000, 50.0, (300,), global_sizes=(4096, 7)),
    "of runs": TokenSpec(16000, 50.0, (300,), variable_rate=True, max_duration=64),
}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_tokens_of_many_clips_come_back(spec: TokenSpec, tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    written = {}
    for i, n in enumerate((1, 7, 12)):
        rows = [
            torch.randint(size, (-(-n // spec.stride(k)),), generator=generator).repeat_interleave(spec.stride(k))[:n]
            for k, size in enumerate(spec.codebook_sizes)
        ]
        whole = [torch.randint(size, (), generator=generator) for size in spec.global_sizes]
        written[f"clip-{i}"] = Tokens(
            torch.stack(rows)[None],
            torch.tensor([n]),
            spec,
            durations=torch.randint(1, 65, (1, n), generator=generator) if spec.max_duration else None,
            global_codes=torch.stack(whole)[None] if whole else None,
            num_samples=torch.tensor([n * 100]),
        )
    write_set(tmp_path / "tokens.safetensors", written, spec, "codec")
    found = read_set(tmp_path / "tokens.safetensors", "codec")
    assert list(found) == list(written)
    for clip, tokens in written.items():
        read = as_tokens(found[clip], "codec")._tensors()
        assert read.keys() == tokens._tensors().keys()
        assert all(torch.equal(read[name], value) for name, value in tokens._tensors().items())
