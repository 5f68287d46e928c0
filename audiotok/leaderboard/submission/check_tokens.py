"""Whether the tokens of a submission are what its spec says, and cost the bits that it claims.

A submission holds the tokens of every clip in one file where its rate allows (token_set.py); then its rates, and all
else that is a function of tokens alone, are computed again here. Above that rate, and in rows that are older than the
file, it holds those of the same few clips for everybody.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiotok.core.audio import resampled_length
from audiotok.core.tokens import TokenSpec
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidTokens, MetricUndefined
from audiotok.leaderboard.submission.check_weights import check_compared_codes
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen
from audiotok.leaderboard.submission.problem import Problem
from audiotok.leaderboard.submission.protocol import RELATIVE, close
from audiotok.leaderboard.submission.read_tokens import ReadTokens, read_tokens
from audiotok.leaderboard.submission.token_set import FILE, MAX_BITRATE, as_tokens, read_set
from audiotok.metrics import catalogue
from audiotok.metrics.base import TokenSetMetric
from audiotok.results.frame import RESULTS
from audiotok.results.record import Result

STABILITY = "stability.jsonl"
UNITS = {"bitrate": "bits", "token_rate": "codes"}  # of a clip's total
#: Frames that a tokenizer may add or leave out at the ends of a clip, as seconds of audio.
EDGE_S = 0.5
#: Below this share of the least rate of the clips whose tokens are there, a clip without tokens is not believed.
LEAST_SHARE = 0.5

Claims = Mapping[str, Mapping[str, tuple[float, float, str]]]  # metric -> clip -> total, weight, domain


def check_tokens(
    folder: Path,
    identifier: str,
    results: Sequence[Result],
    manifest: Manifest,
    *,
    decodes: bool,
    complete: bool,
    compared: Sequence[Result] = (),
) -> Iterator[Problem]:
    """Problems of the tokens and of the rates. `complete`: whether the tokens of all clips are asked for. `compared`:
    the results of stability, which weigh clips by their codes."""
    claims = {name: _claims(results, name) for name in UNITS}
    given = (folder / FILE).exists()
    if not given and complete and 0 < (rate := _rate(claims["bitrate"])) <= MAX_BITRATE:
        yield Problem(FILE, "", f"expected the tokens of all clips, as every row up to {MAX_BITRATE} bit/s ({rate:g})")
    if given and (beside := sorted(path.name for path in (folder / "tokens").glob("*"))):
        yield Problem(f"tokens/{beside[0]}", "", f"expected no other tokens beside {FILE}, which nothing reads")
    read: dict[str, ReadTokens] = {}
    for clip, file, tokens in _read(folder, identifier, manifest, given=given):
        if isinstance(tokens, str):
            at, _, reason = tokens.partition(": ")
            yield Problem(file, at, reason)
        elif tokens is None:
            if clip and clip.id in claims["bitrate"]:
                yield Problem(file, "", f"expected the tokens of {clip.id}, they are missing")
        elif clip:
            try:
                _check(tokens, clip, decodes)
            except InvalidTokens as error:
                at, _, reason = str(error).partition(": ")
                yield Problem(file, at, f"{clip.id}: {reason}" if given else reason)
                continue
            read[clip.id] = tokens
            yield from _check_claims(clip, tokens, claims)
    specs = {clip: tokens.spec for clip, tokens in read.items()}
    if odd := next((clip for clip, spec in specs.items() if spec != next(iter(specs.values()))), None):
        yield Problem(f"tokens/{odd}.safetensors", "spec", "expected one spec for all clips, got another one")
    elif given and read:
        yield from _check_sets(read, identifier, results, manifest)
    elif read:
        yield from _check_others(next(iter(specs.values())), read, claims["bitrate"])
    if specs and not odd:
        codes = {clip: total for clip, (total, *_) in claims["token_rate"].items()}
        for at, reason in check_compared_codes(compared, codes, next(iter(specs.values()))):
            yield Problem(STABILITY, at, reason)


def _read(
    folder: Path, identifier: str, manifest: Manifest, *, given: bool
) -> Iterator[tuple[Clip | None, str, ReadTokens | str | None]]:
    """(clip, file, its tokens, None where they are missing, or "field: reason" where they cannot be read)."""
    if not given:
        for clip in chosen(manifest, VERIFIED_CLIPS):
            file = f"tokens/{clip.id}.safetensors"
            try:
                yield clip, file, read_tokens(folder / file, identifier) if (folder / file).exists() else None
            except InvalidTokens as error:
                yield clip, file, str(error)
        return
    try:
        found = read_set(folder / FILE, identifier)
    except InvalidTokens as error:
        yield None, FILE, str(error)
        return
    if foreign := sorted(found.keys() - {clip.id for clip in manifest}):
        yield None, FILE, f"clips: expected clips of the data set, got {foreign[0][:80]!r}"
    yield from ((clip, FILE, found.get(clip.id)) for clip in manifest)


def _check_claims(clip: Clip, read: ReadTokens, claims: Claims) -> Iterator[Problem]:
    counted = {"bitrate": read.spec.bits(read.frames), "token_rate": float(read.spec.num_codes(read.frames))}
    for name, total in counted.items():
        claim = claims[name].get(clip.id)
        if claim is None:
            yield Problem(RESULTS, f"{name}/{clip.domain}", f"{clip.id} has tokens, but no score")
        elif not close(claim[0], total):
            reason = f"{clip.id}: {claim[0]:g} {UNITS[name]} are claimed, its tokens hold {total:g}"
            yield Problem(RESULTS, f"{name}/{clip.domain}: scores", reason)


def _check_sets(
    read: Mapping[str, ReadTokens], identifier: str, results: Sequence[Result], manifest: Manifest
) -> Iterator[Problem]:
    """Scores of the codes of all clips of a domain, which need no decoder."""
    for result in results:
        metric = catalogue.get(result.metric)
        if not isinstance(metric, TokenSetMetric):
            continue
        clips = [clip for clip in manifest.domain(result.domain) if clip.id in read]
        try:
            tokens = [as_tokens(read[clip.id], identifier) for clip in clips]
            value: float | None = metric.scale * metric.score(tokens, [clip.duration for clip in clips])
        except (MetricUndefined, InvalidTokens):
            value = None
        claimed = None if result.estimate is None else result.estimate.value
        if (value is None) != (claimed is None) or (
            value is not None and claimed is not None and not close(value, claimed)
        ):
            shown = ["none" if x is None else f"{x:.9g}" for x in (value, claimed)]
            where = f"{result.metric}/{result.domain}: estimate.value"
            yield Problem(RESULTS, where, f"expected {shown[0]}, what the tokens give, got {shown[1]}")


def _check(clip: ReadTokens, source: Clip, decodes: bool) -> None:
    """Raises InvalidTokens, "field: reason"."""
    seconds = source.duration
    spec, tensors = clip.spec, clip.tensors
    shapes = {"codes": (1, spec.num_codebooks, -1), "lengths": (1,), "num_samples": (1,)}
    if spec.global_sizes:
        shapes["global_codes"] = (1, len(spec.global_sizes))
    if "durations" in tensors and (spec.max_duration or not decodes):
        shapes["durations"] = (1, -1)
    for name, tensor in tensors.items():
        if name not in shapes:
            raise InvalidTokens(f"{name}: the spec counts no bits for it")
        expected = tuple(n if m < 0 else m for m, n in zip(shapes[name], tensor.shape, strict=False))
        if tensor.dtype.kind not in "iu" or tensor.shape != expected or len(expected) != len(shapes[name]):
            raise InvalidTokens(f"{name}: expected integers {list(shapes[name])}, got {tensor.dtype} {tensor.shape}")
    required = {"codes", "lengths", *(("global_codes",) if spec.global_sizes else ())}
    required |= {"durations"} if spec.max_duration else set()
    if missing := sorted(required - set(tensors)):
        raise InvalidTokens(f"{missing[0]}: expected it in the file, it is missing")
    if int(tensors["lengths"][0]) != clip.frames:
        raise InvalidTokens(f"lengths: expected {clip.frames}, the frames of the codes, got {tensors['lengths'][0]}")
    _check_range("codes", tensors["codes"][0], spec.codebook_sizes)
    _check_held(tensors["codes"][0], spec)
    if spec.global_sizes:
        _check_range("global_codes", tensors["global_codes"][0][:, None], spec.global_sizes)
    if "durations" in tensors:
        durations = tensors["durations"]
        if durations.shape[1] != clip.frames or (clip.frames and durations.min() < 1):
            raise InvalidTokens("durations: expected one of at least 1 for each token")
        if spec.max_duration and clip.frames and durations.max() > spec.max_duration:
            raise InvalidTokens(f"durations: expected at most {spec.max_duration}, got {durations.max()}")
        if spec.max_duration and abs(int(durations.sum()) / spec.frame_rate - seconds) > EDGE_S + 2 / spec.frame_rate:
            raise InvalidTokens(f"durations: expected the frames of {seconds:g} s in all, got {durations.sum()}")
    if "num_samples" in tensors:
        right = resampled_length(round(seconds * source.sample_rate), source.sample_rate, spec.sample_rate)
        if int(tensors["num_samples"][0]) != right:
            raise InvalidTokens(f"num_samples: expected the clip's {right}, got {tensors['num_samples'][0]}")
    if not spec.variable_rate and abs(clip.frames / spec.frame_rate - seconds) > EDGE_S + 2 / spec.frame_rate:
        raise InvalidTokens(
            f"spec: frame_rate: {spec.frame_rate:g} frames/s are claimed, the file has {clip.frames} in {seconds:g} s"
        )


def _check_range(name: str, codes: NDArray[Any], sizes: Sequence[int]) -> None:
    """[K, T] against [K] sizes."""
    for k, size in enumerate(sizes):
        row = codes[k]
        if row.size and (row.min() < 0 or row.max() >= size):
            bad = row.max() if row.max() >= size else row.min()
            raise InvalidTokens(f"{name}: codebook {k}: expected 0 <= code < {size}, got {bad}")


def _check_held(codes: NDArray[Any], spec: TokenSpec) -> None:
    """[K, T]: a code that counts once over its stride does not change within it."""
    places = np.arange(codes.shape[1])
    for k in range(spec.num_codebooks):
        stride = spec.stride(k)
        if stride > 1 and np.any(codes[k] != codes[k, places // stride * stride]):
            raise InvalidTokens(
                f"codes: codebook {k}: changes within its stride of {stride} frames, which cost one code"
            )


def _check_others(
    spec: TokenSpec, read: Mapping[str, ReadTokens], claims: Mapping[str, tuple[float, float, str]]
) -> Iterator[Problem]:
    """Clips whose tokens stayed at home: at a fixed rate they cannot have cost less than their length; at a variable
    one they cost whole tokens, and not far less a second than the cheapest of the clips whose tokens are there."""
    per_token = spec.bits(1) - spec.bits(0)
    known = [claims[clip][0] / claims[clip][1] for clip in read if clip in claims and claims[clip][1]]
    for clip, (total, seconds, domain) in claims.items():
        where = f"bitrate/{domain}: scores"
        if clip in read:
            continue
        if not spec.variable_rate:
            least = spec.bits(max(0, math.floor(spec.frame_rate * (seconds - EDGE_S))))
        else:
            least = LEAST_SHARE * min(known, default=0.0) * max(0.0, seconds - EDGE_S)
            tokens = (total - spec.bits(0)) / per_token if per_token else 0.0
            if abs(tokens - round(tokens)) > RELATIVE * max(1.0, tokens):
                yield Problem(RESULTS, where, f"{clip}: {total:g} bits are no whole number of tokens")
                return
        if total < least:
            reason = f"{clip}: {total:g} bits are claimed for {seconds:g} s, the tokens give at least {least:g}"
            yield Problem(RESULTS, where, reason)
            return


def _rate(claims: Mapping[str, tuple[float, float, str]]) -> float:
    """bit/s over all clips."""
    seconds = math.fsum(weight for _, weight, _ in claims.values())
    return math.fsum(total for total, *_ in claims.values()) / seconds if seconds else 0.0


def _claims(results: Sequence[Result], metric: str) -> dict[str, tuple[float, float, str]]:
    """Clip -> total, weight, domain."""
    found = (result for result in results if result.metric == metric)
    return {score.clip: (score.total, score.weight, result.domain) for result in found for score in result.scores}
