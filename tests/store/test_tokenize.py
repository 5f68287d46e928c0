"""A token store is made whole, in any number of attempts, with the same bytes."""

import errno
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data, registry
from audiotok.core.batching import encode_clips
from audiotok.core.long import encode_long
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data import Manifest
from audiotok.data.manifest import Clip, ManifestFile
from audiotok.errors import AssetUnavailable, CannotWrite, InvalidData, InvalidOption, InvalidTokens, MachineTrouble
from audiotok.files.json import read_json
from audiotok.files.sealed import file_sha256
from audiotok.store import TokenStore, tokenize
from audiotok.store.shard import shard_path
from audiotok.tokenizers.mulaw import MuLaw
from audiotok.tokenizers.own_codecs import WEIGHTS

SHARD = 1.0 / 3600  # hours: a second or two of audio


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_clip_comes_back_as_encode_gave_it(small: TokenStore, vowels: Manifest) -> None:
    tokenizer = registry.load("codec2:mode=2400")
    assert [small.id(number) for number in range(len(small))] == [clip.id for clip in vowels]
    for clip in vowels:
        expected, found = tokenizer.encode(data.read(clip, vowels.root)), small[clip.id]
        assert torch.equal(found.codes, expected.codes)
        assert torch.equal(found.num_samples, expected.num_samples)
        assert found.tokenizer == expected.tokenizer


def test_a_second_run_encodes_nothing(small: TokenStore, vowels: Manifest) -> None:
    before = contents(small.path)
    tokenize(registry.load("codec2:mode=2400"), vowels, small.path, shard_hours=1.5 / 3600)
    assert contents(small.path) == before


