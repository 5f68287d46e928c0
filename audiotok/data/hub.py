"""Data sets of the package `datasets`: by their name on the Hugging Face hub, or loaded already.

Their audio is written to files once, as it came, since a manifest names files by their hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from audiotok.data.folders import Corpus, corpus_of
from audiotok.data.layouts.base import FoundClip, Listing, Options, described, details, split_of
from audiotok.data.manifest import Manifest
from audiotok.errors import AssetUnavailable, InvalidData, MissingDependency
from audiotok.files.assets import cache_folder
from audiotok.files.atomic import atomic_write
from audiotok.files.progress import progress_bar


def load_hub(name: str, given: dict[str, str]) -> Manifest:
    """`given`: config, split, and the options of a folder. Raises MissingDependency, AssetUnavailable, InvalidData."""
    datasets = _datasets()
    options = Options(**{key: value for key, value in given.items() if key not in ("config", "split")})
    try:
        dataset = datasets.load_dataset(name, given.get("config"), split=given.get("split"))
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:  # ValueError: no such config or split
        # What is wrong with a file is what an error of generation was raised from.
        raise AssetUnavailable(f"hf:{name}: cannot be loaded ({error.__cause__ or error})") from error
    words = [name, *(given[key] for key in ("config", "split") if key in given)]
    called = _plain("-".join(words))
    folder = f"{called}-{hashlib.sha256(json.dumps(words).encode()).hexdigest()[:8]}"  # a/b and a-b are two data sets
    return from_dataset(dataset, called, cache_folder() / "datasets" / folder, options).manifest


def from_dataset(dataset: Any, name: str, folder: str | Path, options: Options | None = None) -> Corpus:
    """A `Dataset` or `DatasetDict` as a corpus; its audio is written to `folder`, where it is not there yet.

    Texts, languages, speakers and labels come from columns as in a table beside audio; a ClassLabel gives its name.
    """
    datasets = _datasets()
    options = options or Options()
    folder = Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    listing = Listing()
    parts = dataset.items() if isinstance(dataset, dict) else [(str(dataset.split or ""), dataset)]
    for split, part in parts:
        columns = [column for column, kind in part.features.items() if isinstance(kind, datasets.Audio)]
        if not columns:
            raise InvalidData(f"{name}: has no column of audio; there are {', '.join(part.features)}")
        classes = {
            column: kind.names for column, kind in part.features.items() if isinstance(kind, datasets.ClassLabel)
        }
        rows = part.cast_column(columns[0], datasets.Audio(decode=False))
        for number, row in enumerate(progress_bar(rows, desc=f"data {name} {split}", unit="clip", disable=None)):
            told = {
                column: classes[column][value] if column in classes and value is not None and value >= 0 else value
                for column, value in row.items()
                if column != columns[0]
            }
            entry_id = f"{_plain(split) or 'all'}-{number:06d}"
            try:
                path = _written(row[columns[0]], folder, entry_id)
            except (InvalidData, FileNotFoundError) as error:
                listing.problems[entry_id] = str(error)
                continue
            of_row = details(told, options, name)
            of_row["split"] = of_row["split"] or _split(split)
            listing.entries.append(described(FoundClip(path, id=entry_id), of_row))
        listing.notes.append(f"{split or name}: audio from the column {columns[0]!r}, {len(part)} rows")
    if not listing.entries and not listing.problems:
        raise InvalidData(f"{name}: has no rows; name another split, or a larger slice")
    return corpus_of(listing, folder, name, options.domain or "speech", options.language)


def _plain(name: str) -> str:
    """The name as a part of a file's: `train[:50%]` is train-50."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")


def _split(name: str) -> str | None:
    """The split of clips that were loaded as `name`: `train.clean.100[:10%]` is train, and `train+test` its own."""
    parts = [part.partition("[")[0] for part in name.split("+")]
    splits = {split_of(part) or part for part in parts}
    return (splits.pop() if len(splits) == 1 else "+".join(parts)) or None


def _written(audio: dict[str, Any] | None, folder: Path, name: str) -> Path:
    """The clip's file. Raises InvalidData where the row has none."""
    if not audio or not (audio.get("bytes") or audio.get("path")):
        raise InvalidData("the row has no audio")
    content = audio.get("bytes") or Path(audio["path"]).read_bytes()
    suffix = Path(audio.get("path") or "").suffix.lower() or ".wav"
    path = folder / f"{name}{suffix}"
    if not path.is_file() or hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(content).digest():
        with atomic_write(path) as partial:
            partial.write_bytes(content)
    return path


def _datasets() -> Any:
    try:
        import datasets
    except ModuleNotFoundError as error:
        raise MissingDependency(
            'data sets of the hub need the package datasets; install it with: pip install "audiotok[data]"'
        ) from error
    return datasets
