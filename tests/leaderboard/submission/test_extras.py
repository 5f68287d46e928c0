"""What a row may add of language models and phones, and how it is held to the protocol."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import pytest

from audiotok import data, tasks
from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.files import sampled_clips
from audiotok.leaderboard.submission.rows import admit
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.record import Result, ScoredClip
from audiotok.results.statistics import estimate
from audiotok.tasks.suites import SUITES, why_withdrawn

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
result = made["result"]
line = made["line"]
card = made["card"]
write = made["write"]
keep = made["keep"]
NAME = made["NAME"]
CLIP = made["CLIP"]
make_result = made["make_result"]
write_noise = made["write_noise"]


@pytest.fixture
def with_models(folder: Path) -> Path:
    """A copy that also tells what language models gave."""
    voices = data.load("small-new-voices")
    record.write(
        folder / "acoustic_lm.jsonl",
        [make_result("acoustic_lm", name, "speech", voices) for name in tasks.get("acoustic_lm").metrics],
    )
    return folder


def test_scores_of_language_models_may_come_along(with_models: Path) -> None:
    assert check(with_models) == []
    [entry], _ = admit(with_models.parent)
    assert {"lm_bits", "wer"} <= {r.metric for r in entry.results}


@pytest.mark.parametrize(
    ("tamper", "field", "reason"),
    [
        (
            line("lm_bits", "hours:2.0", "hours:20.0", "acoustic_lm.jsonl"),
            "lm_bits/speech: signature",
            "hours 2.0, got 20.0",
        ),
        (line("lm_bits", "small-new-voices@", "mini@", "acoustic_lm.jsonl"), "lm_bits/speech: signature", "a data set"),
        (
            result("lm_bits", lambda r: r["scores"].pop(), "acoustic_lm.jsonl"),
            "lm_bits/speech: scores",
            "1 of 385 clips",
        ),
        (line("lm_order0", '"speech"', '"music"', "acoustic_lm.jsonl"), "lm_order0/speech", "missing"),
        (
            result(
                "lm_bits", lambda r: r["undefined"].update({r["scores"].pop()["clip"]: "silence"}), "acoustic_lm.jsonl"
            ),
            *("lm_bits/speech: undefined", "expected none"),
        ),
        (
            lambda f: (f / "acoustic_lm.jsonl").rename(f / "timings.jsonl"),
            "lm_bits/speech: signature",
            "a recipe that measures",
        ),
    ],
)
def test_models_trained_otherwise_do_not(with_models: Path, tamper: Change, field: str, reason: str) -> None:
    tamper(with_models)
    problems = check(with_models)
    assert any(p.field == field and reason in p.reason for p in problems), problems


def abx(metric: str, said: dict[str, float], name: str = "dev-clean", groups: int = 10) -> Result:
    """`said`: "A not B, by s" -> the share that is wrong."""
    declared = catalogue.get(metric)
    pairs = [row.partition(", by ") for row in said]
    rows = tuple(
        ScoredClip(row, value * weight, weight, speaker)
        for (row, value), (pair, _, speaker) in zip(said.items(), pairs, strict=True)
        for weight in [1 / sum(pair == other for other, *_ in pairs)]
    )
    whole, uncertainty = estimate(rows, declared.scale, declared.range)
    return Result(
        *(NAME, metric, "speech"),
        signature=tasks.get("abx").sign(f"{metric}.v{declared.version}", name, "ab12" * 16, f"group:{groups}|voices:5"),
        estimate=whole,
        uncertainty=uncertainty,
        scores=rows,
        **{field: getattr(declared, field) for field in ("title", "question", "unit", "direction", "scale")},
    )


SAID = {"a not e, by s1": 0.25, "a not e, by s2": 0.0, "e not a, by s1": 0.5}
SAMPLED = [clips[0].id for part in SUITES["mini"].optional if (clips := sampled_clips(part))]


@pytest.fixture
def with_extras(folder: Path) -> Path:
    """A copy with all that a row may add of language models, and phones."""
    for part in SUITES["mini"].optional:
        if part.task in ("lm_pairs", "continuations", "tts_probe"):
            asked = data.load(part.data)
            record.write(
                folder / part.file,
                [make_result(part.task, name, "speech", asked) for name in tasks.get(part.task).metrics],
            )
    for name, clip in zip(("continuations", "tts_probe"), SAMPLED, strict=True):
        (folder / name).mkdir()
        write_noise(folder / name / f"{clip}.ogg")
    record.write(folder / "abx.jsonl", [abx(metric, SAID) for metric in tasks.get("abx").metrics])
    return folder


def test_what_language_models_say_of_pairs_continuations_and_texts_may_come_along(with_extras: Path) -> None:
    assert check(with_extras) == []
    [entry], _ = admit(with_extras.parent)
    found = {r.metric: r for r in entry.results}
    assert {"pairs_speaker", "pairs_order", "continuation_length", "tts_wer", "abx_within_edit"} <= set(found)
    assert found["pairs_speaker"].estimate.n == 184
    assert {f"continuations/{SAMPLED[0]}", f"tts_probe/{SAMPLED[1]}", CLIP} == set(entry.samples)
    [shown] = page_data([entry], {}, {})["entries"]
    assert len(shown["cells"]) == len({(r.metric, r.domain) for r in entry.results if not why_withdrawn(r)})


def test_a_tokenizer_without_a_decoder_adds_what_needs_none(folder: Path) -> None:
    tokens_only = ("bitrate", "token_rate", "empirical_bitrate", "codebook_use", "entropy", "rtf_encode")
    keep(folder, lambda r: r.metric in tokens_only)
    card(decoder="-")(folder)
    shutil.rmtree(folder / "samples")
    asked = data.load("small-new-voices-prompts")
    names = ("continuation_codes_again", "continuation_codes_again_real", "continuation_length")
    made = [make_result("continuations", name, "speech", asked) for name in names]
    record.write(folder / "continuations.jsonl", made)
    assert check(folder) == []
    record.write(folder / "continuations.jsonl", made[1:])
    assert [problem.field for problem in check(folder)] == ["continuation_codes_again/speech"]


@pytest.mark.parametrize(
    ("tamper", "file", "field", "reason"),
    [
        (
            line("tts_wer", "sample_seed:0", "sample_seed:7", "tts_probe.jsonl"),
            *("tts_probe.jsonl", "tts_wer/speech: signature", "sample_seed 0, got 7"),
        ),
        (
            line("pairs_speaker", "items:40", "items:4", "lm_pairs.jsonl"),
            *("lm_pairs.jsonl", "pairs_speaker/speech: signature", "items 40, got 4"),
        ),
        (
            result("pairs_speaker", lambda r: r["scores"].pop(), "lm_pairs.jsonl"),
            *("lm_pairs.jsonl", "pairs_speaker/speech: scores", "1 of 184 clips are missing"),
        ),
        (
            result("pairs_speaker", lambda r: r["scores"][0].update(weight=2.0), "lm_pairs.jsonl"),
            *("lm_pairs.jsonl", "pairs_speaker/speech: scores", "expected 1 as weight, got 2"),
        ),
        (
            result("pairs_speaker", lambda r: r["scores"][0].update(total=2.0), "lm_pairs.jsonl"),
            *("lm_pairs.jsonl", "pairs_speaker/speech: scores", "expected 0 to 1, got 2"),
        ),
        (
            result("pairs_speaker", lambda r: r["scores"][0].update(language="en"), "lm_pairs.jsonl"),
            *("lm_pairs.jsonl", "pairs_speaker/speech: scores", "speaker and language of the data set"),
        ),
        (
            result("pairs_order", lambda r: r.update(unranked=""), "lm_pairs.jsonl"),
            *("lm_pairs.jsonl", "pairs_order/speech: unranked", "a sanity check"),
        ),
        (
            result("tts_wer_real", lambda r: r.update(unranked=""), "tts_probe.jsonl"),
            *("tts_probe.jsonl", "tts_wer_real/speech: unranked", "an anchor"),
        ),
        (
            result(
                "continuation_dnsmos_ovrl",
                lambda r: (
                    [score.update(total=1.5) for score in r["scores"]]
                    and r["estimate"].update(value=1.5, low=None, high=None)
                ),
                "continuations.jsonl",
            ),
            *("continuations.jsonl", "continuation_dnsmos_ovrl/speech: scores", "not plausible"),
        ),
        (
            lambda f: record.write(f / "abx.jsonl", [abx("abx_within_edit", SAID)]),
            *("abx.jsonl", "abx_across_edit/speech", "missing"),
        ),
        (
            lambda f: record.write(f / "abx.jsonl", [abx("abx_within_edit", SAID, "mine")]),
            *("abx.jsonl", "abx_within_edit/speech: signature", "dev-clean, dev-other, test-clean, test-other"),
        ),
        (
            lambda f: record.write(f / "abx.jsonl", [abx("abx_within_edit", SAID, groups=3)]),
            *("abx.jsonl", "abx_within_edit/speech: signature", "group 10, got 3"),
        ),
        (
            result("abx_within_edit", lambda r: r["scores"][0].update(clip="a clip"), "abx.jsonl"),
            *("abx.jsonl", "abx_within_edit/speech: scores", "expected clips of the data set, got 'a clip'"),
        ),
        (
            result("abx_within_edit", lambda r: r["scores"][2].update(weight=0.5, total=0.25), "abx.jsonl"),
            *("abx.jsonl", "abx_within_edit/speech: scores", "e not a, by s1: expected 1 as weight, got 0.5"),
        ),
        (
            lambda f: (f / "continuations.jsonl").unlink(),
            *("continuations", "", "expected continuations.jsonl next to it"),
        ),
        (
            write("continuations/another.ogg", b"OggS"),
            *("continuations/another.ogg", "", "id of a clip"),
        ),
        (
            lambda f: write(f"continuations/{SAMPLED[0]}.ogg", b"<html>")(f),
            *(f"continuations/{SAMPLED[0]}.ogg", "", "ogg audio"),
        ),
    ],
)
def test_extras_measured_otherwise_do_not(
    with_extras: Path, tamper: Change, file: str, field: str, reason: str
) -> None:
    tamper(with_extras)
    problems = check(with_extras)
    assert any((p.file, p.field) == (file, field) and reason in p.reason for p in problems), problems
