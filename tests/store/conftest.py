"""A small store, made once by a tokenizer that needs no weights."""

from pathlib import Path

import pytest

from audiotok import registry
from audiotok.data import Manifest
from audiotok.store import TokenStore, tokenize


@pytest.fixture
def small(vowels: Manifest, tmp_path: Path) -> TokenStore:
    """Six clips in several shards."""
    tokenize(registry.load("codec2:mode=2400"), vowels, tmp_path / "small", shard_hours=1.5 / 3600)
    return TokenStore(tmp_path / "small")
