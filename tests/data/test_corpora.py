"""Corpora of the user's own: found below AUDIOTOK_DATA in their publishers' layouts, or asked for by folder."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data
from audiotok.errors import AssetUnavailable
from audiotok.tasks.suites import SUITES


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tone = 0.3 * np.sin(np.arange(16000) / 10)
    for path in (
        "LibriSpeech/test-clean/61/70968/61-70968-0000.flac",
        *(f"musdb18hq/test/A track/{stem}.wav" for stem in ("mixture", "vocals", "drums")),
        "audioset/eval/Y1.wav",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(tmp_path / path, tone, 16000)
    (tmp_path / "LibriSpeech/test-clean/61/70968/61-70968.trans.txt").write_text("61-70968-0000 HE BEGAN\n")
    monkeypatch.setenv("AUDIOTOK_DATA", str(tmp_path))
    return tmp_path


def test_every_data_set_of_the_suite_is_found_where_its_publisher_unpacks_it(corpora: Path) -> None:
    manifests = {name: data.load(name) for name in SUITES["dates"].datasets}
    assert {name: manifest.name for name, manifest in manifests.items()} == {name: name for name in manifests}
    assert [m.clips[0].domain for m in manifests.values()] == ["speech", "music", "audio"]
    assert manifests["librispeech-test-clean"].clips[0].text == "HE BEGAN"


def test_the_stems_of_a_song_are_no_songs(corpora: Path) -> None:
    assert [clip.path for clip in data.load("musdb18-test")] == ["A track/mixture.wav"]


def test_a_corpus_that_is_not_there_names_the_folder_it_wants(corpora: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOTOK_DATA", str(corpora / "audioset"))
    with pytest.raises(AssetUnavailable, match="audioset/musdb18hq/test is not there"):
        data.load("musdb18-test")
    monkeypatch.delenv("AUDIOTOK_DATA")
    with pytest.raises(AssetUnavailable, match="AUDIOTOK_DATA"):
        data.load("musdb18-test")


def test_any_folder_is_a_data_set_once_its_domain_is_said(corpora: Path) -> None:
    manifest = data.load(f"audio:{corpora / 'audioset'}")
    assert [(clip.id, clip.domain) for clip in manifest] == [("eval_Y1", "audio")]
