"""One name for every data set: bundled, a manifest file, or a corpus in its publisher's folder layout."""

from __future__ import annotations

import difflib
import json
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

from audiotok.core.card import DOMAINS
from audiotok.data import layouts, mixtures
from audiotok.data.corpora import CORPORA, load_corpus
from audiotok.data.folders import NO_TEXT, read_corpus
from audiotok.data.hub import load_hub
from audiotok.data.layouts import Options
from audiotok.data.layouts.manifests import foreign
from audiotok.data.manifest import Manifest
from audiotok.doors import Door, claimed_twice
from audiotok.errors import InvalidOption, UnknownName

#: Data sets of other packages: a function of what follows the colon ("" where nothing does) that gives a Manifest.
DOOR = Door("audiotok.datasets", "data set")
BUNDLED = ("mini", "small", "probes-mini")
#: The data on which language models are scored: the part of `small` whose speakers its training split has not.
NEW_VOICES = "small-new-voices"
#: Parts of `small` that recipes ask language models to continue and to read out, by their clips' ids.
ASKED = ("small-new-voices-prompts", "small-new-texts")


def _folder(layout: str | None, where: str, options: Options) -> Manifest:
    """A corpus of one's own, read as `audiotok data make` reads it; what that would report is counted in a warning."""
    path = Path(where).expanduser().absolute()
    name = path.name.removesuffix(".gz").removesuffix(".jsonl") if path.is_file() else path.name
    if layout == "librispeech":
        name = f"librispeech-{name}"
    manifest, problems, _ = read_corpus(path, name, options, layout)
    if left := [reason for reason in problems.values() if reason != NO_TEXT]:
        warnings.warn(
            f"{where}: {len(left)} files or tables of it could not be used, the first: {left[0]}; audiotok data make "
            f"{where} lists them",
            stacklevel=3,
        )
    return manifest


def _of_domain(domain: str, where: str, options: Options) -> Manifest:
    return _folder(None if domain == "speech" else "folder", where, replace(options, domain=domain))


#: "NAME:FOLDER" -> how that corpus lays out its folder; a domain takes any folder of audio.
LAYOUTS: dict[str, Callable[[str, Options], Manifest]] = {
    **{layout.name: partial(_folder, layout.name) for layout in layouts.LAYOUTS if layout.name != "folder"},
    **{domain: partial(_of_domain, domain) for domain in DOMAINS},
}
_OPTIONS = ("domain", "language", "text_column")


def _parted(where: str) -> tuple[str, Options]:
    """ "FOLDER,language=de,text_column=sentence" -> the folder and its options."""
    options = {}
    while match := re.fullmatch(rf"(.*),({'|'.join(_OPTIONS)})=([^,]*)", where, re.DOTALL):
        where, name, value = match.groups()
        options[name] = value
    return where, Options(**options)


def _hub(rest: str) -> tuple[str, dict[str, str]]:
    """ "NAME,config=de,split=test,language=de" -> the name and its options. Raises InvalidOption."""
    name, *options = rest.split(",")
    given = dict(option.partition("=")[::2] for option in options)
    if unknown := set(given) - {"config", "split", *_OPTIONS}:
        raise InvalidOption(
            f"hf:{name}: unknown {', '.join(sorted(unknown))}; it takes config, split, {', '.join(_OPTIONS)}"
        )
    return name, given


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
    """A bundled data set, a corpus below AUDIOTOK_DATA, a manifest file, a folder, or `LAYOUT:FOLDER`.

    A folder in the layout of a known corpus is recognised; `speech:FOLDER`, `music:FOLDER` and `audio:FOLDER` take any
    folder of audio, `hf:NAME` a data set of the Hugging Face hub. What a folder does not say follows it:
    `kaldi:FOLDER,language=de`, `speech:FOLDER,language=en-US,text_column=sentence`. Manifests are .jsonl files of
    `audiotok data make`, of NeMo and of Lhotse. Raises UnknownName, InvalidData and, where the corpus is not there,
    AssetUnavailable with the folder that is wanted.
    """
    text = str(name)
    own = (*BUNDLED, NEW_VOICES, *ASKED, *mixtures.NAMES, *CORPORA, *LAYOUTS, "hf")
    if (first := text.partition(":")[0]) in own and (points := DOOR.points(first)):
        raise claimed_twice(DOOR.noun, first, points)
    if text in BUNDLED or text == NEW_VOICES or text in ASKED:
        return _bundled(text)
    if text in mixtures.NAMES:
        return mixtures.load(text, _bundled("small"))
    if text in CORPORA:
        return load_corpus(text)
    layout, colon, rest = text.partition(":")
    where, options = _parted(rest if colon and layout in LAYOUTS else text)
    if colon and layout == "hf":
        return load_hub(*_hub(rest))
    if colon and layout in LAYOUTS:
        return LAYOUTS[layout](where, options)
    if DOOR.points(layout):
        read = DOOR.load(layout)
        with DOOR.calling(layout, f"loaded as {text}"):
            manifest = read(rest)
        if not isinstance(manifest, Manifest):
            raise DOOR.mismatch(layout, "a function that returns a Manifest", manifest)
        return manifest
    if Path(where).is_file() and where.endswith((".json", ".jsonl", ".jsonl.gz")):
        return _folder(None, where, options) if foreign(Path(where)) else Manifest.load(where)
    if Path(where).is_dir():
        return _folder(None, where, options)
    near = difflib.get_close_matches(text, (*BUNDLED, NEW_VOICES, *ASKED, *mixtures.NAMES, *CORPORA, *DOOR.names()))
    meant = f"did you mean {near[0]}? " if near else ""
    known = ", ".join(f"{layout}:FOLDER" for layout in LAYOUTS)
    names = ", ".join((*BUNDLED, NEW_VOICES, *ASKED, *mixtures.NAMES, *CORPORA, *DOOR.names()))
    raise UnknownName(
        f"no data set {text!r}; {meant}There are {names}, {known}, hf:NAME, and the path of a "
        "folder or a .jsonl manifest (audiotok data make FOLDER writes one)"
    )
