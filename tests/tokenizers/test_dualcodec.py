import math
from pathlib import Path

import pytest
import torch

import audiotok
from audiotok.tokenizers.dualcodec import TAIL, VARIANTS, W2V_BERT, _load

HOP = math.prod(VARIANTS["12hz"].strides)


@pytest.fixture(scope="module")
def small(families):
    torch.manual_seed(0)
    return families["dualcodec"]()


@pytest.mark.parametrize("samples", [1, HOP, HOP + TAIL, 2 * HOP - 1, 2 * HOP, 2 * HOP + 1, 2 * HOP + TAIL, 5 * HOP])
def test_at_most_a_frame_at_the_end_is_not_heard(small, samples):
    tokens = small.tokenizer.encode(0.1 * torch.randn(samples), 24000)
    assert (int(tokens.lengths) + 1) * HOP >= samples
    assert small.tokenizer.decode(tokens).lengths.tolist() == [samples]


@pytest.mark.parametrize("samples", [HOP + TAIL, 2 * HOP, 2 * HOP + TAIL, 5 * HOP])
def test_clips_that_upstream_hears_to_the_last_frame_are_left_alone(small, samples):
    clip = 0.1 * torch.randn(samples)
    assert torch.equal(small.tokenizer.encode(clip, 24000).codes[0], small.encode(clip, 4))


@pytest.mark.parametrize("name", VARIANTS)
def test_sizes_are_those_of_upstreams_configuration(name):
    upstream = pytest.importorskip("dualcodec", reason="needs dualcodec: audiotok env make dualcodec")
    import yaml

    variant = VARIANTS[name]
    files = Path(upstream.__file__).parent.joinpath("conf", "model").glob(f"dualcodec_{name}_*.yaml")
    config = yaml.safe_load(next(files).read_text())["model"]
    assert config["encoder_rates"] == list(variant.strides) == config["decoder_rates"][::-1]
    assert config.get("encoder_dim", 64) == variant.width
    assert config.get("decoder_dim", 1536) == 1536
    assert config.get("semantic_downsample_factor", 2) == variant.pooled
    assert (config["semantic_codebook_size"], *[config["codebook_size"]] * config["n_codebooks"]) == variant.sizes
    assert config["is_causal"]


def test_what_is_published_is_loaded(tmp_path, monkeypatch):
    upstream = pytest.importorskip("dualcodec", reason="needs dualcodec: audiotok env make dualcodec")
    from safetensors.torch import save_model
    from transformers import SeamlessM4TFeatureExtractor, Wav2Vec2BertConfig, Wav2Vec2BertModel

    from audiotok.tokenizers import dualcodec

    codec, semantic = (tmp_path / name for name in ("amphion/dualcodec", W2V_BERT.repository))
    codec.mkdir(parents=True)
    variant = dualcodec.Variant("weights.safetensors", (2, 2), 2, 4, (8, 4))
    rates = {"encoder_rates": [2, 2], "decoder_rates": [2, 2], "semantic_downsample_factor": 4, "sample_rate": 24000}
    sizes = {"encoder_dim": 2, "n_codebooks": 1, "codebook_size": 4, "semantic_codebook_size": 8}
    saved = upstream.DualCodec(**rates, **sizes, is_causal=True)
    save_model(saved, str(codec / variant.weights))
    torch.save({"mean": torch.ones(4), "var": 4 * torch.ones(4)}, codec / "w2vbert2_mean_var_stats_emilia.pt")
    Wav2Vec2BertModel(Wav2Vec2BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2)).save_pretrained(
        semantic
    )
    SeamlessM4TFeatureExtractor().save_pretrained(semantic)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    model, _, extractor, mean, deviation = _load(variant)
    assert all(torch.equal(value, saved.state_dict()[name]) for name, value in model.state_dict().items())
    assert extractor.feature_size == 80
    assert (mean[0], deviation[0]) == (1, 2)


def test_without_weights_it_says_which_and_how(tmp_path, monkeypatch):
    pytest.importorskip("dualcodec", reason="needs dualcodec: audiotok env make dualcodec")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(audiotok.errors.AssetUnavailable, match=r"hf download amphion/dualcodec .*--revision a4243540"):
        audiotok.load("dualcodec:variant=25hz")
