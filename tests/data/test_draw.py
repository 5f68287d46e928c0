"""Drawing a part of a data set."""

from dataclasses import replace

import pytest

from audiotok.data.draw import draw
from audiotok.data.manifest import Clip, Manifest


@pytest.fixture
def manifest() -> Manifest:
    """100 clips of 36 s: an hour."""
    return Manifest.of(
        "hour", [Clip(f"c{i}", "folder", f"{i}.wav", "0" * 64, 0.0, 36.0, 16000, "speech") for i in range(100)]
    )


def test_so_many_hours_are_drawn(manifest) -> None:
    assert len(draw(manifest, 0.25)) == 25


def test_no_hours_mean_all(manifest) -> None:
    assert {clip.id for clip in draw(manifest)} == {clip.id for clip in manifest}


def test_a_longer_draw_begins_like_a_shorter(manifest) -> None:
    assert draw(manifest, 0.5).clips[:10] == draw(manifest, 0.1).clips


def test_the_order_of_the_manifest_changes_nothing(manifest) -> None:
    assert draw(Manifest("hour", manifest.clips[::-1]), 0.5) == draw(manifest, 0.5)


def test_a_clip_more_takes_one_place_at_most(manifest) -> None:
    larger = Manifest("hour", (*manifest.clips, replace(manifest.clips[0], id="new")))
    drawn = {clip.id for clip in draw(manifest, 0.5)}
    assert len(drawn - {clip.id for clip in draw(larger, 0.5)}) <= 1


def test_another_seed_draws_other_clips(manifest) -> None:
    assert draw(manifest, 0.1, seed=1) != draw(manifest, 0.1, seed=0)
