"""Signatures from before a metric's numbers changed: kept by rows that were there, taken from nobody new."""

from dataclasses import replace
from pathlib import Path

from audiotok import data
from audiotok.leaderboard.submission.check_scores import Expected, check_results
from audiotok.leaderboard.submission.older_signatures import RAISED, earlier, is_earlier
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.tasks.suites import suite

ROWS = Path(__file__).parents[3] / "leaderboard" / "submissions"

TODAY = "wer.v1|compute:float32|data:mini@sha256:0|loops:no-5-gram-twice|metric:wer.v2|normaliser:audiotok-text.v5"
OTHER_ORDINALS = TODAY.replace("text.v5", "text.v4")
OTHER_NUMBERS = TODAY.replace("text.v5", "text.v3")
IN_INT8 = "wer.v1|compute:int8|data:mini@sha256:0|metric:wer.v2|normaliser:audiotok-text.v2"
BEFORE = "wer.v1|compute:int8|data:mini@sha256:0|metric:wer.v1|normaliser:audiotok-text.v1"


def test_a_score_has_the_earlier_signatures_of_its_fields() -> None:
    assert earlier(TODAY) == (OTHER_ORDINALS, OTHER_NUMBERS, IN_INT8, BEFORE)
    assert earlier(BEFORE) == ()
    letters = "probe.v1|metric:probe_cer.v2|normaliser:audiotok-text.v5"  # of a probe, without an ASR model
    assert earlier(letters) == (
        "probe.v1|metric:probe_cer.v2|normaliser:audiotok-text.v4",
        "probe.v1|metric:probe_cer.v2|normaliser:audiotok-text.v3",
        "probe.v1|metric:probe_cer.v2|normaliser:audiotok-text.v2",
        "probe.v1|metric:probe_cer.v1|normaliser:audiotok-text.v1",
    )
    assert earlier("reconstruction.v1|data:mini@sha256:0|metric:stoi.v1") == ()


def test_a_metric_whose_version_alone_went_up_has_the_earlier_one_too() -> None:
    assert earlier("tts_probe.v1|metric:tts_soundless.v2|seed:0") == ("tts_probe.v1|metric:tts_soundless.v1|seed:0",)
    spoken = TODAY.replace("metric:wer.v2", "metric:tts_wer.v3")
    assert earlier(spoken) == tuple(
        signed.replace("metric:wer.", "metric:tts_wer.")
        for signed in (TODAY, OTHER_ORDINALS, OTHER_NUMBERS, IN_INT8, BEFORE)
    )
    assert is_earlier("tts_probe.v1|metric:tts_soundless.v1|seed:0", catalogue.get("tts_soundless"))
    assert {catalogue.get(name.partition(".")[0]).version for name in RAISED} == {2, 3}


def test_only_an_earlier_score_cannot_be_held_to_todays() -> None:
    assert is_earlier(OTHER_ORDINALS, catalogue.get("wer"))
    assert is_earlier(OTHER_NUMBERS, catalogue.get("wer"))
    assert is_earlier(IN_INT8, catalogue.get("wer"))
    assert is_earlier(BEFORE, catalogue.get("wer"))
    assert not is_earlier(TODAY, catalogue.get("wer"))


def test_a_clean_reference_of_another_signature_is_no_measure_for_a_row() -> None:
    rows = {name: record.read(ROWS / name / "results.jsonl") for name in ("codec2-mode-700", "reference")}
    cer, clean = ([r for r in found if r.metric == "cer"] for found in rows.values())
    before = replace(
        clean[0],
        signature=earlier(clean[0].signature)[0],
        scores=tuple(replace(score, weight=score.weight + 5) for score in clean[0].scores),
    )
    asked, mini = suite("mini"), {"mini": data.load("mini")}
    for reference, accepted in ((clean[0], True), (before, True), (replace(before, signature=cer[0].signature), False)):
        known = {("cer", "speech", "mini"): reference}
        problems = check_results("results.jsonl", cer, Expected(asked, mini, True, True, (), known, older=True))
        assert any(problem.field.startswith("cer") for problem in problems) != accepted
