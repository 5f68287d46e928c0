"""Against upstream's own classes, whose output is in tests/golden (they are in no package of their authors')."""

import runpy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import audiotok
from audiotok.errors import InvalidOption
from audiotok.tokenizers import facodec
from audiotok.tokenizers.facodec import layers

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_facodec.py"))
golden = load_file(GOLDEN / "facodec.safetensors")
CLIPS = range(len(made["LENGTHS"]))


def small() -> layers.Model:
    return layers.Model(layers.Sizes(*made["SIZES"]))


@pytest.fixture(scope="module")
def tokenizer():
    model = small()
    layers.load_state(model, *(made["seeded_state"](shapes) for shapes in made["published_shapes"]()))
    return facodec.FACodec.of(model)


@pytest.fixture(scope="module")
def tokens(tokenizer):
    return tokenizer.encode(audiotok.Audio.from_clips(made["clips"](), 16000))


@pytest.mark.parametrize("i", CLIPS)
def test_codes_are_upstreams(tokens, i):
    assert torch.equal(tokens[i].codes[0].int(), golden[f"{i}.codes"])


@pytest.mark.parametrize("i", CLIPS)
def test_the_voice_is_upstreams_rounded(tokenizer, tokens, i):
    assert torch.equal(tokens[i].global_codes[0].int(), golden[f"{i}.levels"])
    decoded = tokenizer._model.timbre_encoder.vector(tokens[i].global_codes)[0]
    voice, norm = golden[f"{i}.voice"], tokenizer._model.timbre_encoder.last_ln
    # Half a level: ln(256) / 255 of the value, and of a 255th of the range √D.
    bound = 1.02 * torch.tensor(256.0).log() / 255 * (voice - norm.bias).abs()
    bound += norm.weight.abs() * made["LATENT"] ** 0.5 * torch.tensor(256.0).log() / 255**2
    assert ((decoded - voice).abs() <= bound).all()


@pytest.mark.parametrize("number", [3, 6])
@pytest.mark.parametrize("i", CLIPS)
def test_audio_is_upstreams_of_that_voice(tokenizer, tokens, number, i, assert_same_signal):
    fewer = facodec.FACodec.of(tokenizer._model, number)
    clip = fewer.encode(made["clips"]()[i], 16000)
    assert torch.equal(clip.codes, tokens[i].codes[:, :number])
    decoded = fewer.decode(clip).waveform[0, :, : golden[f"{i}.{number}.audio"].shape[1]]
    expected = golden[f"{i}.{number}.audio"][:, : decoded.shape[1]]
    assert_same_signal(decoded, expected)


@pytest.mark.parametrize("i", CLIPS)
def test_embeddings_sum_to_what_upstream_decodes(tokenizer, tokens, i, assert_same_signal):
    vectors = tokenizer.embed(tokens[i]).sum(dim=1)[0]
    assert_same_signal(vectors, golden[f"{i}.embedded"])


def test_the_voice_is_decoded(tokenizer, tokens):
    another = replace(tokens[1], global_codes=tokens.global_codes[2:3])
    assert not torch.equal(tokenizer.decode(another).waveform, tokenizer.decode(tokens[1]).waveform)


def test_the_voice_counts_in_the_bits_and_not_in_the_rate(tokenizer, tokens):
    assert tokenizer.spec.bitrate == 80 * 6 * 10
    assert tokens.bits().tolist() == [frames * 60 + 32 * 8 for frames in tokens.lengths.tolist()]


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (152, 1), (351, 1), (352, 2), (400, 2)])
def test_less_than_a_frame_at_the_end_is_not_heard(tokenizer, samples, frames):
    assert tokenizer.encode(0.1 * torch.randn(samples), 16000).lengths.tolist() == [frames]


def test_what_is_published_loads_with_tensors_alone(tokenizer, tmp_path, monkeypatch):
    states = [made["seeded_state"](shapes) for shapes in made["published_shapes"]()]
    # What upstream has beside the weights that we need.
    states[0]["block.1.block.3.upsample.filter"] = torch.zeros(1, 1, 12)
    states[1] |= {
        "timbre_encoder.position_emb.pe": torch.zeros(8, 1, 32),
        "phone_predictor.heads.0.bias": torch.ones(1),
    }
    folder = tmp_path / facodec.CHECKPOINT.repository
    folder.mkdir(parents=True)
    for (name, _), state in zip(facodec.CHECKPOINT.files, states, strict=True):
        torch.save(state, folder / name)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    monkeypatch.setattr(facodec, "Model", small)
    loaded = audiotok.load("facodec:num_codebooks=3")
    clip = made["clips"]()[1]
    assert torch.equal(loaded.encode(clip, 16000).codes, tokenizer.encode(clip, 16000).codes[:, :3])
    with pytest.raises(InvalidOption, match="num_codebooks"):
        audiotok.load("facodec:num_codebooks=4")


def test_it_is_as_large_as_what_is_published():
    """Files of 16.9 and 398 MB; the second has parts that only training needs, and positions and filters."""
    with torch.device("meta"):
        model = layers.Model()
    held = {part: sum(p.numel() for p in module.parameters()) for part, module in model.named_children()}
    assert round(4 * held.pop("encoder") / 1e6, 1) == 16.8  # and names
    width = 256
    unit = 2 * (2 * width) + (7 * width + 1) * width + width + (width + 1) * width + width
    predicted = 3 * unit + 2 * width  # three residual units and an activation
    heads = [2, 5003, 2, 5003, 245_200]  # pitch and voicing, phones; both of the details; speakers
    training = sum(predicted + (width + 1) * outputs for outputs in heads)
    assert round(4 * (sum(held.values()) + training + 5000 * width) / 1e6) == 398
