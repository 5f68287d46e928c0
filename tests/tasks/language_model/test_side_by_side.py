"""Models that are trained at the same time are those that are trained one after another."""

import pickle
from functools import partial
from pathlib import Path

import torch

from audiotok.store import TokenStore
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.language_model.side_by_side import TrainingJob, TrainSideBySide, train_side_by_side
from audiotok.tasks.language_model.training import TrainingData, train_lm, weights
from audiotok.tasks.task import Context


def test_models_that_are_trained_side_by_side_are_those_of_one_after_another(small: TokenStore, tmp_path: Path) -> None:
    options = LMOptions(size="1M", hours=0.001, context_seconds=1.0)

    def jobs(folder: Path) -> list[partial]:
        training = TrainingData(small, options.order_codes(small.spec), folder)
        return [partial(train_lm, training, options, seed) for seed in (0, 1)]

    before = torch.get_num_threads()
    for number, train in enumerate(jobs(tmp_path / "one")):
        TrainingJob(train, f"model {number}", threads=1).do()
    assert torch.get_num_threads() == before
    torch.set_num_threads(2)
    try:
        train_side_by_side(jobs(tmp_path / "both"), Context(tmp_path, workers=2), options)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    made = {path.parent.name: path.stat().st_mtime_ns for path in (tmp_path / "both").rglob("checkpoint.pt")}
    found, expected = ([weights(train().model) for train in jobs(tmp_path / name)] for name in ("both", "one"))
    assert found == expected
    assert found[0] != found[1]
    assert made == {path.parent.name: path.stat().st_mtime_ns for path in (tmp_path / "both").rglob("checkpoint.pt")}


def test_what_shows_the_progress_is_not_sent_elsewhere() -> None:
    shown: list[str] = []
    stage = TrainSideBySide(shown.append)
    job = TrainingJob(int, "model 1", threads=1)
    stage.heard(job, "train 50%")
    pickle.loads(pickle.dumps(stage)).heard(job, "train 60%")
    assert shown == ["model 1: train 50%"]
