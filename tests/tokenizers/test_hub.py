import hashlib
import socket
from unittest.mock import patch

import pytest

import audiotok
from audiotok.errors import AssetCorrupt, AssetUnavailable, InvalidOption
from audiotok.files import download
from audiotok.files.first_use import fetch_first_use
from audiotok.tokenizers._hub import Checkpoint


@pytest.fixture
def assets(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path / "assets"))
    folder = tmp_path / "assets" / "owner" / "name"
    folder.mkdir(parents=True)
    with patch.dict(download.failed, clear=True):  # what could not be reached is not asked again by a process
        yield folder


def checkpoint(sha256: str = "") -> Checkpoint:
    return Checkpoint("owner/name", "0123abcd", (("config.json", ""), ("model.safetensors", sha256)))


def test_one_error_names_all_that_is_missing_and_how_to_get_it(assets):
    with pytest.raises(AssetUnavailable) as error, checkpoint("0" * 64).folder():
        pass
    message = str(error.value)
    command = "hf download owner/name config.json model.safetensors --revision 0123abcd --local-dir ASSETS/owner/name"
    assert command in message
    assert "0" * 64 in message


def test_files_that_the_command_put_there_are_used(assets):
    (assets / "config.json").write_text("{}")
    (assets / "model.safetensors").write_bytes(b"weights")
    with checkpoint(hashlib.sha256(b"weights").hexdigest()).folder() as folder:
        assert (folder / "model.safetensors").read_bytes() == b"weights"
        assert (folder / "config.json").read_text() == "{}"


def test_weights_of_another_hash_are_refused(assets):
    (assets / "config.json").write_text("{}")
    (assets / "model.safetensors").write_bytes(b"other")
    with pytest.raises(AssetCorrupt), checkpoint("0" * 64).folder():
        pass


def test_what_came_first_of_a_file_without_a_hash_must_come_again(assets, tmp_path):
    """Also where the file that is kept was damaged, and where the source gives another one by then."""
    source = Given(b"first")
    path = fetch_first_use("owner/name/config.json", source)
    assert path.read_bytes() == b"first"
    source.content = b"second"
    assert fetch_first_use("owner/name/config.json", source).read_bytes() == b"first"
    path.write_bytes(b"damaged")
    with pytest.raises(AssetCorrupt, match=hashlib.sha256(b"first").hexdigest()):
        fetch_first_use("owner/name/config.json", source)
    source.content = b"first"
    assert fetch_first_use("owner/name/config.json", source).read_bytes() == b"first"


class Given:
    """A source whose file may change."""

    def __init__(self, content):
        self.content = content

    def get(self, cache):
        path = download.transient(cache) / "given"
        path.write_bytes(self.content)
        return path

    def hint(self):
        return ""

    def __str__(self):
        return "given"


@pytest.mark.parametrize("name", ["dwavl:centroids=FILE", "focalcodec", "focalcodec:variant=25hz,revision=main"])
def test_a_repository_whose_commits_could_not_be_learnt_wants_one(name):
    if name.startswith("focalcodec"):
        pytest.importorskip("focalcodec", reason="pip install focalcodec from its repository")
    with pytest.raises(InvalidOption, match="revision must be the commit of"):
        audiotok.load(name)


@pytest.mark.parametrize(
    "name",
    [
        "bicodec",
        "audiodec",
        "bigcodec",
        "dac",
        "facodec",
        "funcodec",
        "higgs",
        "mimi",
        "neucodec",
        "snac",
        "speechtokenizer",
        "sqcodec",
        "wavtokenizer",
        "xcodec",
        "xcodec2",
    ],
)
def test_a_tokenizer_without_its_weights_says_which_and_how(assets, name):
    with pytest.raises(AssetUnavailable, match=r"hf download \S+ .*--revision [0-9a-f]{40} --local-dir ASSETS/"):
        audiotok.load(name)
