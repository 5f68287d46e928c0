"""One shard of a token store: a flat file of codes, and an index that says which clip's are where.

    shards/00000.bin    codes of clip after clip: codebook 0, …, codebook K-1, durations, codes of the whole clip;
                        a code that is held over a stride once; little-endian uint16, or uint32 where that is too small
    shards/00000.json   clip ids, first number, frames, samples and CRC-32 of each; sha256 of the .bin; what failed and
                        why; sha256 of all this, the shard's number and the store's description

The index is written last: a shard without one does not exist.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import CannotWrite, InvalidTokens
from audiotok.files.atomic import atomic_write
from audiotok.files.json import read_json, write_json
from audiotok.files.sealed import file_sha256

Numbers = NDArray[np.unsignedinteger]


@dataclass
class Index:
    """The contents of a shard, clip by clip, in the corpus' order."""

    clips: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # of each clip in the file, in numbers, not bytes
    frames: list[int] = field(default_factory=list)
    samples: list[int] = field(default_factory=list)  # at the tokenizer's rate
    crc32: list[int] = field(default_factory=list)  # of each clip's bytes, checked whenever it is read; earlier: none
    seconds: float = 0.0  # of audio
    numbers: int = 0  # in the file
    sha256: str = ""
    failures: dict[str, str] = field(default_factory=dict)  # clip -> why it is not there
    index_sha256: str = ""  # of the above and where it belongs; earlier stores have none


def dtype(spec: TokenSpec) -> np.dtype[np.unsignedinteger]:
    """The file's type of integers: as narrow as every code and duration allows."""
    largest = max(*spec.codebook_sizes, *spec.global_sizes, spec.max_duration + 1)
    unlimited = spec.variable_rate and not spec.max_duration  # runs of any length
    return np.dtype("<u4" if largest > 1 << 16 or unlimited else "<u2")


def shard_path(folder: Path, number: int) -> Path:
    return folder / "shards" / f"{number:05d}.bin"


def write(path: Path, clips: dict[str, Tokens], seconds: float, failures: dict[str, str], description: Any) -> Index:
    """The codes, then the index, each atomically; `description`: store.json of the store that the codes were made for.

    Raises CannotWrite.
    """
    index = Index(seconds=seconds, failures=failures)
    digest = hashlib.sha256()
    try:
        with atomic_write(path) as partial, partial.open("wb") as file:
            for clip, tokens in clips.items():
                numbers = pack(tokens)
                content = numbers.tobytes()
                file.write(content)
                digest.update(content)
                index.crc32.append(zlib.crc32(content))
                index.clips.append(clip)
                index.starts.append(index.numbers)
                index.frames.append(int(tokens.lengths[0]))
                index.samples.append(-1 if tokens.num_samples is None else int(tokens.num_samples[0]))
                index.numbers += len(numbers)
        index.sha256 = digest.hexdigest()
        index.index_sha256 = _index_sha256(path, index, description)
        write_json(path.with_suffix(".json"), asdict(index))
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error})") from error
    return index


def read_index(path: Path, description: Any) -> Index:
    """Raises InvalidTokens where the index is missing, cut, altered, of another shard or of another store."""
    try:
        index = Index(**read_json(path.with_suffix(".json")))
        _check_types(index)
    except (OSError, TypeError, ValueError) as error:
        raise InvalidTokens(f"{path.with_suffix('.json')}: not the index of a shard ({error})") from error
    lengths = {len(index.clips), len(index.starts), len(index.frames), len(index.samples)}
    if len(lengths | ({len(index.crc32)} if index.crc32 else set())) > 1:
        raise InvalidTokens(f"{path.with_suffix('.json')}: its columns differ in length")
    if index.index_sha256 and index.index_sha256 != (found := _index_sha256(path, index, description)):
        raise InvalidTokens(
            f"{path.with_suffix('.json')}: was altered or swapped, its sha256 is {found}, expected "
            f"{index.index_sha256}; run audiotok tokenize again, which makes this shard anew"
        )
    return index


