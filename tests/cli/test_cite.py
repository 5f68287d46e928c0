"""What a paper needs to cite."""

import re

import pytest

from audiotok import registry
from audiotok.cli.cite import _OF_METRICS, _key, _references, _without_task
from audiotok.metrics import catalogue


def keys(bibtex: str) -> list[str]:
    return re.findall(r"^@\w+\{([\w-]+),$", bibtex, re.MULTILINE)


def test_tokenizers_metrics_and_audiotok_have_an_entry_each(audiotok) -> None:
    status, out, _ = audiotok("cite", "mimi:num_codebooks=8", "pesq_wb", "wer", "dwer")
    assert (status, keys(out)) == (0, ["mimi", "pesq", "whisper", "audiotok"])
    card = registry.card("mimi")
    assert card
    assert f"url = {{{card.paper}}}" in out
    assert f"% mimi: code {card.code}, licence {card.licence}" in out
    assert out.count("{") == out.count("}")


def test_tokenizers_of_one_paper_share_its_entry_and_each_says_its_licence(audiotok) -> None:
    status, out, _ = audiotok("cite", "lyra", "audiotok-rvq", "whisper-units", "wer")
    assert (status, sorted(keys(out))) == (0, ["audiotok", "soundstream", "whisper"])
    assert all(f"% {name}: code " in out for name in ("lyra", "audiotok-rvq", "whisper-units"))


def fields(entry: str) -> dict[str, str]:
    """Of one entry, a field a line."""
    return dict(re.findall(r"^  (\w+) = \{(.+)\},?$", entry, re.MULTILINE))


@pytest.mark.parametrize("key", _references())
def test_every_reference_says_who_what_when_and_where(key: str) -> None:
    entry = _references()[key]
    found = fields(entry)
    assert len(found) == entry.count("\n") - 1  # every line between the first and the last is a field
    assert {"title", "author", "year"} <= found.keys()
    assert found.get("url", "").startswith("https://") or found.get("doi", "").startswith("10.")
    assert 1950 < int(found["year"]) < 2100
    assert all(text.count("{") == text.count("}") for text in found.values())
    assert entry.startswith("@misc") or {"journal", "booktitle"} & found.keys()


def test_every_tokenizer_of_this_package_has_a_reference() -> None:
    cards = {name: card for name in registry.available() if (card := registry.card(name))}
    addresses = [fields(entry).get("url") for entry in _references().values()]
    assert {name: card.paper for name, card in cards.items() if card.paper not in addresses} == {}
    assert len(addresses) - addresses.count(None) == len(set(addresses) - {None})  # one entry a paper


def test_every_metric_with_an_evaluation_model_has_a_reference() -> None:
    with_model = [name for name in catalogue.names() if catalogue.get(name).evaluation_models]
    assert [name for name in with_model if _key(name) is None] == []


def test_a_name_that_nobody_knows_is_an_error(audiotok) -> None:
    status, _, err = audiotok("cite", "pesqwb")
    assert (status, "did you mean pesq_wb" in err) == (1, True)


def test_what_has_no_paper_is_said(audiotok) -> None:
    status, out, err = audiotok("cite", "clipped", "bpe")
    assert (status, keys(out)) == (0, ["audiotok"])
    assert "clipped: no paper is on record" in err
    assert "bpe is applied to another tokenizer" in err


@pytest.mark.parametrize("beginning", _OF_METRICS)
def test_every_reference_is_of_some_metric_and_is_there(beginning: str) -> None:
    assert any(_without_task(name).startswith(beginning) for name in catalogue.names())
    assert _OF_METRICS[beginning] in _references()


def test_what_a_task_makes_of_a_metric_has_that_metrics_reference() -> None:
    assert _key("probe_enhance_dnsmos_ovrl") == _key("continuation_dnsmos_ovrl") == "dnsmos"
    assert _key("probe_separate_dwer") == _key("tts_wer") == "whisper"
    assert _key("probe_stems_si_sdr") == _key("probe_separate_si_sdr") == "si_sdr"
