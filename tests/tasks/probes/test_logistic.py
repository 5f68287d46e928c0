"""The classifier of a probe: right where classes are apart, at chance where labels mean nothing."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from audiotok.errors import InvalidData
from audiotok.tasks.probes import logistic
from audiotok.tasks.probes.folds import by_split, one_out
from audiotok.tasks.probes.logistic import accuracy, coordinates, fitted, rotated, shuffled

RNG = np.random.default_rng(0)
LABELS = ["a", "b", "c"] * 20
GROUPS = [f"g{i // 6}" for i in range(60)]


def clusters(spread: float) -> np.ndarray:
    means = {label: RNG.normal(size=300) for label in "abc"}
    return np.stack([means[label] + spread * RNG.normal(size=300) for label in LABELS]) / 10


def test_classes_that_are_apart_are_named_right() -> None:
    assert accuracy(rotated(clusters(0.1)), LABELS, GROUPS, one_out, 30.0).mean() == 1.0


def test_shuffled_labels_are_named_at_chance() -> None:
    found = accuracy(rotated(clusters(1.0)), shuffled(LABELS), GROUPS, one_out, 30.0)
    assert found.mean() == pytest.approx(1 / 3, abs=0.2)  # 60 clips: 3 standard deviations


def test_shuffling_keeps_every_class_as_often() -> None:
    assert sorted(shuffled(LABELS)) == sorted(LABELS) != shuffled(LABELS)


def test_rotated_rows_are_classified_as_the_rows_themselves() -> None:
    rows = clusters(3.0)
    turned = rotated([csr_matrix(row) for row in rows])
    assert turned.shape[1] <= len(rows)
    assert turned @ turned.T == pytest.approx(rows @ rows.T, abs=1e-8)
    tight = {"C": 30.0, "max_iter": 10_000, "tol": 1e-10}
    direct = LogisticRegression(**tight).fit(rows[:40], LABELS[:40]).decision_function(rows[40:])
    ours = LogisticRegression(**tight).fit(turned[:40], LABELS[:40]).decision_function(turned[40:])
    assert ours == pytest.approx(direct, abs=1e-3)


def test_a_clip_s_score_is_the_share_of_draws_in_which_it_is_right() -> None:
    found = accuracy(rotated(clusters(5.0)), LABELS, GROUPS, one_out, 30.0, draws=4)
    assert set(found.tolist()) <= {0.0, 0.25, 0.5, 0.75, 1.0}


def test_the_classifier_of_many_clips_is_that_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """On bags as codecs give them: sparse, of unit length, with far more columns than clips."""
    bags = [
        csr_matrix(
            np.sqrt(
                RNG.multinomial(
                    40, np.bincount(RNG.integers(0, 50, 200) + 30 * "abc".index(label), minlength=2000) / 200
                )
                / 40
            )
        )
        for label in LABELS
    ]
    few = coordinates(bags)
    monkeypatch.setattr(logistic, "MANY", 10)
    many = coordinates(bags)
    assert few.shape[1] <= len(bags) < many.shape[1]
    models = [fitted(rows[:40], np.array(LABELS[:40]), 30.0) for rows in (few, many)]
    one, other = (model.decision_function(rows[40:]) for model, rows in zip(models, (few, many), strict=True))
    assert other == pytest.approx(one, abs=0.02 * np.abs(one).max())
    named = [accuracy(rows, LABELS, GROUPS, one_out, 30.0) for rows in (few, many)]
    assert np.array_equal(*named)


def test_a_clip_that_is_trained_on_alone_has_no_score() -> None:
    found = accuracy(rotated(clusters(0.1)), LABELS, GROUPS, by_split(["train"] * 30 + ["test"] * 30), 30.0)
    assert np.isnan(found[:30]).all()
    assert found[30:].mean() == 1.0


def test_a_classifier_that_does_not_converge_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logistic, "ITERATIONS", 1)
    with pytest.raises(InvalidData, match="of 60 clips did not converge in 1 iterations; choose --head net"):
        fitted(rotated(clusters(3.0)), np.array(LABELS), 30.0)
