"""One name for every data set: bundled, a manifest file, or a corpus in its publisher's folder layout."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from audiotok.core.card import DOMAINS
from audiotok.data.corpora import CORPORA, load_corpus
from audiotok.data.folders import librispeech, make
from audiotok.data.manifest import Manifest
from audiotok.errors import UnknownName

BUNDLED = ("mini", "small")
#: What language models are scored on: the part of `small` whose speakers its training split has not.
NEW_VOICES = "small-new-voices"
#: Parts of `small` that recipes ask language models to continue and to read out, by their clips' ids.
ASKED = ("small-new-voices-prompts", "small-new-texts")


def _any_folder(domain: str, folder: str) -> Manifest:
    """Every audio file of a folder that can be used; `audiotok data make` also tells which cannot, and why."""
    return make(folder, Path(folder).expanduser().absolute().name, domain=domain)[0]


#: "NAME:FOLDER" -> how that corpus lays out its folder.
LAYOUTS: dict[str, Callable[[str], Manifest]] = {
    "librispeech": librispeech,
    **{domain: partial(_any_folder, domain) for domain in DOMAINS},
}


@cache
def _bundled(name: str) -> Manifest:
    """Read once: every submission that is checked asks for them."""
    if name == NEW_VOICES:
        return _bundled("small").domain("speech").new_voices()
    folder = files("audiotok.data") / "manifests"
    if name in ASKED:
        clips = {clip.id: clip for clip in _bundled("small")}
        ids = json.loads((folder / "asked.json").read_text(encoding="utf-8"))[name]
        return Manifest.of(name, [clips[clip_id] for clip_id in ids])
    return Manifest.load(Path(str(folder / f"{name}.jsonl")))


def load(name: str | Path) -> Manifest:
    """A bundled data set, a corpus below AUDIOTOK_DATA, the path of a .jsonl manifest, or `LAYOUT:FOLDER`.

    `speech:FOLDER`, `music:FOLDER` and `audio:FOLDER` take any folder of audio. Raises UnknownName, InvalidData and,
    where the corpus is not there, AssetUnavailable with the folder that is wanted.
    """
    text = str(name)
    if text in BUNDLED or text == NEW_VOICES or text in ASKED:
        return _bundled(text)
    if text in CORPORA:
        return load_corpus(text)
    layout, colon, folder = text.partition(":")
    if colon and layout in LAYOUTS:
        return LAYOUTS[layout](folder)
    if text.endswith(".jsonl") and Path(text).is_file():
        return Manifest.load(text)
    if Path(text).is_dir():
        raise UnknownName(
            f"{text} is a folder: say what it holds, speech:{text}, music:{text} or audio:{text}, or write a manifest "
            "of it with audiotok data make, which tells what cannot be used"
        )
    near = difflib.get_close_matches(text, (*BUNDLED, NEW_VOICES, *ASKED, *CORPORA))
    meant = f"did you mean {near[0]}? " if near else ""
    layouts = ", ".join(f"{layout}:FOLDER" for layout in LAYOUTS)
    names = ", ".join((*BUNDLED, NEW_VOICES, *ASKED, *CORPORA))
    raise UnknownName(
        f"no data set {text!r}; {meant}There are {names}, {layouts}, and the path of a .jsonl manifest"
        " (audiotok data make FOLDER writes one)"
    )
