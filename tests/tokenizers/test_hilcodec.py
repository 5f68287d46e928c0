"""Against upstream's own classes, whose output and ONNX export are in tests/golden (they are in no package)."""

import hashlib
import runpy
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import audiotok
from audiotok import conformance
from audiotok.errors import AssetCorrupt, AssetUnavailable, InvalidOption
from audiotok.tokenizers import hilcodec
from audiotok.tokenizers.hilcodec import layers

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_hilcodec.py"))
COUNTS = range(1, made["CODEBOOKS"] + 1)
CLIPS = range(len(made["FRAMES"]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hilcodec")
    with zipfile.ZipFile(GOLDEN / "hilcodec.zip") as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def golden(folder):
    return load_file(folder / "golden.safetensors")


@pytest.fixture(scope="module")
def tokenizer(folder):
    models = hilcodec.Models(lambda part: folder / f"hil_speech_{part}", made["CODEBOOKS"])
    return hilcodec.HILCodec.of(models)


@pytest.mark.parametrize("count", COUNTS)
def test_codes_and_audio_are_upstreams(tokenizer, golden, count, assert_same_signal):
    tokenizer = tokenizer.with_codebooks(count)
    tokens = tokenizer.encode(audiotok.Audio.from_clips(made["clips"](), 24000))
    audio = tokenizer.decode(tokens).clips()
    for i in CLIPS:
        assert torch.equal(tokens[i].codes[0].int(), golden[f"{i}.{count}.codes"])
        # Upstream's classes run in PyTorch, their export in ONNX Runtime.
        assert_same_signal(audio[i], golden[f"{i}.{count}.audio"])
    assert tokens.codes.unique().numel() >= 8


@pytest.mark.parametrize("sizes", [[320], [100, 2000, 1], [100000]])
def test_a_stream_equals_the_whole_to_the_bit(tokenizer, sizes, pushed, heard):
    clip = made["clips"]()[1][None, :, :-77]
    whole = tokenizer.encode(clip, 24000)
    assert torch.equal(pushed(tokenizer.stream(), clip, sizes), whole.codes)
    sound = heard(tokenizer.stream_decode(), whole, 1)
    assert torch.equal(sound[:, :, :-77], tokenizer.decode(whole).waveform)


def test_embeddings_sum_to_what_the_decoder_gets(tokenizer):
    tokens = tokenizer.encode(made["clips"]()[1], 24000)
    first = tokenizer.embed(tokens)[0, :, 0].sum(dim=0)
    torch.testing.assert_close(first, torch.from_numpy(tokenizer._models.dequantize(tokens.codes[0, :, 0]))[0, 0])


@pytest.mark.slow
def test_it_conforms(tokenizer):
    report = conformance.check(tokenizer)
    assert report.passed, str(report)


def test_it_has_no_more_codebooks_than_were_loaded(tokenizer):
    with pytest.raises(InvalidOption, match="between 1 and 3"):
        tokenizer.with_codebooks(4)


def blob(path):
    return hashlib.sha1(b"blob %d\0" % path.stat().st_size + path.read_bytes()).hexdigest()


@pytest.fixture
def small(folder, monkeypatch):
    """The published files' names, of the small ones."""
    blobs = {path.name.removeprefix("hil_speech_"): blob(path) for path in folder.glob("hil_speech_*")}
    about = replace(
        hilcodec.VARIANTS["speech"],
        encoder=blobs["enc.onnx"],
        decoder=blobs["dec.onnx"],
        quantizers=tuple(blobs[f"vq{k}.onnx"] for k in range(made["CODEBOOKS"])),
    )
    monkeypatch.setattr(layers, "PAST", {part: blobs[part] for part in layers.PAST})
    monkeypatch.setitem(hilcodec.VARIANTS, "speech", about)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: (_ for _ in ()).throw(OSError("no network in tests")))
    return about


def test_it_loads_by_name_what_git_calls_by_the_same_hash(small, folder, tokenizer, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(folder))
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    loaded = audiotok.load("hilcodec:num_codebooks=2,variant=speech")
    clip = made["clips"]()[1]
    assert torch.equal(loaded.encode(clip, 24000).codes, tokenizer.encode(clip, 24000).codes[:, :2])
    assert loaded.card.domains == ("speech",)
    assert loaded.num_parameters == tokenizer.num_parameters > 3 * 32 * 8


def test_other_files_of_that_name_are_refused(small, folder, tmp_path, monkeypatch):
    (tmp_path / "assets").mkdir()
    for path in folder.iterdir():
        (tmp_path / "assets" / path.name).write_bytes(path.read_bytes() + b"\0")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path / "assets"))
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "cache"))
    with pytest.raises(AssetCorrupt, match=f"expected git blob {small.encoder}"):
        audiotok.load("hilcodec:variant=speech")


def test_missing_files_say_where_they_are(small, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    with pytest.raises(AssetUnavailable) as error:
        audiotok.load("hilcodec:variant=speech")
    for part in ("hil_speech_enc.onnx", small.encoder, f"git -C hilcodec checkout {layers.COMMIT}"):
        assert part in str(error.value)


def test_the_published_variants_have_the_codebooks_of_their_configurations():
    assert {name: len(about.quantizers) for name, about in hilcodec.VARIANTS.items()} == {"speech": 8, "music": 12}
