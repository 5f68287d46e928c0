"""The whole task on a few seconds of tones: coded, learnt, made from nothing, held against what was not heard."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.data.manifest import Manifest, whole_file
from audiotok.errors import InvalidOption
from audiotok.lm.config import SIZES, ModelSize
from audiotok.results import record
from audiotok.tasks.music_generation import TASK, MusicOptions
from audiotok.tasks.task import Context

RATE = 8000


@pytest.fixture
def tunes(tmp_path: Path) -> Manifest:
    """Six clips of 1.5 s, four to learn and two to hold out: three notes each."""
    folder = tmp_path / "tunes"
    folder.mkdir()
    clips = []
    for number in range(6):
        t = np.arange(RATE // 2) / RATE
        notes = [0.3 * np.sin(2 * np.pi * 110 * 2 ** (place / 12) * t) for place in (number, number + 4, number + 7)]
        path = folder / f"tune{number}.wav"
        soundfile.write(path, np.concatenate(notes), RATE)
        clips.append(whole_file(path, 3 * len(t), RATE, domain="music", split="train" if number < 4 else "test"))
    Manifest.of("tunes", clips, folder).save(folder / "tunes.jsonl")
    return Manifest.load(folder / "tunes.jsonl")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> MusicOptions:
    monkeypatch.setitem(SIZES, "tiny", ModelSize(16, 1, 2))
    return MusicOptions(size="tiny", hours=1e-3, context_seconds=1.0, clips=3, seconds=1.0)


@pytest.mark.slow
def test_every_clip_that_is_asked_for_has_its_length_and_a_second_run_makes_nothing(
    tunes: Manifest, tmp_path: Path, tiny: MusicOptions
) -> None:
    system, context = registry.load("codec2:mode=2400"), Context(tmp_path / "runs", workers=1, options=tiny)
    found = {result.metric: result for result in TASK.run(system, tunes, context)}
    assert found.keys() == set(TASK.metrics)
    wanted = {"music-000", "music-001", "music-002"}
    assert {score.clip for score in found["music_soundless"].scores} == wanted
    made = {path: path.stat().st_mtime_ns for kind in ("wav", "pt") for path in tmp_path.rglob(f"*.{kind}")}
    (folder,) = (tmp_path / "runs").rglob("music-*/")
    for name in wanted:
        assert Audio.load(folder / f"{name}.wav").seconds == pytest.approx(1.0, abs=0.02)
    # Where the weights of the embeddings are here, four clips are too few for FAD; elsewhere that is a failure.
    for name in ("music_fad", "music_fad_musicnn"):
        assert found[name].estimate is None
        assert set(found[name].undefined) | set(found[name].failures) == wanted
    assert "clips:3|" in found["music_fad"].signature
    assert "lm_seed" not in found["music_kad_real"].signature
    (kept,) = TASK.outputs(system, tunes.name, tmp_path / "runs")  # type: ignore[misc]
    assert {result.metric for result in record.read(kept)} == found.keys()
    again = TASK.run(system, tunes, context)
    assert {result.metric: result.scores for result in again} == {name: one.scores for name, one in found.items()}
    assert made == {path: path.stat().st_mtime_ns for path in made}


def test_a_clip_must_fit_into_the_context() -> None:
    with pytest.raises(InvalidOption, match=r"fit into the context of 5\.0 s, got 10\.0 s"):
        MusicOptions(context_seconds=5.0)


def test_systems_whose_tokens_have_no_sound_or_no_rate_are_refused() -> None:
    assert "no decoder" in TASK.cannot_judge(registry.load("whisper-units"))
    assert "variable rate" in TASK.cannot_judge(registry.load("dedup(codec2:mode=700):max_duration=8"))
