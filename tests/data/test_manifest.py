"""A manifest says what it holds, the same way each time, and nothing that could lead outside its folder."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiotok import data
from audiotok.data.manifest import Clip, Manifest, safe_path
from audiotok.data.sources import SOURCES
from audiotok.errors import CannotWrite, InvalidData

CLIP = Clip("one", "folder", "one.wav", "0" * 64, 0.0, 1.5, 16000, "speech", text="hello", language="en")


def _file(tmp_path, **changes):
    values = {**vars(CLIP), **changes}
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({key: value for key, value in values.items() if value is not None}))
    return path


def test_a_manifest_is_read_back_as_it_was_saved(tmp_path):
    manifest = Manifest.of("mine", [CLIP])
    manifest.save(tmp_path / "mine.jsonl")
    again = Manifest.load(tmp_path / "mine.jsonl")
    assert again == manifest
    assert again.sha256 == manifest.sha256


def test_the_hash_ignores_layout_and_default_values(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text(
        "\n" + json.dumps({"split": "test", **vars(CLIP)}, indent=None, separators=(" , ", " :  ")) + "\n\n"
    )
    assert Manifest.load(path).sha256 == Manifest.of("mine", [CLIP]).sha256


def test_the_hash_changes_with_a_text():
    changed = Clip(**{**vars(CLIP), "text": "Hello"})
    assert Manifest.of("mine", [changed]).sha256 != Manifest.of("mine", [CLIP]).sha256


@given(st.text())
def test_any_text_survives_being_saved(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("text") / "mine.jsonl"
    Manifest.of("mine", [Clip(**{**vars(CLIP), "text": text})]).save(path)
    assert Manifest.load(path).clips[0].text == text


@pytest.mark.parametrize(
    "path", ["../up.wav", "/etc/passwd", "a/../../up.wav", "C:\\x.wav", "c:/x.wav", "a\\..\\b", "", "a\0b"]
)
def test_a_path_that_leaves_its_source_is_refused(tmp_path, path):
    with pytest.raises(InvalidData, match="stay inside"):
        Manifest.load(_file(tmp_path, path=path))


@pytest.mark.parametrize("clip_id", ["", "../x", "a/b", ".hidden", "a b", "<b>", "é", "a\n"])
def test_an_id_that_is_no_plain_name_is_refused(tmp_path, clip_id):
    with pytest.raises(InvalidData, match="id must be"):
        Manifest.load(_file(tmp_path, id=clip_id))


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "abc"},
        {"sha256": 5},
        {"domain": "smell"},
        {"sample_rate": 16000.0},
        {"sample_rate": True},
        {"sample_rate": 10**400},
        {"start": -1.0},
        {"start": 2.0},
        {"end": float("inf")},
        {"end": float("nan")},
        {"end": "1.5"},
        {"end": True},
        {"end": 1e308},
        {"end": 10**400},
        {"text": "\ud800"},
        {"path": "\ud800.wav"},
        {"label": "\udfff"},
        {"text": ["hello"]},
        {"extra": 1},
    ],
)
def test_a_wrong_field_is_refused_with_file_and_line(tmp_path, changes):
    with pytest.raises(InvalidData, match=r"mine\.jsonl:1: "):
        Manifest.load(_file(tmp_path, **changes))


@pytest.mark.parametrize("line", ["not json", "[]", "5", '{"id": "one"}', "[" * 100_000])
def test_a_line_that_is_no_clip_is_refused_with_file_and_line(tmp_path, line):
    (tmp_path / "mine.jsonl").write_text(line)
    with pytest.raises(InvalidData, match=r"mine\.jsonl:1: "):
        Manifest.load(tmp_path / "mine.jsonl")


def test_a_manifest_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "mine.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidData, match="not a manifest"):
        Manifest.load(tmp_path / "mine.jsonl")


def test_an_id_that_is_there_twice_is_refused():
    with pytest.raises(InvalidData, match="twice"):
        Manifest.of("mine", [CLIP, CLIP])


def test_an_empty_manifest_is_refused():
    with pytest.raises(InvalidData, match="no clips"):
        Manifest.of("mine", [])


@given(st.lists(st.sampled_from(["..", ".", "a", "", "b.wav"]), max_size=6).map("/".join))
def test_a_safe_path_never_leads_out(tmp_path_factory, path):
    root = (tmp_path_factory.getbasetemp() / "root").resolve()
    if safe_path(path):
        assert (root / path).resolve().is_relative_to(root)


def test_mini_has_speech_in_five_languages_music_and_sounds():
    mini = data.load("mini")
    speech = mini.domain("speech")
    assert {clip.language for clip in speech} == {"en", "es", "fr", "it", "ru"}
    assert all(clip.text and len(clip.text.split()) >= 8 for clip in speech)
    assert 8 * 60 < sum(clip.duration for clip in mini) < 12 * 60
    assert len(mini.domain("music")) > 10
    assert len(mini.domain("audio")) > 10


def test_every_file_of_mini_has_an_address_at_its_publisher():
    assert all(SOURCES[clip.source].publisher for clip in data.load("mini"))


def test_no_clip_or_text_of_mini_is_in_small_outside_its_test_split():
    mini, small = data.load("mini"), data.load("small")
    ids = {clip.id for clip in mini}
    texts = {(clip.language, clip.text.casefold()) for clip in mini if clip.text}
    files = {clip.sha256 for clip in mini}
    assert ids <= {clip.id for clip in small}
    for clip in small:
        if clip.split != "test":
            assert clip.sha256 not in files
            assert not clip.text or (clip.language, clip.text.casefold()) not in texts


def test_a_manifest_that_cannot_be_written_leaves_the_one_before(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text("before")
    clip = data.load("mini").clips[0]
    with pytest.raises(UnicodeEncodeError):
        Manifest("mine", (clip, replace(clip, text="half a character: \ud800"))).save(path)
    assert path.read_text() == "before"
    with pytest.raises(CannotWrite, match="the manifest cannot be written"):
        data.load("mini").save(tmp_path / "nowhere" / "mine.jsonl")
