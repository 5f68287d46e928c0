"""The loop: budgets, exact resuming, and what goes wrong."""

import json
import os
import signal

import pytest
import torch

from audiotok.errors import InvalidData, InvalidOption, TrainingFailed
from audiotok.models.mel_codec import MelCodec
from audiotok.train.distill_speechtokenizer import SpeechTokenizerDistillation
from audiotok.train.features import FrameCrops, Stream
from audiotok.train.loop import Settings, train
from audiotok.train.objective import Objective
from audiotok.train.training import Budget

SETTINGS = Settings(batch=3, seconds=0.5, warmup=4)


def trained(config, stream, folder, steps, settings=SETTINGS, extra=()) -> MelCodec:
    torch.manual_seed(settings.seed)
    codec = MelCodec(config, dropout=0.5)
    objectives = [SpeechTokenizerDistillation(config.latent, "ear", 6), *extra]
    return train(codec, stream, folder, Budget(steps=steps), settings, objectives, device="cpu", every=2)


class Interrupt(Objective):
    """Ctrl-C in the middle of a step."""

    def __init__(self, at: int, signal_number: int = signal.SIGINT) -> None:
        super().__init__("interrupt", 0.0)
        self.at, self.count, self.signal_number = at, 0, signal_number

    def forward(self, codec, batch, quantized):
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), self.signal_number)
        return quantized.vectors.new_zeros(())


class Poison(Objective):
    """A loss that is not a number from some step on."""

    def __init__(self, at: int) -> None:
        super().__init__("poison", 1.0)
        self.at, self.count = at, 0

    def forward(self, codec, batch, quantized):
        self.count += 1
        return quantized.vectors.sum() * (float("nan") if self.count >= self.at else 0.0)


def test_the_loss_falls(config, stream, tmp_path):
    trained(config, stream, tmp_path, 30, Settings(batch=3, seconds=0.5, warmup=4, augment=False))
    curve = [json.loads(line)["reconstruction"] for line in (tmp_path / "curves.jsonl").read_text().splitlines()]
    assert curve[-1] < 0.95 * curve[0]  # it starts from k-means on principal components
    assert list((tmp_path / "tensorboard").iterdir())


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_with_the_weights_of_an_undisturbed_one(config, stream, tmp_path, kind):
    whole = trained(config, stream, tmp_path / "whole", 9, extra=[Interrupt(at=-1)])
    with pytest.raises(KeyboardInterrupt):
        trained(config, stream, tmp_path / "parts", 9, extra=[Interrupt(at=4, signal_number=kind)])
    torch.rand(7)
    parts = trained(config, stream, tmp_path / "parts", 9, extra=[Interrupt(at=-1)])
    for name, value in whole.state_dict().items():
        assert torch.equal(value, parts.state_dict()[name]), name


def test_the_last_step_is_on_the_curve(config, stream, tmp_path):
    trained(config, stream, tmp_path, 5)  # a record every 2
    steps = [json.loads(line)["step"] for line in (tmp_path / "curves.jsonl").read_text().splitlines()]
    assert steps == [2, 4, 5]


def test_a_checkpoint_of_several_processes_is_not_resumed_by_one(config, stream, tmp_path):
    trained(config, stream, tmp_path, 2)
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    torch.save(state | {"random": 2 * state["random"]}, tmp_path / "checkpoint.pt")
    with pytest.raises(TrainingFailed, match="written by 2 processes and is resumed by 1"):
        trained(config, stream, tmp_path, 4)


def test_another_seed_gives_another_codec(config, stream, tmp_path):
    first = trained(config, stream, tmp_path / "0", 2)
    other = trained(config, stream, tmp_path / "1", 2, Settings(batch=3, seconds=0.5, warmup=4, seed=1))
    assert not torch.equal(first.encoder[0].weight, other.encoder[0].weight)


def test_a_finished_run_is_not_repeated(config, stream, tmp_path):
    first = trained(config, stream, tmp_path, 3)
    again = trained(config, stream, tmp_path, 3)
    assert torch.equal(first.encoder[0].weight, again.encoder[0].weight)


