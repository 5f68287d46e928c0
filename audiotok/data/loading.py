"""One name for every data set: bundled, a manifest file, or a corpus in its publisher's folder layout."""

from __future__ import annotations

import difflib
from importlib.resources import files
from pathlib import Path

from audiotok.data.folders import librispeech
from audiotok.data.manifest import Manifest
from audiotok.errors import UnknownName

BUNDLED = ("mini", "small")
#: "NAME:FOLDER" -> how that corpus lays out its folder.
LAYOUTS = {"librispeech": librispeech}


def load(name: str | Path) -> Manifest:
    """A bundled data set (`mini`, `small`), the path of a .jsonl manifest, or `librispeech:FOLDER`.

    Raises UnknownName, InvalidData.
    """
    text = str(name)
    if text in BUNDLED:
        return Manifest.load(Path(str(files("audiotok.data") / "manifests" / f"{text}.jsonl")))
    layout, colon, folder = text.partition(":")
    if colon and layout in LAYOUTS:
        return LAYOUTS[layout](folder)
    if text.endswith(".jsonl") and Path(text).is_file():
        return Manifest.load(text)
    near = difflib.get_close_matches(text, BUNDLED)
    meant = f"did you mean {near[0]}? " if near else ""
    layouts = ", ".join(f"{layout}:FOLDER" for layout in LAYOUTS)
    raise UnknownName(
        f"no data set {text!r}; {meant}There are {', '.join(BUNDLED)}, {layouts}, and the path of a .jsonl manifest"
        " (audiotok data make FOLDER writes one)"
    )
