import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audiotok import metrics
from audiotok.core.card import DOMAINS
from audiotok.errors import BrokenPackage, InvalidOption, UnknownName
from audiotok.metrics import catalogue
from audiotok.metrics.analysis import WAVEFORM


def test_every_name_leads_to_its_metric():
    assert all(catalogue.get(name).name == name for name in catalogue.names())


def test_an_unknown_name_suggests_near_ones():
    with pytest.raises(UnknownName, match="did you mean pesq_wb"):
        catalogue.get("pesq")


def test_a_question_has_its_metrics_and_no_others():
    prosody = ["f0_error", "f0_rmse", "voicing_error", "log_f0_correlation"]
    assert [metric.name for metric in catalogue.for_question("prosody")] == prosody


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
    assert not metric.short or len(metric.short) < len(metric.title)
    assert bool(metric.licence) == bool(metric.evaluation_models)


def test_no_two_metrics_share_the_words_over_their_columns():
    shown = [metric.short or metric.title for metric in map(catalogue.get, catalogue.names())]
    assert len(shown) == len(set(shown))


def test_models_of_speech_are_asked_of_speech_only():
    speech = {"pesq_wb", "stoi", "estoi", "f0_error", "voicing_error", "fad_whisper"}
    assert all(catalogue.get(name).domains == ("speech",) for name in speech)


METRIC = """
from audiotok.metrics.base import TokenMetric
from audiotok.metrics.outcomes import ClipScore
NAME = TokenMetric(name="NAME", version=1, title="Frames", question="rate", unit="", direction="none",
                   range=(0, 1e9), score=lambda tokens, seconds: ClipScore(float(tokens.lengths[0])))
METRICS = (NAME,)
"""


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which modules and packages are found: the catalogue is read anew, and again afterwards."""

    def forget() -> None:
        for read in (catalogue._own, catalogue._offered, catalogue._of_other_package):
            read.cache_clear()
        for name in ("theirs", "audiotok.metrics.frames"):
            sys.modules.pop(name, None)

    monkeypatch.syspath_prepend(tmp_path)
    forget()
    yield tmp_path
    forget()


def test_a_new_metric_of_this_package_is_one_file(found: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (found / "frames.py").write_text(METRIC.replace("NAME", "frames"))
    monkeypatch.setattr(metrics, "__path__", [*metrics.__path__, str(found)])
    assert catalogue.get("frames").title == "Frames"
    assert "frames" in catalogue.names()


def offered(folder: Path, package: str, name: str, value: str) -> None:
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[audiotok.metrics]\n{name} = {value}\n")


def test_a_name_of_ours_that_another_package_claims_is_refused_with_both(found: Path) -> None:
    offered(found, "somebody-else", "stoi", "theirs:STOI")
    claimed = r"'stoi' is claimed twice, by audiotok and somebody-else \(theirs:STOI\)"
    with pytest.raises(UnknownName, match=claimed):
        catalogue.get("stoi")
    assert catalogue.get("estoi").title == "ESTOI"


def test_a_name_that_two_other_packages_claim_is_refused_with_both(found: Path) -> None:
    offered(found, "first", "frames", "one:FRAMES")
    offered(found, "second", "frames", "two:FRAMES")
    with pytest.raises(UnknownName, match=r"claimed twice, by first \(one:FRAMES\) and second \(two:FRAMES\)"):
        catalogue.get("frames")


@pytest.mark.parametrize("value", ["theirs:frames", "theirs:ClipScore"])
def test_what_is_offered_under_a_name_must_be_a_metric_of_that_name(found: Path, value: str) -> None:
    (found / "theirs.py").write_text(METRIC.replace("NAME", "frames"))
    offered(found, "somebody-else", "bars", value)
    with pytest.raises(BrokenPackage, match=r"expected a metric of audiotok.metrics.base called 'bars', got"):
        catalogue.get("bars")


SIGNAL_METRIC = """
from audiotok.metrics.analysis import WAVEFORM, Analysis
from audiotok.metrics.base import ClipMetric
LOUD = Analysis(name="loud", version=1, run=lambda waveform, rate, clip, model: {"loud": waveform.max()})
BARS = ClipMetric(name="bars", version=1, title="Bars", question="signal", unit="", direction="none", range=(0, 1),
                  domains=("speech",), analysis=ANALYSIS, score=lambda reference, estimate, clip: None)
