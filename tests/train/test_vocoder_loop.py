"""Training a vocoder: exact resuming through the adversarial stage, and what goes wrong."""

import json
import os
import signal

import pytest
import torch

from audiotok.errors import InvalidData, InvalidOption, TrainingFailed
from audiotok.models.mel_codec import MelCodec
from audiotok.models.vocoder import Vocoder, VocoderConfig
from audiotok.train.recordings import TrainingRecordings
from audiotok.train.training import Budget
from audiotok.train.vocoder_loop import Crops, VocoderLearner, VocoderSettings, train_vocoder

SETTINGS = VocoderSettings(batch=2, seconds=0.2, warmup=3, width=2)


@pytest.fixture
def recordings(vowel) -> TrainingRecordings:
    return TrainingRecordings(vowel.half(), "vowel@sha256:00")


class Watched(Vocoder):
    """Sends itself a signal, or learns nonsense, at its n-th step."""

    interrupt, poison, steps = -1, -1, 0

    def spectrum(self, frames):
        self.steps += 1
        if self.steps == self.interrupt:
            os.kill(os.getpid(), signal.SIGINT)
        magnitude, phase = super().spectrum(frames)
        return magnitude * (float("nan") if self.steps == self.poison else 1.0), phase


def trained(recordings, folder, steps, settings=SETTINGS, codec=None, **watched) -> Vocoder:
    torch.manual_seed(settings.seed)
    vocoder = Watched(VocoderConfig(channels=8, blocks=1))
    for name, value in watched.items():
        setattr(vocoder, name, value)
    return train_vocoder(vocoder, recordings, folder, Budget(steps=steps), settings, codec, device="cpu", every=1)


def curve(folder) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "curves.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("at", [2, 5])  # before and after the discriminators join
def test_an_interrupted_run_ends_with_the_weights_of_an_undisturbed_one(recordings, tmp_path, at):
    whole = trained(recordings, tmp_path / "whole", 7)
    with pytest.raises(KeyboardInterrupt):
        trained(recordings, tmp_path / "parts", 7, interrupt=at)
    torch.rand(7)
    parts = trained(recordings, tmp_path / "parts", 7)
    assert len(curve(tmp_path / "parts")) == 7
    for name, value in whole.state_dict().items():
        assert torch.equal(value, parts.state_dict()[name]), name


def test_discriminators_join_after_their_share_of_the_budget(recordings, tmp_path):
    trained(recordings, tmp_path, 6)
    assert ["told_apart" in losses for losses in curve(tmp_path)] == [False] * 3 + [True] * 3


def test_1_is_never(recordings, tmp_path):
    trained(recordings, tmp_path, 3, VocoderSettings(batch=2, seconds=0.2, width=2, adversarial_from=1))
    assert not any("told_apart" in losses for losses in curve(tmp_path))
    with pytest.raises(InvalidOption, match="share from 0 to 1"):
        VocoderSettings(adversarial_from=1.5)


@pytest.mark.slow
def test_the_loss_falls(recordings, tmp_path):
    settings = VocoderSettings(batch=1, seconds=2.0, warmup=3, adversarial_from=1, learning_rate=1e-2)
    trained(recordings, tmp_path, 50, settings)
    magnitudes = [losses["magnitude"] for losses in curve(tmp_path)]
    assert sum(magnitudes[-3:]) < 0.85 * sum(magnitudes[:3])


def test_each_loss_teaches_its_own_side(vowel):
    torch.manual_seed(0)
    settings = VocoderSettings(width=2)
    learner = VocoderLearner(Vocoder(VocoderConfig(channels=8, blocks=1)), log_mel_of_half, settings)
    losses = learner(Crops(vowel[None, :4000], True))
    losses["told_apart"].backward(retain_graph=True)
    assert all(parameter.grad is None for parameter in learner.vocoder.parameters())
    before = [parameter.grad.clone() for parameter in learner.discriminators.parameters()]
    (losses["deceived"] + losses["feature_matching"]).backward()
    assert all(torch.equal(a, b.grad) for a, b in zip(before, learner.discriminators.parameters(), strict=True))
    assert any(bool(parameter.grad.any()) for parameter in learner.vocoder.parameters())


def log_mel_of_half(waveform: torch.Tensor) -> torch.Tensor:
    from audiotok.models.mel import log_mel

    return log_mel(waveform) - 0.5


def test_it_learns_from_a_codec_s_frames_and_leaves_the_codec_alone(recordings, stream, config, tmp_path):
    torch.manual_seed(0)
    codec = MelCodec(config)
    codec(stream.crops(2, 40, torch.Generator()).frames)  # k-means
    codec.eval()
    before = {name: value.clone() for name, value in codec.state_dict().items()}
    coded = trained(recordings, tmp_path / "coded", 2, codec=codec)
    assert all(torch.equal(value, before[name]) for name, value in codec.state_dict().items())
    assert not torch.equal(coded.mean, trained(recordings, tmp_path / "exact", 2).mean)
    with pytest.raises(TrainingFailed, match="codec was"):
        trained(recordings, tmp_path / "coded", 3)


def test_a_loss_that_is_not_a_number_stops_the_run_before_it_is_learned(recordings, tmp_path):
    trained(recordings, tmp_path, 2)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with pytest.raises(TrainingFailed, match="loss of step 3 is nan"):
        trained(recordings, tmp_path, 9, poison=2)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def test_recordings_shorter_than_a_crop_are_refused(recordings, tmp_path):
    with pytest.raises(InvalidData, match="shorter crops"):
        trained(TrainingRecordings(recordings.samples[:100], "short"), tmp_path, 1)
