"""Made-up entries that look like real ones, for tests of the page only: their numbers mean nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok.core.card import TokenizerCard
from audiotok.leaderboard.submission.entry import Entry
from audiotok.results.conformance import Finding, Report
from audiotok.results.record import Estimate, Result, ScoredClip


@dataclass(frozen=True)
class Made:
    """A metric of made-up numbers: best value, worst value, spread over clips."""

    name: str
    title: str
    question: str
    unit: str
    direction: str
    best: float
    worst: float
    spread: float
    domains: tuple[str, ...] = ("speech",)
    scale: float = 1.0


ALL = ("speech", "music", "audio")
METRICS = (
    Made("dwer", "dWER", "intelligibility", "%", "lower", 0.02, 0.35, 0.06, scale=100),
    Made("wer", "WER", "intelligibility", "%", "lower", 0.04, 0.4, 0.06, scale=100),
    Made("pesq_wb", "PESQ (wide band)", "perceptual", "", "higher", 3.9, 1.1, 0.25),
    Made("dnsmos_ovrl", "DNSMOS overall", "perceptual", "", "higher", 3.3, 2.1, 0.2),
    Made("visqol", "ViSQOL", "perceptual", "", "higher", 4.6, 2.2, 0.2, ALL),
    Made("estoi", "ESTOI", "intelligibility", "", "higher", 0.97, 0.5, 0.04),
    Made("speaker_ge2e", "Speaker similarity (GE2E)", "speaker", "", "higher", 0.97, 0.62, 0.04),
    Made("f0_error", "F0 error", "prosody", "cent", "lower", 11.0, 90.0, 8.0),
    Made("mel_distance", "Mel distance", "signal", "", "lower", 0.35, 1.6, 0.1, ALL),
    Made("si_sdr_aligned", "SI-SDR, delay removed", "signal", "dB", "higher", 12.0, -12.0, 2.0, ALL),
    Made("entropy", "Normalised entropy", "codebook", "", "none", 0.97, 0.6, 0.01, ALL),
    Made("rtf_encode", "Real-time factor, encode", "rate", "", "lower", 0.004, 0.3, 0.002, ALL),
)
#: Recipe, data, metric, and why it is no score: what rows of HAVE_EXTRAS add.
EXTRAS = (
    *(
        ("lm_pairs", "small", Made(f"pairs_{name}", title, question, "%", "higher", 0.9, 0.5, 0.05, scale=100), why)
        for name, title, question, why in (
            ("speaker", "Same speaker, right pairs", "pairs", ""),
            ("reversal", "Direction of time, right pairs", "sanity", "a sanity check: it saturates"),
        )
    ),
    (
        *("continuations", "small-new-voices-prompts"),
        Made("continuation_dnsmos_ovrl", "Continuation, DNSMOS", "continuation", "", "higher", 3.0, 1.5, 0.2),
        "",
    ),
    ("tts_probe", "small-new-texts", Made("tts_wer", "Text to speech, WER", "tts", "%", "lower", 0.8, 1.2, 0.1), ""),
)
HAVE_EXTRAS = ("codec2", "lyra")
#: name, options, bit/s, quantizer, quality from 0 to 1, taught by
SYSTEMS = (
    ("codec2", "mode=1200", 1200, "SVQ", 0.05, ()),
    ("codec2", "mode=2400", 2400, "SVQ", 0.15, ()),
    ("codec2", "mode=3200", 3200, "SVQ", 0.22, ()),
    ("lyra", "stages=16", 3200, "RVQ", 0.68, ()),
    ("lyra", "stages=30", 6000, "RVQ", 0.8, ()),
    ("lyra", "stages=46", 9200, "RVQ", 0.86, ()),
    ("mulaw", "", 128000, "SQ", 0.97, ()),
    ("mel-vq", "num_codebooks=1", 500, "RVQ", 0.1, ()),
    ("mel-vq", "num_codebooks=4", 2000, "RVQ", 0.55, ()),
    ("mel-vq", "num_codebooks=8", 4000, "RVQ", 0.7, ()),
    ("encodec", "bandwidth=1.5", 1500, "RVQ", 0.4, ()),
    ("encodec", "bandwidth=6", 6000, "RVQ", 0.82, ()),
    ("encodec", "bandwidth=24", 24000, "RVQ", 0.95, ()),
    ("mimi", "num_codebooks=8", 1100, "RVQ", 0.72, ("wavlm-large",)),
    ("whisper-units", "num_units=512", 450, "k-means", 0.3, ("whisper-base",)),
    ("squeeze", "levels=5", 950, "FSQ", 0.33, ()),
)
ANCHORS = (
    ("reference", None, 1.0),
    ("lowpass:cutoff=3500", None, 0.75),
    ("opus:kbps=6", 6000, 0.45),
    ("opus:kbps=12", 12000, 0.72),
)
LANGUAGES = ("en", "es", "fr", "it", "ru")


def result(
    identifier: str, metric: Made, domain: str, quality: float, clips: int, seed: int, *, failed: int = 0, why: str = ""
) -> Result:
    """Scores around best and worst by quality, the same hard clips for all."""
    hard = np.random.default_rng(7).normal(size=clips)
    own = np.random.default_rng(seed).normal(size=clips)
    middle = metric.worst + (metric.best - metric.worst) * quality
    sign = 1 if metric.best > metric.worst else -1
    values = middle - sign * metric.spread * (0.8 * hard + 0.5 * own)
    if metric.direction == "lower":
        values = np.maximum(values, 0.0)
    scores = tuple(
        ScoredClip(f"{domain}-{i:02}", float(v), 1.0, language=LANGUAGES[i % 5] if domain == "speech" else None)
        for i, v in enumerate(values[failed:], start=failed)
    )
    mean, error = values.mean() * metric.scale, 1.96 * values.std() / math.sqrt(clips) * metric.scale
    groups = {}
    if domain == "speech":
        for k, language in enumerate(LANGUAGES):
            part = values[k::5] * metric.scale
            groups[language] = Estimate(
                float(part.mean()), float(part.mean() - error * 2), float(part.mean() + error * 2), len(part)
            )
    return Result(
        tokenizer=identifier,
        metric=metric.name,
        domain=domain,
        signature=f"reconstruction.v1|data:mini@sha256:ab12cd34|metric:{metric.name}.v1|resample:soxr_hq|seed:0",
        estimate=Estimate(float(mean), float(mean - error), float(mean + error), clips - failed),
        uncertainty="t over clips (these 5 voices only)",
        groups=groups,
        scores=scores,
        failures={f"{domain}-{i:02}": "TokenizerFailed: the clip is shorter than one frame" for i in range(failed)},
        provenance={"torch": "2.13.0", "audiotok": "0.1.0", "device": "cpu", "machine": "x86_64"},
        title=metric.title,
        question=metric.question,
        unit=metric.unit,
        direction=metric.direction,
        scale=metric.scale,
        unranked=why,
    )


def rate(identifier: str, name: str, title: str, unit: str, value: float, domain: str, clips: int) -> Result:
    return Result(
        tokenizer=identifier,
        metric=name,
        domain=domain,
        signature=f"reconstruction.v1|data:mini@sha256:ab12cd34|metric:{name}.v1|seed:0",
        estimate=Estimate(value, None, None, clips),
        title=title,
        question="rate",
        unit=unit,
        direction="none",
    )


def language_model_extras(identifier: str, quality: float, clips: int, seed: int) -> list[Result]:
    """What a row may add, of a few kinds."""
    made = []
    for i, (recipe, data, metric, why) in enumerate(EXTRAS):
        one = result(identifier, metric, "speech", quality, clips, seed + 50 + i, why=why)
        signed = f"{recipe}.v1|data:{data}@sha256:ab12cd34|metric:{metric.name}.v1|seed:0"
        made.append(replace(one, signature=signed))
    return made


def all_samples(folder: Path, name: str, identifier: str, seed: int, quality: float) -> dict[str, Path]:
    """The decoded clips, and what a language model made after the first."""
    own = samples(folder / identifier.replace(":", "-"), seed, quality)
    made = name in (*HAVE_EXTRAS, "reference")
    return own | (
        {"continuations/speech-00": own["speech-00"], "tts_probe/speech-03": own["speech-03"]} if made else {}
    )


def card(name: str, options: str, quantizer: str, taught: Sequence[str]) -> dict[str, object]:
    return TokenizerCard(
        title=f"{name.capitalize()} {options.partition('=')[2]}".strip(),
        summary="A made-up card for a test of the page.",
        paper="https://example.org/paper",
        code="https://example.org/code",
        code_licence="MIT",
        licence="MIT" if quantizer == "RVQ" else "LGPL-2.1-only" if name == "codec2" else "CC-BY-NC-4.0",
        domains=("speech",) if name in ("codec2", "lyra", "whisper-units", "mimi") else ALL,
        encoder="CNN" if quantizer == "RVQ" else "DSP",
        decoder="-" if quantizer == "k-means" else "CNN",
        representation="T",
        quantizer=quantizer,
        rate="scalable" if quantizer == "RVQ" else "fixed",
        objective=("GAN", "Feat", "Rec", "VQ"),
        auxiliary=("SD",) if taught else (),
        joint=True,
        streamable=name in ("codec2", "lyra", "mimi"),
        training_data="None that exists",
        trained_with=tuple(taught),
    ).to_dict()


def samples(folder: Path, seed: int, quality: float) -> dict[str, Path]:
    """Two short clips of a buzz with made-up formants; noisier where the quality is lower."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for clip, pitch in (("speech-00", 120.0), ("speech-03", 210.0)):
        time = np.arange(int(2.2 * 16000)) / 16000
        glide = pitch * (1 + 0.15 * np.sin(2 * np.pi * 0.9 * time))
        phase = 2 * np.pi * np.cumsum(glide) / 16000
        voice = sum(np.sin(k * phase) * np.exp(-(((k * pitch - 700) / 900) ** 2)) for k in range(1, 30))
        voice *= 0.1 * (0.3 + 0.7 * (np.sin(2 * np.pi * 2 * time) > -0.4))
        noise = np.random.default_rng(seed).normal(size=len(time)) * 0.04 * (1 - quality)
        paths[clip] = folder / f"{clip}.ogg"
        soundfile.write(paths[clip], voice + noise, 16000)
    return paths


