import numpy as np
import pytest

from audiotok.errors import AssetUnavailable, InvalidAudio, MetricUndefined
from audiotok.metrics.fad import METRICS, WHISPER_ENCODER, extrapolated, frechet_distance


def gaussian(samples: int, mean: np.ndarray, covariance: np.ndarray, seed: int = 0) -> np.ndarray:
    """[samples, D] of exactly that mean and covariance, so that the distance has no sampling error."""
    raw = np.random.default_rng(seed).standard_normal((samples, len(mean)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    return white @ np.linalg.cholesky(covariance).T + mean


def covariance(dimensions: int, seed: int) -> np.ndarray:
    factor = np.random.default_rng(seed).standard_normal((dimensions, 2 * dimensions))
    return factor @ factor.T / dimensions


def test_identical_sets_are_at_zero():
    embeddings = np.random.default_rng(0).standard_normal((200, 16))
    assert frechet_distance(embeddings, embeddings.copy()) == pytest.approx(0, abs=1e-9)


def test_a_shift_of_the_mean_is_its_squared_length():
    spread = covariance(8, seed=1)
    shift = np.arange(8.0)
    distance = frechet_distance(gaussian(50, np.zeros(8), spread), gaussian(70, shift, spread, seed=2))
    assert distance == pytest.approx(float(shift @ shift), rel=1e-9)


def test_independent_axes_differ_by_the_squared_difference_of_their_deviations():
    first, second = np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 0.5])
    distance = frechet_distance(
        gaussian(50, np.zeros(3), np.diag(first**2)), gaussian(50, np.zeros(3), np.diag(second**2), seed=3)
    )
    assert distance == pytest.approx(float(((first - second) ** 2).sum()), rel=1e-9)


def test_correlated_gaussians_agree_with_the_matrix_square_root():
    from scipy.linalg import sqrtm

    first, second = covariance(12, seed=4), covariance(12, seed=5)
    expected = np.trace(first + second - 2 * sqrtm(first @ second).real)
    distance = frechet_distance(gaussian(60, np.zeros(12), first), gaussian(60, np.zeros(12), second, seed=6))
    assert distance == pytest.approx(expected, rel=1e-7)


def test_the_distance_is_symmetric():
    first, second = (np.random.default_rng(seed).standard_normal((40, 6)) * (1 + seed) for seed in (0, 1))
    assert frechet_distance(first, second) == pytest.approx(frechet_distance(second, first), rel=1e-9)


def test_the_order_of_the_segments_makes_no_difference():
    first, second = (np.random.default_rng(seed).standard_normal((40, 6)) for seed in (0, 1))
    assert frechet_distance(first, second[::-1]) == pytest.approx(frechet_distance(first, second), rel=1e-9)


def test_dependent_dimensions_give_a_finite_distance():
    base = np.random.default_rng(0).standard_normal((300, 8))
    repeated = np.tile(base, (1, 16))  # 128 dimensions of rank 8
    assert frechet_distance(repeated, repeated + 1) == pytest.approx(128, rel=1e-6)


def test_fewer_segments_than_dimensions_are_undefined():
    embeddings = np.random.default_rng(0).standard_normal((16, 16))
    with pytest.raises(MetricUndefined, match="at least 17"):
        frechet_distance(embeddings, embeddings)


def test_embeddings_of_unequal_width_are_refused():
    with pytest.raises(InvalidAudio, match="one D"):
        frechet_distance(np.zeros((9, 2)), np.zeros((9, 3)))


@pytest.fixture(scope="module")
def encoder():
    try:
        return WHISPER_ENCODER.load()
    except AssetUnavailable as error:
        pytest.skip(f"Whisper base is not here: {error}")


@pytest.mark.weights
def test_whisper_gives_a_row_for_each_full_tenth_of_a_second(encoder, voice):
    assert encoder.embed(voice).shape == (20, 512)
    assert encoder.embed(voice[:3199]).shape == (1, 512)


@pytest.mark.weights
def test_whisper_takes_more_than_its_window_of_30_s(encoder, voice):
    assert encoder.embed(np.tile(voice, 16)).shape == (320, 512)


@pytest.mark.weights
def test_whisper_needs_a_tenth_of_a_second(encoder, voice):
    with pytest.raises(MetricUndefined, match="less than one segment"):
        encoder.embed(voice[:1599])


@pytest.mark.weights
def test_noise_moves_the_set_away_from_itself(encoder, voice, clip):
    random = np.random.default_rng(0)
    clean = [np.roll(np.tile(voice, 3), shift)[:48000] for shift in range(0, 32000, 1600)]
    noisy = [signal + random.normal(scale=0.02, size=48000).astype(np.float32) for signal in clean]
    references, estimates = (
        [WHISPER_ENCODER.run(signal, 16000, clip, encoder) for signal in signals] for signals in (clean, noisy)
    )
    assert METRICS[0].score(references, references) == pytest.approx(0, abs=1e-3)
    assert METRICS[0].score(references, estimates) > 1


def test_extrapolated_two_sets_of_one_gaussian_are_not_apart_however_few_the_segments_are() -> None:
    random = np.random.default_rng(0)
    reference = random.standard_normal((1000, 32))
    for size in (100, 400):
        estimate = random.standard_normal((size, 32))
        assert frechet_distance(reference, estimate) > 32 * 32 / (4 * size)  # the bias
        assert abs(extrapolated(reference, estimate)) < 0.03 * 32
    # At the least number of segments, on the mean of some sets: about one percent of the variance.
    found = [extrapolated(reference, random.standard_normal((97, 32))) for _ in range(8)]
    assert abs(np.mean(found)) < 0.02 * 32


def test_extrapolated_a_shift_is_its_squared_length() -> None:
    random = np.random.default_rng(0)
    reference = random.standard_normal((1000, 16))
    assert extrapolated(reference, random.standard_normal((600, 16)) + 1) == pytest.approx(16, rel=0.05)


def test_too_few_segments_to_extrapolate_are_undefined_with_the_side_and_the_number() -> None:
    many = np.random.default_rng(0).standard_normal((200, 16))
    with pytest.raises(MetricUndefined, match=r"80 segments of the reference .* needs more than 80; add clips"):
        extrapolated(many[:80], many)
    with pytest.raises(MetricUndefined, match=r"48 segments of what is judged .* needs more than 48; add clips"):
        extrapolated(many, many[:48])
