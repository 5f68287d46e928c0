"""The board's language models are those that the recipe trains when nobody changes an option."""

import inspect
import sys
from pathlib import Path

import pytest

from audiotok import data
from audiotok.lm import patterns
from audiotok.lm.model import SHAPES
from audiotok.lm.train import Settings, conditions
from audiotok.metrics import catalogue
from audiotok.metrics.language_model import CONDITIONS
from audiotok.recipe import ACOUSTIC_LM, suite
from audiotok.results.signature import parse
from audiotok.tokens import TokenSpec


def test_the_signature_holds_what_the_recipe_does_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "recipes")
    monkeypatch.delitem(sys.modules, "acoustic_lm", raising=False)
    import acoustic_lm

    default = {name: option.default for name, option in inspect.signature(acoustic_lm.main).parameters.items()}
    settings = Settings(SHAPES[default["shape"]], default["hours"], default["context_seconds"], default["rows"])
    pattern = patterns.get(default["pattern"], TokenSpec(16000, 50.0, (4, 4)))
    assert conditions(settings, pattern, default["durations"], default["seed"]) == CONDITIONS
    assert default["data_name"] == "small"


def test_the_suite_takes_them_on_voices_that_no_model_heard() -> None:
    [manifest] = [data.load(extra.data) for extra in suite("mini").optional if extra.recipe == ACOUSTIC_LM.name]
    heard = {clip.speaker for clip in data.load("small").domain("speech").split("train")}
    assert not heard & {clip.speaker for clip in manifest}
    signed = parse(ACOUSTIC_LM.signature_of(catalogue.get("lm_bits"), manifest))
    assert signed.fields["data"].startswith("small-new-voices@sha256:")
    assert signed.fields["pattern"] == "delay"
    assert "pattern" not in parse(ACOUSTIC_LM.signature_of(catalogue.get("lm_order0"), manifest)).fields
