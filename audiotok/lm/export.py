"""A token store as ids of one vocabulary, ready for people who train a language model of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audiotok.files.json import write_json
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.vocabulary import SPECIAL, Vocabulary
from audiotok.store.export import METADATA, import_pyarrow, metadata, missing, write_parquet
from audiotok.store.reader import TokenStore


def to_training(store: TokenStore, pattern: Pattern, folder: str | Path) -> None:
    """train.parquet with `input_ids` in one vocabulary, its tokenizer.json, and pattern.json with the ranges.

    `input_ids` is a list, or for a pattern of S streams a list of S lists. All clips of the store are there, test clips
    too: text, language, speaker, label, domain and split of the corpus are columns beside the ids.
    `PreTrainedTokenizerFast` reads tokenizer.json: `<codebook_0:17>` and the like are the words.
    """
    pyarrow = import_pyarrow()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    ids = pyarrow.list_(pyarrow.int32())
    schema = pyarrow.schema(
        [
            ("id", pyarrow.string()),
            ("input_ids", ids if pattern.streams == 1 else pyarrow.list_(ids)),
            *((name, pyarrow.string()) for name in METADATA),
        ]
    )

    def rows() -> Iterator[dict[str, Any]]:
        for number, tokens in enumerate(store):
            written = pattern.apply(tokens).ids[0].tolist()
            clip = store.clip(number)
            yield {"id": clip.id, "input_ids": written[0] if pattern.streams == 1 else written, **metadata(clip)}

    write_parquet(folder / "train.parquet", schema, rows())
    write_tokenizer(pattern.vocabulary, folder)
    vocabulary = pattern.vocabulary
    described = {
        "pattern": type(pattern).__name__,
        "tokenizer": store.tokenizer,
        "spec": asdict(store.spec),
        "max_duration": vocabulary.max_duration,
        "vocabulary_size": vocabulary.size,
        "special_tokens": {name: number for number, name in enumerate(SPECIAL)},
        "fields": [
            {"name": name, "offset": offset, "size": size}
            for name, offset, size in zip(vocabulary.names, vocabulary.offsets, vocabulary.sizes, strict=True)
        ],
    }
    write_json(folder / "pattern.json", described)


def write_tokenizer(vocabulary: Vocabulary, folder: Path) -> None:
    """tokenizer.json and tokenizer_config.json, as `PreTrainedTokenizerFast.from_pretrained(folder)` wants them."""
    try:
        from tokenizers import Tokenizer, models, pre_tokenizers
    except ModuleNotFoundError as error:
        raise missing(error) from error
    ids = {word: number for number, word in enumerate(vocabulary.words())}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token=SPECIAL[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.save(str(folder / "tokenizer.json"))
    pad, start, end, _ = SPECIAL
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": pad, "bos_token": start, "eos_token": end}
    write_json(folder / "tokenizer_config.json", config)
