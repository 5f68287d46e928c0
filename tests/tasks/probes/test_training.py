"""Heads are trained on the device that was asked for."""

from pathlib import Path

import pytest
import torch
from torch import nn

from audiotok.tasks.probes import training
from audiotok.tasks.probes.options import TrainedOptions


@pytest.mark.parametrize(("device", "chosen"), [("cuda:1", [torch.device("cuda:1")]), ("cuda", []), ("cpu", [])])
def test_the_gpu_that_was_asked_for_is_trained_on(
    device: str, chosen: list[torch.device], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    monkeypatch.setattr(torch.cuda, "set_device", calls.append)
    monkeypatch.setattr(training, "run", lambda *_, device, **__: calls.append(device))
    monkeypatch.setattr(nn.Module, "to", lambda self, _: self)
    options = TrainedOptions(size=4, steps=1, seeds=(0,), device=device)
    training.trained(lambda: nn.Linear(1, 1), lambda generator, progress: None, {}, options, 0, 0.1, tmp_path, "x")
    assert calls == [*chosen, "cpu" if device == "cpu" else "auto"]
