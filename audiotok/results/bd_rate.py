"""Bjøntegaard delta rate: how much more bitrate one tokenizer needs than another for the same quality, on average.

Conventions: curves are (bit/s, quality) points of one tokenizer's modes, at least three, rates above 0; per cent;
negative: the tested curve needs less. Undefined where the range of quality that both reach is less than a quarter of
the shorter curve's (an average over a sliver says nothing of the curves), or more rate buys no more quality.
Method: log rate as a function of quality, interpolated monotonically (PCHIP) or by Akima, averaged over the range of
quality that both reach. Source: Bjøntegaard, "Calculation of average PSNR differences between RD-curves", VCEG-M33,
2001; piecewise instead of its one cubic, which swings between the points, as Herglotz et al., "The Bjøntegaard Bible",
IEEE Transactions on Image Processing 33, 2024, advise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from audiotok.errors import InvalidOption, MetricUndefined
from audiotok.results.record import Direction

Curve = Sequence[tuple[float, float]]  # (bit/s, quality), in any order
MIN_POINTS = 3
MIN_OVERLAP = 0.25  # of the shorter curve's range of quality


def bd_rate(
    anchor: Curve, test: Curve, direction: Direction = "higher", method: Literal["pchip", "akima"] = "pchip"
) -> float:
    """Mean change of rate from anchor to test at equal quality, in per cent. Raises MetricUndefined with the reason."""
    from scipy.interpolate import Akima1DInterpolator, PchipInterpolator

    if direction not in ("higher", "lower"):
        raise InvalidOption(f"BD-rate needs a metric whose direction is higher or lower, got {direction!r}")
    interpolators: dict[str, Callable[..., Any]] = {"pchip": PchipInterpolator, "akima": Akima1DInterpolator}
    if method not in interpolators:
        raise InvalidOption(f"method must be one of {sorted(interpolators)}, got {method!r}")
    curves = [_by_quality(name, curve, direction) for name, curve in (("anchor", anchor), ("test", test))]
    low = max(quality[0] for quality, _ in curves)
    high = min(quality[-1] for quality, _ in curves)
    if not low < high:
        raise MetricUndefined("the two curves share no range of quality")
    shorter = min(quality[-1] - quality[0] for quality, _ in curves)
    if high - low < MIN_OVERLAP * shorter:
        raise MetricUndefined(
            f"the two curves share {(high - low) / shorter:.0%} of the shorter one's range of quality, "
            f"less than {MIN_OVERLAP:.0%}"
        )
    anchor_area, test_area = (
        float(interpolators[method](quality, log_rate).integrate(low, high)) for quality, log_rate in curves
    )
    return math.expm1((test_area - anchor_area) / (high - low)) * 100


def _by_quality(name: str, curve: Curve, direction: Direction) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Quality (more is better) and log rate, both strictly rising."""
    points = np.array(sorted(curve), dtype=np.float64).reshape(-1, 2)
    if len(points) < MIN_POINTS:
        raise MetricUndefined(f"the {name} curve has {len(points)} points, an interpolation needs {MIN_POINTS}")
    if not np.isfinite(points).all() or (points[:, 0] <= 0).any():
        raise MetricUndefined(f"the {name} curve has a rate that is not above 0, or a value that is not finite")
    quality = points[:, 1] if direction == "higher" else -points[:, 1]
    if (np.diff(quality) <= 0).any() or (np.diff(points[:, 0]) <= 0).any():
        raise MetricUndefined(f"on the {name} curve, quality does not always increase with the rate")
    return quality, np.log(points[:, 0])
