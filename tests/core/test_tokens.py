import math
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens
from audiotok.files.safetensors import CRC32

SPEC = TokenSpec(sample_rate=24000, frame_rate=75.0, codebook_sizes=(1024, 512))


def tokens(*lengths: int, spec: TokenSpec = SPEC, **more: torch.Tensor) -> Tokens:
    generator = torch.Generator().manual_seed(0)
    codes = [
        torch.stack([torch.randint(size, (n,), generator=generator) for size in spec.codebook_sizes]) for n in lengths
    ]
    return replace(Tokens.from_clips(codes, spec, tokenizer="test"), **more)


def test_a_held_code_is_counted_once() -> None:
    spec = TokenSpec(24000, 75.0, (16, 16), strides=(4, 1))
    codes = torch.tensor([[3, 3, 3, 3, 7], [0, 1, 2, 3, 4]])
    assert Tokens.from_clips([codes], spec).bits().tolist() == [2 * 4 + 5 * 4]


@pytest.mark.parametrize("codes", [[3, 1, 0, 0, 0], [3, 3, 0, 1, 0]])
def test_a_held_code_that_changes_within_its_stride_is_refused(codes: list[int]) -> None:
    """It would cost more bits than are counted."""
    spec = TokenSpec(24000, 75.0, (16,), strides=(2,))
    with pytest.raises(InvalidTokens, match="codebook 0 changes within its stride of 2 frames"):
        Tokens.from_clips([torch.tensor([codes])], spec)
    assert len(Tokens.from_clips([torch.tensor([[3, 3, 0, 0, 1]]), torch.tensor([[5, 5, 5]])[:, :2]], spec)) == 2


@pytest.mark.parametrize("samples", [-1, 320 * 8 + 1, 2**40])
def test_a_clip_longer_than_its_frames_cover_is_refused(samples: int) -> None:
    with pytest.raises(InvalidTokens, match="num_samples must lie in"):
        tokens(5, num_samples=torch.tensor([samples]))
    assert tokens(5, num_samples=torch.tensor([320 * 5 + 7])).num_samples is not None


def test_global_codes_and_durations_are_counted() -> None:
    spec = TokenSpec(16000, 50.0, (16,), global_sizes=(4, 8), variable_rate=True, max_duration=32)
    counted = Tokens(
        torch.zeros(1, 1, 3, dtype=torch.int64),
        torch.tensor([3]),
        spec,
        durations=torch.ones(1, 3, dtype=torch.int64),
        global_codes=torch.zeros(1, 2, dtype=torch.int64),
    )
    assert counted.bits().tolist() == [3 * 4 + (2 + 3) + 3 * 5]


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (torch.zeros(1, 3, 4, dtype=torch.int64), "another num_codebooks"),
        (torch.zeros(2, 4, dtype=torch.int64), "another num_codebooks"),
        (torch.zeros(1, 2, 4), "int64"),
        (torch.full((1, 2, 4), -1), "0 <= code"),
        (torch.full((1, 2, 4), 512), r"codes\[0, 1, 0\] is 512"),
    ],
)
def test_codes_that_do_not_fit_are_refused(codes: torch.Tensor, message: str) -> None:
    with pytest.raises(InvalidTokens, match=message):
        Tokens(codes, torch.tensor([4]), SPEC)


def test_lengths_beyond_the_codes_are_refused() -> None:
    with pytest.raises(InvalidTokens, match="lengths"):
        Tokens(torch.zeros(1, 2, 4, dtype=torch.int64), torch.tensor([5]), SPEC)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_collating_clips_gives_back_the_clips(lengths: list[int]) -> None:
    batch = tokens(*lengths)
    again = Tokens.collate([batch[i] for i in range(len(batch))])
    assert torch.equal(again.lengths, batch.lengths)
    for i in range(len(batch)):
        assert torch.equal(again[i].codes, batch[i].codes)


def test_collating_keeps_the_durations_that_decode_needs() -> None:
    spec = TokenSpec(16000, 50.0, (4,), variable_rate=True, max_duration=3)
    clips = [
        Tokens(torch.zeros(1, 1, n, dtype=torch.int64), torch.tensor([n]), spec, durations=torch.full((1, n), n))
        for n in (1, 2)
    ]
    assert Tokens.collate(clips).durations.tolist() == [[1, 0], [2, 2]]  # type: ignore[union-attr]


def test_collating_two_specs_is_refused() -> None:
    with pytest.raises(InvalidTokens, match="two tokenizers"):
        Tokens.collate([tokens(2), tokens(2, spec=TokenSpec(24000, 75.0, (4, 4)))])


def test_padding_is_zero_and_masked() -> None:
    batch = tokens(1, 3)
    assert batch.mask.tolist() == [[True, False, False], [True, True, True]]
    assert int(batch.codes[0, :, 1:].sum()) == 0


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    saved = tokens(4, 7, num_samples=torch.tensor([1280, 2240]))
    saved.save(tmp_path / "t.safetensors")
    loaded = Tokens.load(tmp_path / "t.safetensors")
    assert torch.equal(loaded.codes, saved.codes)
    assert torch.equal(loaded.num_samples, saved.num_samples)
    assert (loaded.spec, loaded.tokenizer) == (SPEC, "test")


