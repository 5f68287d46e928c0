"""What can be listened to on the board, and the clean clip beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.leaderboard.page.listening import SampleClip, heard, with_reference_audio
from audiotok.leaderboard.submission.entry import Entry
from audiotok.tasks.suites import SUITES


def test_the_suite_lets_clips_continuations_and_sentences_be_heard() -> None:
    found = {one.name: one for one in heard(SUITES["mini"])}
    assert {clip.id for clip in data.load("mini")} <= set(found)
    continued = [one for one in found.values() if one.recipe == "continuations"]
    assert [(one.prompt, one.seconds) for one in continued] == [(3.0, 7.0)] * 3
    assert all(one.name == f"continuations/{one.clip.id}" for one in continued)
    assert {one.clip.language for one in continued} == {"en", "es", "fr"}
    read_out = [one for one in found.values() if one.recipe == "tts_probe"]
    assert len(read_out) == 3
    for one in read_out:
        assert one.described["text"]
        assert one.described["of"] == one.clip.id
        assert "prompt" not in one.described


def test_the_reference_is_heard_as_long_as_what_is_held_against_it(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    soundfile.write(tmp_path / "clips" / "a.wav", 0.1 * np.sin(np.arange(2 * 16000) / 9), 16000)
    manifest, _ = data.make(tmp_path / "clips", "tones", domain="speech")
    [clip] = manifest
    clips = [
        SampleClip(clip, manifest),
        SampleClip(clip, manifest, "continuations", 0.5, 1.2),
        SampleClip(clip, manifest, "tts_probe"),
    ]
    made = tmp_path / "made.ogg"
    own = Entry("mulaw", (), samples={clip.id: made, f"continuations/{clip.id}": made})
    reference = Entry("reference", (), kind="anchor", samples={clip.id: made})
    same, shown = with_reference_audio([own, reference], clips, tmp_path / "reference")
    assert same is own
    assert set(shown.samples) == {clip.id, f"continuations/{clip.id}"}
    assert shown.samples[clip.id] == made  # its own submission has it
    assert soundfile.info(shown.samples[f"continuations/{clip.id}"]).duration == pytest.approx(1.2)
