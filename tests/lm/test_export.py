"""Ids of one vocabulary, as other people's training code reads them."""

from pathlib import Path

import pytest
import torch

from audiotok.lm.export import to_training
from audiotok.lm.patterns import Delay, Flatten
from audiotok.store import TokenStore

parquet = pytest.importorskip("pyarrow.parquet")


@pytest.mark.parametrize("kind", [Flatten, Delay])
def test_training_ids_invert_to_the_tokens(
    small: TokenStore, tmp_path: Path, kind: type[Flatten] | type[Delay]
) -> None:
    pattern = kind(small.spec)
    to_training(small, pattern, tmp_path)
    for row, tokens in zip(parquet.read_table(tmp_path / "train.parquet").to_pylist(), small, strict=True):
        assert torch.equal(pattern.invert(torch.tensor([row["input_ids"]])).codes, tokens.codes)


def test_transformers_reads_the_words_as_the_same_ids(small: TokenStore, tmp_path: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    pattern = Flatten(small.spec)
    to_training(small, pattern, tmp_path)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(tmp_path)
    ids = pattern.apply(small[0]).ids[0, 0].tolist()
    words = pattern.vocabulary.words()
    assert len(tokenizer) == pattern.vocabulary.size
    assert tokenizer(" ".join(words[i] for i in ids))["input_ids"] == ids
    assert tokenizer.eos_token_id == 2


def test_what_is_known_of_a_clip_is_beside_its_ids(small: TokenStore, tmp_path: Path) -> None:
    to_training(small, Flatten(small.spec), tmp_path)
    columns = ("id", "text", "language", "speaker", "label", "domain", "split")
    for number, row in enumerate(parquet.read_table(tmp_path / "train.parquet").to_pylist()):
        assert {name: row[name] for name in columns} == {n: getattr(small.clip(number), n) for n in columns}