def test_a_run_killed_in_the_middle_goes_on_and_ends_with_the_same_bytes(vowels: Manifest, tmp_path: Path) -> None:
    many = Manifest.of("many", [replace(clip, id=f"{clip.id}-{i}") for i in range(8) for clip in vowels], vowels.root)
    corpus = vowels.root / "many.jsonl"
    many.save(corpus)
    tokenizer = registry.load("mulaw")
    asked = (tokenizer, Manifest.load(corpus), tmp_path / "killed")
    process = get_context("fork").Process(target=tokenize, args=asked, kwargs={"shard_hours": SHARD})
    process.start()
    deadline = time.monotonic() + 120
    while len(list((tmp_path / "killed").glob("shards/*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.001)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    finished = len(list((tmp_path / "killed").glob("shards/*.json")))
    tokenize(*asked, shard_hours=SHARD)
    tokenize(tokenizer, Manifest.load(corpus), tmp_path / "undisturbed", shard_hours=SHARD)
    assert 3 <= finished < len(TokenStore(tmp_path / "killed").description["shards"])
    assert contents(tmp_path / "killed") == contents(tmp_path / "undisturbed")
    assert [TokenStore(tmp_path / "killed").id(n) for n in range(len(many))] == [clip.id for clip in many]


def test_a_broken_file_is_left_out_and_recorded_until_it_is_tried_again(vowels: Manifest, tmp_path: Path) -> None:
    path = vowels.root / vowels.clips[2].path
    whole = path.read_bytes()
    path.write_bytes(b"no audio")
    failures = tokenize(registry.load("mulaw"), vowels, tmp_path / "store", shard_hours=SHARD)
    assert list(failures) == [vowels.clips[2].id]
    store = TokenStore(tmp_path / "store")
    assert store.failures == failures
    assert [store.id(number) for number in range(len(store))] == [c.id for c in vowels if c.id not in failures]
    path.write_bytes(whole)
    assert tokenize(registry.load("mulaw"), vowels, tmp_path / "store", shard_hours=SHARD) == failures
    assert tokenize(registry.load("mulaw"), vowels, tmp_path / "store", shard_hours=SHARD, retry=True) == {}
    tokenize(registry.load("mulaw"), vowels, tmp_path / "undisturbed", shard_hours=SHARD)
    assert contents(tmp_path / "store") == contents(tmp_path / "undisturbed")


def test_a_store_of_another_tokenizer_is_not_continued(small: TokenStore, vowels: Manifest) -> None:
    with pytest.raises(InvalidOption, match="holds another store, its tokenizer, spec differ"):
        tokenize(registry.load("codec2:mode=3200"), vowels, small.path, shard_hours=1.5 / 3600)


def test_a_folder_of_something_else_is_not_written_to(vowels: Manifest, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("reader")
    with pytest.raises(InvalidOption, match="neither empty nor a token store"):
        tokenize(registry.load("mulaw"), vowels, tmp_path / "letters")


def test_a_split_without_clips_is_refused(vowels: Manifest, tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="holds no clips"):
        tokenize(registry.load("mulaw"), vowels.split("nowhere"), tmp_path / "store")


def test_two_processes_do_not_write_one_store(small: TokenStore, vowels: Manifest) -> None:
    import fcntl

    with (small.path / ".lock").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(CannotWrite, match="another process"):
            tokenize(registry.load("codec2:mode=2400"), vowels, small.path, shard_hours=1.5 / 3600)


class Interrupted(ManifestFile):
    """A corpus while whose first reading something else happens: the store is being begun then."""

    def __init__(self, path: Path, meanwhile: Callable[[], object]) -> None:
        super().__init__(path)
        object.__setattr__(self, "meanwhile", [meanwhile])

    def __iter__(self) -> Iterator[Clip]:
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().__iter__()


def test_a_store_that_another_process_begins_at_the_same_time_is_locked(vowels: Manifest, tmp_path: Path) -> None:
    def meanwhile() -> None:
        with pytest.raises(CannotWrite, match="another process"):
            tokenize(registry.load("codec2:mode=2400"), vowels, tmp_path / "store", shard_hours=SHARD)

    corpus = Interrupted(vowels.root / "vowels.jsonl", meanwhile)
    tokenize(registry.load("mulaw"), corpus, tmp_path / "store", shard_hours=SHARD)
    assert not corpus.meanwhile
    assert TokenStore(tmp_path / "store").tokenizer == registry.load("mulaw").identifier


def test_a_rank_of_another_tokenizer_that_begins_at_the_same_time_writes_nothing(
    vowels: Manifest, tmp_path: Path
) -> None:
    first, second = registry.load("codec2:mode=2400"), registry.load("mulaw")
    asked = (first, vowels, tmp_path / "store")

    def meanwhile() -> None:
        tokenize(*asked, shard_hours=SHARD, rank=0, world_size=2)

    corpus = Interrupted(vowels.root / "vowels.jsonl", meanwhile)
    with pytest.raises(InvalidOption, match="holds another store, its tokenizer, spec differ"):
        tokenize(second, corpus, tmp_path / "store", shard_hours=SHARD, rank=1, world_size=2)
    tokenize(*asked, shard_hours=SHARD, rank=1, world_size=2)
    tokenize(first, vowels, tmp_path / "undisturbed", shard_hours=SHARD)
    assert contents(tmp_path / "store") == contents(tmp_path / "undisturbed")


class Replacing(Tokenizer):
    """While it encodes, store.json becomes another store's."""

    card = MuLaw.card
    spec = TokenSpec(16000, 160.0, (2,))

    def __init__(self, path: Path) -> None:
        self.path = path

    def _encode(self, waveform: torch.Tensor, lengths: torch.Tensor) -> Tokens:
        self.path.write_text(json.dumps(json.loads(self.path.read_text()) | {"tokenizer": {"identifier": "another"}}))
        frames = -(-lengths // 100)
        return Tokens(torch.zeros(len(lengths), 1, int(frames.max()), dtype=torch.int64), frames, self.spec)


def test_codes_of_one_description_are_not_read_under_another(vowels: Manifest, tmp_path: Path) -> None:
    """As on object storage, which has no locks."""
    tokenize(Replacing(tmp_path / "store" / "store.json"), vowels, tmp_path / "store")
    with pytest.raises(InvalidTokens, match="altered or swapped"):
        TokenStore(tmp_path / "store")


def test_an_altered_corpus_is_written_again(small: TokenStore, vowels: Manifest) -> None:
    before = contents(small.path)
    corpus = small.path / "corpus.jsonl"
    corpus.write_text(corpus.read_text().replace("clip0", "clip9"))
    with pytest.warns(UserWarning, match=r"corpus\.jsonl was altered; written again"):
        tokenize(registry.load("codec2:mode=2400"), vowels, small.path, shard_hours=1.5 / 3600)
    assert contents(small.path) == before


@pytest.mark.slow
def test_a_clip_of_more_than_twenty_minutes_is_encoded_in_pieces_and_the_store_says_so(tmp_path: Path) -> None:
    wave = (0.1 * np.sin(np.arange(1201 * 8000) / 7)).astype(np.float32)
    soundfile.write(tmp_path / "long.wav", wave, 8000)
    tokenizer = registry.load("codec2:mode=700")
    corpus = data.make(tmp_path, "long", domain="music")[0]
    assert tokenize(tokenizer, corpus, tmp_path / "store") == {}
    expected = encode_long(tokenizer, tmp_path / "long.wav")
    assert torch.equal(TokenStore(tmp_path / "store")["long"].codes, expected.codes)
    assert read_json(tmp_path / "store" / "store.json")["in_chunks"]["longer_than_s"] == 1200.0


class Sides(Tokenizer):
    """A stereo tokenizer with a code every 100 samples, 1 where the channels differ."""

    card = MuLaw.card
    spec = TokenSpec(16000, 160.0, (2,), channels=2)

    def _encode(self, waveform: torch.Tensor, lengths: torch.Tensor) -> Tokens:
        frames = -(-lengths // 100)
        filled = torch.nn.functional.pad(waveform, (0, int(frames.max()) * 100 - waveform.shape[2]))
        differ = (filled[:, 0] - filled[:, 1]).abs().unfold(1, 100, 100).sum(dim=2) > 0
        return Tokens(differ.long()[:, None], frames, self.spec)


@pytest.mark.parametrize("channels", [2, 3])
def test_long_clips_are_mono_as_short_ones_are(channels: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audiotok.store.encode.LONG_SECONDS", 1.0)
    wave = 0.1 * np.sin(np.outer(np.arange(32000), 1 + np.arange(channels)) / 7)
    soundfile.write(tmp_path / "short.wav", wave[:8000], 16000)
    soundfile.write(tmp_path / "long.wav", wave, 16000)
    corpus = data.make(tmp_path, "two", domain="music")[0]
    assert tokenize(Sides(), corpus, tmp_path / "store") == {}
    store = TokenStore(tmp_path / "store")
    assert [int(store[name].codes.sum()) for name in ("short", "long")] == [0, 0]


def test_a_store_of_long_clips_with_all_channels_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As earlier versions made it for a stereo tokenizer."""
    monkeypatch.setattr("audiotok.store.description.LONG_SECONDS", 1.0)
    soundfile.write(tmp_path / "long.wav", 0.1 * np.sin(np.arange(32000) / 7), 16000)
    corpus = data.make(tmp_path, "one", domain="music")[0]
    tokenize(Sides(), corpus, tmp_path / "store")
    path = tmp_path / "store" / "store.json"
    description = json.loads(path.read_text())
    assert description["in_chunks"].pop("mono") is True
    path.write_text(json.dumps(description))
    with pytest.raises(InvalidOption, match="its in_chunks differ"):
        tokenize(Sides(), corpus, tmp_path / "store")


def harmed(small: TokenStore) -> Iterator[tuple[str, Callable[[], None]]]:
    first, second = (shard_path(small.path, number) for number in range(2))

    def swap() -> None:
        for suffix in (".bin", ".json"):
            one, other = first.with_suffix(suffix), second.with_suffix(suffix)
            content = one.read_bytes()
            one.write_bytes(other.read_bytes())
            other.write_bytes(content)

    def change(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(bytes(content))

    index = first.with_suffix(".json")
    yield "two shards are swapped", swap
    yield "the codes are changed", lambda: change(first)
    yield "the codes are cut", lambda: first.write_bytes(first.read_bytes()[:-4])
    yield "the codes are gone", first.unlink
    yield "the index is changed", lambda: change(index)
    yield "the index is cut", lambda: index.write_bytes(index.read_bytes()[:-4])
    yield (
        "a clip has another length",
        lambda: index.write_text(index.read_text().replace('"seconds": ', '"seconds": 1')),
    )
    for name, value in [(column, None) for column in COLUMNS] + [("frames", 5), ("starts", [None]), ("failures", [])]:
        yield f"{name} is {value}", lambda name=name, value=value: set_in(index, name, value)


COLUMNS = ("clips", "starts", "frames", "samples", "crc32", "numbers", "seconds", "sha256", "index_sha256", "failures")


def set_in(index: Path, name: str, value: object) -> None:
    index.write_text(json.dumps(json.loads(index.read_text()) | {name: value}))


def test_a_shard_that_was_harmed_is_made_again(small: TokenStore, vowels: Manifest) -> None:
    before, tokenizer = contents(small.path), registry.load("codec2:mode=2400")
    for harm, do in harmed(small):
        do()
        with pytest.raises(InvalidTokens):
            TokenStore(small.path).verify()
        with pytest.warns(UserWarning, match="made again"):
            tokenize(tokenizer, vowels, small.path, shard_hours=1.5 / 3600)
        assert contents(small.path) == before, harm


def test_an_altered_corpus_does_not_verify(small: TokenStore) -> None:
    corpus = small.path / "corpus.jsonl"
    corpus.write_text(corpus.read_text().replace("clip0", "clip9"))
    with pytest.raises(InvalidTokens, match=r"corpus\.jsonl: was altered"):
        small.verify()


def test_a_store_whose_indexes_have_no_hash_is_read(small: TokenStore) -> None:
    """As they were written before indexes were hashed."""
    for path in (small.path / "shards").glob("*.json"):
        index = json.loads(path.read_text())
        del index["index_sha256"], index["crc32"]
        path.write_text(json.dumps(index))
    TokenStore(small.path).verify()


def test_a_full_disk_leaves_the_shard_open(vowels: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self, waveform, lengths):  # type: ignore[no-untyped-def]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(MuLaw, "_encode", full)
        with pytest.raises(MachineTrouble, match="the shard stays open"):
            tokenize(registry.load("mulaw"), vowels, tmp_path / "store")
    assert tokenize(registry.load("mulaw"), vowels, tmp_path / "store") == {}
    assert len(TokenStore(tmp_path / "store")) == len(vowels)


def test_a_cache_that_cannot_be_written_leaves_the_shard_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(AssetUnavailable, match="set AUDIOTOK_CACHE to another folder"):
        tokenize(registry.load("mulaw"), Manifest.of("one", data.load("mini").clips[:1]), tmp_path / "store")
    assert not made(tmp_path / "store")


def made(store: Path) -> set[int]:
    return {int(path.stem) for path in (store / "shards").glob("*.json")}


def test_ranks_make_a_shard_each_and_together_the_bytes_of_one_process(vowels: Manifest, tmp_path: Path) -> None:
    tokenizer = registry.load("mulaw")
    for rank in (2, 0, 1):
        before = made(tmp_path / "ranks")
        tokenize(tokenizer, vowels, tmp_path / "ranks", shard_hours=SHARD, rank=rank, world_size=3)
        assert {number % 3 for number in made(tmp_path / "ranks") - before} == {rank}
    tokenize(tokenizer, vowels, tmp_path / "one", shard_hours=SHARD)
    assert contents(tmp_path / "ranks") == contents(tmp_path / "one")


def test_what_a_dead_rank_left_is_made_by_the_same_call(vowels: Manifest, tmp_path: Path) -> None:
    tokenizer = registry.load("mulaw")
    tokenize(tokenizer, vowels, tmp_path / "store", shard_hours=SHARD, rank=0, world_size=2)
    finished = contents(tmp_path / "store" / "shards")
    with pytest.raises(InvalidTokens, match="shards are missing"):
        TokenStore(tmp_path / "store")
    tokenize(tokenizer, vowels, tmp_path / "store", shard_hours=SHARD)
    tokenize(tokenizer, vowels, tmp_path / "one", shard_hours=SHARD)
    assert contents(tmp_path / "store") == contents(tmp_path / "one")
    assert finished.items() <= contents(tmp_path / "store" / "shards").items()


def test_a_rank_outside_of_the_world_is_refused(vowels: Manifest, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match=r"the rank must lie in 0\.\.world size - 1, got 2 of 2"):
        tokenize(registry.load("mulaw"), vowels, tmp_path / "store", rank=2, world_size=2)


def test_reading_processes_batches_and_files_that_are_not_held_change_no_byte(vowels: Manifest, tmp_path: Path) -> None:
    tokenizer = registry.load("codec2:mode=2400")
    tokenize(tokenizer, vowels, tmp_path / "one", shard_hours=SHARD)
    file = ManifestFile(vowels.root / "vowels.jsonl")
    tokenize(tokenizer, file, tmp_path / "other", shard_hours=SHARD, readers=2, batch_seconds=1.5)
    assert contents(tmp_path / "other") == contents(tmp_path / "one")


class Neighbours(Tokenizer):
    """A code every 100 samples, of whether these and the 50 after them are loud: padding changes a clip's last code."""

    card = MuLaw.card
    spec = TokenSpec(16000, 160.0, (2,))

    def _encode(self, waveform: torch.Tensor, lengths: torch.Tensor) -> Tokens:
        def encode(clip: torch.Tensor) -> torch.Tensor:
            filled = torch.nn.functional.pad(clip[:, 0].abs(), (0, -clip.shape[2] % 100 + 50), value=1.0)
            return (filled.unfold(1, 150, 100).mean(dim=2) > 0.25).long()[:, None]

        return encode_clips(encode, waveform, lengths, self.spec, together=self.together)


def test_a_padded_store_says_so_and_which_share_of_its_codes_stayed_equal(vowels: Manifest, tmp_path: Path) -> None:
    tokenizer = Neighbours()
    tokenize(tokenizer, vowels, tmp_path / "padded", batching="padded")
    tokenize(tokenizer, vowels, tmp_path / "exact")
    padded, exact = TokenStore(tmp_path / "padded"), TokenStore(tmp_path / "exact")
    equal = codes = 0
    for one, other in zip(padded, exact, strict=True):
        assert one.num_samples.equal(other.num_samples)
        equal, codes = equal + int((one.codes == other.codes).sum()), codes + one.codes.numel()
    found = padded.description["batching"]
    assert 0.9 < found["equal_codes"] == equal / codes < 1
    assert (found["way"], found["of_codes"], found["clips"]) == ("padded", codes, 6)
    assert "batching" not in exact.description
    tokenize(tokenizer, vowels, tmp_path / "padded", batching="padded")
    with pytest.raises(InvalidOption, match="its batching differ"):
        tokenize(tokenizer, vowels, tmp_path / "padded")


def test_what_padding_cannot_change_stays_equal(vowels: Manifest, tmp_path: Path) -> None:
    tokenize(registry.load("mulaw"), vowels, tmp_path / "padded", batching="padded")
    assert read_json(tmp_path / "padded" / "store.json")["batching"]["equal_codes"] == 1


def test_tokens_of_variable_rate_are_not_padded(vowels: Manifest, tmp_path: Path) -> None:
    with pytest.raises(InvalidOption, match="leave --batching exact"):
        tokenize(registry.load("dedup(mulaw):max_duration=8"), vowels, tmp_path / "store", batching="padded")


def test_clips_of_a_store_name_the_weights_that_made_them(vowels: Manifest, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes((WEIGHTS / "rvq.safetensors").read_bytes())
    tokenizer = registry.load(f"mel:checkpoint={tmp_path / 'w.safetensors'},num_codebooks=1")
    tokenize(tokenizer, vowels, tmp_path / "store")
    assert TokenStore(tmp_path / "store")[0].weights_sha256 == file_sha256(tmp_path / "w.safetensors")
    assert not tokenize(tokenizer, vowels, tmp_path / "store")
