"""Where a run keeps what it made, and the key that says when it may be used again.

    <runs>/<data>-<hash>/<tokenizer>-<key>/tokens/<clip>.safetensors   what encode returned
                                          /audio/<clip>.wav            what decode (or an anchor) returned, float32
                                          /timings/<clip>.json         seconds of compute; never part of a key
                                          /scores/<clip>.json          every metric of that clip
                                          /failures/<clip>.json        why there is no audio
                                          /results/<recipe>.jsonl

Each file is written whole or not at all, so a killed run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import platform
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from audiotok import registry
from audiotok.anchor import Anchor
from audiotok.data.manifest import Manifest
from audiotok.identifier import slug
from audiotok.isolated.tokenizer import IsolatedTokenizer
from audiotok.tokenizer import Tokenizer
from audiotok.whole import whole

#: Goes up when the code stage writes other files for the same key.
STAGE_VERSION = 1


@dataclass(frozen=True)
class RunFolder:
    """The files of one system on one data set."""

    path: Path
    provenance: dict[str, str]

    def tokens(self, clip: str) -> Path:
        return self.path / "tokens" / f"{clip}.safetensors"

    def audio(self, clip: str) -> Path:
        return self.path / "audio" / f"{clip}.wav"

    def timing(self, clip: str) -> Path:
        return self.path / "timings" / f"{clip}.json"

    def scores(self, clip: str) -> Path:
        return self.path / "scores" / f"{clip}.json"

    def failure(self, clip: str) -> Path:
        return self.path / "failures" / f"{clip}.json"

    def results(self, recipe: str) -> Path:
        return self.path / "results" / f"{recipe}.jsonl"


def open_folder(runs: Path, system: Tokenizer | Anchor, manifest: Manifest) -> RunFolder:
    """Make, or find again, the folder of this system, exactly as it is installed now, on this data set."""
    provenance = describe(system)
    key = hashlib.sha256(json.dumps(provenance, sort_keys=True).encode()).hexdigest()[:12]
    path = runs / f"{manifest.name}-{manifest.sha256[:12]}" / f"{slug(system.identifier)}-{key}"
    for name in ("tokens", "audio", "timings", "scores", "failures", "results"):
        (path / name).mkdir(parents=True, exist_ok=True)
    write_json(path / "system.json", provenance)
    return RunFolder(path, provenance)


def describe(system: Tokenizer | Anchor) -> dict[str, str]:
    """All that the system's output may depend on; also the provenance of its results.

    What holds in another environment has that one's name before it: `focalcodec/torch`.
    """
    described = {
        "identifier": system.identifier,
        "stage": str(STAGE_VERSION),
        "source_sha256": _source(system),
        **{name: version(name) for name in ("numpy", "soxr", "torch")},
        "machine": platform.machine(),
        **registry.requirements(system.identifier),
    }
    if isinstance(system, Tokenizer):
        described |= {"device": system.device.type, "weights_sha256": system.card.weights_sha256}
        described |= _elsewhere(system)
    return described


def _elsewhere(tokenizer: Tokenizer) -> dict[str, str]:
    """Of it and of what is nested in it, all that runs in environments of their own."""
    if isinstance(tokenizer, IsolatedTokenizer):
        return {f"{tokenizer.environment}/{name}": value for name, value in tokenizer.provenance.items()}
    inner = (value for value in vars(tokenizer).values() if isinstance(value, Tokenizer))
    return {name: value for nested in inner for name, value in _elsewhere(nested).items()}


def _source(system: Tokenizer | Anchor) -> str:
    """sha256 of the system's module, of those it takes names from, and of the tokenizers nested in it.

    Modules of other packages count with their version; of audiotok only what makes tokens, so that a reworded
    docstring of the core does not void every run.
    """
    own = sys.modules[type(system).__module__]
    package = own.__name__.partition(".")[0]
    prefixes = ("audiotok.tokenizers.", "audiotok.units.") if package == "audiotok" else (f"{package}.",)
    names = {getattr(value, "__module__", None) for value in vars(own).values()}
    modules = {own.__name__} | {name for name in names if isinstance(name, str) and name.startswith(prefixes)}
    digest = hashlib.sha256()
    for name in sorted(modules):
        digest.update(Path(inspect.getfile(sys.modules[name])).read_bytes())
    for inner in vars(system).values():
        if isinstance(inner, Tokenizer):
            digest.update(_source(inner).encode())
    return digest.hexdigest()


def write_json(path: Path, value: Any) -> None:
    """Atomic, with sorted keys: equal values are equal bytes."""
    with whole(path) as partial:
        partial.write_text(json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False), encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
