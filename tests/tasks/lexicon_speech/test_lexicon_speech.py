"""The whole task on a few words and seconds: spoken, tokenized, learnt, read out, gone on with, heard."""

from dataclasses import replace
from pathlib import Path

import pytest

from audiotok import registry
from audiotok.errors import InvalidOption, UnknownName
from audiotok.lm.config import SIZES, ModelSize
from audiotok.tasks.lexicon_speech import TASK
from audiotok.tasks.lexicon_speech.options import LexiconSpeechOptions
from audiotok.tasks.task import Context

pytest.importorskip("pocketsphinx")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> LexiconSpeechOptions:
    monkeypatch.setitem(SIZES, "tiny", ModelSize(16, 1, 2))
    learning = LexiconSpeechOptions(hours=0.005, minutes=[0.1], read_hours=0.01, read_minutes=0.15, context_seconds=2.5)
    return replace(learning, size="tiny", items=4, contexts=1, texts=2)


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.usefixtures("voice")
def test_every_metric_has_a_score_of_every_text_and_a_second_run_makes_nothing(
    tmp_path: Path, tiny: LexiconSpeechOptions
) -> None:
    system, context = registry.load("codec2:mode=3200"), Context(tmp_path, workers=1, options=tiny)
    found = {result.metric: result for result in TASK.run(system, TASK.load("lexicon-texts"), context)}
    assert found.keys() == set(TASK.metrics)
    for result in found.values():
        assert {score.clip for score in result.scores} == {"a-text-00", "a-text-01", "b-text-00", "b-text-01"}
    # What a codec of 3.2 kbit/s leaves of the real voice can be made out; what a model says after a few steps can't.
    assert found["lexicon_read_wer_real"].estimate.value < 35
    assert found["lexicon_said_words_real"].estimate.value > 50
    assert found["lexicon_read_wer"].estimate.value > 60
    assert found["lexicon_read_wer"].estimate.n == 4
    made = {
        path: path.stat().st_mtime_ns for kind in ("wav", "safetensors", "pt") for path in tmp_path.rglob(f"*.{kind}")
    }
    assert len(list(tmp_path.rglob("checkpoint.pt"))) == 4  # of each language, one that reads and one that goes on
    again = TASK.run(system, "lexicon-texts", context)
    assert {result.metric: result.scores for result in again} == {name: one.scores for name, one in found.items()}
    assert made == {path: path.stat().st_mtime_ns for path in made}


def test_a_prompt_must_leave_something_to_say() -> None:
    with pytest.raises(InvalidOption, match=r"leaves 1 s of the context of 3 s, got 2\.5 s"):
        LexiconSpeechOptions(prompt_seconds=2.5)


def test_a_real_voice_does_not_depend_on_the_model() -> None:
    options = LexiconSpeechOptions()
    assert options.conditions("lexicon_read_wer_real") == ""
    assert "lm_seed" not in options.conditions("lexicon_said_words_real")
    assert "context_seconds:6.0|" in options.conditions("lexicon_read_wer")
    assert "context_seconds:3.0|" in options.conditions("lexicon_said_words")


def test_systems_without_a_voice_are_refused() -> None:
    assert "no decoder" in TASK.cannot_judge(registry.load("whisper-units"))


def test_there_is_one_set_of_texts() -> None:
    with pytest.raises(UnknownName, match="no generated set of texts is called 'mini'"):
        TASK.load("mini")


def test_results_of_another_budget_or_of_other_texts_have_a_place_of_their_own() -> None:
    options = LexiconSpeechOptions()
    others = [replace(options, **change) for change in ({"read_hours": 2.0}, {"read_minutes": 35.0}, {"texts": 3})]
    assert len({one.described() for one in (options, *others)}) == 4


def test_texts_may_not_be_in_the_training_speech() -> None:
    with pytest.raises(InvalidOption, match="kept out of the first 220 minutes of training speech, got 300 minutes"):
        LexiconSpeechOptions(read_minutes=300)
