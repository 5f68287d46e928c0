"""Seeing which tokenizers there are, without packages, weights or runs."""

import doctest
import json

import pytest
import yaml

from audiotok import doors, packages
from audiotok.cli import tokenizers


def test_list_with_filters_is_a_table_of_cards(audiotok) -> None:
    status, out, _ = audiotok("list", "--quantizer", "fsq", "--json")
    assert status == 0
    found = json.loads(out)
    assert {"focalcodec"} <= {one["name"] for one in found} or found
    assert {one["quantizer"] for one in found} == {"FSQ"}
    _, speech, _ = audiotok("list", "--domain", "music", "--json")
    assert all("music" in one["domains"] for one in json.loads(speech))
    _, table, _ = audiotok("list", "--long")
    assert next(line for line in table.splitlines() if line.startswith("mulaw ")).split()[-1] == "here"


def test_list_shows_rates_without_loading_anything(audiotok) -> None:
    _, out, _ = audiotok("list", "--json")
    mimi = next(one for one in json.loads(out) if one["name"] == "mimi")
    assert (mimi["sample_rates"], mimi["frame_rates"], mimi["bitrates"]) == ([24000], [12.5], [1100, 4400])
    _, table, _ = audiotok("list", "--long")
    assert "12.5      1.1-4.4 " in next(line for line in table.splitlines() if line.startswith("mimi "))
    assert "16000     128 " in next(line for line in table.splitlines() if line.startswith("mulaw "))


def test_the_examples_give_what_they_show() -> None:
    assert doctest.testmod(tokenizers).failed == 0


def test_list_says_which_command_installs_what_is_missing(audiotok, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "_is_installed", lambda requirement: requirement.name != "snac")
    _, out, _ = audiotok("list", "--json")
    (snac,) = [one for one in json.loads(out) if one["name"] == "snac"]
    assert (snac["missing_packages"], snac["install"]) == (["snac"], 'pip install "audiotok[snac]"')
    _, out, _ = audiotok("list", "--installed", "--json")
    assert "snac" not in {one["name"] for one in json.loads(out)}


@pytest.fixture
def broken(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with a tokenizer `a-broken-codec` whose module cannot be imported."""
    site = tmp_path_factory.mktemp("site")
    info = site / "broken_codec-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-codec\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[audiotok.tokenizers]\na-broken-codec = broken_codec:Codec\n")
    (site / "broken_codec.py").write_text("raise ImportError('no such name')")
    monkeypatch.syspath_prepend(site)


@pytest.mark.usefixtures("broken")
def test_a_tokenizer_that_its_package_breaks_is_left_out_of_the_list(audiotok) -> None:
    doors._warn.cache_clear()
    status, out, err = audiotok("list", "--json")
    assert status == 0, err
    assert {"mulaw", "a-broken-codec"} & {one["name"] for one in json.loads(out)} == {"mulaw"}
    assert "left out: the tokenizer 'a-broken-codec' of broken-codec" in err


def test_info_without_weights_is_what_the_card_says(
    audiotok, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path_factory.mktemp("hub")))
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.delenv("AUDIOTOK_ASSETS", raising=False)
    status, out, err = audiotok("info", "mimi")
    assert status == 0, err
    told = yaml.safe_load(out)
    assert told["card"]["title"].startswith("Mimi")
    assert told["not_loaded"]
    assert told["options"]["num_codebooks"] == {"default": 8, "type": "int"}


def test_info_prints_options_with_choices_and_defaults(audiotok) -> None:
    _, out, _ = audiotok("info", "mulaw", "--json")
    told = json.loads(out)
    assert told["options"] == {"sample_rate": {"default": 16000, "choices": [16000, 8000]}}
    assert (told["bitrate"], told["missing_packages"]) == (128000, [])


def test_info_says_what_multiply_accumulates_are_counted_on(audiotok) -> None:
    for name in ("mulaw", "mimi"):  # loaded, and without its weights
        _, out, _ = audiotok("info", name, "--json")
        assert json.loads(out)["macs_counted_on"].startswith("one clip of one second")
