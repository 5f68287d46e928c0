"""The bag of codes: shares of time, whole and in thirds."""

import numpy as np
import pytest
import torch

from audiotok import Tokens, TokenSpec
from audiotok.errors import MetricUndefined
from audiotok.tasks.probes.bag import bag, regularisation, side_by_side

SPEC = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4, 3))


def tokens(*codebooks: list[int], spec: TokenSpec = SPEC, length: int | None = None) -> Tokens:
    codes = torch.tensor([codebooks])
    return Tokens(codes, torch.tensor([codes.shape[2] if length is None else length]), spec)


def test_a_bag_holds_the_square_root_of_each_code_s_share_whole_and_in_thirds() -> None:
    row = bag(tokens([0, 0, 1, 1, 3, 3], [2, 2, 2, 2, 2, 0])).toarray()[0]
    assert row[:4] == pytest.approx(np.sqrt([1 / 3, 1 / 3, 0, 1 / 3]))
    assert row[4:16] == pytest.approx([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1])
    assert row[16:19] == pytest.approx(np.sqrt([1 / 6, 0, 5 / 6]))
    assert row[25:28] == pytest.approx(np.sqrt([1 / 2, 0, 1 / 2]))
    assert len(row) == (1 + 3) * (4 + 3)


def test_each_part_of_a_codebook_has_unit_length() -> None:
    row = bag(tokens([0, 1, 2, 3, 3, 3, 1], [0, 1, 2, 0, 1, 2, 0])).toarray()[0]
    assert np.square(row).sum() == pytest.approx(2 * (1 + 3))


def test_frames_of_padding_do_not_count() -> None:
    padded = bag(tokens([1, 2, 3, 0, 0], [1, 1, 2, 0, 0], length=3))
    assert (padded != bag(tokens([1, 2, 3], [1, 1, 2]))).nnz == 0


def test_the_clip_s_own_codes_come_last() -> None:
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4,), global_sizes=(2, 5))
    clip = Tokens(torch.tensor([[[1, 1]]]), torch.tensor([2]), spec, global_codes=torch.tensor([[1, 4]]))
    assert bag(clip).toarray()[0, -7:].tolist() == [0, 1, 0, 0, 0, 0, 1]


def test_a_clip_of_one_frame_has_it_in_every_third() -> None:
    row = bag(tokens([2], [1])).toarray()[0]
    assert row[:16].reshape(4, 4)[:, 2].tolist() == [1, 1, 1, 1]


def test_a_clip_without_a_frame_has_no_bag() -> None:
    with pytest.raises(MetricUndefined, match="shorter than a frame"):
        bag(tokens([0], [0], length=0))


def test_tokens_of_a_variable_rate_have_no_bag() -> None:
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4,), variable_rate=True)
    clip = Tokens(torch.tensor([[[1, 2]]]), torch.tensor([2]), spec, durations=torch.tensor([[1, 3]]))
    with pytest.raises(MetricUndefined, match="variable rate"):
        bag(clip)


def test_two_bags_side_by_side_keep_both() -> None:
    one, other = tokens([0, 1], [0, 1]), tokens([3, 3], [2, 2])
    assert side_by_side(one, other).toarray()[0].tolist() == [*bag(one).toarray()[0], *bag(other).toarray()[0]]


def test_the_regularisation_goes_by_the_number_of_codebooks() -> None:
    assert regularisation(1) == 30.0
    assert regularisation(8) == 3.75