def _check_types(index: Index) -> None:
    """Raises TypeError."""
    for name, kind in (("clips", str), *dict.fromkeys(("starts", "frames", "samples", "crc32"), int).items()):
        column = getattr(index, name)
        if not isinstance(column, list) or not all(type(value) is kind for value in column):
            raise TypeError(f"{name} must be a list of {kind.__name__}")
    if type(index.seconds) not in (int, float) or type(index.numbers) is not int:
        raise TypeError("seconds and numbers must be numbers")
    if not isinstance(index.sha256, str) or not isinstance(index.index_sha256, str):
        raise TypeError("sha256 and index_sha256 must be text")
    if not isinstance(index.failures, dict):
        raise TypeError("failures must be an object")


def verify(path: Path, index: Index) -> None:
    """Read every byte. Raises InvalidTokens where the codes are not what was written, with both hashes; OSError."""
    found = file_sha256(path) if path.exists() else "gone"
    if found != index.sha256:
        raise InvalidTokens(
            f"{path}: was altered, its sha256 is {found}, expected {index.sha256}; run audiotok tokenize again, which "
            "makes this shard anew"
        )


def _index_sha256(path: Path, index: Index, description: Any) -> str:
    """Bound to the shard's number and the store's description, so that swapped shards are found out.

    The description is not read from the disk, where another process may have replaced it meanwhile.
    """
    columns = {name: value for name, value in asdict(index).items() if name != "index_sha256"}
    if not index.crc32:  # an earlier store's hash is of an index without them
        del columns["crc32"]
    belongs = [path.stem, description]
    return hashlib.sha256(json.dumps([belongs, columns], sort_keys=True).encode()).hexdigest()


def pack(tokens: Tokens) -> Numbers:
    """One clip -> its numbers. Raises InvalidTokens where one does not fit."""
    spec, codes = tokens.spec, tokens.codes[0].cpu().numpy()
    parts = [codes[k, :: spec.stride(k)] for k in range(spec.num_codebooks)]
    if tokens.durations is not None:
        parts.append(tokens.durations[0].cpu().numpy())
    if tokens.global_codes is not None:
        parts.append(tokens.global_codes[0].cpu().numpy())
    numbers = np.concatenate(parts)
    kind = dtype(spec)
    if numbers.max(initial=0) > np.iinfo(kind).max:
        raise InvalidTokens(f"{numbers.max()} does not fit into {kind}")
    return numbers.astype(kind)


def unpack(
    numbers: Numbers, frames: int, samples: int, spec: TokenSpec, tokenizer: str, weights_sha256: str | None = None
) -> Tokens:
    """Inverse of `pack`. Raises InvalidTokens where the numbers are too few, too many or out of range."""
    counts = [-(-frames // spec.stride(k)) for k in range(spec.num_codebooks)]
    untimed = sum(counts) + len(spec.global_sizes)
    # Durations that decode does not need are kept where the tokenizer gave them.
    timed = spec.max_duration > 0 or (spec.variable_rate and len(numbers) > untimed)
    parts = [*counts, *([frames] if timed else []), len(spec.global_sizes)]
    if sum(parts) != len(numbers):
        raise InvalidTokens(f"{len(numbers)} numbers are no clip of {frames} frames, which has {sum(parts)}")
    split = np.split(numbers.astype(np.int64), np.cumsum(parts)[:-1])
    held = [split[k][np.arange(frames) // spec.stride(k)] for k in range(spec.num_codebooks)]
    return Tokens(
        codes=torch.from_numpy(np.stack(held))[None],
        lengths=torch.tensor([frames], device="cpu"),
        spec=spec,
        durations=torch.from_numpy(split[spec.num_codebooks])[None] if timed else None,
        global_codes=torch.from_numpy(split[-1])[None] if spec.global_sizes else None,
        num_samples=None if samples < 0 else torch.tensor([samples], device="cpu"),
        tokenizer=tokenizer,
        weights_sha256=weights_sha256,
    )
