import pytest

from audiotok.core.token_spec import TokenSpec
from audiotok.errors import InvalidTokens

SPEC = TokenSpec(sample_rate=24000, frame_rate=75.0, codebook_sizes=(1024, 512))


def test_bitrate_is_the_sum_over_codebooks() -> None:
    assert SPEC.bitrate == 75 * (10 + 9)
    assert SPEC.token_rate == 150


def test_a_strided_codebook_costs_less() -> None:
    snac = TokenSpec(24000, 24000 / 512, (4096,) * 3, strides=(4, 2, 1))
    assert snac.bitrate == pytest.approx(24000 / 512 * 12 * 1.75)


def test_a_variable_rate_has_no_bitrate() -> None:
    assert TokenSpec(16000, 50.0, (500,), variable_rate=True).bitrate is None


def test_hop_is_exact_where_the_frame_rate_is_not() -> None:
    assert TokenSpec(44100, 44100 / 512, (1024,)).hop == 512


@pytest.mark.parametrize(
    "wrong",
    [
        *({"codebook_sizes": sizes} for sizes in ((), (0,), (8.5,), ("8",), None)),
        *({"frame_rate": rate} for rate in (0.0, 1e-9, -1.0, float("inf"), float("nan"))),
        {"strides": (1, 2)},
        {"channels": 0},
    ],
)
def test_an_impossible_spec_is_refused(wrong: dict) -> None:
    with pytest.raises(InvalidTokens):
        TokenSpec(**{"sample_rate": 16000, "frame_rate": 50.0, "codebook_sizes": (8,), **wrong})
