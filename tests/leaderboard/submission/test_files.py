"""Files that do not belong in a submission, or are not what their names say."""

from __future__ import annotations

import os
import runpy
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.leaderboard.submission.check import check

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
write = made["write"]
append = made["append"]
remove = made["remove"]
sparse = made["sparse"]
SAMPLE = made["SAMPLE"]
TOKENS = made["TOKENS"]
TOKEN_CLIPS = made["TOKEN_CLIPS"]
CLIP = made["CLIP"]
write_noise = made["write_noise"]


def link(name: str, target: str) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return apply


def hard_link(folder: Path) -> None:
    os.link(folder / "environment.json", folder.parent / "elsewhere.json")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "timings.json")


def unix_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        before = os.getcwd()
        os.chdir(folder)  # a socket's path has a length limit that pytest's folders exceed
        try:
            opened.bind("s")
        finally:
            os.chdir(before)


def many(folder: Path) -> None:
    for i in range(500):
        (folder / f"{i}.txt").touch()


#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
    "no card": (remove("card.yaml"), "card.yaml", "", "missing"),
    "no results": (remove("results.jsonl"), "results.jsonl", "", "missing"),
    "a link out of the folder": (link("card.yaml", "/etc/passwd"), "card.yaml", "", "symbolic link"),
    "a link to a folder": (link("more", ".."), "more", "", "symbolic link"),
    "a link that leads nowhere": (link(SAMPLE, "nowhere"), SAMPLE, "", "symbolic link"),
    "a hard link": (hard_link, "environment.json", "", "hard link"),
    "a pipe": (pipe, "timings.json", "", "pipe"),
    "a socket": (unix_socket, "s", "", "socket"),
    "a folder for a file": (lambda f: (remove("card.yaml")(f), (f / "card.yaml").mkdir()), "card.yaml", "", "folders"),
    "a folder of folders": (lambda f: (f / "tokens" / "a" / "b").mkdir(parents=True), "tokens/a", "", "folders"),
    "an archive": (write("more.zip", b"PK\x03\x04"), "more.zip", "", "archive"),
    "an archive under another name": (write(SAMPLE, b"PK\x03\x04" + bytes(99)), SAMPLE, "", "archive"),
    "a pickle": (write("tokens/codes.pkl", b"cos\nsystem\n"), "tokens/codes.pkl", "", "pickle"),
    "a pickle under another name": (write(TOKENS, b"\x80\x04\x95"), TOKENS, "", "pickle"),
    "weights": (write("model.pt", b"x"), "model.pt", "", "pickle"),
    "a program": (write("setup.py", b"import os"), "setup.py", "", "unknown file"),
    "a page": (write("samples/index.html", b"<script>"), "samples/index.html", "", "unknown file"),
    "a hidden file": (write(".env", b"x"), ".env", "", "unknown file"),
    "a sample that is a page": (write(SAMPLE, b"<html>"), SAMPLE, "", "ogg audio"),
    "a sample of a clip that is not there": (write("samples/x.ogg", b"OggS"), "samples/x.ogg", "", "id of a clip"),
    "a name that goes up": (write("samples/...ogg", b"OggS"), "samples/...ogg", "", "id of a clip"),
    "a sample that begins like audio and goes on as garbage": (
        write(f"samples/{CLIP}.wav", b"RIFF" + bytes(range(256)) * 4),
        *(f"samples/{CLIP}.wav", "", "cannot be decoded"),
    ),
    "a sample without audio": (
        *(lambda f: write_noise(f / "samples" / f"{CLIP}.wav", 0), f"samples/{CLIP}.wav", "", "no samples"),
    ),
    "a sample of another length than its clip": (
        *(lambda f: write_noise(f / "samples" / f"{CLIP}.ogg", 20), SAMPLE, "", "s of the clip, got 20.00 s"),
    ),
    "a sample of hours": (
        lambda f: soundfile.write(f / "samples" / f"{CLIP}.flac", np.zeros(8000 * 7200, np.int16), 8000),
        *(f"samples/{CLIP}.flac", "", "120 s of audio"),
    ),
    "an oversized sample": (sparse(SAMPLE, 3 << 20), SAMPLE, "", "bytes, got"),
    "an oversized card": (append("card.yaml", "#" * (1 << 17)), "card.yaml", "", "bytes, got"),
    "oversized results": (sparse("results.jsonl", 65 << 20), "results.jsonl", "", "bytes, got"),
    "an oversized folder": (
        lambda f: [sparse(f"tokens/{clip}.safetensors", 15 << 20)(f) for clip in TOKEN_CLIPS],
        *(".", "", "bytes in all"),
    ),
    "an empty file": (write("environment.json", b""), "environment.json", "", "empty"),
    "files without end": (many, ".", "", "400 files"),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])


def test_a_folder_that_is_a_link_is_refused(good: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(good)
    assert [str(problem) for problem in check(tmp_path / "link")] == [".: expected a folder of its own"]
