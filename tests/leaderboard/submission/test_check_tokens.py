"""Tokens that are not of their spec, and rates that they contradict."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from audiotok.core.tokens import Tokens
from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.token_set import FILE, FORMAT, write_set

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
result = made["result"]
write = made["write"]
tokens = made["tokens"]
spec = made["spec"]
remove = made["remove"]
rescale = made["rescale"]
sparse = made["sparse"]
TOKENS = made["TOKENS"]
TOKEN_CLIPS = made["TOKEN_CLIPS"]
RATE = made["RATE"]
NAME = made["NAME"]
SLOW = made["SLOW"]
MINI = made["MINI"]
codes_of = made["codes_of"]

#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
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
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])


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


def _raw(name: str, change: Callable[[Any], Any]) -> Change:
    """Change a tensor of the file of all tokens, or add one."""

    def apply(folder: Path) -> None:
        with safe_open(folder / FILE, "numpy") as file:
            metadata = file.metadata()
        tensors = load_file(folder / FILE)
        tensors[name] = np.ascontiguousarray(change(tensors.get(name)))
        save_file(tensors, folder / FILE, metadata)

    return apply


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
    "files that nothing reads": (
        lambda f: write(f"tokens/{MINI.clips[0].id}.safetensors", b"weights")(f),
        *("", "expected no other tokens beside"),
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
    files = (FILE, f"tokens/{MINI.clips[0].id}.safetensors")
    assert any(p.file in files and p.field.startswith(field) and reason in p.reason for p in problems), problems


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
