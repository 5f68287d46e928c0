"""A corpus is planned in one pass, and nothing grows with the number of its clips but the list of shards."""

import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audiotok import data
from audiotok.data import Manifest
from audiotok.data.manifest import Clip, ManifestFile, read_clips
from audiotok.errors import InvalidData, InvalidOption
from audiotok.store.corpus import open_corpus, plan


def written(path: Path, clips: list[Clip]) -> ManifestFile:
    Manifest("any", tuple(clips)).save(path)
    return ManifestFile(path)


def test_shards_are_consecutive_lines_of_the_manifest(vowels: Manifest, tmp_path: Path) -> None:
    made = plan(vowels, 1.5 / 3600, write_to=tmp_path / "corpus.jsonl")
    shards = [shard.read(tmp_path) for shard in made.shards]
    assert [clip for shard in shards for clip in shard] == list(vowels)
    assert [len(shard) for shard in shards] == [shard.clips for shard in made.shards] == [2, 1, 1, 1, 1]
    assert (made.sha256, made.clips, made.longest) == (vowels.sha256, 6, max(clip.duration for clip in vowels))


def test_a_file_is_planned_as_the_manifest_in_it(vowels: Manifest, tmp_path: Path) -> None:
    path = vowels.root / "vowels.jsonl"
    assert plan(ManifestFile(path), 1.5 / 3600) == plan(vowels, 1.5 / 3600)
    clips = [replace(clip, split="train" if i % 2 else "test") for i, clip in enumerate(vowels)]
    file = written(tmp_path / "splits.jsonl", clips)
    assert list(replace(file, only_split="train")) == clips[1::2]


def test_one_id_twice_is_refused_also_in_a_file(vowels: Manifest, tmp_path: Path) -> None:
    file = written(tmp_path / "twice.jsonl", [*vowels, vowels.clips[3]])
    with pytest.raises(InvalidData, match=r"the clip id 'clip3\S*' is there twice"):
        plan(file, 1.0)


def test_a_split_without_clips_and_shards_without_length_are_refused(vowels: Manifest, tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="holds no clips"):
        plan(ManifestFile(vowels.root / "vowels.jsonl", "nowhere"), 1.0)
    with pytest.raises(InvalidOption, match="must be positive"):
        plan(vowels, 0.0)


def test_a_damaged_line_is_named(vowels: Manifest, tmp_path: Path) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_text((vowels.root / "vowels.jsonl").read_text() + '{"id": 3}\n')
    with pytest.raises(InvalidData, match=r"damaged\.jsonl:7"):
        list(read_clips(path))


def test_no_more_than_a_clip_is_held(vowels: Manifest, tmp_path: Path) -> None:
    alive: weakref.WeakSet[Clip] = weakref.WeakSet()
    most = 0

    class Watched(ManifestFile):
        def __iter__(self) -> Iterator[Clip]:
            nonlocal most
            for number in range(500):
                clip = replace(vowels.clips[0], id=f"clip{number}")
                alive.add(clip)
                most = max(most, len(alive))
                yield clip

    assert plan(Watched(tmp_path / "any.jsonl"), 1.0, write_to=tmp_path / "corpus.jsonl").clips == 500
    assert most <= 3  # the last one, this one, and the one that is made


def test_a_manifest_of_ours_is_not_held_and_any_other_data_set_is_loaded(vowels: Manifest) -> None:
    path = vowels.root / "vowels.jsonl"
    assert open_corpus(str(path), "test") == ManifestFile(path, "test")
    assert list(open_corpus(str(path))) == list(vowels)
    assert open_corpus("mini", "test") == data.load("mini").split("test")