def test_a_checkpoint_of_other_settings_is_refused_and_kept(config, stream, tmp_path):
    trained(config, stream, tmp_path, 2)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with pytest.raises(TrainingFailed, match=r"settings\.batch was 3 and is 4\. Use"):
        trained(config, stream, tmp_path, 4, Settings(batch=4, seconds=0.5, warmup=4))
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


@pytest.mark.parametrize("changed", [{"weight": 2.0}, {"teacher": "another"}])
def test_a_checkpoint_of_another_distillation_is_refused(config, stream, tmp_path, changed):
    def distilled(teacher: str = "ear", weight: float = 1.0) -> None:
        objective = SpeechTokenizerDistillation(config.latent, teacher, 6, weight)
        taught = Stream(stream.frames, stream.stack, {teacher: stream.teachers["ear"]}, stream.data)
        train(MelCodec(config), taught, tmp_path, Budget(steps=2), SETTINGS, [objective], device="cpu")

    distilled()
    with pytest.raises(TrainingFailed, match="objectives was"):
        distilled(**changed)


def test_a_cut_checkpoint_is_refused_and_kept(config, stream, tmp_path):
    trained(config, stream, tmp_path, 2)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(TrainingFailed, match="was it truncated"):
        trained(config, stream, tmp_path, 4)
    assert path.is_file()


def test_a_checkpoint_with_a_flipped_bit_is_refused_and_kept(config, stream, tmp_path):
    trained(config, stream, tmp_path, 2)
    path = tmp_path / "checkpoint.pt"
    written = path.read_bytes()
    weights = torch.load(path, weights_only=True)["learner"]
    bytes_of_one = max(weights.values(), key=torch.numel).numpy().tobytes()
    place = written.index(bytes_of_one) + len(bytes_of_one) // 2
    path.write_bytes(written[:place] + bytes([written[place] ^ 4]) + written[place + 1 :])
    with pytest.raises(TrainingFailed, match=r"was altered after it was written: the CRC-32 of .* move it away"):
        trained(config, stream, tmp_path, 4)
    assert path.is_file()


def test_a_loss_that_is_not_a_number_stops_the_run_before_it_is_learned(config, stream, tmp_path):
    trained(config, stream, tmp_path, 2, extra=[Poison(at=99)])
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with pytest.raises(TrainingFailed, match="loss of step 4 is nan"):
        trained(config, stream, tmp_path, 9, extra=[Poison(at=3)])
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


class NoSlope(Objective):
    """A loss of 0 without a finite gradient: the root of a square, at 0."""

    def __init__(self) -> None:
        super().__init__("poison", 1.0)

    def forward(self, codec, batch, quantized):
        return (0 * quantized.vectors).square().sum().sqrt()


def test_a_gradient_that_is_not_a_number_stops_the_run_before_it_is_learned(config, stream, tmp_path):
    trained(config, stream, tmp_path, 2, extra=[Poison(at=99)])
    before = (tmp_path / "checkpoint.pt").read_bytes()
    with pytest.raises(TrainingFailed, match="gradient of step 2 is nan"):
        trained(config, stream, tmp_path, 3, extra=[NoSlope()])
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


@pytest.mark.parametrize(("steps", "minutes"), [(0, 0.0), (5, 1.0)])
def test_a_budget_is_one_of_two(steps, minutes):
    with pytest.raises(InvalidOption, match="either in steps or in minutes"):
        Budget(steps, minutes)


def test_minutes_end_a_run(config, stream, tmp_path):
    codec = MelCodec(config)
    train(codec, stream, tmp_path, Budget(minutes=0.01), SETTINGS, device="cpu", every=1)
    last = json.loads((tmp_path / "curves.jsonl").read_text().splitlines()[-1])
    assert 0.5 < last["seconds"] < 10


def test_a_stream_shorter_than_a_crop_is_refused(config, stream, tmp_path):
    short = Stream(stream.frames[:20], 2, {}, "short")
    with pytest.raises(InvalidData, match="shorter crops"):
        train(MelCodec(config), short, tmp_path, Budget(steps=1), SETTINGS, device="cpu")


def test_a_batch_is_the_same_for_the_same_step(stream):
    first, again = (stream.crops(3, 10, torch.Generator().manual_seed(5)) for _ in range(2))
    assert isinstance(first, FrameCrops)
    assert torch.equal(first.frames, again.frames)
    assert torch.equal(first.teachers["ear"], again.teachers["ear"])
