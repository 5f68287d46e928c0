import subprocess
import sys

import pytest

from audiotok.core.card import DOMAINS
from audiotok.errors import UnknownName
from audiotok.metrics import catalogue


def test_every_name_leads_to_its_metric():
    assert all(catalogue.get(name).name == name for name in catalogue.names())


def test_an_unknown_name_suggests_near_ones():
    with pytest.raises(UnknownName, match="did you mean pesq_wb"):
        catalogue.get("pesq")


def test_a_question_has_its_metrics_and_no_others():
    assert [metric.name for metric in catalogue.for_question("prosody")] == ["f0_error", "f0_rmse", "voicing_error"]


def test_an_unknown_question_lists_those_there_are():
    with pytest.raises(UnknownName, match="perceptual"):
        catalogue.for_question("taste")


@pytest.mark.parametrize("name", catalogue.names())
def test_a_declaration_holds_together(name):
    metric = catalogue.get(name)
    low, high = metric.range
    assert low < high
    assert metric.version >= 1
    assert metric.title
    assert set(metric.domains) <= set(DOMAINS)
    assert metric.domains or not metric.analysis
    assert not metric.picks_worst or metric.direction == "higher"


def test_models_of_speech_are_asked_of_speech_only():
    speech = {"pesq_wb", "stoi", "estoi", "f0_error", "voicing_error", "fad_whisper"}
    assert all(catalogue.get(name).domains == ("speech",) for name in speech)


def test_listing_the_metrics_opens_no_heavy_library():
    heavy = {"librosa", "transformers", "speechbrain", "faster_whisper", "ctranslate2", "pesq", "pystoi", "visqol"}
    code = "import sys; from audiotok.metrics import catalogue; catalogue.names(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(run.stdout.split())