def make_entry(
    name: str,
    options: str,
    bitrate: int | None,
    quality: float,
    folder: Path | None,
    clips: int,
    seed: int,
    **extra: object,
) -> Entry:
    identifier = f"{name}:{options}" if options else name
    taught = extra.pop("taught", ())
    results = []
    for metric in METRICS:
        for domain in metric.domains:
            failed = 2 if identifier == "encodec:bandwidth=1.5" and metric.name == "pesq_wb" else 0
            why = (
                "taught by its judge, whisper-base"
                if taught == ("whisper-base",) and metric.name in ("wer", "dwer")
                else ""
            )
            if bitrate is None and metric.question in ("codebook", "rate"):
                continue
            results.append(
                result(identifier, metric, domain, quality, clips, seed + len(results), failed=failed, why=why)
            )
    if bitrate and "mulaw" not in name:
        bits = rate(identifier, "lm_bits", "Language model, bits per second", "bit/s", bitrate * 0.7, "speech", 385)
        signed = "acoustic_lm.v1|data:small-new-voices@sha256:ab12cd34|metric:lm_bits.v1|seed:0"
        results.append(replace(bits, question="lm", signature=signed))
        results += language_model_extras(identifier, quality, clips, seed) if name in HAVE_EXTRAS else []
    for domain in ALL if bitrate else ():
        results.append(rate(identifier, "bitrate", "Bitrate", "bit/s", float(bitrate), domain, clips))
        results.append(rate(identifier, "token_rate", "Token rate", "1/s", bitrate / 10, domain, clips))
        results.append(
            rate(identifier, "empirical_bitrate", "Empirical bitrate", "bit/s", bitrate * 0.93, domain, clips)
        )
    return Entry(
        tokenizer=identifier,
        results=tuple(results),
        samples=all_samples(folder, name, identifier, seed, quality) if folder else {},
        environment={
            "command": f"audiotok submit -t {identifier}",
            "cpu": "2 cores",
            "parameters": None if bitrate is None else 0 if name == "codec2" else 1234 * bitrate,
            "commit": "0" * 40,
        },
        **extra,
    )


