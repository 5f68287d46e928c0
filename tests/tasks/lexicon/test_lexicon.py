"""The whole task on a few words and seconds: spoken, tokenized, learnt, asked."""

from pathlib import Path

import pytest

from audiotok import registry
from audiotok.core.tokenizer import Tokenizer
from audiotok.data import read
from audiotok.errors import InvalidOption, UnknownName
from audiotok.lm.config import SIZES, ModelSize
from audiotok.tasks.lexicon import TASK
from audiotok.tasks.lexicon.language import Language
from audiotok.tasks.lexicon.options import LexiconOptions
from audiotok.tasks.lexicon.speech import speak
from audiotok.tasks.task import Context


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> LexiconOptions:
    monkeypatch.setitem(SIZES, "tiny", ModelSize(16, 1, 2))
    return LexiconOptions(
        size="tiny", hours=0.005, context_seconds=2.0, minutes=[0.05, 0.1], items=4, contexts=1, seed=[0]
    )


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.usefixtures("voice")
def test_speech_lasts_as_long_as_is_asked_and_is_made_once(tmp_path: Path) -> None:
    language = Language("a", items=4, contexts=1)
    short, long = (speak(language, minutes, tmp_path) for minutes in (0.05, 0.1))
    for manifest, minutes in ((short, 0.05), (long, 0.1)):
        seconds = [clip.duration for clip in manifest.split("train")]
        assert sum(seconds) >= 60 * minutes > sum(seconds[:-1])
    assert list(long)[: len(short.split("train"))] == list(short.split("train"))
    assert long.split("test").clips == short.split("test").clips
    assert speak(language, 0.1, tmp_path, workers=2) == long
    assert {clip.id.rpartition("-")[2] for clip in long.split("test")} == {"right", "wrong"}
    assert read(long.clips[0], long.root).sample_rate == 16_000


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.usefixtures("voice")
def test_every_metric_has_a_score_or_a_reason_and_a_second_run_trains_nothing(
    tmp_path: Path, tiny: LexiconOptions
) -> None:
    system, context = registry.load("codec2:mode=700"), Context(tmp_path, workers=1, options=tiny)
    assert isinstance(system, Tokenizer)
    found = TASK.run(system, TASK.load("lexicon"), context)
    by_name = {result.metric: result for result in found}
    assert by_name.keys() == {
        *("lexicon_learned", "lexicon_known", "lexicon_control", "lexicon_minutes"),
        *("lexicon_learned_order0", "lexicon_learned_bigram", "lexicon_known_after_0.05"),
        *("lexicon_control_after_0.05", "lexicon_agreement", "lexicon_agreement_known", "lexicon_agreement_control"),
        *("lexicon_agreement_bigram", *(f"lexicon_agreement_known_over_{distance}" for distance in (1, 2, 3))),
    }
    assert all(bool(result.scores) != bool(result.failures) for result in found)
    assert by_name["lexicon_known"].estimate.n == 8
    assert by_name["lexicon_agreement_known"].estimate.n == 2
    assert "too few items" in next(iter(by_name["lexicon_agreement"].failures.values()))
    curves = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("checkpoint.pt")}
    assert len(curves) == 4  # two halves, two amounts of speech
    assert TASK.run(system, "lexicon", context) == found
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("checkpoint.pt")} == curves


@pytest.mark.parametrize("minutes", [[], [8.0, 2.0], [2.0, 2.0], [0.0, 2.0]])
def test_minutes_must_grow(minutes: list[float]) -> None:
    with pytest.raises(InvalidOption, match="minutes must be positive and strictly increasing"):
        LexiconOptions(minutes=minutes)


@pytest.mark.parametrize("wrong", [{"epochs": 0.0}, {"learning_rate": -1.0}])
def test_there_must_be_something_to_train_for(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidOption, match="epochs and learning rate must be positive"):
        LexiconOptions(**wrong)


def test_little_speech_is_not_repeated_without_end() -> None:
    options = LexiconOptions(hours=3.0, epochs=20.0)
    assert [options.hours_for(minutes) for minutes in (2.0, 35.0)] == pytest.approx([2 / 3, 3.0])


def test_there_is_one_language() -> None:
    with pytest.raises(UnknownName, match="no generated language is called 'mini'"):
        TASK.load("mini")
