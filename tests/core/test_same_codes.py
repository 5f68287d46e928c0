"""Tokens belong to the content of the files that made them, wherever those lie."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

import audiotok
from audiotok.core.identifier import Identifier
from audiotok.core.long import encode_long
from audiotok.core.same_codes import sha256_of_files
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidTokens
from audiotok.files.sealed import file_sha256
from audiotok.tokenizers.own_codecs import WEIGHTS

WAVE = 0.1 * torch.randn(1, 1, 4000, generator=torch.Generator().manual_seed(0))


def mel(path: Path, content: str) -> audiotok.Codec:
    """A codec of one's own at that path."""
    path.write_bytes((WEIGHTS / f"{content}.safetensors").read_bytes())
    codec = audiotok.load(f"mel:checkpoint={path},num_codebooks=1")
    assert isinstance(codec, audiotok.Codec)
    return codec


def test_tokens_of_a_file_that_was_replaced_are_refused(tmp_path: Path) -> None:
    before = mel(tmp_path / "a.safetensors", "rvq")
    before.encode(WAVE, 16000).save(tmp_path / "tokens.safetensors")
    after = mel(tmp_path / "a.safetensors", "distilled")
    tokens = Tokens.load(tmp_path / "tokens.safetensors")
    with pytest.raises(InvalidTokens, match=rf"weights of sha256 {file_sha256(WEIGHTS / 'rvq.safetensors')}, those of"):
        after.decode(tokens)
    assert before.decode(tokens).lengths.tolist() == [4000]


def test_tokens_of_a_file_that_was_moved_are_decoded(tmp_path: Path) -> None:
    tokens = mel(tmp_path / "a.safetensors", "rvq").encode(WAVE, 16000)
    moved = mel(tmp_path / "b.safetensors", "rvq")
    assert moved.decode(tokens).lengths.tolist() == [4000]
    wider = audiotok.load(f"mel:checkpoint={tmp_path / 'b.safetensors'},num_codebooks=2")
    assert isinstance(wider, audiotok.Codec)
    with pytest.raises(InvalidTokens, match="takes tokens of"):
        wider.decode(tokens)


def test_tokens_that_do_not_say_their_weights_are_known_by_the_path(tmp_path: Path) -> None:
    codec = mel(tmp_path / "a.safetensors", "rvq")
    early = replace(codec.encode(WAVE, 16000), weights_sha256=None)
    assert codec.decode(early).lengths.tolist() == [4000]
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        mel(tmp_path / "b.safetensors", "rvq").decode(early)


def test_every_way_to_encode_names_the_weights(tmp_path: Path) -> None:
    codec = mel(tmp_path / "a.safetensors", "rvq")
    sha256 = file_sha256(WEIGHTS / "rvq.safetensors")
    assert codec.encode(WAVE, 16000).weights_sha256 == sha256
    assert encode_long(codec, audiotok.Audio.from_array(WAVE, 16000)).weights_sha256 == sha256
    nested = audiotok.load(f"dedup({codec.identifier}):max_duration=8")
    assert nested.encode(WAVE, 16000).weights_sha256 == sha256


def test_a_tokenizer_without_files_of_its_own_saves_no_hash_of_weights(tmp_path: Path) -> None:
    tokens = audiotok.load("audiotok-rvq:num_codebooks=1").encode(WAVE, 16000)
    tokens.save(tmp_path / "t.safetensors")
    with safe_open(tmp_path / "t.safetensors", "pt") as file:
        assert sorted(file.metadata()) == ["crc32", "format", "spec", "tokenizer"]


def test_a_file_of_the_decoder_may_be_another() -> None:
    codec = audiotok.load("audiotok-rvq:num_codebooks=1")
    assert isinstance(codec, audiotok.Codec)
    codec._files = {"vocoder": "00"}
    tokens = codec.encode(WAVE, 16000)
    codec._files = {"vocoder": "11"}
    assert codec.decode(tokens).lengths.tolist() == [4000]
    assert tokens.weights_sha256 is None


def test_tokens_of_different_weights_make_no_batch(tmp_path: Path) -> None:
    tokens = mel(tmp_path / "a.safetensors", "rvq").encode(WAVE, 16000)
    with pytest.raises(InvalidTokens, match="different weights"):
        Tokens.collate([tokens, replace(tokens, weights_sha256="00")])
    assert Tokens.collate([tokens, tokens]).weights_sha256 == tokens.weights_sha256
    assert Tokens.collate([tokens, replace(tokens, weights_sha256=None)]).weights_sha256 is None


def test_only_options_that_name_a_file_are_hashed(tmp_path: Path) -> None:
    (tmp_path / "w").write_bytes(b"")
    options = Identifier("x", {"a": str(tmp_path / "w"), "b": str(tmp_path), "c": "w" * 300, "d": 8}).options
    assert sha256_of_files(options) == {"a": file_sha256(tmp_path / "w")}
