"""The tokens of a whole data set, for recipes that learn from them: encoded once, read back after."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

from audiotok import data
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import AlteredFile
from audiotok.files.progress import progress_bar
from audiotok.runs.folder import RunFolder, open_folder


def encoded(tokenizer: Tokenizer, manifest: Manifest, runs: Path) -> Iterator[tuple[Clip, Tokens]]:
    """Every clip with its tokens; a killed run resumes."""
    folder = open_folder(runs, tokenizer, manifest)
    for clip in progress_bar(manifest, desc=f"{tokenizer.identifier}: encode", unit="clip"):
        path = folder.tokens(clip.id)
        with folder.locked():
            if not _is_encoded(folder, clip.id):
                tokenizer.encode(data.read(clip, manifest.root)).to("cpu").save(path)
                folder.seal(clip.id, "tokens")
        yield clip, Tokens.load(path)


def _is_encoded(folder: RunFolder, clip: str) -> bool:
    try:
        return folder.check(clip, "tokens")
    except AlteredFile as error:
        warnings.warn(f"{error}; made again", stacklevel=3)
        return False
