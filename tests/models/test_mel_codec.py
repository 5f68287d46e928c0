"""The codec of log-mel frames: shapes, files, and that it can learn."""

import pytest
import torch

from audiotok.errors import InvalidData
from audiotok.models.mel import BANDS
from audiotok.models.mel_codec import CodecConfig, MelCodec
from audiotok.train import losses


@pytest.mark.parametrize("stack", [2, 8])
def test_stacked_frames_come_back_in_order(stack):
    codec = MelCodec(CodecConfig(stack=stack, channels=16, encoder_blocks=1, decoder_blocks=1, latent=8, codebooks=1))
    frames = torch.randn(2, 3 * stack, BANDS)
    assert codec.latents(frames).shape == (2, 3, 8)
    stacked = frames.reshape(2, 3, -1)
    codec.start(torch.randn(100 * stack, BANDS))
    normal = codec.unstacked(stacked)
    assert torch.allclose((normal - codec.mean) / codec.std, frames, atol=1e-5)
    assert codec.config.frame_rate == 100 / stack


def test_it_starts_as_an_orthogonal_transform():
    codec = MelCodec(CodecConfig(channels=16, encoder_blocks=1, decoder_blocks=1, latent=256, codebooks=1, entries=4))
    frames = torch.randn(600, BANDS) @ torch.randn(BANDS, BANDS)
    codec.start(frames)
    again = codec.frames(codec.latents(frames[None]))[0]
    assert torch.allclose(again, frames, atol=1e-3)


def test_a_narrow_start_keeps_the_components_of_most_variance():
    torch.manual_seed(0)
    loud = torch.randn(400, 3) @ torch.randn(3, BANDS) * 10
    codec = MelCodec(CodecConfig(channels=16, encoder_blocks=1, decoder_blocks=1, latent=6, codebooks=1, entries=4))
    codec.start(loud)
    assert torch.allclose(codec.frames(codec.latents(loud[None]))[0], loud, atol=1e-2)


def test_one_batch_is_learned_in_a_few_steps(config, stream):
    torch.manual_seed(0)
    codec = MelCodec(config)
    codec.start(stream.sample())
    frames = stream.crops(2, 20, torch.Generator().manual_seed(0)).frames
    optimizer = torch.optim.Adam(codec.parameters(), 2e-3)
    values = []
    for _ in range(60):
        estimate, quantized, _ = codec(frames)
        loss = losses.reconstruction(frames, estimate)
        optimizer.zero_grad()
        (loss + 0.25 * quantized.loss).backward()
        optimizer.step()
        values.append(float(loss.detach()))
    assert values[-1] < 0.6 * values[0]


def test_a_saved_codec_makes_the_same_codes(config, stream, tmp_path):
    codec = MelCodec(config)
    frames = stream.crops(2, 40, torch.Generator()).frames
    codec(frames)
    codec.half().float().eval()  # what the file keeps
    codec.save(tmp_path / "codec.safetensors", {"data": "vowel", "command": "none"})
    loaded, metadata = MelCodec.load(tmp_path / "codec.safetensors")
    assert metadata["data"] == "vowel"
    assert loaded.config == config
    assert torch.equal(loaded(frames)[1].codes, codec(frames)[1].codes)
    assert torch.equal(loaded(frames)[0], codec(frames)[0])


def test_a_file_has_no_training_state_and_half_precision(config, tmp_path):
    path = tmp_path / "codec.safetensors"
    codec = MelCodec(config)
    codec.save(path, {})
    from safetensors.torch import load_file

    state = load_file(path)
    assert {value.dtype for value in state.values()} == {torch.float16}
    assert not [name for name in state if "embed_avg" in name or "cluster_size" in name]


def test_a_cut_file_is_refused(config, tmp_path):
    path = tmp_path / "codec.safetensors"
    MelCodec(config).save(path, {})
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InvalidData, match="cut in the middle"):
        MelCodec.load(path)


def test_another_kind_of_file_is_refused(tmp_path):
    from safetensors.torch import save_file

    save_file({"x": torch.zeros(1)}, tmp_path / "x.safetensors", {"format": "other"})
    with pytest.raises(InvalidData, match=r"audiotok\.mel_codec"):
        MelCodec.load(tmp_path / "x.safetensors")
