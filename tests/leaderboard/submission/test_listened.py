"""Every submission has audio of the same clips, an English one among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiotok import data
from audiotok.leaderboard.submission.entry import read_entry
from audiotok.leaderboard.submission.files import listened_by_all

MINI = data.load("mini")
ROWS = sorted((Path(__file__).parents[3] / "leaderboard" / "submissions").iterdir())


def test_the_clips_are_one_of_each_domain_and_an_english_one_first() -> None:
    clips = listened_by_all(MINI)
    assert (clips[0].domain, clips[0].language) == ("speech", "en")
    assert {clip.domain for clip in clips} == {"speech", "music", "audio"}
    assert len(clips) == len(set(clips)) <= 4


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_with_a_decoder_has_audio_of_all_of_them(row: Path) -> None:
    entry = read_entry(row)
    if (entry.card or {}).get("decoder") == "-":
        assert not entry.samples
    else:
        assert {clip.id for clip in listened_by_all(MINI)} <= set(entry.samples)
