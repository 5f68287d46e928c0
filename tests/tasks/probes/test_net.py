"""The net: it learns what codes say, nothing from shuffled labels, and padding and held codes change nothing."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import audiotok
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tasks.probes.folds import grouped
from audiotok.tasks.probes.frames import padded, vectors_of
from audiotok.tasks.probes.logistic import shuffled
from audiotok.tasks.probes.net import Net, accuracy
from audiotok.tasks.probes.options import TrainedOptions

SPEC = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(16, 8))
LABELS = [label for _ in range(6) for label in ("rising", "falling")] * 2
GROUPS = [str(number // 4) for number in range(len(LABELS))]
QUICK = TrainedOptions(size=16, steps=150, seeds=(0,))


def clips(spec: TokenSpec = SPEC, scale: int = 1) -> list[Tokens]:
    """Of "rising" the first codebook has mostly codes below 4, of "falling" above 11; the second says nothing."""
    rng = np.random.default_rng(0)
    made = []
    for label in LABELS:
        frames = int(rng.integers(10, 20)) * scale
        first = rng.integers(0, 4, frames) + 12 * (label == "falling")
        first = np.where(rng.random(frames) < 0.3, rng.integers(0, 16, frames), first)
        codes = torch.from_numpy(np.stack([first, rng.integers(0, 8, frames)]))
        made.append(Tokens(codes[None], torch.tensor([frames]), spec))
    return made


def scored(labels: list[str], tokens: list[Tokens] | None = None, options: TrainedOptions = QUICK) -> float:
    return float(accuracy(tokens or clips(), None, labels, GROUPS, grouped, 1, options).mean())


def test_what_codes_say_is_learned_and_shuffled_labels_are_not() -> None:
    assert scored(LABELS) > 0.95
    assert scored(shuffled(LABELS)) < 0.75  # of 24 clips and two classes, chance is 50 % with a deviation of 10


@pytest.mark.slow
def test_frames_finer_than_10_ms_are_averaged_and_say_the_same() -> None:
    fine = TokenSpec(sample_rate=16000, frame_rate=400.0, codebook_sizes=(16, 8))
    assert scored(LABELS, clips(fine, scale=4)) > 0.95


def test_the_same_seed_gives_the_same_score_and_leaves_the_callers_random_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, seeds_of_gpus = torch.get_rng_state(), list[int]()
    monkeypatch.setattr("torch.cuda.manual_seed_all", seeds_of_gpus.append)
    few = replace(QUICK, steps=10)
    first = accuracy(clips(), None, LABELS, GROUPS, grouped, 1, few)
    assert np.array_equal(first, accuracy(clips(), None, LABELS, GROUPS, grouped, 1, few))
    assert torch.equal(torch.get_rng_state(), before)
    assert seeds_of_gpus == []


@pytest.mark.parametrize("finer", [1, 3])
def test_padding_changes_nothing(finer: int) -> None:
    net = Net([16, 8], 8, 2, finer).eval()
    codes, mask = padded(clips()[:4])
    frames = int(mask[0].sum())
    alone = net(codes[:1, :, :frames], mask[:1, :frames])
    longer = torch.nn.functional.pad(codes, (0, 7), value=5), torch.nn.functional.pad(mask, (0, 7))
    assert torch.allclose(net(*longer)[:1], alone, atol=1e-6)


def test_a_code_of_the_whole_clip_stands_in_each_frame() -> None:
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(16,), global_sizes=(7,))
    tokens = Tokens(torch.ones(1, 1, 3, dtype=torch.int64), torch.tensor([3]), spec, global_codes=torch.tensor([[6]]))
    assert padded([tokens])[0].tolist() == [[[1, 1, 1], [6, 6, 6]]]


def test_the_vectors_of_a_codec_are_those_that_it_embeds_its_codes_with() -> None:
    codec = audiotok.load("audiotok-rvq:num_codebooks=2")
    codes = torch.tensor([[[3, 700, 5], [9, 0, 1023]]])
    vectors = codec.embed(Tokens(codes, torch.tensor([3]), codec.spec))[0]
    for k, table in enumerate(vectors_of(codec)):
        assert table.shape[0] == codec.spec.codebook_sizes[k]
        ratio = vectors[k] / table[codes[0, k]]
        assert torch.allclose(ratio, ratio.flatten()[0].expand_as(ratio), rtol=1e-3)
        assert float(table.square().mean()) == pytest.approx(1.0, rel=1e-4)


def test_a_tokenizer_without_vectors_has_its_tables_learned() -> None:
    assert vectors_of(audiotok.load("mulaw")) is None
