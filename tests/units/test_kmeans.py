"""k-means: what it finds, that memory and order do not matter to it, and what it refuses."""

import itertools

import pytest
import torch

from audiotok.errors import InvalidData, InvalidOption
from audiotok.units.kmeans import KMeans, fit, perplexity

CENTRES = torch.tensor([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])


def blobs(per_blob: int = 200, spread: float = 0.5, seed: int = 0) -> torch.Tensor:
    """Four separated clouds of equal size, in random order."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(4 * per_blob, 2, generator=generator) * spread
    frames = CENTRES.repeat(per_blob, 1) + noise
    return frames[torch.randperm(len(frames), generator=generator)]


def trained(frames: torch.Tensor, k: int, block: int = 100, **options: float) -> KMeans:
    state = KMeans.start(frames, k, seed=0)
    for _ in fit(state, lambda: frames.split(block), **options):
        pass
    return state


@pytest.mark.parametrize("update_frames", [0, 64], ids=["lloyd", "mini-batch"])
def test_separated_blobs_are_recovered(update_frames: int) -> None:
    state = trained(blobs(), 4, update_frames=update_frames)
    distance = torch.cdist(CENTRES, state.centroids).min(dim=1).values
    assert distance.max() < 0.15  # 0.5 / sqrt(200) = 0.035 is one standard error
    assert state.history[-1].error == pytest.approx(2 * 0.5**2, rel=0.1)


def test_a_pass_agrees_with_one_step_of_scikit_learns_lloyd() -> None:
    from sklearn.cluster import KMeans as Reference

    frames = torch.randn(500, 8, generator=torch.Generator().manual_seed(1))
    first = frames[:20].clone()
    state = KMeans(first.clone(), torch.zeros(20, dtype=torch.float64))
    state.run_pass(frames.split(64))
    reference = Reference(20, init=first.numpy(), n_init=1, max_iter=1, algorithm="lloyd").fit(frames.numpy())
    torch.testing.assert_close(state.centroids, torch.from_numpy(reference.cluster_centers_), rtol=0, atol=1e-5)


def test_the_size_of_blocks_changes_nothing() -> None:
    frames = torch.randn(400, 5, generator=torch.Generator().manual_seed(2))
    small, large = trained(frames, 10, block=7), trained(frames, 10, block=400)
    torch.testing.assert_close(small.centroids, large.centroids)


def test_the_error_never_rises_from_pass_to_pass() -> None:
    frames = torch.randn(600, 6, generator=torch.Generator().manual_seed(3))
    errors = [step.error for step in trained(frames, 30, tolerance=0.0).history]
    assert len(errors) > 3
    assert all(after <= before * (1 + 1e-6) for before, after in itertools.pairwise(errors))


def test_a_centroid_without_frames_is_moved_to_where_the_error_is() -> None:
    frames = blobs()
    far = torch.full((1, 2), 1e3)
    state = KMeans(torch.cat([CENTRES[:3] + 0.1, far]), torch.zeros(4, dtype=torch.float64))
    assert state.run_pass(frames.split(100)).revived == 1
    for _ in fit(state, lambda: frames.split(100)):
        pass
    assert state.history[-1].used == 4
    assert torch.cdist(CENTRES, state.centroids).min(dim=1).values.max() < 0.15


def test_explained_variance_is_that_of_the_clusters() -> None:
    frames = torch.tensor([[0.0], [2.0], [10.0], [12.0]]) + 1000  # variance 26, within two clusters 1
    state = KMeans(torch.tensor([[1001.0], [1011.0]]), torch.zeros(2, dtype=torch.float64))
    step = state.run_pass([frames])
    assert step.explained == pytest.approx(1 - 1 / 26, abs=1e-6)


def test_a_resumed_run_ends_like_an_undisturbed_one(tmp_path) -> None:
    frames = torch.randn(500, 4, generator=torch.Generator().manual_seed(4))
    whole = trained(frames, 12, update_frames=50, passes=6)
    state = trained(frames, 12, update_frames=50, passes=3)
    state.save(tmp_path / "kmeans.safetensors")
    state = KMeans.load(tmp_path / "kmeans.safetensors")
    for _ in fit(state, lambda: frames.split(100), update_frames=50, passes=6):
        pass
    assert torch.equal(state.centroids, whole.centroids)
    assert state.history == whole.history


def test_a_run_that_was_finished_reads_no_data() -> None:
    state = trained(blobs(), 4)
    assert not list(fit(state, lambda: pytest.fail("the data were read again")))


def test_perplexity_counts_equally_likely_units() -> None:
    assert perplexity(torch.tensor([0, 1, 2, 3, 0, 1, 2, 3]), 10) == pytest.approx(4)


@pytest.mark.parametrize(
    ("sample", "k", "error", "says"),
    [
        (torch.zeros(3, 2), 4, InvalidData, "at least 4 frames"),
        (torch.zeros(3), 1, InvalidData, r"\[N, D"),
        (torch.full((9, 2), float("nan")), 2, InvalidData, "NaN"),
        (torch.zeros(3, 2), 0, InvalidOption, "at least 1, got 0"),
    ],
    ids=["too few", "one axis", "NaN", "no centroids"],
)
def test_a_sample_that_cannot_be_clustered_is_refused(sample, k, error, says) -> None:
    with pytest.raises(error, match=says):
        KMeans.start(sample, k)


@pytest.mark.parametrize(
    ("blocks", "says"),
    [([], "empty"), ([torch.zeros(5, 3)], "D=2"), ([torch.full((5, 2), float("inf"))], "NaN or infinite")],
    ids=["empty stream", "another width", "infinite"],
)
def test_features_that_cannot_be_used_stop_a_pass(blocks, says) -> None:
    state = KMeans(CENTRES.clone(), torch.zeros(4, dtype=torch.float64))
    with pytest.raises(InvalidData, match=says):
        state.run_pass(blocks)
    assert not state.history
