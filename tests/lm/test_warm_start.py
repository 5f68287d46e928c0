"""A text LM's backbone is taken as it is, and nothing else of it."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save_file
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.lm import patterns
from audiotok.lm.config import LMConfig, ModelSize
from audiotok.lm.model import AcousticLM
from audiotok.lm.warm_start import text_lm
from audiotok.tasks.language_model.options import LMOptions

SPEC = TokenSpec(16000, 50.0, (8, 8))
TINY = ModelSize(width=8, layers=1, heads=2)  # another than the text LM's
SIZES = {
    "vocab_size": 50,
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "tie_word_embeddings": True,
}
MODELS = {
    "llama": (LlamaForCausalLM, LlamaConfig),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config),
}


@pytest.fixture(autouse=True)
def _forget() -> None:
    text_lm.cache_clear()


def saved(folder: Path, kind: str = "llama") -> PreTrainedModel:
    torch.manual_seed(1)
    model_class, config = MODELS[kind]
    model = model_class(config(**SIZES)).eval()
    model.save_pretrained(folder)
    return model


@pytest.mark.parametrize("kind", MODELS)
def test_the_backbone_is_the_text_models_and_the_embeddings_are_new(kind: str, tmp_path: Path) -> None:
    text = saved(tmp_path / kind, kind)
    model = AcousticLM(patterns.Delay(SPEC), TINY, start=text_lm(str(tmp_path / kind))).eval()
    taken, given = model.llama.model.state_dict(), text.model.state_dict()
    ids = patterns.Delay(SPEC).vocabulary.size
    assert set(taken) == set(given)
    for name, value in given.items():
        if name != "embed_tokens.weight":
            assert torch.equal(taken[name], value), name
    assert taken["embed_tokens.weight"].shape == (ids, 16)
    assert not torch.equal(taken["embed_tokens.weight"], given["embed_tokens.weight"][:ids])
    assert model.llama.lm_head.weight is not model.llama.model.embed_tokens.weight
    embedded = torch.randn(1, 7, 16)
    with torch.no_grad():
        expected = text.model(inputs_embeds=embedded).last_hidden_state
        torch.testing.assert_close(model.llama.model(inputs_embeds=embedded).last_hidden_state, expected)


def test_it_trains_every_weight_in_float32_and_draws_what_is_new_from_the_seed(tmp_path: Path) -> None:
    saved(tmp_path / "text").to(torch.bfloat16).save_pretrained(tmp_path / "half")
    pattern = patterns.Flatten(SPEC)
    models = []
    for _ in range(2):
        start = text_lm(str(tmp_path / "half"))
        torch.manual_seed(0)
        models.append(AcousticLM(pattern, TINY, start=start))
    for one, other in zip(models[0].parameters(), models[1].parameters(), strict=True):
        assert one.dtype == torch.float32
        assert torch.equal(one, other)
    sequences = pattern.apply(Tokens.from_clips([torch.randint(8, (2, 5))], SPEC))
    models[0](sequences).square().sum().backward()
    assert all(parameter.grad is not None for parameter in models[0].parameters())
    # The text model is untouched by the training of what was taken from it.
    with torch.no_grad():
        models[0].llama.model.norm.weight.zero_()
    assert text_lm(str(tmp_path / "half")).backbone["norm.weight"].all()


def test_the_signature_names_the_weights_not_the_path(tmp_path: Path) -> None:
    saved(tmp_path / "here" / "text")
    saved(tmp_path / "there" / "text")

    def signed(folder: Path) -> str:
        text_lm.cache_clear()
        settings = LMConfig(TINY, hours=1.0, init=str(folder))
        return settings.conditions("delay", 0, [0])

    first = signed(tmp_path / "here" / "text")
    assert "|init:text@sha256:" in first
    assert "|model:llama-16x2x4|" in first
    assert str(tmp_path) not in first
    assert signed(tmp_path / "there" / "text") == first
    weights = tmp_path / "there" / "text" / "model.safetensors"
    changed = load(weights.read_bytes())
    changed["model.norm.weight"] += 1
    save_file(changed, weights, {"format": "pt"})
    assert signed(tmp_path / "there" / "text") != first


def test_an_architecture_that_does_not_fit_is_named(tmp_path: Path) -> None:
    GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=16, n_layer=1, n_head=2)).save_pretrained(tmp_path)
    with pytest.raises(InvalidOption, match="of the architecture gpt2; backbones can be taken from llama"):
        text_lm(str(tmp_path))


def test_weights_that_cannot_be_had_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(AssetUnavailable, match="could not be opened"):
        text_lm(str(tmp_path / "nowhere"))
    with pytest.raises(AssetUnavailable, match="could not be opened"):  # before anything is tokenised
        LMOptions(init=str(tmp_path / "nowhere"))
    saved(tmp_path)
    weights = tmp_path / "model.safetensors"
    whole = load(weights.read_bytes())  # not by name, which may leave them in the file that is written anew
    save_file({name: value for name, value in whole.items() if "layers.1" not in name}, weights, {"format": "pt"})
    with pytest.raises(AssetUnavailable, match=r"lacks \d+ weights of its backbone, model\.layers\.1\."):
        text_lm(str(tmp_path))
    save_file(whole, weights, {"format": "pt"})
    weights.write_bytes(weights.read_bytes()[:500])
    with pytest.raises(AssetUnavailable, match="could not be read as safetensors"):
        text_lm(str(tmp_path))
    weights.unlink()
    with pytest.raises(AssetUnavailable, match="could not be read as safetensors"):
        text_lm(str(tmp_path))
