"""The codec of the waveform: shapes, what it may hear, and its files."""

import pytest
import torch

from audiotok.errors import InvalidData
from audiotok.models.waveform_codec import WaveformCodec, WaveformConfig

SMALL = {"channels": 2, "lstm_layers": 1, "latent": 8, "codebooks": 2, "entries": 16}


def made(**options) -> WaveformCodec:
    torch.manual_seed(0)
    codec = WaveformCodec(WaveformConfig(**SMALL | options))
    codec.start(0.1 * torch.randn(2, 32 * codec.config.hop))
    return codec.eval().requires_grad_(False)


@pytest.mark.parametrize("stack", [1, 2, 3, 16])
@pytest.mark.parametrize("causal", [True, False])
def test_a_hop_of_samples_makes_a_frame_and_comes_back(stack, causal, vowel):
    codec = made(stack=stack, causal=causal)
    wave = vowel[None, : 5 * codec.config.hop]
    assert codec.listen(wave).shape == (1, 5, 8)
    assert codec(wave)[0].shape == wave.shape
    assert codec.resynthesis(wave[0], 1).shape == wave[0].shape


@pytest.mark.parametrize("causal", [True, False])
def test_a_causal_codec_hears_and_says_nothing_of_what_comes(causal, vowel):
    codec = made(causal=causal)
    wave = vowel[None, : 20 * 320]
    later = torch.cat([wave[:, : 12 * 320], -wave[:, 12 * 320 :]], dim=1)
    first, other = codec.listen(wave), codec.listen(later)
    assert torch.allclose(first[:, :12], other[:, :12], atol=1e-6) == causal
    other = torch.cat([first[:, :12], -first[:, 12:]], dim=1)
    same = torch.allclose(codec.speak(first)[:, : 12 * 320], codec.speak(other)[:, : 12 * 320], atol=1e-6)
    assert same == causal


def test_a_saved_codec_makes_the_same_codes(tmp_path, vowel):
    codec = made().half().float()  # what the file keeps
    codec.save(tmp_path / "codec.safetensors", {"data": "vowel"})
    loaded, metadata = WaveformCodec.load(tmp_path / "codec.safetensors")
    assert metadata["data"] == "vowel"
    assert loaded.config == codec.config
    assert torch.equal(loaded.codes(vowel[None]), codec.codes(vowel[None]))
    assert torch.equal(loaded.resynthesis(vowel, 2), codec.resynthesis(vowel, 2))


def test_another_kind_of_file_is_refused(config, tmp_path):
    from audiotok.models.mel_codec import MelCodec

    MelCodec(config).save(tmp_path / "mel.safetensors", {})
    with pytest.raises(InvalidData, match=r"audiotok\.waveform_codec"):
        WaveformCodec.load(tmp_path / "mel.safetensors")
