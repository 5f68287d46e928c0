"""The tokens of a whole data set in one compact file: each code in as many bits as its codebook needs.

    tokens.safetensors   metadata: format, tokenizer, spec, clips (their ids, a JSON list)
                         frames [N] int32, num_samples [N] int32
                         codebook.0 … codebook.K-1    [bytes] uint8: all clips' codes, one that is held once, packed
                         durations                    [bytes] uint8, where the spec counts them
                         global_codes [N, G] int32    where the spec has some

At 4 kbit/s, nine minutes of audio are 260 kB. With them every clip of a row can be decoded and scored again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens
from audiotok.leaderboard.submission.read_tokens import ReadTokens, open_tensors, read_spec
from audiotok.results import record

FILE = "tokens.safetensors"
FORMAT = "audiotok.token-set.v1"
MAX_BYTES = 2 << 20
#: bit/s up to which a submission holds the tokens of all clips, not of a few.
MAX_BITRATE = 16_000
MAX_CODES = 1 << 24  # of all clips, held ones counted in each frame

Integers = NDArray[np.integer[Any]]


def write_set(path: Path, clips: Mapping[str, Tokens], spec: TokenSpec, identifier: str) -> None:
    """`clips`: id -> tokens of one clip, in the order of the data set."""
    tensors: dict[str, NDArray[Any]] = {
        "frames": np.array([int(tokens.lengths[0]) for tokens in clips.values()], np.int32),
        "num_samples": np.array([_samples(tokens) for tokens in clips.values()], np.int32),
    }
    for k, size in enumerate(spec.codebook_sizes):
        codes = [tokens.codes[0, k, :: spec.stride(k)].numpy() for tokens in clips.values()]
        tensors[f"codebook.{k}"] = pack_bits(np.concatenate(codes), size)
    if spec.max_duration:
        runs = [tokens.durations[0].numpy() - 1 for tokens in clips.values() if tokens.durations is not None]
        tensors["durations"] = pack_bits(np.concatenate(runs), spec.max_duration)
    if spec.global_sizes:
        whole = [tokens.global_codes[0].numpy() for tokens in clips.values() if tokens.global_codes is not None]
        tensors["global_codes"] = np.stack(whole).astype(np.int32)
    metadata = {"format": FORMAT, "tokenizer": identifier, "spec": json.dumps(asdict(spec))}
    save_file(tensors, path, metadata | {"clips": json.dumps(list(clips))})


def read_set(path: Path, identifier: str) -> dict[str, ReadTokens]:
    """Clip -> its tokens, of the shapes that the file must have. Raises InvalidTokens, "field: reason"."""
    metadata, tensors = open_tensors(path, FORMAT, identifier)
    spec = read_spec(metadata.get("spec", ""))
    ids = _ids(metadata.get("clips", ""))
    frames, samples = (_column(tensors, name, (len(ids),)) for name in ("frames", "num_samples"))
    if (frames.size and frames.min() < 0) or int(frames.sum(dtype=np.int64)) * spec.num_codebooks > MAX_CODES:
        raise InvalidTokens(f"frames: expected 0 to {MAX_CODES} codes in all")
    expected = {"frames", "num_samples", *(f"codebook.{k}" for k in range(spec.num_codebooks))}
    expected |= {"durations"} if spec.max_duration else set()
    expected |= {"global_codes"} if spec.global_sizes else set()
    if odd := sorted(expected ^ set(tensors)):
        raise InvalidTokens(f"{odd[0][:40]}: {'expected it' if odd[0] in expected else 'not expected'} in the file")
    streams = []
    for k, size in enumerate(spec.codebook_sizes):
        counts = -(-frames // spec.stride(k))
        streams.append(np.split(_unpacked(tensors, f"codebook.{k}", int(counts.sum()), size), np.cumsum(counts)[:-1]))
    runs = global_codes = None
    if spec.max_duration:
        durations = _unpacked(tensors, "durations", int(frames.sum()), spec.max_duration) + 1
        runs = np.split(durations, np.cumsum(frames)[:-1])
    if spec.global_sizes:
        global_codes = _column(tensors, "global_codes", (len(ids), len(spec.global_sizes)))
    found = {}
    for i, clip in enumerate(ids):
        places = np.arange(frames[i])
        codes = [stream[i][places // spec.stride(k)] for k, stream in enumerate(streams)]
        one: dict[str, Integers] = {"codes": np.stack(codes)[None], "lengths": frames[i : i + 1]}
        one |= {"num_samples": samples[i : i + 1]} if samples[i] >= 0 else {}
        one |= {"durations": runs[i][None]} if runs is not None else {}
        one |= {"global_codes": global_codes[i][None]} if global_codes is not None else {}
        found[clip] = ReadTokens(spec, one)
    return found


def as_tokens(read: ReadTokens, identifier: str) -> Tokens:
    """For a decoder. Raises InvalidTokens where they do not fit together."""
    tensors = {name: torch.from_numpy(np.ascontiguousarray(array)).long() for name, array in read.tensors.items()}
    return Tokens(**tensors, spec=read.spec, tokenizer=identifier, weights_sha256=None)


def pack_bits(values: Integers, size: int) -> NDArray[np.uint8]:
    """[N], 0 <= value < size -> ceil(N × width / 8) bytes, the highest bit of a value first.

    >>> pack_bits(np.array([5, 2]), 8).tolist()  # 101 010 and two bits of padding
    [168]
    """
    width = _width(size)
    bits = (values.astype(np.int64)[:, None] >> np.arange(width)[::-1]) & 1
    return np.packbits(bits.astype(np.uint8).ravel())


def unpack_bits(packed: NDArray[np.uint8], count: int, size: int) -> NDArray[np.int32]:
    """Inverse of `pack_bits`. Raises InvalidTokens where the bytes are too few or too many, or their padding not 0."""
    width = _width(size)
    if len(packed) != -(-count * width // 8):
        raise InvalidTokens(f"expected {-(-count * width // 8)} bytes for {count} codes of {width} bits")
    bits = np.unpackbits(packed)
    if bits[count * width :].any():
        raise InvalidTokens("expected zero bits behind the last code")
    values = np.zeros(count, np.int32)
    for column in bits[: count * width].reshape(count, width).T:  # as narrow as they are: no int64 for every bit
        values = values << 1 | column
    return values


def _width(size: int) -> int:
    return max(1, (size - 1).bit_length())


def _samples(tokens: Tokens) -> int:
    return -1 if tokens.num_samples is None else int(tokens.num_samples[0])


def _ids(text: str) -> Sequence[str]:
    try:
        ids = record.strict_json(f'{{"clips": {text}}}')["clips"]
    except (ValueError, RecursionError) as error:
        raise InvalidTokens("clips: expected a JSON list of clip ids") from error
    if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids) or len(set(ids)) < len(ids):
        raise InvalidTokens("clips: expected a JSON list of different clip ids")
    return ids


def _column(tensors: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> Integers:
    column = tensors.get(name)
    if column is None or column.dtype != np.int32 or column.shape != shape:
        came = "nothing" if column is None else f"{column.dtype} {list(column.shape)}"
        raise InvalidTokens(f"{name}: expected int32 {list(shape)}, got {came}")
    return column


def _unpacked(tensors: Mapping[str, NDArray[Any]], name: str, count: int, size: int) -> Integers:
    packed = tensors[name]
    if packed.dtype != np.uint8 or packed.ndim != 1:
        raise InvalidTokens(f"{name}: expected packed bits, uint8 [bytes], got {packed.dtype} {list(packed.shape)}")
    try:
        return unpack_bits(packed, count, size)
    except InvalidTokens as error:
        raise InvalidTokens(f"{name}: {error}") from error
