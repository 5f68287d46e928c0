"""Other people's readers give back the codes that were stored."""

import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from audiotok import registry
from audiotok.data import Manifest
from audiotok.errors import CannotWrite, InvalidOption, InvalidTokens
from audiotok.store import TokenStore, tokenize
from audiotok.store.export import to_parquet, to_webdataset
from audiotok.store.shard import shard_path

parquet = pytest.importorskip("pyarrow.parquet")


def test_parquet_holds_the_codes_and_the_spec(small: TokenStore, tmp_path: Path) -> None:
    to_parquet(small, tmp_path / "tokens.parquet")
    table = parquet.read_table(tmp_path / "tokens.parquet")
    assert json.loads(table.schema.metadata[b"audiotok"])["tokenizer"] == small.tokenizer
    rows = table.to_pylist()
    assert [row["id"] for row in rows] == [small.id(number) for number in range(len(small))]
    for row, tokens in zip(rows, small, strict=True):
        assert row["codes"] == tokens.codes[0].tolist()


def test_datasets_reads_the_parquet(small: TokenStore, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    to_parquet(small, tmp_path / "tokens.parquet")
    loaded = datasets.Dataset.from_parquet(str(tmp_path / "tokens.parquet"), cache_dir=str(tmp_path / "cache"))
    assert loaded[3]["codes"] == small[3].codes[0].tolist()


def test_webdataset_reads_the_tars(small: TokenStore, tmp_path: Path) -> None:
    webdataset = pytest.importorskip("webdataset")
    to_webdataset(small, tmp_path / "tars", clips_per_tar=4)
    urls = [str(path) for path in sorted((tmp_path / "tars").glob("*.tar"))]
    assert len(urls) == 2
    samples = list(webdataset.WebDataset(urls, shardshuffle=False).decode())
    assert [sample["json"]["id"] for sample in samples] == [small.id(number) for number in range(len(small))]
    for sample, tokens in zip(samples, small, strict=True):
        np.testing.assert_array_equal(sample["npy"], tokens.codes[0].numpy())


def test_ids_that_differ_in_a_dot_have_keys_of_their_own(vowels: Manifest, tmp_path: Path) -> None:
    ids = ["x.1", "x-1", "x_1", "x.1.2"]
    clips = [replace(clip, id=name) for clip, name in zip(vowels, ids, strict=False)]
    tokenize(registry.load("mulaw"), Manifest("dots", tuple(clips), vowels.root), tmp_path / "dots")
    to_webdataset(TokenStore(tmp_path / "dots"), tmp_path / "tars")
    with tarfile.open(tmp_path / "tars" / "tokens-00000.tar") as tar:
        samples: dict[str, str] = {}
        for member in tar:
            key, kind = member.name.split(".", 1)  # as webdataset does
            if kind == "json":
                file = tar.extractfile(member)
                assert file is not None
                assert key not in samples
                samples[key] = json.loads(file.read())["id"]
    assert sorted(samples.values()) == sorted(ids)


def test_tars_of_another_export_are_not_left_beside_these(small: TokenStore, tmp_path: Path) -> None:
    to_webdataset(small, tmp_path / "tars", clips_per_tar=2)
    before = {path.name: path.read_bytes() for path in (tmp_path / "tars").iterdir()}
    with pytest.raises(InvalidOption, match=r"another export, tokens-00001\.tar the first .* the 1 of this one"):
        to_webdataset(small, tmp_path / "tars")
    assert {path.name: path.read_bytes() for path in (tmp_path / "tars").iterdir()} == before
    to_webdataset(small, tmp_path / "tars", clips_per_tar=2)  # the same again
    assert {path.name: path.read_bytes() for path in (tmp_path / "tars").iterdir()} == before


@pytest.mark.parametrize("export", [to_parquet, to_webdataset])
def test_an_export_that_is_stopped_leaves_no_shorter_one(
    small: TokenStore, tmp_path: Path, export: Callable[[TokenStore, Path], None]
) -> None:
    path = shard_path(small.path, len(small.description["shards"]) - 1)
    path.write_bytes(bytes(path.stat().st_size - 2) + path.read_bytes()[-2:])  # a clip after others
    with pytest.raises(InvalidTokens, match="was altered"):
        export(small, tmp_path / "out")
    assert not [left for left in (tmp_path / "out", *(tmp_path / "out").glob("**/*")) if left.is_file()]


def test_a_place_that_cannot_be_written_is_named(small: TokenStore, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for export in (to_parquet, to_webdataset):
        with pytest.raises(CannotWrite, match=r"file/out.*cannot be written"):
            export(small, tmp_path / "file" / "out")


def test_splits_and_labels_are_exported(vowels: Manifest, tmp_path: Path) -> None:
    clips = tuple(replace(clip, split=s, label="a") for clip, s in zip(vowels, ["train", "test"] * 3, strict=True))
    tokenize(registry.load("mulaw"), Manifest("splits", clips, vowels.root), tmp_path / "store")
    to_parquet(TokenStore(tmp_path / "store"), tmp_path / "tokens.parquet")
    rows = parquet.read_table(tmp_path / "tokens.parquet").to_pylist()
    assert [row["split"] for row in rows] == ["train", "test"] * 3
    assert {(row["label"], row["domain"]) for row in rows} == {("a", "speech")}
