"""Against upstream's own classes, whose output is in tests/golden (they are in no package)."""

import runpy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import audiotok
from audiotok.conformance.weights import check_weights
from audiotok.core.long import encode_long
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.golden import codes
from audiotok.tokenizers import bicodec
from audiotok.tokenizers.bicodec import layers
from audiotok.tokenizers.dedup import dedup

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_bicodec.py"))
golden = load_file(GOLDEN / "bicodec.safetensors")
CLIPS = range(len(made["LENGTHS"]))


def small() -> layers.Model:
    return layers.Model(layers.Sizes(*made["SIZES"]))


@pytest.fixture(scope="module")
def tokenizer():
    model = small()
    layers.load_state(model, made["seeded_state"](made["published_shapes"]()))
    return bicodec.BiCodec.of(model, *made["wav2vec2"]())


@pytest.fixture(scope="module")
def tokens(tokenizer):
    return tokenizer.encode(audiotok.Audio.from_clips(made["clips"](), 16000))


@pytest.mark.parametrize("i", CLIPS)
def test_codes_are_upstreams(tokens, i):
    assert torch.equal(tokens[i].codes[0].int(), golden[f"{i}.codes"])


@pytest.mark.parametrize("i", CLIPS)
def test_codes_of_the_voice_are_upstreams(tokens, i):
    assert torch.equal(tokens[i].global_codes.int(), golden[f"{i}.speaker"])


@pytest.mark.parametrize("i", CLIPS)
def test_audio_is_upstreams(tokenizer, tokens, i, assert_same_signal):
    expected = golden[f"{i}.audio"]
    decoded = tokenizer.decode(tokens[i]).waveform[0, :, : expected.shape[1]]
    assert_same_signal(decoded[:, : tokens.lengths[i] * 320], expected)


@pytest.mark.parametrize("i", CLIPS)
def test_embeddings_are_what_upstream_decodes(tokenizer, tokens, i, assert_same_signal):
    assert_same_signal(tokenizer.embed(tokens[i])[:, 0], golden[f"{i}.embedded"])


def test_codes_of_the_voice_differ_from_clip_to_clip(tokens):
    assert tokens.global_codes.unique().numel() > 8
    assert not torch.equal(tokens.global_codes[1], tokens.global_codes[2])


def test_the_voice_is_decoded(tokenizer, tokens):
    another = replace(tokens[1], global_codes=tokens.global_codes[2:3])
    assert not torch.equal(tokenizer.decode(another).waveform, tokenizer.decode(tokens[1]).waveform)


def test_the_voice_is_heard_in_the_first_six_seconds(tokenizer):
    clip = made["clips"]()[2]
    louder = clip.clone()
    louder[:, bicodec.REFERENCE + 1 :] *= -1  # the loudness of the whole, by which upstream scales, stays
    changed = tokenizer.encode(louder, 16000)
    assert torch.equal(changed.global_codes[0].int(), golden["2.speaker"][0])


def test_a_longer_end_than_a_frame_is_filled_and_heard(tokenizer):
    clip = made["clips"]()[1][:, : 320 * 20 + 1]
    tokens = tokenizer.encode(clip, 16000)
    assert tokens.lengths.tolist() == [20]
    assert tokenizer.encode(clip[:, :-1], 16000).lengths.tolist() == [19]


def test_the_voice_counts_in_the_bits_and_not_in_the_rate(tokenizer, tokens):
    assert tokenizer.spec.bitrate == 50 * 8  # 256 entries here
    assert tokens.bits().tolist() == [frames * 8 + 32 * 12 for frames in tokens.lengths.tolist()]


def test_codes_of_the_voice_survive_a_file_and_are_checked(tokens, tmp_path):
    tokens.save(tmp_path / "tokens.safetensors")
    assert torch.equal(audiotok.Tokens.load(tmp_path / "tokens.safetensors").global_codes, tokens.global_codes)
    with pytest.raises(InvalidTokens, match="global_codes"):
        replace(tokens, global_codes=tokens.global_codes + 4096)
    with pytest.raises(InvalidTokens, match="global_codes"):
        replace(tokens, global_codes=None)


def test_codes_of_the_voice_come_along_where_runs_are_collapsed(tokenizer):
    collapsed = dedup(tokenizer, max_duration=4)
    clip = made["clips"]()[1]
    tokens = collapsed.encode(clip, 16000)
    assert torch.equal(tokens.global_codes, tokenizer.encode(clip, 16000).global_codes)
    decoded = tokenizer.decode(tokenizer.encode(clip, 16000)).waveform
    assert torch.equal(collapsed.decode(tokens).waveform, decoded)


def test_golden_codes_hold_those_of_the_voice(tokenizer, tmp_path):
    codes.write(tokenizer, tmp_path, {})
    assert check_weights(tokenizer, tmp_path).passed
    path = next(tmp_path.glob("*.safetensors"))
    kept = audiotok.Tokens.load(path)
    replace(kept, global_codes=kept.global_codes.roll(1)).save(path)
    with pytest.raises(InvalidTokens, match="does not contain the codes"):
        check_weights(tokenizer, tmp_path)


def test_hours_of_audio_are_refused_as_the_voice_is_of_the_whole(tokenizer):
    with pytest.raises(InvalidOption, match="whole clip; use encode"):
        encode_long(tokenizer, audiotok.Audio.from_array(made["clips"]()[1][None], 16000))


def test_what_is_published_loads_as_safetensors_and_a_pickle_of_tensors(tokenizer, tmp_path, monkeypatch):
    folder = tmp_path / bicodec.CHECKPOINT.repository
    features, extractor = made["wav2vec2"]()
    for part in (features, extractor):
        part.save_pretrained(folder / bicodec.WAV2VEC2)
    (folder / bicodec.WAV2VEC2 / "model.safetensors").unlink()
    torch.save(features.state_dict(), folder / bicodec.WAV2VEC2 / "pytorch_model.bin")
    (folder / "BiCodec").mkdir()
    state = made["seeded_state"](made["published_shapes"]())
    save_file(state, folder / "BiCodec" / "model.safetensors")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    files = tuple((name, "") for name, _ in bicodec.CHECKPOINT.files)
    monkeypatch.setattr(bicodec, "CHECKPOINT", replace(bicodec.CHECKPOINT, files=files))
    monkeypatch.setattr(bicodec, "Model", small)
    loaded = bicodec.BiCodec()
    assert len(loaded._wav2vec2.encoder.layers) == 17
    clip = made["clips"]()[1]
    assert torch.equal(loaded.encode(clip, 16000).codes, tokenizer.encode(clip, 16000).codes)


def test_it_is_as_large_as_what_is_published():
    """A file of 625,518,756 bytes, of which some 100,000 are names, with parts that only training needs."""
    with torch.device("meta"):
        model = layers.Model()
    width, inner, latent = 384, 2048, 1024
    block = 8 * width + 2 * width + (width + 1) * inner + (inner + 1) * width + width
    stack = width * (7 * width + 1) + 4 * width  # its first convolution and its normalisations
    predicted = (latent + 1) * width + 2 * (stack + 2 * block) + stack + 6 * block + (width + 1) * latent
    pooled = (3 * 1536 + 1) * 128 + 129 * 1536 + 4 * 3072 + 2 + 3073 * latent  # and normalised, and its x-vector
    held = sum(value.numel() * value.element_size() for value in model.state_dict().values())
    names = 625_518_756 - held - 4 * (predicted + pooled + 8192)  # 8192: how often each entry is used
    assert 90_000 < names < 110_000
