"""Against upstream's own classes, whose output is in tests/golden (they are in no package)."""

import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

import audiotok
from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.tokenizers import lm_spt

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_lm_spt.py"))
golden = load_file(GOLDEN / "lm_spt.safetensors")
NUMBERS = range(1, made["CODEBOOKS"] + 1)
COMMIT = "0123456789" * 4


def small(build: type[lm_spt.Model] = lm_spt.Model) -> lm_spt.Model:
    return build(lm_spt.Sizes(*made["SIZES"]))


@pytest.fixture(scope="module")
def tokenizer():
    model = small()
    lm_spt.load_state(model, made["seeded_state"](made["published_shapes"]()))
    return lm_spt.LMSPT.of(model)


@pytest.mark.parametrize("number", NUMBERS)
def test_codes_are_upstreams(tokenizer, number):
    codes = tokenizer.with_codebooks(number).encode(made["clip"](), 24000).codes[0]
    assert torch.equal(codes.int(), golden["codes"][:number])


@pytest.mark.parametrize("number", NUMBERS)
def test_audio_is_upstreams(tokenizer, number, assert_same_signal):
    fewer, expected = tokenizer.with_codebooks(number), golden[f"{number}.audio"]
    decoded = fewer.decode(fewer.encode(made["clip"](), 24000)).waveform[0]
    assert_same_signal(decoded[:, : expected.shape[1]], expected)


@pytest.mark.parametrize("number", NUMBERS)
def test_embeddings_sum_to_what_upstream_decodes(tokenizer, number, assert_same_signal):
    fewer = tokenizer.with_codebooks(number)
    vectors = fewer.embed(fewer.encode(made["clip"](), 24000))
    assert_same_signal(vectors.sum(dim=1)[0], golden[f"{number}.embedded"])


def test_codes_use_more_than_a_few_entries():
    assert all(codes.unique().numel() >= 8 for codes in golden["codes"])


def test_what_is_published_loads(tokenizer, tmp_path, monkeypatch):
    folder = tmp_path / lm_spt.REPOSITORY
    folder.mkdir(parents=True)
    save_file(made["seeded_state"](made["published_shapes"]()), folder / lm_spt.WEIGHTS)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    monkeypatch.setattr(lm_spt, "Model", small)
    loaded = audiotok.load(f"lm-spt:revision={COMMIT}")
    assert torch.equal(loaded.encode(made["clip"](), 24000).codes, tokenizer.encode(made["clip"](), 24000).codes)
    assert loaded.card.weights.endswith(COMMIT)


def test_the_commit_must_be_named():
    with pytest.raises(InvalidOption, match="revision must be the commit of kakaocorp/lmspt"):
        audiotok.load("lm-spt")


def test_weights_that_are_not_here_are_named_with_the_command_that_fetches_them(monkeypatch, tmp_path):
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(AssetUnavailable, match=rf"hf download kakaocorp/lmspt \S+ --revision {COMMIT}"):
        audiotok.load(f"lm-spt:revision={COMMIT}")


def test_its_bitrate_is_that_of_its_codebooks_at_the_published_size():
    with torch.device("meta"):
        published = lm_spt.LMSPT.of(lm_spt.Model())
    assert published.spec.bitrate == 12.5 * (14 + 7 * 12)
    assert published.with_codebooks(1).spec.bitrate == 12.5 * 14
