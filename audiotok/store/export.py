"""A token store in other people's formats: Parquet and WebDataset."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import AudiotokError, CannotWrite, InvalidOption, MissingDependency
from audiotok.files.atomic import atomic_write
from audiotok.store.reader import TokenStore
from audiotok.store.shard import dtype

_ROWS = 1024  # of a row group: what is in memory at once
#: What is exported of a clip's metadata: to read beside its codes, and to keep splits apart.
METADATA = ("text", "language", "speaker", "label", "domain", "split")


def to_parquet(store: TokenStore, path: str | Path) -> None:
    """One row a clip: id, codes [K, T], frames, samples, durations, global_codes, and text, language, speaker, label,
    domain and split of the corpus.

    `datasets.load_dataset("parquet", data_files=path)` reads it. The spec is in the schema's metadata. Raises
    CannotWrite; what was under this name stays until all of it is written.
    """
    pyarrow = import_pyarrow()
    kind = pyarrow.from_numpy_dtype(dtype(store.spec))
    schema = pyarrow.schema(
        [
            ("id", pyarrow.string()),
            ("codes", pyarrow.list_(pyarrow.list_(kind))),
            ("frames", pyarrow.int64()),
            ("samples", pyarrow.int64()),
            ("durations", pyarrow.list_(kind)),
            ("global_codes", pyarrow.list_(kind)),
            *((name, pyarrow.string()) for name in METADATA),
        ],
        metadata={"audiotok": json.dumps({"tokenizer": store.tokenizer, "spec": asdict(store.spec)})},
    )
    write_parquet(path, schema, _rows(store))


def to_webdataset(store: TokenStore, folder: str | Path, *, clips_per_tar: int = 10_000) -> None:
    """tokens-00000.tar …: `<clip>.npy` with the codes [K, T], `<clip>.json` with all else.

    WebDataset ends a sample's key at its first dot: the dots of an id are written `%2E` in the key (`x%2E1`), so
    that two ids never share one. The .json has the id itself. Raises InvalidOption where the folder has tars that would
    stay beside these, CannotWrite.
    """
    if clips_per_tar < 1:
        raise InvalidOption(f"clips_per_tar must be at least 1, got {clips_per_tar}")
    folder = Path(folder)
    paths = [folder / f"tokens-{number:05d}.tar" for number in range(-(-len(store) // clips_per_tar))]
    if others := sorted(set(folder.glob("tokens-*.tar")) - set(paths)):
        raise InvalidOption(
            f"{folder} has tars of another export, {others[0].name} the first of them, which would be read together "
            f"with the {len(paths)} of this one; remove them or choose another folder"
        )
    rows = _rows(store)
    for path in paths:
        with _written(path) as partial, tarfile.open(partial, "w") as tar:
            for row in islice(rows, clips_per_tar):
                codes = io.BytesIO()
                np.save(codes, np.array(row.pop("codes"), dtype(store.spec)))
                key = row["id"].replace("%", "%25").replace(".", "%2E")
                described = row | {"tokenizer": store.tokenizer, "spec": asdict(store.spec)}
                _add(tar, f"{key}.npy", codes.getvalue())
                _add(tar, f"{key}.json", json.dumps(described, ensure_ascii=False, sort_keys=True).encode())


def _rows(store: TokenStore) -> Iterator[dict[str, Any]]:
    for number, tokens in enumerate(store):
        clip = store.clip(number)
        yield {
            "id": clip.id,
            "codes": tokens.codes[0].tolist(),
            "frames": int(tokens.lengths[0]),
            "samples": None if tokens.num_samples is None else int(tokens.num_samples[0]),
            "durations": None if tokens.durations is None else tokens.durations[0].tolist(),
            "global_codes": None if tokens.global_codes is None else tokens.global_codes[0].tolist(),
            **metadata(clip),
        }


def metadata(clip: Clip) -> dict[str, str | None]:
    return {name: getattr(clip, name) for name in METADATA}


def write_parquet(path: str | Path, schema: Any, rows: Iterator[dict[str, Any]]) -> None:
    pyarrow = import_pyarrow()
    from pyarrow import parquet

    with _written(Path(path)) as partial, parquet.ParquetWriter(partial, schema) as writer:
        while group := list(islice(rows, _ROWS)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema))


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    """`atomic_write`, since a tar that was cut between two clips reads as a shorter one. Raises CannotWrite."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as partial:
            yield partial
    except AudiotokError:  # of the store that is read
        raise
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error})") from error


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Without owner and time, so that equal stores give equal bytes."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def import_pyarrow() -> Any:
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise missing(error) from error
    return pyarrow


def missing(error: ModuleNotFoundError) -> MissingDependency:
    return MissingDependency(f'export needs the package {error.name}; install it with: pip install "audiotok[store]"')
