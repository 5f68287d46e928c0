"""Training a codec of the waveform: it learns, with every quantizer and teacher, and goes on exactly where it was."""

import json
import os
import signal

import pytest
import torch

from audiotok.errors import TrainingFailed
from audiotok.models.waveform_codec import WaveformCodec, WaveformConfig
from audiotok.train.distill_dm import DMDistillation
from audiotok.train.distill_lmspt import LMSPTDistillation
from audiotok.train.distill_speechtokenizer import SpeechTokenizerDistillation
from audiotok.train.features import Stream
from audiotok.train.objective import Objective
from audiotok.train.training import Budget
from audiotok.train.waveform_loop import WaveformSettings, train_waveform

CONFIG = WaveformConfig(channels=2, lstm_layers=1, latent=8, codebooks=2, entries=16)
SETTINGS = WaveformSettings(batch=2, seconds=0.2, warmup=2, width=2)


@pytest.fixture(scope="module")
def sounds(vowel) -> Stream:
    """Two seconds of samples, with a teacher of six numbers beside each token frame."""
    teacher = torch.randn(100, 6, generator=torch.Generator().manual_seed(0))
    return Stream(vowel[:, None].half(), 320, {"ear": teacher.half()}, "vowel@sha256:00")


def trained(sounds, folder, steps, *objectives: Objective, config=CONFIG, settings=SETTINGS) -> WaveformCodec:
    torch.manual_seed(0)
    codec = WaveformCodec(config, dropout=0.5)
    return train_waveform(codec, sounds, folder, Budget(steps), settings, list(objectives), device="cpu", every=1)


def curves(folder) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "curves.jsonl").read_text().splitlines()]


def test_the_loss_falls(sounds, tmp_path):
    settings = WaveformSettings(batch=2, seconds=0.2, warmup=2, width=2, adversarial_from=1, augment=False)
    trained(sounds, tmp_path, 25, settings=settings)
    mel = [step["mel"] for step in curves(tmp_path)]
    assert mel[-1] < 0.8 * mel[0]


@pytest.mark.parametrize("quantizer", ["rvq", "fsq", "split"])
def test_discriminators_join_half_way(sounds, tmp_path, quantizer):
    from dataclasses import replace

    trained(sounds, tmp_path, 4, config=replace(CONFIG, quantizer=quantizer))
    assert ["deceived" in step for step in curves(tmp_path)] == [False, False, True, True]


class Ear(torch.nn.Module):
    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return frames.mean(-1, keepdim=True)


@pytest.mark.parametrize("kind", ["speechtokenizer", "dm", "lmspt"])
def test_every_kind_of_distillation_goes_with_it(sounds, tmp_path, kind):
    torch.manual_seed(1)
    objective = {
        "speechtokenizer": lambda: SpeechTokenizerDistillation(8, "ear", 6),
        "dm": lambda: DMDistillation(8, text=None, speech=("ear", 6)),
        "lmspt": lambda: LMSPTDistillation(CONFIG, Ear(), blocks=1),
    }[kind]()
    trained(sounds, tmp_path, 2, objective)
    assert all(step[kind] > 0 for step in curves(tmp_path))


class Interrupt(Objective):
    """Ctrl-C in the middle of a step."""

    def __init__(self, at: int) -> None:
        super().__init__("interrupt", 0.0)
        self.at, self.count = at, 0

    def forward(self, codec, batch, quantized):
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGINT)
        return quantized.vectors.new_zeros(())


def test_an_interrupted_run_ends_with_the_weights_of_an_undisturbed_one(sounds, tmp_path):
    whole = trained(sounds, tmp_path / "whole", 6, Interrupt(-1))
    with pytest.raises(KeyboardInterrupt):
        trained(sounds, tmp_path / "parts", 6, Interrupt(4))
    torch.rand(7)
    parts = trained(sounds, tmp_path / "parts", 6, Interrupt(-1))
    for name, value in whole.state_dict().items():
        assert torch.equal(value, parts.state_dict()[name]), name


def test_a_checkpoint_of_another_configuration_is_refused(sounds, tmp_path):
    from dataclasses import replace

    trained(sounds, tmp_path, 1)
    with pytest.raises(TrainingFailed, match=r"codec\.\w+ was"):
        trained(sounds, tmp_path, 2, config=replace(CONFIG, causal=True))
