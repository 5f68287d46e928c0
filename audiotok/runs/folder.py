"""Where a run keeps what it made, and the key that says when it may be used again.

    <runs>/<data>-<hash>/<tokenizer>-<key>/tokens/<clip>.safetensors   what encode returned
                                          /audio/<clip>.wav            what decode (or an anchor) returned, float32
                                          /coded/<clip>.json           sha256 of these two
                                          /timings/<clip>.json         seconds, and the machine; never part of a key
                                          /scores/<clip>.json          every metric of that clip
                                          /failures/<clip>.json        why there is no audio
                                          /results/<recipe>.jsonl

Every file is written atomically. A clip is coded once its `coded` file is there, which is written last, and for as long
as the hashes in it hold. The JSON files of clips are sealed: each has its own hash, and the folder, kind and clip that
it belongs to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from audiotok.core.anchor import Anchor
from audiotok.core.identifier import file_name, slug
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.errors import AlteredFile
from audiotok.files.atomic import remove_partials
from audiotok.files.json import write_json
from audiotok.files.progress import note
from audiotok.files.sealed import file_sha256, read_sealed, write_sealed
from audiotok.metrics.footing import ONE_RATE, Footing
from audiotok.runs.identity import describe

Output = Literal["tokens", "audio"]
Kind = Literal["coded", "timings", "scores", "failures"]
FOLDERS = ("tokens", "audio", "coded", "timings", "scores", "failures", "results")


@dataclass(frozen=True)
class RunFolder:
    """The files of one system on one data set."""

    path: Path
    provenance: dict[str, str]
    footing: Footing = ONE_RATE

    def absolute(self) -> RunFolder:
        """The same folder for processes that may work elsewhere."""
        return replace(self, path=self.path.absolute())

    def output(self, kind: Output, clip: str) -> Path:
        return self.tokens(clip) if kind == "tokens" else self.audio(clip)

    @property
    def is_new(self) -> bool:
        """Whether nothing has been coded yet."""
        return not any((self.path / "coded").iterdir())

    def tokens(self, clip: str) -> Path:
        return self.path / "tokens" / file_name(clip, ".safetensors")

    def audio(self, clip: str) -> Path:
        return self.path / "audio" / file_name(clip, ".wav")

    def results(self, recipe: str) -> Path:
        return self.path / "results" / f"{recipe}.jsonl"

    def read(self, kind: Kind, clip: str, of: str = "") -> Any:
        """The value that `write` wrote for the same `of`, or None. Raises AlteredFile."""
        return read_sealed(self._json(kind, clip), self._made_of(kind, clip, of))

    def write(self, kind: Kind, clip: str, value: Any, of: str = "") -> None:
        """`of`: what the value depends on beside the folder's key and the clip."""
        write_sealed(self._json(kind, clip), value, self._made_of(kind, clip, of))

    def failure(self, clip: str) -> str | None:
        """Why there is neither audio nor tokens of a clip."""
        found = self.read("failures", clip)
        return None if found is None else str(found["reason"])

    def fail(self, clip: str, reason: str) -> None:
        """Record the failure of a clip, of which nothing else is kept."""
        for path in (self.tokens(clip), self.audio(clip)):
            path.unlink(missing_ok=True)
        for kind in ("coded", "timings", "scores"):
            self._json(kind, clip).unlink(missing_ok=True)
        self.write("failures", clip, {"reason": reason})

    def seal(self, clip: str, *kinds: Output) -> None:
        """Record the hashes of the files that a clip was just coded to."""
        self.write("coded", clip, {kind: file_sha256(self.output(kind, clip)) for kind in kinds})
        self._json("failures", clip).unlink(missing_ok=True)

    def hashes(self, clip: str) -> dict[Output, str]:
        """sha256 of the files that a clip was coded to. Raises AlteredFile."""
        return dict(self.read("coded", clip) or {})

    def check(self, clip: str, *kinds: Output) -> bool:
        """Whether the clip was coded to all of `kinds`. Raises AlteredFile where a file is not what was written."""
        hashes = self.hashes(clip)
        for kind, expected in hashes.items():
            path = self.output(kind, clip)
            found = file_sha256(path) if path.exists() else "gone"
            if found != expected:
                raise AlteredFile(f"{path}: was altered, its sha256 is {found}, expected {expected}")
        return set(kinds) <= set(hashes)

    def read_scores(self, clip: str) -> dict[str, Any]:
        """{"scores": key -> outcome, "lags": key -> lag} of what is kept for the clip's audio as it is now."""
        return self.read("scores", clip, self.hashes(clip).get("audio", "")) or {"scores": {}, "lags": {}}

    def write_scores(self, clip: str, value: dict[str, Any]) -> None:
        self.write("scores", clip, value, self.hashes(clip).get("audio", ""))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Held by one process at a time, which finds the folder without another's half-written files; others wait."""
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            note(f"{self.path}: waiting for another process that is working on it")
            lock.acquire()
        try:
            self._remove_partials()
            yield
            self._remove_partials()  # of workers that died meanwhile
        finally:
            lock.release()

    def _remove_partials(self) -> None:
        for name in FOLDERS:
            remove_partials(self.path / name)

    def _json(self, kind: Kind, clip: str) -> Path:
        return self.path / kind / file_name(clip, ".json")

    def _made_of(self, kind: Kind, clip: str, of: str) -> str:
        return "|".join((self.path.parent.name, self.path.name, kind, clip, of))


def open_folder(runs: Path, system: Tokenizer | Anchor, manifest: Manifest, footing: Footing = ONE_RATE) -> RunFolder:
    """Make, or find again, the folder of this system, exactly as it is installed now, on this data set and footing."""
    provenance = describe(system)
    if footing.name:
        provenance["footing"] = footing.name
    key = hashlib.sha256(json.dumps(provenance, sort_keys=True).encode()).hexdigest()[:12]
    path = runs / file_name(manifest.name, f"-{manifest.sha256[:12]}") / f"{slug(system.identifier)}-{key}"
    for name in FOLDERS:
        (path / name).mkdir(parents=True, exist_ok=True)
    write_json(path / "system.json", provenance)
    return RunFolder(path, provenance, footing)
