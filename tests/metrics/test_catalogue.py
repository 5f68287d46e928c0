import subprocess
import sys
from pathlib import Path

import pytest

from audiotok.core.card import DOMAINS
from audiotok.errors import InvalidOption, UnknownName
from audiotok.metrics import catalogue


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


def test_listing_the_metrics_opens_no_heavy_library():
    heavy = {"librosa", "transformers", "speechbrain", "faster_whisper", "ctranslate2", "pesq", "pystoi", "visqol"}
    code = "import sys; from audiotok.metrics import catalogue; catalogue.names(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(run.stdout.split())


METRIC = """
from audiotok.metrics.base import TokenMetric, ClipScore
NAME = TokenMetric(name="NAME", version=1, title="Frames", question="rate", unit="", direction="none",
                   range=(0, 1e9), score=lambda tokens, seconds: ClipScore(float(tokens.lengths[0])))
METRICS = (NAME,)
"""


def listed(code: str, *paths: Path) -> str:
    """What a fresh interpreter prints that finds packages and modules in `paths` too."""
    setup = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}\nfrom audiotok.metrics import catalogue\n"
    run = subprocess.run([sys.executable, "-c", setup + code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_a_new_metric_of_this_package_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "frames.py").write_text(METRIC.replace("NAME", "frames"))
    code = f"from audiotok import metrics; metrics.__path__.append({str(tmp_path)!r})\n"
    assert listed(code + "print(catalogue.get('frames').title, 'frames' in catalogue.names())") == "Frames True"


def offered(folder: Path, package: str, name: str, value: str) -> None:
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[audiotok.metrics]\n{name} = {value}\n")


CAUGHT = "try: catalogue.get({name!r})\nexcept audiotok.errors.UnknownName as error: print(error)"


def caught(name: str) -> str:
    return "import audiotok\n" + CAUGHT.format(name=name)


def test_a_name_of_ours_that_another_package_claims_is_refused_with_both(tmp_path: Path) -> None:
    offered(tmp_path, "somebody-else", "stoi", "theirs:STOI")
    message = listed(caught("stoi"), tmp_path)
    assert "'stoi' is claimed twice, by audiotok and somebody-else (theirs:STOI)" in message
    assert listed("print(catalogue.get('estoi').title)", tmp_path) == "ESTOI"


def test_a_name_that_two_other_packages_claim_is_refused_with_both(tmp_path: Path) -> None:
    offered(tmp_path, "first", "frames", "one:FRAMES")
    offered(tmp_path, "second", "frames", "two:FRAMES")
    assert "claimed twice, by first (one:FRAMES) and second (two:FRAMES)" in listed(caught("frames"), tmp_path)


@pytest.mark.parametrize("value", ["theirs:frames", "theirs:ClipScore"])
def test_what_is_offered_under_a_name_must_be_a_metric_of_that_name(tmp_path: Path, value: str) -> None:
    (tmp_path / "theirs.py").write_text(METRIC.replace("NAME", "frames"))
    offered(tmp_path, "somebody-else", "bars", value)
    assert "expected a metric of audiotok.metrics.base that is called 'bars', got" in listed(caught("bars"), tmp_path)


def test_a_metric_that_a_recipe_of_its_own_makes_is_not_scored_by_a_run() -> None:
    assert catalogue.scored_by_run("bitrate").name == "bitrate"
    with pytest.raises(InvalidOption, match="lm_bits is not made by a run but by a recipe of its own"):
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
