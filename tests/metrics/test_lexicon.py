"""Minutes to a share, read from a learning curve."""

import pytest

from audiotok.errors import MetricUndefined
from audiotok.metrics.lexicon import to_reach


def test_the_logarithm_of_the_minutes_is_interpolated() -> None:
    assert to_reach([(2, 0.5), (8, 0.625), (32, 0.875)]) == pytest.approx(16)
    assert to_reach([(2, 0.5), (8, 0.75)]) == pytest.approx(8)


def test_the_first_amount_that_reaches_it_counts_though_a_later_one_does_not() -> None:
    assert to_reach([(2, 0.5), (8, 0.8), (32, 0.6)]) < 8


def test_a_first_amount_that_reaches_it_is_the_answer() -> None:
    assert to_reach([(2, 0.9), (8, 0.5)]) == 2


def test_what_is_not_reached_is_no_number() -> None:
    with pytest.raises(MetricUndefined, match=r"not within 35 minutes of speech, where at most 74\.0 % were right"):
        to_reach([(2, 0.5), (8, 0.74), (35, 0.7)])
