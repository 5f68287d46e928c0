"""Codecs of 25, 12.5 and 6.25 frames a second: trained for a few steps, then from audio to as many tokens and back."""

from dataclasses import replace

import pytest
import torch

from audiotok.core.audio import Audio
from audiotok.models.backbone import stack_for
from audiotok.models.mel import log_mel
from audiotok.models.mel_codec import MelCodec
from audiotok.tokenizers.own_codecs import MelCodec as Tokenizer
from audiotok.train.distill_lmspt import LMSPTDistillation
from audiotok.train.features import Stream
from audiotok.train.loop import Settings, train
from audiotok.train.training import Budget


class Ear(torch.nn.Module):
    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        return frames.mean(-1, keepdim=True)


@pytest.mark.parametrize("rate", [25.0, 12.5, 6.25])
@pytest.mark.parametrize("quantizer", ["rvq", "split"])
def test_a_low_rate_is_trained_and_has_its_number_of_frames(config, vowel, tmp_path, rate, quantizer):
    shape = replace(config, stack=stack_for(rate), quantizer=quantizer)
    stream = Stream(log_mel(vowel).repeat(8, 1).half(), shape.stack, {}, "vowel@sha256:00")
    codec = MelCodec(shape)
    before = codec.encoder[0].weight.clone()
    settings = Settings(batch=2, seconds=0.64, warmup=1)
    taught = [LMSPTDistillation(shape, Ear(), blocks=1)]
    train(codec, stream, tmp_path, Budget(steps=3), settings, taught, device="cpu")
    assert not torch.equal(codec.encoder[0].weight, before)

    tokenizer = Tokenizer.of(codec)
    assert tokenizer.spec.frame_rate == rate
    clip = Audio.from_clips([vowel[None, :20001]], 16000)
    tokens = tokenizer.encode(clip)
    assert tokens.codes.shape == (1, 3, -(-20001 // round(16000 / rate)))
    heard = tokenizer.decode(tokens)
    assert heard.lengths.tolist() == [20001]
    assert heard.waveform.isfinite().all()
