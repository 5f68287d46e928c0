"""Parity with the encodec and transformers packages on their own classes with small random weights."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from encodec import EncodecModel
from safetensors.torch import load_file
from transformers import EncodecConfig
from transformers import EncodecModel as TransformersModel

import audiotok
from audiotok import conformance
from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.tokenizers._levels import level_code, level_of
from audiotok.tokenizers.encodec import EnCodec, wrap

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_audiogen_encodec.py"))


@pytest.fixture(scope="module")
def mono(small_encodec: Callable[..., EncodecModel]) -> EncodecModel:
    return small_encodec(24000, 1, [0.3 * n for n in range(1, 9)], None)


@pytest.fixture(scope="module")
def stereo(small_encodec: Callable[..., EncodecModel]) -> EncodecModel:
    return small_encodec(48000, 2, [0.6 * n for n in range(1, 9)], 1.0)


def noise(channels: int, samples: int) -> torch.Tensor:
    return 0.1 * torch.randn(1, channels, samples, generator=torch.Generator().manual_seed(samples))


@torch.no_grad()
@pytest.mark.parametrize("count", range(1, 9))
@pytest.mark.parametrize("samples", [1, 319, 5000])
def test_mono_codes_and_audio_are_upstreams(mono: EncodecModel, count: int, samples: int) -> None:
    mono.bandwidth = 0.3 * count + 0.01
    wave = noise(1, samples)
    frames = mono.encode(wave)
    tokenizer = wrap(mono, count)
    tokens = tokenizer.encode(wave, 24000)
    assert torch.equal(tokens.codes, frames[0][0])
    assert torch.equal(tokenizer.decode(tokens).waveform, mono.decode(frames)[:, :, :samples])


@torch.no_grad()
@pytest.mark.parametrize(("count", "samples"), [(n, 60000) for n in range(1, 9)] + [(2, 1), (2, 47520), (2, 95361)])
def test_stereo_codes_and_audio_are_upstreams(stereo: EncodecModel, count: int, samples: int) -> None:
    stereo.bandwidth = 0.6 * count + 0.01
    wave = noise(2, samples)
    frames = stereo.encode(wave)
    tokenizer = wrap(stereo, count)
    tokens = tokenizer.encode(wave, 48000)
    assert torch.equal(tokens.codes[:, 1:], torch.cat([codes for codes, _ in frames], dim=2))
    coarse = [(codes, level_of(level_code(level))) for codes, level in frames]
    torch.testing.assert_close(
        tokenizer.decode(tokens).waveform, stereo.decode(coarse)[:, :, :samples], atol=1e-6, rtol=0
    )


@torch.no_grad()
@pytest.mark.parametrize("last", [1, 160, 320])
def test_a_sliver_of_a_last_segment_is_extended_by_silence(stereo: EncodecModel, last: int) -> None:
    stereo.bandwidth = 1.21
    wave = noise(2, 47520 + last)
    tokens = wrap(stereo, 2).encode(wave, 48000)
    upstream = stereo.encode(torch.nn.functional.pad(wave, (0, 321 - last)))
    assert torch.equal(tokens.codes[:, 1:], torch.cat([codes for codes, _ in upstream], dim=2))
    assert [codes.shape[2] for codes, _ in upstream] == [150, 2]


def test_codes_that_end_in_a_sliver_decode(stereo: EncodecModel) -> None:
    tokenizer = wrap(stereo, 2)
    codes = torch.zeros(1, 3, 151, dtype=torch.int64)
    audio = tokenizer.decode(audiotok.Tokens(codes, torch.tensor([151]), tokenizer.spec))
    assert audio.lengths.tolist() == [round(151 * 47520 / 150)]


@pytest.fixture(scope="module")
@torch.no_grad()
def musicgens() -> TransformersModel:
    torch.manual_seed(0)
    config = EncodecConfig(
        sampling_rate=32000,
        num_filters=2,
        hidden_size=16,
        codebook_size=16,
        codebook_dim=16,
        upsampling_ratios=[8, 5, 4, 4],
        use_causal_conv=False,
        use_conv_shortcut=False,
        target_bandwidths=[0.21, 0.41, 0.61, 0.81],
    )
    model = TransformersModel(config).eval()
    for layer in model.quantizer.layers:
        layer.codebook.embed.normal_(std=0.3)
    return model


@torch.no_grad()
def test_transformers_codes_and_audio_are_upstreams(musicgens: TransformersModel) -> None:
    wave = noise(1, 9000)
    for count in range(1, 5):
        upstream = musicgens.encode(wave, bandwidth=musicgens.config.target_bandwidths[count - 1])
        tokenizer = wrap(musicgens, count)
        tokens = tokenizer.encode(wave, 32000)
        assert torch.equal(tokens.codes, upstream.audio_codes[0])
        decoded = musicgens.decode(upstream.audio_codes, upstream.audio_scales)[0]
        assert torch.equal(tokenizer.decode(tokens).waveform, decoded[:, :, :9000])


def test_32_khz_loads_by_name_at_the_commit_that_is_asked_for(
    musicgens: TransformersModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    musicgens.save_pretrained(tmp_path / "facebook" / "encodec_32khz")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    name = f"encodec:model=32khz,num_codebooks=3,revision={'1' * 40}"
    tokenizer = audiotok.load(name)
    wave = noise(1, 9000)
    assert tokenizer.identifier == name
    assert "1" * 40 in tokenizer.card.weights
    assert torch.equal(tokenizer.encode(wave, 32000).codes, wrap(musicgens, 3).encode(wave, 32000).codes)


@pytest.fixture
def audiogens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EnCodec:
    """As it is published: a pickle of tensors and of text."""
    file = tmp_path / "facebook" / "audiogen-medium" / "compression_state_dict.bin"
    file.parent.mkdir(parents=True)
    state = made["seeded_state"](made["published_shapes"]())
    torch.save({"best_state": state, "xp.cfg": made["CONFIG"], "version": "1.0.0", "exported": True}, file)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    tokenizer = audiotok.load(f"encodec:model=16khz,revision={'2' * 40}")
    assert isinstance(tokenizer, EnCodec)
    return tokenizer


def test_audiogens_codes_and_audio_are_audiocrafts(
    audiogens: EnCodec, assert_same_signal: Callable[[torch.Tensor, torch.Tensor], None]
) -> None:
    golden = load_file(GOLDEN / "audiogen_encodec.safetensors")
    clips = made["clips"]()
    for count in range(1, 5):
        tokenizer = audiogens.with_codebooks(count)
        tokens = tokenizer.encode(audiotok.Audio.from_clips(clips, 16000))
        audio = tokenizer.decode(tokens).clips()
        for i, clip in enumerate(clips):
            assert torch.equal(tokens[i].codes[0].int(), golden[f"{i}.{count}.codes"])
            expected = golden[f"{i}.{count}.audio"][:, : clip.shape[1]]
            assert_same_signal(audio[i], expected)
    assert tokens.codes.unique().numel() >= 32


def test_audiogens_card_is_its_own(audiogens: EnCodec) -> None:
    assert (audiogens.card.title, audiogens.card.domains) == ("EnCodec 16 kHz", ("audio",))
    assert "2" * 40 in audiogens.card.weights
    assert (audiogens.spec.sample_rate, audiogens.spec.frame_rate) == (16000, 50)
    assert conformance.check(audiogens).passed


@pytest.mark.parametrize("options", ["model=16khz", "model=32khz", "model=32khz,revision=main", f"revision={'1' * 40}"])
def test_a_revision_is_a_commit_and_of_the_hubs_model_only(options: str) -> None:
    with pytest.raises(InvalidOption, match=r"commit|by hash"):
        audiotok.load(f"encodec:{options}")


def test_levels_are_within_a_fifth_of_a_decibel() -> None:
    level = torch.logspace(-4.7, 0.29, 500)
    error = 20 * (level_of(level_code(level)) / level).log10()
    assert error.abs().max() <= 0.2001


def test_the_level_is_counted_once_a_segment(stereo: EncodecModel) -> None:
    tokenizer = wrap(stereo, 8)
    tokens = tokenizer.encode(noise(2, 3 * 47520), 48000)
    assert tokens.bits().item() == 3 * 8 + int(tokens.lengths) * 8 * 4
    assert tokenizer.spec.bitrate == pytest.approx((150 * 8 * 4 + 8) / 0.99)


def test_embeddings_sum_to_what_the_decoder_gets(mono: EncodecModel) -> None:
    tokenizer = wrap(mono, 8)
    tokens = tokenizer.encode(noise(1, 5000), 24000)
    quantized = mono.quantizer.decode(tokens.codes.transpose(0, 1)).transpose(1, 2)
    torch.testing.assert_close(tokenizer.embed(tokens).sum(dim=1), quantized)


def test_fewer_codebooks_give_the_first_codes(mono: EncodecModel) -> None:
    tokenizer = wrap(mono, 8)
    wave = noise(1, 5000)
    fewer = tokenizer.with_codebooks(3).encode(wave, 24000)
    assert torch.equal(fewer.codes, tokenizer.encode(wave, 24000).codes[:, :3])


def test_more_codebooks_than_there_are_is_an_error(mono: EncodecModel) -> None:
    with pytest.raises(InvalidOption, match="between 1 and 8"):
        wrap(mono, 9)


def test_a_clip_in_a_batch_is_coded_as_alone(stereo: EncodecModel) -> None:
    tokenizer = wrap(stereo, 4)
    clips = [noise(2, n)[0] for n in (50000, 1, 20000)]
    batch = tokenizer.encode(audiotok.Audio.from_clips(clips, 48000))
    for i, clip in enumerate(clips):
        assert torch.equal(batch[i].codes, tokenizer.encode(clip, 48000).codes)


@pytest.mark.parametrize("model", ["24khz", "48khz"])
def test_missing_weights_say_where_they_are(model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    monkeypatch.setattr("socket.socket.connect", lambda *_: (_ for _ in ()).throw(OSError("no network in tests")))
    with pytest.raises(AssetUnavailable, match="fbaipublicfiles"):
        audiotok.load(f"encodec:model={model}")
