"""Folders of decoded audio as they are found: files alike but for the suffix, links and pipes among them."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.errors import InvalidData
from audiotok.tokenizers.recordings import Folder

SAMPLES = 0.1 * np.random.default_rng(0).standard_normal(16000)


def test_files_alike_but_for_the_suffix_are_told_apart_by_it(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", SAMPLES, 16000)
    soundfile.write(tmp_path / "a.flac", SAMPLES / 2, 16000)
    folder = Folder(path=str(tmp_path))
    for path, scale in (("a.wav", 1.0), ("a.flac", 0.5)):
        peak = float(folder.read("clip", path, 1.0).waveform.max())
        assert peak == pytest.approx(scale * SAMPLES.max(), abs=1e-4)
    with pytest.raises(InvalidData, match=r"has no a, with any suffix"):
        folder.read("a", "a.mp3", 1.0)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX only")
def test_what_is_no_file_is_no_recording(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", SAMPLES, 16000)
    os.mkfifo(tmp_path / "b.wav")
    (tmp_path / "c.wav").mkdir()
    (tmp_path / "d.wav").symlink_to("nowhere")
    folder = Folder(path=str(tmp_path))
    assert folder.read("a", "a.flac", 1.0).sample_rate == 16000
    with pytest.raises(InvalidData, match="has no b"):
        folder.read("b", "b.wav", 1.0)
