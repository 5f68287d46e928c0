"""A made-up submission that the board takes: not a test, but what tests of the door run to tamper with it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
import torch
import yaml
from safetensors.numpy import save_file

from audiotok import conformance, data, tasks
from audiotok.core.card import TokenizerCard
from audiotok.core.tokens import FILE_FORMAT, Tokens, TokenSpec
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen
from audiotok.leaderboard.submission.version import NEWEST
from audiotok.metrics import catalogue
from audiotok.metrics.likelihood_pairs import Item, items, set_of
from audiotok.results import record
from audiotok.results.conformance import Finding, Report
from audiotok.results.record import Estimate, Result, ScoredClip
from audiotok.results.statistics import estimate, estimate_by_language
from audiotok.tasks.suites import SUITES

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
    write_noise(folder / "samples" / f"{CLIP}.ogg", next(clip.duration for clip in MINI if clip.id == CLIP))
    return folder