"""


@pytest.mark.parametrize(("analysis", "changes"), [("LOUD", True), ("WAVEFORM", False)])
def test_a_kept_score_and_an_analysis_of_another_package_are_void_when_its_source_changes(
    found: Path, analysis: str, changes: bool
) -> None:
    """Analyses of audiotok are kept: only their metric is scored again."""
    offered(found, "somebody-else", "bars", "theirs:BARS")
    made = []
    for text in (SIGNAL_METRIC, SIGNAL_METRIC.replace("max()", "mean()")):
        (found / "theirs.py").write_text(text.replace("ANALYSIS", analysis))
        sys.modules.pop("theirs", None)
        catalogue._of_other_package.cache_clear()
        made += catalogue.of_signals(["bars"])
    first, second = made
    assert first.key != second.key
    assert (first.analysis != second.analysis) == changes
    assert (first.analysis is WAVEFORM) != changes


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("direction", "down", r"direction must be one of \('higher', 'lower', 'none'\), got 'down'"),
        ("domains", ("sprech",), r"domains must be a tuple out of .*, got \('sprech',\)"),
        ("domains", "speech", "domains must be a tuple out of .*, got 'speech'"),
        ("range", (1.0, 0.0), r"range must be \(lowest, highest\), got \(1.0, 0.0\)"),
        ("version", 0, "version must be an integer from 1 on, got 0"),
        ("version", "1", "version must be an integer from 1 on, got '1'"),
        ("title", None, "title must be text, got None"),
        ("scale", float("nan"), "scale must be finite, got nan"),
    ],
)
def test_a_declaration_that_no_result_could_carry_is_refused_where_it_is_made(
    field: str, value: object, words: str
) -> None:
    with pytest.raises(InvalidOption, match=words):
        replace(catalogue.get("stoi"), **{field: value})


def test_keys_of_our_own_metrics_hold_no_source() -> None:
    (stoi,) = catalogue.of_signals(["stoi"])
    assert stoi.source == stoi.analysis.source == ""
    assert stoi.key == f"stoi.v{stoi.version}|{stoi.analysis.name}.v{stoi.analysis.version}|{stoi.analysis.signature}"


def test_a_metric_that_a_recipe_of_its_own_makes_is_not_scored_by_a_run() -> None:
    assert catalogue.scored_by_run("bitrate").name == "bitrate"
    with pytest.raises(InvalidOption, match="lm_bits is not computed by a run but by its own recipe"):
        catalogue.scored_by_run("lm_bits")


@pytest.mark.parametrize(
    ("name", "tokens", "audio", "applies"),
    [
        ("pesq_wb", False, True, True),  # an anchor
        ("pesq_wb", True, False, False),  # a semantic tokenizer
        ("fad_whisper", False, True, True),
        ("bitrate", False, True, False),
        ("bitrate", True, False, True),
        ("codebook_use", False, True, False),
        ("rtf_encode", True, False, True),
        ("rtf_decode", True, False, False),
        ("rtf_decode", False, True, False),
        ("lm_bits", True, False, True),
        ("lm_bits", False, True, False),
        ("equal_shift", True, False, True),
        ("equal_generation_1", True, False, False),
        ("tts_unended", True, False, False),
    ],
)
def test_a_score_is_asked_of_a_system_that_can_have_it(name: str, tokens: bool, audio: bool, applies: bool) -> None:
    assert catalogue.get(name).applies("speech", tokens=tokens, audio=audio) == applies


def test_a_metric_of_speech_is_not_asked_of_music_and_a_rate_is() -> None:
    assert not catalogue.get("pesq_wb").applies("music", tokens=True, audio=True)
    assert not catalogue.get("lm_bits").applies("music", tokens=True, audio=True)
    assert catalogue.get("bitrate").applies("music", tokens=True, audio=True)


def test_equal_scores_of_different_clips_are_plausible_only_of_shares_and_sets() -> None:
    suspicious = {name for name in catalogue.names() if catalogue.get(name).tells_clips_apart}
    assert {"pesq_wb", "wer", "si_sdr", "clipped", "continuation_dnsmos_ovrl"} <= suspicious
    assert not suspicious & {"fad_whisper", "bitrate", "rtf_decode", "tts_unended", "tts_wer", "equal_generation_1"}


def test_what_taught_a_tokenizer_does_not_rank_it() -> None:
    assert catalogue.get("fad_whisper").why_unranked(["wavlm", "whisper-base"]) == "taught by its judge, whisper-base"
    assert catalogue.get("fad_whisper").why_unranked(["wavlm"]) == ""
    assert catalogue.get("pairs_order").why_unranked([]).startswith("a sanity check")


@pytest.mark.parametrize(
    ("names", "weight"),
    [
        (("si_sdr", "pesq_wb", "speaker_ge2e", "f0_rmse", "utmos"), "one"),
        (("bitrate", "token_rate", "rtf_encode", "lm_bits", "lm_order0", "lm_bigram"), "seconds"),
        (("wer", "cer", "dwer", "wer_whisper_small", "dwer_whisper_tiny", "voicing_error", "clipped"), "count"),
        (("f0_error",), "some"),
        (("pairs_speaker", "tts_wer", "abx_within_edit", "equal_shift"), ""),
    ],
)
def test_the_weights_that_a_submission_may_claim_are_declared(names: tuple[str, ...], weight: str) -> None:
    assert {name: catalogue.get(name).weight for name in names} == dict.fromkeys(names, weight)
    assert catalogue.get("dwer").weight_tolerance == 0.25
    assert catalogue.get("wer").weight_tolerance == 0