_LATENCIES = {"encodec": "13.3 ms", "mimi": "80 ms"}
_NO_LATENCY = Finding("latency", "not applicable", "no Streaming interface")


def make_board(folder: Path | None, clips: int = 40) -> list[Entry]:
    """Sixteen tokenizers and four anchors."""
    entries = []
    for seed, (name, options, bitrate, quantizer, quality, taught) in enumerate(SYSTEMS):
        entries.append(
            make_entry(
                *(name, options, bitrate, quality, folder, clips, 100 * seed),
                taught=taught,
                origin="submission" if name in ("mimi", "encodec", "squeeze") else "local",
                card=card(name, options, quantizer, taught),
                conformance=Report(
                    f"{name}:{options}" if options else name,
                    "cpu",
                    (
                        Finding("codes_are_in_range", "passed", ""),
                        Finding("batch_equals_single", "passed", "3 near-ties of 12000 codes"),
                        Finding("stream_equals_offline", "not applicable", "it does not stream"),
                        Finding("latency", "passed", _LATENCIES[name]) if name in _LATENCIES else _NO_LATENCY,
                    ),
                ).to_dict(),
            )
        )
    for seed, (name, bitrate, quality) in enumerate(ANCHORS):
        head, _, options = name.partition(":")
        entries.append(make_entry(head, options, bitrate, quality, folder, clips, 5000 + 100 * seed, kind="anchor"))
    return entries


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    return make_board(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="session")
def large_board() -> Callable[..., list[Entry]]:
    return make_large_board


