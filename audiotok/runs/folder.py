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
import json
from dataclasses import dataclass
from pathlib import Path

from audiotok.core.anchor import Anchor
from audiotok.core.identifier import slug
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.files.json import write_json
from audiotok.runs.identity import describe


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
