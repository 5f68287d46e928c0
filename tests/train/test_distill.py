"""The three distillations: known values, what they teach, and where the gradient goes."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from audiotok.errors import InvalidOption
from audiotok.models.mel_codec import MelCodec
from audiotok.models.quantizers import Quantized
from audiotok.train.distill import distillation
from audiotok.train.distill_dm import DMDistillation
from audiotok.train.distill_lmspt import LMSPTDistillation
from audiotok.train.distill_speechtokenizer import SpeechTokenizerDistillation
from audiotok.train.features import FrameCrops

PERFECT = -math.log(1 / (1 + math.exp(-1)))  # 0.3133
NOTHING = math.log(2)  # 0.6931


def quantized(first: torch.Tensor, vectors: torch.Tensor) -> Quantized:
    return Quantized(vectors, first, torch.zeros(*first.shape[:2], 1, dtype=torch.long), torch.zeros(()))


def identity(linear: nn.Linear) -> None:
    nn.init.eye_(linear.weight)
    nn.init.zeros_(linear.bias)


def waves(frequency: int) -> torch.Tensor:
    """[2, 60, 4]: at right angles along time for two frequencies."""
    phase = torch.arange(60) / 60 * 2 * math.pi * frequency
    return torch.sin(phase)[None, :, None].expand(2, 60, 4)


def test_speechtokenizer_teaches_the_first_codebook_alone(config):
    objective = SpeechTokenizerDistillation(4, "ear", 4)
    identity(objective.project)
    batch = FrameCrops(torch.zeros(2, 120, 128), {"ear": waves(3)})
    codec = MelCodec(config)
    assert objective(codec, batch, quantized(waves(3), waves(5))).item() == pytest.approx(PERFECT, abs=1e-4)
    assert objective(codec, batch, quantized(waves(5), waves(3))).item() == pytest.approx(NOTHING, abs=1e-4)


def test_a_teacher_s_folder_with_other_files_is_another_objective(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"one")
    objective = SpeechTokenizerDistillation(4, str(tmp_path), 4)
    before = objective.identity
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert objective.identity != before


def test_dm_lets_text_teach_the_first_codebook_and_speech_all(config):
    objective = DMDistillation(4, text=("text", 4), speech=("ear", 4), text_weight=1.0, speech_weight=10.0)
    identity(objective.project_first)
    identity(objective.project_all)
    batch = FrameCrops(torch.zeros(2, 120, 128), {"text": waves(3), "ear": waves(5)})
    codec = MelCodec(config)
    both = objective(codec, batch, quantized(first=waves(3), vectors=waves(5)))
    neither = objective(codec, batch, quantized(first=waves(5), vectors=waves(3)))
    assert both.item() == pytest.approx(11 * PERFECT, abs=1e-3)
    assert neither.item() == pytest.approx(11 * NOTHING, abs=1e-3)


def test_dm_with_text_alone_has_no_speech_teacher(config):
    objective = DMDistillation(4, text=("text", 4), speech=None)
    identity(objective.project_first)
    batch = FrameCrops(torch.zeros(2, 120, 128), {"text": waves(3)})
    value = objective(MelCodec(config), batch, quantized(waves(3), waves(9)))
    assert value.item() == pytest.approx(PERFECT, abs=1e-4)


def test_the_text_teacher_of_a_clip_without_text_teaches_nothing(config):
    objective = DMDistillation(4, text=("text", 4), speech=None)
    first = waves(3).clone().requires_grad_()
    batch = FrameCrops(torch.zeros(2, 120, 128), {"text": torch.zeros(2, 60, 4)})
    value = objective(MelCodec(config), batch, quantized(first, first))
    value.backward()
    assert value.item() == pytest.approx(NOTHING, abs=1e-4)
    assert float(first.grad.abs().max()) == 0


class Ear(nn.Module):
    """A frozen recogniser: the mean of each frame's bands."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return self.scale * frames.mean(-1, keepdim=True)


def test_lmspt_is_the_mean_square_of_what_the_recogniser_hears(config):
    objective = LMSPTDistillation(config, Ear())
    codec = MelCodec(config)
    frames = torch.randn(2, 20, 128)
    first = torch.randn(2, 10, config.latent)
    value = objective(codec, FrameCrops(frames), quantized(first, first))
    again = codec.unstacked(objective.auxiliary(first.transpose(1, 2)).transpose(1, 2))
    assert value.item() == pytest.approx((2 * (frames.mean(-1) - again.mean(-1))).square().mean().item(), rel=1e-5)


def test_lmspt_teaches_the_encoder_through_the_frozen_recogniser(config):
    ear = Ear()
    objective = LMSPTDistillation(config, ear)
    codec = MelCodec(config)
    frames = torch.randn(2, 20, 128)
    _, out, _ = codec(frames)
    objective(codec, FrameCrops(frames), out).backward()
    assert float(codec.encoder[0].weight.grad.abs().sum()) > 0
    assert ear.scale.grad is None
    assert all(parameter.grad is None for parameter in codec.decoder.parameters())
    assert {name.split(".")[0] for name in objective.state_dict()} == {"auxiliary"}


@pytest.mark.parametrize("kind", ["rvq", "split", "pq", "grvq"])
def test_only_what_the_first_codebook_codes_is_taught(config, kind):
    """In pq and grvq, that is the first slice of the vector."""
    config = replace(config, quantizer=kind, codebooks=2, latent=8)
    codec = MelCodec(config)
    latent = torch.randn(2, 60, 8, requires_grad=True)
    objective = SpeechTokenizerDistillation(8, "ear", 4)
    batch = FrameCrops(torch.zeros(2, 120, 128), {"ear": waves(3)})
    objective(codec, batch, codec.quantizer(latent)).backward()
    taught = latent.grad.abs().amax(dim=(0, 1)) > 0
    assert taught.tolist() == [True] * 4 + [kind in ("rvq", "split")] * 4


def test_an_objective_names_the_teachers_that_it_learns_from(config):
    assert SpeechTokenizerDistillation(4, "ear", 4).teachers == ("ear",)
    assert DMDistillation(4, text=("text", 4), speech=("ear", 4)).teachers == ("ear", "text")
    assert DMDistillation(4, text=("text", 4), speech=None).teachers == ("text",)
    assert LMSPTDistillation(config, Ear(), teacher="ear").teachers == ("ear",)


def test_a_kind_without_its_teacher_is_refused(config):
    with pytest.raises(InvalidOption, match="text teacher"):
        distillation("dm", config, teacher="")
    with pytest.raises(InvalidOption, match="gradients"):
        distillation("lmspt", config, teacher="facebook/hubert-base-ls960")
    with pytest.raises(InvalidOption, match="needs a teacher"):
        distillation("speechtokenizer", config, teacher="")
    assert distillation("none", config, teacher="") == ({}, [])
