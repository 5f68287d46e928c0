"""The tokens of a whole data set, for recipes that learn from them: encoded once, read back after."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiotok import data
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import AlteredFile
from audiotok.files.progress import progress_bar
from audiotok.runs import engines
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.stage import Stage, is_on_gpu


def encoded(
    tokenizer: Tokenizer,
    manifest: Manifest,
    runs: Path,
    engine: str = "local",
    workers: int = 1,
    *,
    clips: Sequence[Clip] | None = None,
) -> Iterator[tuple[Clip, Tokens]]:
    """Every clip with its tokens, or only these `clips` of the manifest; a killed run resumes.

    Raises what reading and encoding a clip raise.
    """
    asked = manifest.clips if clips is None else clips
    folder = open_folder(runs, tokenizer, manifest)
    with folder.locked():
        todo = [clip for clip in asked if not _is_encoded(folder, clip.id)]
        stage = EncodeClips(tokenizer, manifest.root and manifest.root.absolute(), folder.absolute())
        with progress_bar(total=len(todo), desc=f"{tokenizer.identifier}: encode", unit="clip") as bar:
            for _ in engines.get(engine)(stage, todo, workers):
                bar.update()
    for clip in asked:
        yield clip, Tokens.load(folder.tokens(clip.id))


@dataclass(frozen=True)
class EncodeClips(Stage[Clip, None]):
    """Clips into the tokens of a run's folder."""

    tokenizer: Tokenizer
    root: Path | None
    folder: RunFolder

    @property
    def on_gpu(self) -> bool:
        return is_on_gpu(self.tokenizer)

    def run(self, jobs: Iterable[Clip]) -> Iterator[None]:
        for clip in jobs:
            self.tokenizer.encode(data.read(clip, self.root)).to("cpu").save(self.folder.tokens(clip.id))
            self.folder.seal(clip.id, "tokens")
            yield


def _is_encoded(folder: RunFolder, clip: str) -> bool:
    try:
        return folder.check(clip, "tokens")
    except AlteredFile as error:
        warnings.warn(f"{error}; made again", stacklevel=3)
        return False
