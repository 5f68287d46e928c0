"""What a paper needs to cite."""

import re

import pytest

from audiotok import registry
from audiotok.cli.cite import _OF_METRICS, _references
from audiotok.metrics import catalogue


def keys(bibtex: str) -> list[str]:
    return re.findall(r"^@\w+\{([\w-]+),$", bibtex, re.MULTILINE)


def test_tokenizers_metrics_and_audiotok_have_an_entry_each(audiotok) -> None:
    status, out, _ = audiotok("cite", "mimi:num_codebooks=8", "pesq_wb", "wer", "dwer")
    assert (status, keys(out)) == (0, ["mimi", "pesq", "whisper", "audiotok"])
    card = registry.card("mimi")
    assert card
    assert f"url = {{{card.paper}}}" in out
    assert out.count("{") == out.count("}")


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
    assert any(name.startswith(beginning) for name in catalogue.names())
    assert _OF_METRICS[beginning] in _references()
