"""Against upstream's own classes, whose output is in tests/golden (they are in no package of their authors')."""

import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import audiotok
from audiotok.tokenizers import bigcodec

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_bigcodec.py"))
golden = load_file(GOLDEN / "bigcodec.safetensors")
CLIPS = range(len(made["LENGTHS"]))


@pytest.fixture(scope="module")
def tokenizer():
    model = bigcodec.Model(*made["SIZES"])
    bigcodec.load_state(model, *(made["seeded_state"](shapes) for shapes in made["published_shapes"]()))
    return bigcodec.BigCodec.of(model)


@pytest.fixture(scope="module")
def tokens(tokenizer):
    return tokenizer.encode(audiotok.Audio.from_clips(made["clips"](), 16000))


@pytest.mark.parametrize("i", CLIPS)
def test_codes_are_upstreams(tokens, i):
    assert torch.equal(tokens[i].codes[0].int(), golden[f"{i}.codes"])


@pytest.mark.parametrize("i", CLIPS)
def test_audio_is_upstreams(tokenizer, tokens, i, assert_same_signal):
    decoded = tokenizer.decode(tokens[i]).waveform[0]
    assert_same_signal(decoded, golden[f"{i}.audio"][:, : decoded.shape[1]])


@pytest.mark.parametrize("i", CLIPS)
def test_embeddings_are_what_upstream_decodes(tokenizer, tokens, i, assert_same_signal):
    assert_same_signal(tokenizer.embed(tokens[i])[:, 0], golden[f"{i}.embedded"])


def test_a_clip_that_ends_with_a_frame_has_one_more_as_upstream_pads_it(tokens):
    assert tokens.lengths.tolist() == [samples // 200 + 1 for samples in made["LENGTHS"]]


def test_what_is_published_loads_with_tensors_alone(tokenizer, tmp_path, monkeypatch):
    encoder, decoder = (made["seeded_state"](shapes) for shapes in made["published_shapes"]())
    encoder["block.1.block.3.upsample.filter"] = torch.zeros(1, 1, 12)  # upstream has its filters among the weights
    folder = tmp_path / bigcodec.CHECKPOINT.repository
    folder.mkdir(parents=True)
    torch.save({"CodecEnc": encoder, "generator": decoder}, folder / "bigcodec.pt")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    monkeypatch.setattr(
        bigcodec, "CHECKPOINT", bigcodec.Checkpoint(bigcodec.CHECKPOINT.repository, "0123abcd", (("bigcodec.pt", ""),))
    )
    small = bigcodec.Model
    monkeypatch.setattr(bigcodec, "Model", lambda: small(*made["SIZES"]))
    loaded = bigcodec.BigCodec()
    clip = made["clips"]()[1]
    assert torch.equal(loaded.encode(clip, 16000).codes, tokenizer.encode(clip, 16000).codes)


def test_it_is_as_large_as_the_paper_says():
    with torch.device("meta"):
        model = bigcodec.Model()
    assert round(sum(p.numel() for p in model.parameters()) / 1e6) == 159