@pytest.mark.parametrize(
    ("codebook_size", "stored"), [(256, torch.uint8), (257, torch.int16), (32768, torch.int16), (32769, torch.int32)]
)
def test_codes_are_stored_in_the_smallest_type_that_holds_them(
    tmp_path: Path, codebook_size: int, stored: torch.dtype
) -> None:
    from safetensors.torch import load_file

    saved = Tokens.from_clips([torch.tensor([[0, codebook_size - 1]])], TokenSpec(16000, 50.0, (codebook_size,)))
    saved.save(tmp_path / "t.safetensors")
    assert load_file(tmp_path / "t.safetensors")["codes"].dtype == stored
    assert torch.equal(Tokens.load(tmp_path / "t.safetensors").codes, saved.codes)


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_a_file_cut_anywhere_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "t.safetensors"
    tokens(50).save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InvalidTokens, match="cut"):
        Tokens.load(path)


def test_a_flipped_bit_is_never_loaded_as_other_tokens(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    saved = tokens(9, num_samples=torch.tensor([2880]))
    saved.save(path)
    written = path.read_bytes()
    refused = 0
    for place in range(len(written)):
        path.write_bytes(written[:place] + bytes([written[place] ^ (1 << place % 8)]) + written[place + 1 :])
        try:
            loaded = Tokens.load(path)
        except InvalidTokens:
            refused += 1
            continue
        assert torch.equal(loaded.codes, saved.codes)
        assert (loaded.spec, loaded.tokenizer) == (saved.spec, saved.tokenizer)
    assert refused > len(written) - 20  # the rest: the name of the checksum, and blanks


def test_an_altered_file_is_refused_with_both_checksums_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    tokens(9).save(path)
    written = path.read_bytes()
    path.write_bytes(written[:-1] + bytes([written[-1] ^ 1]))
    with pytest.raises(InvalidTokens, match=r"checksum \(CRC-32\) is [0-9a-f]{8}, expected [0-9a-f]{8}; copy it again"):
        Tokens.load(path)


def test_a_foreign_safetensors_file_is_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    save_file({"codes": torch.zeros(1)}, tmp_path / "t.safetensors")
    with pytest.raises(InvalidTokens, match="format"):
        Tokens.load(tmp_path / "t.safetensors")


@pytest.mark.parametrize("kind", [torch.float32, torch.float16, torch.bool, torch.complex64])
def test_codes_that_are_no_integers_are_not_loaded(tmp_path: Path, kind: torch.dtype) -> None:
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    path = tmp_path / "t.safetensors"
    tokens(5).save(path)
    with safe_open(path, "pt") as file:
        metadata = {name: text for name, text in file.metadata().items() if name != CRC32}
    stored = load_file(path)
    save_file(stored | {"codes": stored["codes"].to(kind)}, path, metadata)
    with pytest.raises(InvalidTokens, match="codes must be integers, got torch"):
        Tokens.load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidTokens, match="no such file"):
        Tokens.load(tmp_path / "t.safetensors")


def test_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, full_disk: Callable[[], AbstractContextManager[None]]
) -> None:
    path = tmp_path / "t.safetensors"
    tokens(3).save(path)
    before = path.read_bytes()
    with full_disk(), pytest.raises(OSError, match="cannot be written"):
        tokens(10000).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["t.safetensors"]


def test_bits_are_as_many_as_frames_times_the_rate() -> None:
    batch = tokens(10, 20)
    assert batch.bits().tolist() == [10 * math.log2(1024 * 512), 20 * math.log2(1024 * 512)]


def test_codes_of_one_length_may_be_one_tensor() -> None:
    codes = tokens(4, 4).codes
    made = Tokens.from_clips(codes, SPEC)
    assert torch.equal(made.codes, codes)
    assert made.lengths.tolist() == [4, 4]


@pytest.mark.parametrize("codes", [torch.zeros(2, 4), [torch.zeros(4)], [torch.zeros(2, 4), torch.zeros(4, 2)], [[0]]])
def test_clips_of_another_shape_are_refused(codes: object) -> None:
    with pytest.raises(InvalidTokens, match=r"a tensor \[K=2, T\] for each clip, or \[B, K, T\] of all, got"):
        Tokens.from_clips(codes, SPEC)  # type: ignore[arg-type]


def test_a_slice_is_a_batch_without_padding_beyond_its_longest_clip() -> None:
    batch = tokens(2, 5, 3, num_samples=torch.tensor([640, 1600, 960]))
    for row in (slice(0, 1), slice(-2, None), slice(None, None, 2), slice(1, 1)):
        part = batch[row]
        assert part.lengths.tolist() == batch.lengths[row].tolist()
        assert part.codes.shape[2] == max(part.lengths.tolist(), default=0)
        assert part.num_samples is not None
        assert [torch.equal(part[i].codes, batch[n].codes) for i, n in enumerate(range(3)[row])] == [True] * len(part)


def test_a_copy_to_a_device_need_not_be_waited_for() -> None:
    assert torch.equal(tokens(2).to("cpu", non_blocking=True).codes, tokens(2).codes)
