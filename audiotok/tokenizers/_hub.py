"""Published checkpoints on the Hugging Face hub, each at one pinned revision."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.files.assets import Asset, Hub, fetch
from audiotok.files.first_use import fetch_first_use


@dataclass(frozen=True)
class Checkpoint:
    """Files of one hub repository. Where a hash could not be learnt, the pinned commit says what they are, and what
    came first is what must come again."""

    repository: str
    revision: str
    files: tuple[tuple[str, str], ...]  # (path, sha256 or "" where it could not be learnt), the weights last

    @property
    def url(self) -> str:
        return f"https://huggingface.co/{self.repository}/tree/{self.revision}"

    @property
    def sha256(self) -> str:
        """sha256 of the weights."""
        return self.files[-1][1]

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """All files under their own names, as `from_pretrained` wants them, for as long as the context lasts.

        Raises AssetUnavailable (with the command that fetches them on another machine) and AssetCorrupt.
        """
        found: dict[str, Path] = {}
        missing: list[str] = []
        for name, sha256 in self.files:
            try:
                found[name] = self._fetch(name, sha256)
            except AssetUnavailable as error:
                missing.append(f"{name} (sha256 {sha256 or 'not known'})")
                reason = error
        if missing:
            raise AssetUnavailable(
                f"{self.repository} at revision {self.revision}: not here are {', '.join(missing)}.\n{reason}\n"
                f"All of it at once, on a machine with a network:\n"
                f"  hf download {self.repository} {' '.join(name for name, _ in self.files)} "
                f"--revision {self.revision} --local-dir ASSETS/{self.repository}\n"
                "then set AUDIOTOK_ASSETS to the folder ASSETS."
            )
        with tempfile.TemporaryDirectory() as folder:
            for name, path in found.items():
                link = Path(folder, name)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path)
            yield Path(folder)

    def _fetch(self, name: str, sha256: str) -> Path:
        source = Hub(self.repository, name, self.revision)
        if sha256:
            return fetch(Asset(Path(name).name, sha256, (source,)))
        return fetch_first_use(f"{self.repository}/{name}", source)


def at_commit(repository: str, revision: str, files: tuple[str, ...]) -> Checkpoint:
    """Files of a repository whose commits are not known here: its user names one, which the identifier keeps.

    Raises InvalidOption.
    """
    if not re.fullmatch("[0-9a-f]{40}", revision):
        raise InvalidOption(
            f"revision must be the commit of {repository} to load, 40 hexadecimal digits as the hub shows them under "
            f"Files, History; got {revision!r}"
        )
    return Checkpoint(repository, revision, tuple((name, "") for name in files))


def load_pretrained(cls: Any, checkpoint: Checkpoint, **options: Any) -> Any:
    """`cls.from_pretrained` of a `transformers` class, from safetensors or from a pickle of nothing but tensors."""
    with checkpoint.folder() as folder:
        return cls.from_pretrained(folder, local_files_only=True, weights_only=True, **options).eval()
