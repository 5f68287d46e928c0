"""Reading a token store: any clip at any time, memory-mapped."""

from __future__ import annotations

import hashlib
import json
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidTokens, UnknownName
from audiotok.files.json import read_json
from audiotok.files.places import is_remote, place
from audiotok.store.description import check_format
from audiotok.store.shard import Index, Numbers, dtype, read_index, shard_path, unpack, verify


class TokenStore:
    """The clips that were tokenised, in the corpus' order.

        store = TokenStore("stores/codec2-small")
        store[17], store["asterisk-en-hello"], store.clip(17).text

    A clip is one `Tokens`, and is checked against its checksum as it is read; of a store that was written before clips
    had one, a shard is checked whole at its first clip. A store on object storage is opened by its address
    (`s3://bucket/store`), and a shard of it is downloaded when a clip of it is first asked for. Raises InvalidTokens
    where the folder is no store, not finished, empty, cut or altered, and as `audiotok.files.places.place`.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = place(path)
        self._verified = False
        self._intact: set[int] = set()  # shards without checksums of clips whose every byte was checked
        try:
            self.description = read_json(self.path / "store.json")
        except (OSError, ValueError) as error:
            raise InvalidTokens(f"{path}: not a token store ({error}); make one with audiotok tokenize") from error
        check_format(self.description, self.path)
        try:
            self.spec = TokenSpec(**self.description["spec"])
            self.tokenizer: str = self.description["tokenizer"]["identifier"]
            #: Of the local files that the tokenizer names; None where it names none, and in earlier stores.
            self.weights_sha256: str | None = self.description.get("files_sha256")
            shards = len(self.description["shards"])
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidTokens(f"{self.path / 'store.json'}: was altered ({error}); make the store anew") from error
        missing = sum(not shard_path(self.path, n).with_suffix(".json").exists() for n in range(shards))
        if missing:
            raise InvalidTokens(f"{path}: {missing} of {shards} shards are missing; run audiotok tokenize again")
        self._indexes = [self._read_index(n) for n in range(shards)]
        self._ends = list(accumulate(len(index.clips) for index in self._indexes))
        if not self._ends[-1]:
            reason = next((r for index in self._indexes for r in index.failures.values()), "the corpus was empty")
            raise InvalidTokens(f"{path}: holds no clip; the first failure: {reason}")

    def __len__(self) -> int:
        return self._ends[-1]

    def __iter__(self) -> Iterator[Tokens]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, clip: int | str | slice | list[int] | list[str]) -> Tokens:
        """By number (from the end if negative) or by id; the clips of a slice or a list as one batch.

        Raises UnknownName, IndexError, and InvalidTokens where codes were altered or a slice holds no clip.
        """
        if isinstance(clip, slice):
            return Tokens.collate([self[number] for number in range(*clip.indices(len(self)))])
        if isinstance(clip, list):
            return Tokens.collate([self[one] for one in clip])
        shard, row = self._find(self._number(clip))
        index = self._indexes[shard]
        start = index.starts[row]
        end = index.starts[row + 1] if row + 1 < len(index.starts) else index.numbers
        try:
            numbers = self._numbers(shard)[start:end]
            self._check(shard, row, numbers)
            made_by = self.tokenizer, self.weights_sha256
            return unpack(numbers, index.frames[row], index.samples[row], self.spec, *made_by)
        except InvalidTokens as error:
            raise InvalidTokens(f"{shard_path(self.path, shard)}, clip {index.clips[row]}: {error}") from error

    def clip(self, clip: int | str) -> Clip:
        """Metadata of a clip, by number or id: text, language, speaker …"""
        return self._corpus[self.id(self._number(clip))]

    def id(self, number: int) -> str:
        shard, row = self._find(number)
        return self._indexes[shard].clips[row]

    def frames(self, clip: int | str) -> int:
        """Length of a clip, by number or id, without reading it."""
        shard, row = self._find(self._number(clip))
        return self._indexes[shard].frames[row]

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """[len(store)] frames of every clip, without reading any."""
        return np.array([frames for index in self._indexes for frames in index.frames], dtype=np.int64)

    @property
    def seconds(self) -> float:
        return sum(index.seconds for index in self._indexes)

    @property
    def failures(self) -> dict[str, str]:
        """Clips of the corpus that are not there, and why."""
        return {clip: reason for index in self._indexes for clip, reason in index.failures.items()}

    @property
    def sha256(self) -> str:
        """sha256 of all that is in the store, as far as it is what was written."""
        made = [self.description, [(index.clips, index.sha256, index.failures) for index in self._indexes]]
        return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()

    def verify(self) -> None:
        """Read every byte, once for this object. Raises InvalidTokens where a shard or the corpus is not what was
        written, with both hashes.
        """
        if self._verified:
            return
        for number, index in enumerate(self._indexes):
            verify(shard_path(self.path, number), index)
        _ = self._corpus  # checks its hash
        self._verified = True

    def _check(self, shard: int, row: int, numbers: Numbers) -> None:
        index = self._indexes[shard]
        if index.crc32:
            if zlib.crc32(numbers.tobytes()) != index.crc32[row]:
                raise InvalidTokens("was altered, its checksum is another; run audiotok tokenize again")
        elif shard not in self._intact:
            verify(shard_path(self.path, shard), index)
            self._intact.add(shard)

    def _read_index(self, number: int) -> Index:
        path = shard_path(self.path, number)
        index = read_index(path, self.description)
        size, expected = path.stat().st_size if path.exists() else 0, index.numbers * dtype(self.spec).itemsize
        if size != expected:
            raise InvalidTokens(f"{path}: has {size} bytes, expected {expected}; was it cut? Delete it and its .json")
        return index

    @lru_cache(maxsize=64)  # noqa: B019  # open or downloaded files; a store lives as long as its reader
    def _numbers(self, shard: int) -> Numbers:
        if not self._indexes[shard].numbers:
            return np.zeros(0, dtype(self.spec))
        path = shard_path(self.path, shard)
        if is_remote(path):
            return np.frombuffer(path.read_bytes(), dtype(self.spec))
        return np.memmap(path, dtype(self.spec), mode="r")

    def _find(self, number: int) -> tuple[int, int]:
        """-> shard, place in it."""
        if not -len(self) <= number < len(self):
            raise IndexError(f"clip {number} of {len(self)}")
        number %= len(self)
        shard = bisect_right(self._ends, number)
        return shard, number - (self._ends[shard - 1] if shard else 0)

    def _number(self, clip: int | str) -> int:
        if not isinstance(clip, str):
            return clip
        if clip not in self._by_id:
            raise UnknownName(
                f"{self.path} has no clip {clip!r}: {self.failures.get(clip, 'it was not in the corpus')}"
            )
        return self._by_id[clip]

    @cached_property
    def _by_id(self) -> dict[str, int]:
        ids = (clip for index in self._indexes for clip in index.clips)
        return {clip: number for number, clip in enumerate(ids)}

    @cached_property
    def _corpus(self) -> dict[str, Clip]:
        corpus = Manifest.load(self.path / "corpus.jsonl")
        if corpus.sha256 != (expected := self.description["corpus"]["sha256"]):
            raise InvalidTokens(
                f"{self.path / 'corpus.jsonl'}: was altered, it has {corpus.sha256}, expected {expected}"
            )
        return {clip.id: clip for clip in corpus}
