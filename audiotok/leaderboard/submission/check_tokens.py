"""Whether the tokens of a submission are what its spec says, and cost the bits that it claims."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from audiotok.core.tokens import FILE_FORMAT, TokenSpec
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidTokens
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen
from audiotok.leaderboard.submission.problem import Problem
from audiotok.results import record
from audiotok.results.record import Result

TENSORS = ("codes", "lengths", "durations", "global_codes", "num_samples")
UNITS = {"bitrate": "bits", "token_rate": "codes"}  # of a clip's total
MAX_CODEBOOKS = 4096
MAX_SIZE = 2**31
MAX_RATE = 1e6  # Hz, frames/s
#: Frames that a tokenizer may add or leave out at the ends of a clip, as seconds of audio.
EDGE_S = 0.5
RELATIVE = 1e-6


@dataclass(frozen=True)
class ReadTokens:
    """The tokens of one clip, as NumPy reads them."""

    spec: TokenSpec
    tensors: Mapping[str, NDArray[Any]]

    @property
    def frames(self) -> int:
        return int(self.tensors["codes"].shape[2])


def check_tokens(
    folder: Path, identifier: str, results: Sequence[Result], manifest: Manifest, *, decodes: bool
) -> Iterator[Problem]:
    """Problems of tokens/ and of the rates. The tokens of the chosen clips must be there, unless encode failed."""
    claims = {name: _claims(results, name) for name in ("bitrate", "token_rate")}
    specs: dict[str, TokenSpec] = {}
    for clip in chosen(manifest, VERIFIED_CLIPS):
        path, file = folder / "tokens" / f"{clip.id}.safetensors", f"tokens/{clip.id}.safetensors"
        if not path.exists():
            if clip.id in claims["bitrate"]:
                yield Problem(file, "", "expected the tokens of this clip, they are missing")
            continue
        try:
            read = read_tokens(path, identifier)
            _check(read, clip.duration, decodes)
        except InvalidTokens as error:
            at, _, reason = str(error).partition(": ")
            yield Problem(file, at, reason)
            continue
        specs[file] = read.spec
        counted = {"bitrate": read.spec.bits(read.frames), "token_rate": float(read.spec.num_codes(read.frames))}
        for name, total in counted.items():
            claim = claims[name].get(clip.id)
            if claim is None:
                yield Problem("results.jsonl", f"{name}/{clip.domain}", f"{clip.id} has tokens, but no score")
            elif not _close(claim[0], total):
                reason = f"{clip.id}: {claim[0]:g} {UNITS[name]} are claimed, its tokens hold {total:g}"
                yield Problem("results.jsonl", f"{name}/{clip.domain}: scores", reason)
    if odd := next((file for file, spec in specs.items() if spec != next(iter(specs.values()))), None):
        yield Problem(odd, "spec", "expected one spec for all clips, got another one")
    elif specs:
        yield from _check_others(next(iter(specs.values())), claims["bitrate"])
    lengths = {clip.id: clip.duration for clip in manifest}
    for name, claimed in claims.items():
        for clip_id, (_, seconds, domain) in claimed.items():
            if clip_id in lengths and not _close(seconds, lengths[clip_id]):
                reason = f"{clip_id}: expected the clip's {lengths[clip_id]:g} s as weight, got {seconds:g}"
                yield Problem("results.jsonl", f"{name}/{domain}: scores", reason)
                break


def read_tokens(path: Path, identifier: str) -> ReadTokens:
    """Raises InvalidTokens, "field: reason", where the file is cut, foreign or of another tokenizer."""
    try:
        with safe_open(path, "numpy") as file:
            metadata = file.metadata() or {}
            names = list(file.keys())
            if unknown := sorted(set(names) - set(TENSORS)):
                raise InvalidTokens(f"{unknown[0][:40]}: expected only {', '.join(TENSORS)}")
            tensors = {name: file.get_tensor(name) for name in names}
    # Types that NumPy lacks are no tokens either; safetensors names them in one of the last three.
    except (SafetensorError, OSError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InvalidTokens):
            raise
        raise InvalidTokens(f"file: expected a whole safetensors file: {str(error)[:200]}") from error
    if metadata.get("format") != FILE_FORMAT:
        raise InvalidTokens(f"format: expected {FILE_FORMAT}, got {metadata.get('format', '')[:80]!r}")
    if metadata.get("tokenizer") != identifier:
        raise InvalidTokens(f"tokenizer: expected {identifier}, got {metadata.get('tokenizer', '')[:80]!r}")
    return ReadTokens(_spec(metadata.get("spec", "")), tensors)


def _spec(text: str) -> TokenSpec:
    try:
        values = record.strict_json(text)
        known = {field.name: field.type for field in fields(TokenSpec)}
        for name, value in values.items():
            kind = str(known.get(name, "unknown"))
            items = value if isinstance(value, list) else [value]
            right = {"bool": (bool,), "float": (int, float)}.get(kind, (int,))
            if isinstance(value, list) != kind.startswith("tuple") or any(type(item) not in right for item in items):
                raise InvalidTokens(f"spec: {name[:40]}: expected {kind}, got {type(value).__name__}")
            limit = MAX_RATE if kind == "float" or name == "sample_rate" else MAX_SIZE
            if len(items) > MAX_CODEBOOKS or any(not 0 <= item <= limit for item in items):
                raise InvalidTokens(f"spec: {name[:40]}: expected at most {MAX_CODEBOOKS} numbers from 0 to {limit:g}")
        return TokenSpec(**values)
    except (ValueError, TypeError, RecursionError) as error:
        reason = str(error).removeprefix("spec: ")
        raise InvalidTokens(f"spec: {reason[:300]}") from error


def _check(clip: ReadTokens, seconds: float, decodes: bool) -> None:
    """Raises InvalidTokens, "field: reason"."""
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
    if spec.global_sizes:
        _check_range("global_codes", tensors["global_codes"][0][:, None], spec.global_sizes)
    if "durations" in tensors:
        durations = tensors["durations"]
        if durations.shape[1] != clip.frames or (clip.frames and durations.min() < 1):
            raise InvalidTokens("durations: expected one of at least 1 for each token")
        if spec.max_duration and clip.frames and durations.max() > spec.max_duration:
            raise InvalidTokens(f"durations: expected at most {spec.max_duration}, got {durations.max()}")
    if "num_samples" in tensors:
        given = int(tensors["num_samples"][0]) / spec.sample_rate
        if abs(given - seconds) > 1e-3 + 2 / spec.sample_rate:
            raise InvalidTokens(f"num_samples: expected the clip's {seconds:g} s, got {given:g} s")
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


def _check_others(spec: TokenSpec, claims: Mapping[str, tuple[float, float, str]]) -> Iterator[Problem]:
    """At a fixed rate, the clips whose tokens stayed at home cannot have cost less than their length."""
    if spec.variable_rate:
        return
    for clip, (total, seconds, domain) in claims.items():
        least = spec.bits(max(0, math.floor(spec.frame_rate * (seconds - EDGE_S))))
        if total < least:
            yield Problem(
                "results.jsonl",
                f"bitrate/{domain}: scores",
                f"{clip}: {total:g} bits are claimed for {seconds:g} s, the spec gives at least {least:g}",
            )
            return


def _claims(results: Sequence[Result], metric: str) -> dict[str, tuple[float, float, str]]:
    """Clip -> total, weight, domain."""
    found = (result for result in results if result.metric == metric)
    return {score.clip: (score.total, score.weight, result.domain) for result in found for score in result.scores}


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=RELATIVE, abs_tol=1e-9)
