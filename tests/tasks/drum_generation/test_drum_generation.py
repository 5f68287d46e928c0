"""The whole task on a few strokes: coded, learnt, made, named, held against real ones."""

from pathlib import Path

import pytest
import torch

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Manifest
from audiotok.lm.config import SIZES, ModelSize
from audiotok.metrics.outcomes import ClipScore
from audiotok.results import record
from audiotok.tasks.drum_generation import TASK, DrumOptions
from audiotok.tasks.drum_generation.kits import classes_of, drums, halves, judge_of
from audiotok.tasks.drum_generation.scoring import Strokes, asked, named, soundless
from audiotok.tasks.language_model.sounds import hear
from audiotok.tasks.task import Context

EMBEDDED = ("drums_fad", "drums_kad", "drums_coverage", "drums_copies")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> DrumOptions:
    monkeypatch.setitem(SIZES, "tiny", ModelSize(16, 1, 2))
    return DrumOptions(size="tiny", hours=2e-3, context_seconds=1.0, strokes=2)


@pytest.mark.slow
def test_every_stroke_that_is_asked_for_has_a_score_and_a_second_run_makes_nothing(
    strokes: Manifest, tmp_path: Path, tiny: DrumOptions
) -> None:
    system, context = registry.load("codec2:mode=2400"), Context(tmp_path / "runs", workers=1, options=tiny)
    found = {result.metric: result for result in TASK.run(system, strokes, context)}
    assert found.keys() == set(TASK.metrics)
    wanted = {f"{half}-{drum}-{n:02d}" for half in "ab" for drum in ("hat", "kick", "tom") for n in range(2)}
    assert {score.clip for score in found["drums_class"].scores} == wanted
    assert {score.clip for score in found["drums_soundless"].scores} == wanted
    real = found["drums_class_real"]
    assert {score.clip for score in real.scores} == {clip.id for clip in strokes}
    assert {score.speaker for score in real.scores} == {"oak", "birch", "maple", "steel"}
    # A codec for speech makes something else of a kick, and leaves enough of the others; a third is chance.
    assert real.estimate is not None
    assert real.estimate.value > 50
    assert "an anchor" in real.unranked
    # Where the weights of the embedding are here, 24 recordings are too few for it; elsewhere that is a failure.
    for name in EMBEDDED:
        assert found[name].undefined or found[name].failures or found[name].estimate
    assert found["drums_fad"].estimate is None
    assert set(found["drums_fad"].undefined) | set(found["drums_fad"].failures) == wanted
    assert "class:first.v1|" in found["drums_class"].signature
    assert "lm_seed" not in real.signature
    made = {path: path.stat().st_mtime_ns for kind in ("wav", "pt") for path in tmp_path.rglob(f"*.{kind}")}
    assert len([path for path in made if path.name == "checkpoint.pt"]) == 2
    (kept,) = TASK.outputs(system, strokes.name, tmp_path / "runs")  # type: ignore[misc]
    assert {result.metric for result in record.read(kept)} == found.keys()
    again = TASK.run(system, strokes, context)
    assert {result.metric: result.scores for result in again} == {name: one.scores for name, one in found.items()}
    assert made == {path: path.stat().st_mtime_ns for path in made}


@pytest.fixture
def some(strokes: Manifest) -> Strokes:
    tone = Audio.from_clips([0.5 * torch.sin(2 * torch.pi * 60 / 16000 * torch.arange(3200))[None]], 16000)
    classes = {"a-kick-00": "kick", "a-hat-00": "hat", "a-tom-00": "tom", "a-tom-01": "tom"}
    return Strokes({"a-kick-00": tone, "a-hat-00": tone, "a-tom-00": None}, classes, {"a-tom-01": "no such code"})


def test_a_stroke_without_a_sound_is_of_no_class_and_one_that_is_refused_is_a_failure(
    strokes: Manifest, some: Strokes
) -> None:
    found = named(judge_of(halves(drums(strokes))[0]), some)
    assert found.scores == {
        "a-kick-00": ClipScore(1.0),
        "a-hat-00": ClipScore(0.0),  # a low tone, where a hat was asked for
        "a-tom-00": ClipScore(0.0),
    }
    assert found.failures == {"a-tom-01": "no such code"}
    assert soundless(some).scores["a-tom-00"] == ClipScore(1.0)
    assert soundless(some).scores["a-hat-00"] == ClipScore(0.0)


def test_a_clip_without_a_frame_has_no_sound(tmp_path: Path) -> None:
    codec = registry.load("codec2:mode=2400")
    nothing = Tokens.from_clips([torch.zeros(codec.spec.num_codebooks, 0, dtype=torch.int64)], codec.spec)
    assert hear(codec, nothing, 1.0, tmp_path / "nothing.wav") == (None, "")  # type: ignore[arg-type]


def test_as_many_strokes_of_each_class_are_asked_for(strokes: Manifest) -> None:
    wanted = asked("b", classes_of(strokes), 3)
    assert list(wanted)[:4] == ["b-hat-00", "b-hat-01", "b-hat-02", "b-kick-00"]
    assert wanted["b-tom-02"] == "tom"


def test_a_system_without_a_decoder_is_refused() -> None:
    assert "no decoder" in TASK.cannot_judge(registry.load("whisper-units"))
