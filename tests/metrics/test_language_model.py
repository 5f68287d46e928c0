"""The board's language models are those that the recipe trains when nobody changes an option."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiotok import data
from audiotok.core.tokens import TokenSpec
from audiotok.lm import patterns, text_first
from audiotok.metrics import catalogue, continuation, likelihood_pairs, speaking
from audiotok.metrics.base import RecipeMetric
from audiotok.metrics.language_model import CONDITIONS
from audiotok.results.signature import parse
from audiotok.tasks import ACOUSTIC_LM, RECIPES, nonwords, offline_pairs, suite
from audiotok.tasks.continuation_clips import Sampling, prompts
from audiotok.tasks.lm_experiment import Plan
from audiotok.tasks.tts import Saying, texts

PROMPTS, TEXTS = "small-new-voices-prompts", "small-new-texts"


def test_the_signature_holds_what_the_recipe_does_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "recipes")
    monkeypatch.delitem(sys.modules, "acoustic_lm", raising=False)
    import acoustic_lm

    default = {name: option.default for name, option in inspect.signature(acoustic_lm.main).parameters.items()}
    pattern = patterns.get(Plan().pattern, TokenSpec(16000, 50.0, (4, 4)))
    assert Plan().conditions(pattern, default["seed"]) == CONDITIONS
    assert default["data_name"] == "small"


def test_the_suite_takes_them_on_voices_that_no_model_heard() -> None:
    [manifest] = [data.load(extra.data) for extra in suite("mini").optional if extra.recipe == ACOUSTIC_LM.name]
    heard = {clip.speaker for clip in data.load("small").domain("speech").split("train")}
    assert not heard & {clip.speaker for clip in manifest}
    signed = parse(ACOUSTIC_LM.signature_of(catalogue.get("lm_bits"), manifest))
    assert signed.fields["data"].startswith("small-new-voices@sha256:")
    assert signed.fields["pattern"] == "delay"
    assert "pattern" not in parse(ACOUSTIC_LM.signature_of(catalogue.get("lm_order0"), manifest)).fields


def test_continuations_and_sentences_are_asked_for_as_the_recipes_do_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "recipes")
    for name in ("continuations", "tts_probe", "lm_pairs"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import continuations
    import lm_pairs
    import tts_probe

    def default(main: Callable[..., None], *names: str) -> list[Any]:
        parameters = inspect.signature(main).parameters
        return [parameters[name].default for name in names]

    sampling = default(continuations.main, "prompt_seconds", "seconds", "temperature", "top_k", "sample_seed")
    prompt_seconds, seconds, temperature, top_k, seed = sampling
    assert Sampling(prompt_seconds, seconds, temperature, top_k or None, seed).signature == (
        f"{continuation.STRETCH}|{continuation.SAMPLING}"
    )
    temperature, top_k, seed = default(tts_probe.main, "temperature", "top_k", "sample_seed")
    saying = Saying(temperature, top_k or None, seed)
    assert f"text:bytes.v{text_first.VERSION}|{saying.signature}" == speaking.SAMPLING
    [items] = default(lm_pairs.main, "items")
    assert f"items:{items}|pairs:v{offline_pairs.VERSION}" == likelihood_pairs.MADE
    for main in (continuations.main, tts_probe.main, lm_pairs.main):
        assert default(main, "seed", "data_name") == [[0], "small"]
    small = data.load("small").domain("speech")
    [clips] = set(default(continuations.main, "clips") + default(tts_probe.main, "clips"))
    chosen = prompts(small.new_voices(), Sampling(), clips)
    assert (chosen.name, chosen.sha256) == (PROMPTS, data.load(PROMPTS).sha256)
    asked, _ = texts(small, Plan().context_seconds, clips)
    assert (asked.name, asked.sha256) == (TEXTS, data.load(TEXTS).sha256)


def test_the_boards_pairs_are_those_that_small_gives() -> None:
    """How many items there are depends on the audio of `small`, whose hash and the version of the pairs say which."""
    training = data.load("small").domain("speech").split("train")
    assert f"train:{training.name}@sha256:{training.sha256[:12]}" == likelihood_pairs.TRAIN
    assert data.load("small").sha256.startswith("30a3d367c89c"), "count the items of likelihood_pairs.SETS again"
    for name, of in likelihood_pairs.SETS.items():
        title, _, _, unranked = offline_pairs.OFFLINE[name]
        assert (of.title, of.unranked) == (title, unranked)
    [(language, voice, number)] = likelihood_pairs.SETS["word"].items
    assert (language, voice, number) == ("en", nonwords.VOICE, len(nonwords.items()))
    assert likelihood_pairs.SETS["word"].made == f"{likelihood_pairs.MADE}|words:{nonwords.sha256()[:12]}"
    assert [item.id for item in likelihood_pairs.items("order")][::40] == ["order-0000", "order-0040", "order-0080"]


def test_every_metric_of_a_recipe_is_in_the_catalogue_under_its_own_question() -> None:
    for name in ("lm_pairs", "continuations", "tts_probe", "abx"):
        metrics = [catalogue.get(metric) for metric in RECIPES[name].metrics]
        assert all(isinstance(metric, RecipeMetric) for metric in metrics)
    assert [m.name for m in catalogue.for_question("sanity")] == ["pairs_order", "pairs_reversal"]
    assert all(metric.unranked for metric in catalogue.for_question("sanity"))