def make_large_board(tokenizers: int = 100, metrics: int = 60, clips: int = 20) -> list[Entry]:
    """As many rows and columns as the page must carry; four modes of a family share a band."""
    questions = ("intelligibility", "perceptual", "signal", "speaker", "prosody")
    made = [Made(f"metric_{i}", f"Metric {i}", questions[i % 5], "", "higher", 5.0, 1.0, 0.3) for i in range(metrics)]
    entries = []
    for t in range(tokenizers):
        family, mode = divmod(t, 4)
        identifier = f"family{family}:mode={mode}"
        bitrate = 700.0 * 2 ** (family % 5) + 20 * mode
        quality = 0.2 + 0.6 * t / tokenizers
        results = [result(identifier, metric, "speech", quality, clips, 1000 * t + i) for i, metric in enumerate(made)]
        results.append(rate(identifier, "bitrate", "Bitrate", "bit/s", bitrate, "speech", clips))
        results.append(rate(identifier, "token_rate", "Token rate", "1/s", bitrate / 10, "speech", clips))
        entries.append(Entry(identifier, tuple(results), card=card(f"family{family}", f"mode={mode}", "RVQ", ())))
    return entries


@pytest.fixture(scope="session")
def metrics() -> dict[str, Made]:
    return {metric.name: metric for metric in METRICS}


@pytest.fixture(scope="session")
def made() -> Callable[..., Result]:
    """`result`, for test modules: they cannot import this one."""
    return result
