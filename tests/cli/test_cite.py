"""What a paper needs to cite."""

import re
from dataclasses import replace

import pytest

from audiotok import registry
from audiotok.cli.cite import _references
from audiotok.metrics import catalogue, recognition
from audiotok.metrics.asr_models import speechbrain_asr


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
    with_model = [metric for metric in catalogue.usable().values() if metric.evaluation_models]
    assert [metric.name for metric in with_model if not metric.reference] == []


def test_what_our_metrics_refer_to_is_there() -> None:
    references = {catalogue.get(name).reference for name in catalogue.own_names()} - {""}
    assert references <= _references().keys()
    assert len(references) > 30


@pytest.mark.parametrize(
    ("metric", "reference"),
    [
        ("probe_enhance_dnsmos_ovrl", "dnsmos"),
        ("tts_wer", "whisper"),
        ("wer_wav2vec2_base_960h", "wav2vec2"),
        ("probe_stems_si_sdr", "si_sdr"),
        ("sdr_aligned", "bss_eval"),
        ("ci_sdr", "ci_sdr"),
        ("estoi", "estoi"),
        ("music_kad_musicnn", "kad"),
        ("lexicon_read_wer", ""),
    ],
)
def test_what_is_made_of_a_metric_has_its_reference_or_one_of_its_own(metric: str, reference: str) -> None:
    assert catalogue.get(metric).reference == reference


def test_an_asr_model_of_ones_own_is_not_cited_as_whisper() -> None:
    mine = speechbrain_asr("mine", "someone/asr", "0" * 40, ("en",))
    assert {metric.reference for metric in recognition.metrics(mine)} == {""}


def test_a_metric_of_another_package_is_cited_by_the_address_of_its_paper(
    audiotok, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = replace(catalogue.get("clipped"), name="theirs", title="Theirs", reference="https://example.org/paper")
    monkeypatch.setattr(catalogue, "names", lambda: ["theirs"])
    monkeypatch.setattr(catalogue, "get", lambda name: theirs)
    status, out, _ = audiotok("cite", "theirs")
    assert (status, keys(out)) == (0, ["theirs", "audiotok"])
    assert "url = {https://example.org/paper}" in out


def test_a_name_that_nobody_knows_is_an_error(audiotok) -> None:
    status, _, err = audiotok("cite", "pesqwb")
    assert (status, "did you mean pesq_wb" in err) == (1, True)


def test_what_has_no_paper_is_said(audiotok) -> None:
    status, out, err = audiotok("cite", "clipped", "bpe")
    assert (status, keys(out)) == (0, ["audiotok"])
    assert "clipped: no paper is on record" in err
    assert "bpe is applied to another tokenizer" in err
