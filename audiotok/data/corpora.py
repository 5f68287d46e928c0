"""Corpora that must be had from their publishers: looked for below the folder that AUDIOTOK_DATA names.

export AUDIOTOK_DATA=/corpora      # holds LibriSpeech/test-clean, musdb18hq/test, audioset/eval
audiotok run --suite dates -t mimi
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from audiotok.data.folders import read_corpus
from audiotok.data.layouts import Options
from audiotok.data.manifest import Manifest
from audiotok.errors import AssetUnavailable, InvalidData

VARIABLE = "AUDIOTOK_DATA"


@dataclass(frozen=True)
class CorpusLocation:
    """Where a corpus lies, what of it is used, and where to ask for it."""

    folder: str  # below AUDIOTOK_DATA
    domain: str
    layout: str  # one of audiotok.data.layouts
    home: str  # page of its publisher


CORPORA = {
    "librispeech-test-clean": CorpusLocation(
        "LibriSpeech/test-clean", "speech", "librispeech", "https://www.openslr.org/12"
    ),
    # The uncompressed edition.
    "musdb18-test": CorpusLocation("musdb18hq/test", "music", "musdb", "https://sigsep.github.io/datasets/musdb.html"),
    "musdb18-test-5s": CorpusLocation(
        "musdb18hq/test", "music", "musdb-5s", "https://sigsep.github.io/datasets/musdb.html"
    ),
    "audioset-eval": CorpusLocation(
        "audioset/eval", "audio", "folder", "https://research.google.com/audioset/download.html"
    ),
}


def load_corpus(name: str) -> Manifest:
    """One of CORPORA; every file is read once for its hash and length.

    Raises AssetUnavailable with the folder that is wanted, InvalidData where a file in it cannot be used.
    """
    corpus = CORPORA[name]
    root = os.environ.get(VARIABLE)
    folder = Path(root).expanduser() / corpus.folder if root else None
    if folder is None or not folder.is_dir():
        wanted = f"{folder} is not there" if folder else f"the environment variable {VARIABLE} is not set"
        raise AssetUnavailable(
            f"{name}: {wanted}; get it from {corpus.home} and set {VARIABLE} to the folder that holds {corpus.folder}"
        )
    manifest, problems, _ = read_corpus(folder, name, Options(corpus.domain), corpus.layout)
    if problems:
        path, reason = next(iter(problems.items()))
        raise InvalidData(f"{folder}: {len(problems)} files cannot be used; the first: {path}: {reason}")
    return manifest
