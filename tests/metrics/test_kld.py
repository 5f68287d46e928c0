"""The divergence of classes against torch's, as audiocraft and audioldm_eval take it, and where it ends."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
import torch

from audiotok.errors import InvalidAudio
from audiotok.metrics import kld
from audiotok.metrics.kld import CLASSES, divergences, score


def test_it_is_the_divergence_of_the_output_from_the_reference_and_not_the_other_way_round() -> None:
    random = np.random.default_rng(0)
    reference, estimate = (random.normal(0, 2, (3, CLASSES)).astype(np.float32) for _ in range(2))
    p, q = (torch.from_numpy(logits).softmax(dim=1) for logits in (reference, estimate))
    theirs = torch.nn.functional.kl_div((q + 1e-6).log(), p, reduction="none").sum(dim=1).numpy()
    assert divergences(reference, estimate) == pytest.approx(theirs, abs=1e-5)
    assert divergences(estimate, reference) != pytest.approx(theirs, abs=1e-2)


def test_known_answers() -> None:
    half, quarter = np.log([[0.5, 0.5]]), np.log([[0.25, 0.75]])
    assert divergences(half, quarter) == pytest.approx([np.log(4 / 3) / 2], abs=1e-5)
    assert divergences(quarter, half) == pytest.approx([0.75 * np.log(3) - np.log(2)], abs=1e-5)
    assert divergences(half + 7, half) == pytest.approx([0], abs=1e-5)  # a constant added to logits says nothing


def test_it_stays_within_its_range() -> None:
    low, high = kld.divergence.keywords["range"]
    alike = np.zeros((1, CLASSES), np.float32)
    assert low < divergences(alike, alike)[0] < -0.0005
    apart = np.full((2, CLASSES), -200, np.float32)
    apart[0, 3] = apart[1, 4] = 200
    assert divergences(apart[:1], apart[1:]) == pytest.approx([high], abs=1e-9)


def test_windows_are_summed_and_weigh_one_each() -> None:
    one = np.log([[0.5, 0.5], [0.5, 0.5], [0.25, 0.75]])
    other = np.log([[0.5, 0.5], [0.25, 0.75], [0.25, 0.75]])
    found = score({"logits": one}, {"logits": other}, None)  # type: ignore[arg-type]
    assert (found.total, found.weight) == (pytest.approx(np.log(4 / 3) / 2, abs=1e-5), 3)


def test_windows_of_another_number_are_refused() -> None:
    with pytest.raises(InvalidAudio, match="of one shape"):
        divergences(np.zeros((2, 5)), np.zeros((3, 5)))


def test_the_examples_give_what_they_show() -> None:
    assert doctest.testmod(kld, extraglobs={"np": np}).failed == 0
