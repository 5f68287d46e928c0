"""The publisher's list of trials: read in its order, every line checked against the clips."""

from pathlib import Path

import pytest

from audiotok.data.manifest import Clip, Manifest
from audiotok.data.trials import voxceleb1_trials
from audiotok.errors import InvalidData

RIGHT = "1 id10270/aaa/00001.wav id10270/bbb/00001.wav\n\n0 id10270/aaa/00001.wav id10271/aaa/00001.wav\n"


def corpus(folder: Path, lines: str) -> Manifest:
    (folder / "veri_test.txt").write_text(lines)
    files = [f"{speaker}/{video}/00001.wav" for speaker in ("id10270", "id10271") for video in ("aaa", "bbb")]
    clips = [
        Clip(
            id=file.replace("/", "_").removesuffix(".wav"),
            source="folder",
            path=f"vox1_test_wav/wav/{file}",
            sha256="0" * 64,
            start=0.0,
            end=4.0,
            sample_rate=16000,
            domain="speech",
            speaker=file[:7],
        )
        for file in files
    ]
    return Manifest.of("vox", clips, folder)


def test_trials_are_pairs_of_clips_in_the_order_of_the_list(tmp_path: Path) -> None:
    found = voxceleb1_trials(corpus(tmp_path, RIGHT))
    assert [(trial.same, trial.id) for trial in found.trials] == [
        (True, "line 1: id10270_aaa_00001, id10270_bbb_00001"),
        (False, "line 3: id10270_aaa_00001, id10271_aaa_00001"),
    ]
    assert found.conditions == f"trials:2@sha256:{found.sha256[:12]}"
    assert voxceleb1_trials(corpus(tmp_path, RIGHT.replace("aaa", "bbb"))).sha256 != found.sha256


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("1 id10270/aaa/00001.wav", "4: expected 0 or 1 and two files, got '1 id10270/aaa/00001.wav'"),
        ("2 id10270/aaa/00001.wav id10270/bbb/00001.wav", "4: expected 0 or 1 and two files"),
        ("1 id10270/aaa/00001.wav id10270/ccc/00009.wav", "4: id10270/ccc/00009.wav is not among the clips"),
        ("1 id10270/aaa/00001.wav id10271/bbb/00001.wav", "4: says one speaker, of id10270 and id10271"),
        ("0 id10270/aaa/00001.wav id10270/bbb/00001.wav", "4: says two speakers, of id10270 and id10270"),
    ],
)
def test_a_line_that_is_no_trial_of_the_clips_is_named(line: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=f"veri_test.txt:{what}"):
        voxceleb1_trials(corpus(tmp_path, f"{RIGHT}{line}\n"))


def test_an_empty_list_and_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"veri_test\.txt: holds no trial"):
        voxceleb1_trials(corpus(tmp_path, "\n"))
    manifest = corpus(tmp_path, RIGHT)
    (tmp_path / "veri_test.txt").unlink()
    with pytest.raises(InvalidData, match=r"vox: no veri_test\.txt in .* or in its meta/; VoxCeleb1's page has it"):
        voxceleb1_trials(manifest)
