"""A seeded fuzzer of token stores: a damaged one reads as what was written, or is refused.

Some hundred damages are done here; AUDIOTOK_FUZZ=100000 does more, by hand.
"""

import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiotok import registry
from audiotok.data import Manifest
from audiotok.errors import AudiotokError, InvalidTokens
from audiotok.store import TokenStore, tokenize
from audiotok.store.shard import shard_path

TRIES = int(os.environ.get("AUDIOTOK_FUZZ", "318"))


def flip(files: list[Path], draw: random.Random) -> None:
    """One bit."""
    path = draw.choice(files)
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.write_bytes(content)


def cut(files: list[Path], draw: random.Random) -> None:
    """The end of a file is gone."""
    path = draw.choice(files)
    content = path.read_bytes()
    path.write_bytes(content[: draw.randrange(len(content))])


def blank(files: list[Path], draw: random.Random) -> None:
    """A block of zeros, as a crash of the system leaves it."""
    path = draw.choice(files)
    content = bytearray(path.read_bytes())
    start = draw.randrange(len(content))
    end = min(len(content), start + draw.choice((1, 8, 64, 512)))
    content[start:end] = bytes(end - start)
    path.write_bytes(content)


def lengthen(files: list[Path], draw: random.Random) -> None:
    path = draw.choice(files)
    path.write_bytes(path.read_bytes() + bytes(draw.choice((1, 2, 64))))


def swap(files: list[Path], draw: random.Random) -> None:
    """Two shards' codes, their indexes, or both."""
    one, other = draw.sample([path for path in files if path.suffix == ".bin"], 2)
    for suffix in draw.choice(((".bin",), (".json",), (".bin", ".json"))):
        a, b = one.with_suffix(suffix), other.with_suffix(suffix)
        content = a.read_bytes()
        a.write_bytes(b.read_bytes())
        b.write_bytes(content)


def exchange(files: list[Path], draw: random.Random) -> None:
    """Two clips' values in a column of an index, or one value that is another."""
    path = draw.choice([path for path in files if path.parent.name == "shards" and path.suffix == ".json"])
    index = json.loads(path.read_text())
    column = index[draw.choice(("clips", "starts", "frames", "samples", "crc32"))]
    a, b = draw.randrange(len(column)), draw.randrange(len(column))
    column[a], column[b] = (column[b], column[a]) if column[a] != column[b] else (draw.randrange(99), column[b])
    path.write_text(json.dumps(index))


def remove(files: list[Path], draw: random.Random) -> None:
    draw.choice(files).unlink()


DAMAGES: tuple[Callable[[list[Path], random.Random], None], ...] = (
    *(flip, cut, blank, lengthen, swap, exchange, remove),
)


def contents(store: TokenStore) -> dict[str, Any]:
    """All that is read of a store."""
    found: dict[str, Any] = {"identifier": store.tokenizer, "spec": store.spec, "seconds": store.seconds}
    for number, tokens in enumerate(store):
        samples = None if tokens.num_samples is None else tokens.num_samples.tolist()
        clip = store.clip(number)
        found[store.id(number)] = tokens.codes.tolist(), tokens.lengths.tolist(), samples, clip, store.frames(number)
    return found


@pytest.fixture
def few_shards(vowels: Manifest, tmp_path: Path) -> Path:
    tokenize(registry.load("codec2:mode=700"), vowels, tmp_path / "store", shard_hours=1.5 / 3600)
    return tmp_path / "store"


def test_no_damaged_store_reads_as_other_codes(few_shards: Path, tmp_path: Path) -> None:
    written = contents(TokenStore(few_shards))
    came_out: Counter[str] = Counter()
    for seed in range(TRIES):
        damaged = shutil.copytree(few_shards, tmp_path / "damaged")
        files = sorted(path for path in damaged.rglob("*") if path.is_file() and path.name != ".lock")
        damage = DAMAGES[seed % len(DAMAGES)]
        damage(files, random.Random(seed))
        try:
            found = contents(TokenStore(damaged))
        except AudiotokError:
            came_out["refused"] += 1
        else:
            came_out["read as written" if found == written else f"read as another: {damage.__name__}, seed {seed}"] += 1
        shutil.rmtree(damaged)
    assert set(came_out) <= {"refused", "read as written"}, came_out
    assert came_out["refused"] > 0.8 * TRIES


def test_a_changed_code_is_refused_as_its_clip_is_read(few_shards: Path) -> None:
    path = shard_path(few_shards, 0)
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)
    store = TokenStore(few_shards)
    with pytest.raises(InvalidTokens, match=rf"clip {store.id(0)}: was altered, its checksum is another"):
        store[0]
    assert store[1].lengths > 0


def test_of_an_earlier_store_a_shard_is_checked_whole_at_its_first_clip(few_shards: Path) -> None:
    for path in (few_shards / "shards").glob("*.json"):
        index = json.loads(path.read_text())
        del index["crc32"], index["index_sha256"]
        path.write_text(json.dumps(index))
    assert TokenStore(few_shards)[0].lengths > 0
    path = shard_path(few_shards, 0)
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    with pytest.raises(InvalidTokens, match="was altered, its sha256"):
        TokenStore(few_shards)[0]
