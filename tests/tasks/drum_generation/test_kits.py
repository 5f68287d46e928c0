"""Kits stand on one side or the other, and a judge knows those of one."""

from dataclasses import replace

import pytest

from audiotok import data
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidData
from audiotok.tasks.drum_generation.kits import class_of, classes_of, drums, halves, judge_of, kit_of


def test_kits_are_dealt_from_the_largest_to_the_smallest(strokes: Manifest) -> None:
    fewer = [clip for clip in strokes if not (clip.group == "oak" and clip.id.endswith("3"))]
    first, second = halves(drums(Manifest.of("fewer", fewer, strokes.root)))
    # birch, maple and steel have 12 strokes, oak has 9: a, b, b, a.
    assert {kit_of(clip) for clip in first} == {"birch", "oak"}
    assert {kit_of(clip) for clip in second} == {"maple", "steel"}
    assert (first.name, len(first), len(second)) == ("fewer-drums-a", 21, 24)
    assert classes_of(first) == classes_of(second) == ("hat", "kick", "tom")


def test_the_bundled_kits_are_in_equal_halves_that_have_every_class() -> None:
    first, second = halves(drums(data.load("probes-mini")))
    assert (len(first), len(second)) == (126, 122)
    assert not {kit_of(clip) for clip in first} & {kit_of(clip) for clip in second}
    assert classes_of(first) == classes_of(second) == ("cymbal", "hat", "kick", "snare", "tom")


def test_a_judge_names_strokes_of_kits_that_it_has_not_heard(strokes: Manifest) -> None:
    first, second = halves(drums(strokes))
    said = judge_of(first).names([data.read(clip, second.root) for clip in second])
    assert said == [class_of(clip) for clip in second]


def test_data_that_cannot_be_parted_is_refused_with_the_reason(strokes: Manifest) -> None:
    with pytest.raises(InvalidData, match=r"kits: no clip is a stroke of a drum; expected labels like drum/kick"):
        drums(Manifest.of("kits", [replace(clip, label="kick") for clip in strokes]))
    one = [clip for clip in strokes if clip.label != "drum/tom" or clip.group == "oak"]
    with pytest.raises(InvalidData, match="the class 'tom' is tested, but has no clip to train on"):
        halves(drums(Manifest.of("one", one)))
    with pytest.raises(InvalidData, match="12 clips have no group, the first is number 0"):
        halves(drums(Manifest.of("none", [replace(c, group=None) if c.group == "oak" else c for c in strokes])))
