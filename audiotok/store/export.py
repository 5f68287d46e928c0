"""A token store in other people's formats: Parquet and WebDataset."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.errors import InvalidOption, MissingDependency
from audiotok.store.reader import TokenStore
from audiotok.store.shard import dtype

_ROWS = 1024  # of a row group: what is in memory at once


def to_parquet(store: TokenStore, path: str | Path) -> None:
    """One row a clip: id, codes [K, T], frames, samples, durations, global_codes, text, language, speaker.

    `datasets.load_dataset("parquet", data_files=path)` reads it. The spec is in the schema's metadata.
    """
    pyarrow = import_pyarrow()
    kind = pyarrow.from_numpy_dtype(dtype(store.spec))
    texts = [(name, pyarrow.string()) for name in ("text", "language", "speaker")]
    schema = pyarrow.schema(
        [
            ("id", pyarrow.string()),
            ("codes", pyarrow.list_(pyarrow.list_(kind))),
            ("frames", pyarrow.int64()),
            ("samples", pyarrow.int64()),
            ("durations", pyarrow.list_(kind)),
            ("global_codes", pyarrow.list_(kind)),
            *texts,
        ],
        metadata={"audiotok": json.dumps({"tokenizer": store.tokenizer, "spec": asdict(store.spec)})},
    )
    write_parquet(path, schema, _rows(store))


def to_webdataset(store: TokenStore, folder: str | Path, *, clips_per_tar: int = 10_000) -> None:
    """tokens-00000.tar …: `<clip>.npy` with the codes [K, T], `<clip>.json` with all else.

    WebDataset ends a sample's key at its first dot: the dots of an id are written `%2E` in the key (`x%2E1`), so
    that two ids never share one. The .json has the id itself.
    """
    if clips_per_tar < 1:
        raise InvalidOption(f"clips_per_tar must be at least 1, got {clips_per_tar}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = _rows(store)
    for number in range(-(-len(store) // clips_per_tar)):
        with tarfile.open(folder / f"tokens-{number:05d}.tar", "w") as tar:
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
            "text": clip.text,
            "language": clip.language,
            "speaker": clip.speaker,
        }


def write_parquet(path: str | Path, schema: Any, rows: Iterator[dict[str, Any]]) -> None:
    pyarrow = import_pyarrow()
    from pyarrow import parquet

    with parquet.ParquetWriter(path, schema) as writer:
        while group := list(islice(rows, _ROWS)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema))


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
