import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.errors import InvalidOption, MetricUndefined
from audiotok.results.bd_rate import bd_rate

CURVE = [(700, 1.2), (1500, 1.9), (3000, 2.6), (6000, 3.1)]


@given(st.floats(0.1, 10), st.sampled_from(["pchip", "akima"]))
@settings(deadline=None)  # the first call imports scipy.interpolate
def test_the_same_quality_at_a_multiple_of_the_rate_is_that_multiple(factor, method):
    dearer = [(factor * rate, quality) for rate, quality in CURVE]
    assert bd_rate(CURVE, dearer, method=method) == pytest.approx(100 * (factor - 1), abs=1e-6)


@pytest.mark.parametrize(("method", "expected"), [("pchip", 31.379878202397627), ("akima", 31.38398898434116)])
def test_it_agrees_with_the_bjontegaard_package(method, expected):
    # bjontegaard 1.3.0: bd_rate(rates_a, qualities_a, rates_b, qualities_b, method, require_matching_points=False)
    anchor = [(686.76, 40.28), (309.58, 37.18), (157.11, 34.24), (85.95, 31.42)]
    test = [(893.34, 40.39), (407.8, 37.21), (204.93, 34.17), (112.75, 31.24)]
    assert bd_rate(anchor, test, method=method) == pytest.approx(expected, rel=1e-6)


def test_exchanging_the_curves_inverts_the_ratio_of_rates():
    other = [(500, 1.0), (1200, 2.0), (2000, 2.4), (5000, 3.3)]
    there, back = bd_rate(CURVE, other), bd_rate(other, CURVE)
    assert (1 + there / 100) * (1 + back / 100) == pytest.approx(1)


def test_less_is_better_where_the_metric_says_so():
    errors = [(rate, -quality) for rate, quality in CURVE]
    cheaper = [(rate / 2, error) for rate, error in errors]
    assert bd_rate(errors, cheaper, direction="lower") == pytest.approx(-50)


@pytest.mark.parametrize(
    ("curve", "complaint"),
    [
        ([(700, 4.0), (1500, 5.0), (3000, 6.0)], "share no range"),
        ([(700, 3.1), (1500, 5.0), (3000, 6.0)], "share no range"),
        ([(700, 3.09), (1500, 3.5), (3000, 4.0)], "share 1% of the shorter one's range of quality, less than 25%"),
        (CURVE[:2], "has 2 points"),
        ([(700, 1.0), (1500, 2.0), (3000, 1.9)], "does not always increase"),
        ([(700, 1.0), (700, 2.0), (3000, 3.0)], "does not always increase"),
        ([(0, 1.0), (700, 2.0), (3000, 3.0)], "not above 0"),
        ([(100, 1.0), (700, math.nan), (3000, 3.0)], "not finite"),
    ],
)
def test_curves_that_cannot_be_compared_have_no_number(curve, complaint):
    with pytest.raises(MetricUndefined, match=complaint):
        bd_rate(CURVE, curve)


@pytest.mark.parametrize(("lowest", "defined"), [(2.86, True), (2.88, False)])
def test_a_quarter_of_the_shorter_curve_is_overlap_enough(lowest, defined):
    test = [(700, lowest), (1500, lowest + 0.4), (3000, lowest + 0.95)]  # reaches 3.1, where the other ends
    if defined:
        assert math.isfinite(bd_rate(CURVE, test))
    else:
        with pytest.raises(MetricUndefined, match="less than 25%"):
            bd_rate(CURVE, test)


def test_an_unknown_method_or_direction_is_refused():
    with pytest.raises(InvalidOption, match="method"):
        bd_rate(CURVE, CURVE, method="cubic")
    with pytest.raises(InvalidOption, match="direction"):
        bd_rate(CURVE, CURVE, direction="none")
