"""What a code tells of a unit, on counts small enough to do by hand."""

import math

import pytest
import torch

from audiotok.errors import InvalidData
from audiotok.train.unit_probe import STRENGTH, UnitProbe


def tensor(*values: int) -> torch.Tensor:
    return torch.tensor(values)


def test_the_cost_is_that_of_the_smoothed_counts() -> None:
    probe = UnitProbe.count([(tensor(0, 0, 0, 1), tensor(0, 0, 1, 1))], entries=2, units=2)
    assert probe.frequencies.tolist() == [0.5, 0.5]  # (2 + 1) / (4 + 2)
    beside = (2 + STRENGTH * 0.5) / (3 + STRENGTH)
    assert probe.bits(tensor(0), tensor(0)) == pytest.approx(-math.log2(beside))
    assert probe.order0(tensor(0, 1)) == pytest.approx(2.0)


def test_a_code_that_was_never_counted_tells_nothing() -> None:
    probe = UnitProbe.count([(tensor(0, 0, 0), tensor(2, 2, 1))], entries=3, units=3)
    assert probe.bits(tensor(2, 2), tensor(0, 1)) == pytest.approx(probe.order0(tensor(0, 1)))


def test_codes_drawn_without_the_units_cost_no_less_than_no_codes() -> None:
    generator = torch.Generator().manual_seed(0)

    def drawn(high: int, size: int = 20_000) -> torch.Tensor:
        return torch.randint(0, high, (size,), generator=generator)

    probe = UnitProbe.count([(drawn(200), drawn(50))], entries=200, units=50)
    codes, units = drawn(200), drawn(50)
    assert probe.bits(codes, units) >= probe.order0(units)
    finer = UnitProbe.count([(units, units)], entries=50, units=50)
    assert finer.bits(units, units) < 0.5 * finer.order0(units)


def test_frames_are_asked_for() -> None:
    with pytest.raises(InvalidData, match="no frames"):
        UnitProbe.count([], entries=2, units=2)
