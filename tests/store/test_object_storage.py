"""A corpus and a store on object storage give the bytes that they give in folders."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from audiotok import registry
from audiotok.data import Manifest
from audiotok.errors import InvalidOption, MissingDependency
from audiotok.files.places import place
from audiotok.store import TokenStore, open_corpus, tokenize

pytest.importorskip("upath", reason="universal_pathlib is not installed")
SHARD = 1.0 / 3600  # hours: a second or two of audio


@pytest.fixture
def bucket() -> Iterator[Path]:
    """An empty bucket in the memory of this process."""
    folder = place("memory://bucket")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    folder.fs.rm(folder.path, recursive=True)  # type: ignore[attr-defined]


def upload(corpus: Manifest, bucket: Path) -> str:
    """Manifest and audio, as `aws s3 sync` would. Returns the manifest's address."""
    assert corpus.root is not None
    for path in sorted(corpus.root.rglob("*")):
        if path.is_file():
            target = bucket / "corpus" / path.relative_to(corpus.root).as_posix()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    lines = bucket / "corpus" / "all.jsonl"
    local = corpus.root / "all.jsonl"
    corpus.save(local)
    lines.write_bytes(local.read_bytes())
    return str(lines)


def contents(folder: Path) -> dict[str, bytes]:
    names = [folder / "store.json", folder / "corpus.jsonl", *(folder / "shards").iterdir()]
    return {path.name: path.read_bytes() for path in names}


def test_the_bytes_are_those_of_a_store_in_a_folder(vowels: Manifest, bucket: Path, tmp_path: Path) -> None:
    address = upload(vowels, bucket)
    codec = registry.load("mulaw")
    assert vowels.root is not None
    local = open_corpus(str(vowels.root / "all.jsonl"))
    assert tokenize(codec, local, tmp_path / "store", shard_hours=SHARD) == {}
    assert tokenize(codec, open_corpus(address), str(bucket / "store"), shard_hours=SHARD) == {}
    assert contents(bucket / "store") == contents(tmp_path / "store")

    remote, store = TokenStore(str(bucket / "store")), TokenStore(tmp_path / "store")
    remote.verify()
    assert remote.sha256 == store.sha256
    assert all(torch.equal(a.codes, b.codes) for a, b in zip(remote, store, strict=True))
    assert remote.clip(0) == store.clip(0)


def test_what_is_missing_or_damaged_there_is_made_again(vowels: Manifest, bucket: Path) -> None:
    corpus, codec, out = open_corpus(upload(vowels, bucket)), registry.load("mulaw"), str(bucket / "store")
    tokenize(codec, corpus, out, shard_hours=SHARD)
    whole = contents(bucket / "store")
    first, *_, last = sorted((bucket / "store" / "shards").iterdir(), key=lambda path: path.name)
    first.write_bytes(first.read_bytes()[:-2])
    last.unlink()  # an index: its shard does not exist
    with pytest.warns(UserWarning, match="made again"):
        tokenize(codec, corpus, out, shard_hours=SHARD)
    assert contents(bucket / "store") == whole


def test_processes_read_ahead_from_there(vowels: Manifest, tmp_path: Path) -> None:
    folder = place(f"file://{tmp_path}/bucket")
    corpus = open_corpus(upload(vowels, folder))
    assert tokenize(registry.load("mulaw"), corpus, str(folder / "store"), readers=1) == {}
    assert len(TokenStore(tmp_path / "bucket" / "store")) == len(vowels)


def test_an_object_that_was_replaced_or_is_gone_costs_its_clip(vowels: Manifest, bucket: Path) -> None:
    corpus = open_corpus(upload(vowels, bucket))
    replaced, gone, *_ = vowels
    (bucket / "corpus" / replaced.path).write_bytes((bucket / "corpus" / gone.path).read_bytes())
    (bucket / "corpus" / gone.path).unlink()
    failures = tokenize(registry.load("mulaw"), corpus, str(bucket / "store"))
    assert "is not the file of the manifest" in failures[replaced.id]
    assert "is not there" in failures[gone.id]
    assert len(TokenStore(str(bucket / "store"))) == len(vowels) - 2


def test_an_address_that_cannot_be_opened_says_why() -> None:
    with pytest.raises(InvalidOption, match="nowhere"):
        place("nowhere://bucket")
    with pytest.raises(InvalidOption, match="a corpus is a manifest"):
        open_corpus("memory://bucket/corpus")
    try:
        import s3fs  # noqa: F401
    except ModuleNotFoundError:
        with pytest.raises(MissingDependency, match="s3fs"):
            place("s3://bucket/store")
