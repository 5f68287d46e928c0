"""Copies of clips that no submitter could know: cut elsewhere and played at another speed by a secret draw.

A decoder that looks up stored audio, by whatever it makes of the tokens, cannot have them. They are encoded anew, and
decoded; a tokenizer scores on them about as it does on the originals, one that remembers the originals does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile
import soxr

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import AudiotokError
from audiotok.leaderboard.submission.compare import ClaimCheck, measure
from audiotok.leaderboard.submission.entry import Entry

MAX_CUT_S = 0.3  # at each end
LEAST_S = 0.6  # that is left
SPEEDS = (0.95, 1.05)
#: Metric -> how much worse the mean over copies of a domain's clips may be than over the originals: in its own unit,
#: and as a share of what is claimed. Set by benchmarks/copies.py: of five codecs of ours in three draws the furthest
#: were 0.60 worse in mel distance (audiotok-units on sounds, 6.23 to 6.83; 0.90 is allowed), 0.35 in PESQ
#: (audiotok-rvq, 2.80 to 2.45; 0.48) and 0.013 in ESTOI (Codec 2 at 3200 bit/s; 0.05).
WORSE = {"mel_distance": (0.15, 0.12), "estoi": (0.05, 0.0), "pesq_wb": (0.2, 0.1)}
LOWER_IS_BETTER = ("mel_distance",)


def on_copies(
    entry: Entry, codec: Codec, clips: Sequence[Clip], manifest: Manifest, runs: Path, workers: int, secret: str
) -> list[ClaimCheck]:
    """The claimed scores of the clips beside those of their copies."""
    with TemporaryDirectory() as folder:
        copies = make_copies(clips, manifest, Path(folder), secret)
        audio: dict[Clip, Audio | str] = {}
        for clip in copies:
            try:
                audio[clip] = codec.decode(codec.encode(data.read(clip, copies.root)))
            except AudiotokError as error:
                audio[clip] = f"TokenizerFailed: {error}"
        scores, _ = measure(audio, copies.root, tuple(WORSE), runs, workers, f"{entry.tokenizer}, copies")
    return list(_compared(entry, copies, scores))


def _compared(
    entry: Entry, copies: Manifest, scores: Mapping[tuple[str, str], tuple[float, float]]
) -> Sequence[ClaimCheck]:
    found = []
    domains = {clip.id: clip.domain for clip in copies}
    for result in entry.results:
        if result.metric not in WORSE:
            continue
        claimed = {s.clip: s.value for s in result.scores if s.weight}
        both = [c for c in claimed if (result.metric, c) in scores and domains.get(c) == result.domain]
        if not both:
            continue
        old = float(np.mean([claimed[clip] for clip in both]))
        new = float(np.mean([scores[result.metric, clip][0] / scores[result.metric, clip][1] for clip in both]))
        own, share = WORSE[result.metric]
        allowed = own + share * abs(old)
        worse = (new - old) * (1 if result.metric in LOWER_IS_BETTER else -1)
        difference = ""
        if worse > allowed:
            difference = (
                f"{old:.4g} claimed on {len(both)} clips, {new:.4g} measured on copies that the submitter could not "
                f"know, {allowed:.2g} worse is allowed"
            )
        found.append(ClaimCheck(f"{result.metric} of copies", result.domain, len(both), old, new, difference))
    return found


def make_copies(clips: Sequence[Clip], manifest: Manifest, folder: Path, secret: str) -> Manifest:
    """Write the copies, each under its original's id, which says nothing to an encoder."""
    made = []
    for clip in clips:
        draw = np.random.default_rng(list(hashlib.sha256(f"{secret}{clip.id}".encode()).digest()))
        samples = data.read(clip, manifest.root).clips()[0]
        changed = change(np.asarray(samples, np.float32).reshape(-1), clip.sample_rate, draw)
        path = folder / f"{clip.id}.wav"
        soundfile.write(path, changed, clip.sample_rate, subtype="FLOAT")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        seconds = len(changed) / clip.sample_rate
        made.append(replace(clip, source="folder", path=path.name, sha256=sha256, start=0.0, end=seconds))
    return Manifest.of("copies", made, folder)


def change(samples: np.ndarray, sample_rate: int, draw: np.random.Generator) -> np.ndarray:
    """[T] -> cut at both ends and played at another speed."""
    most = max(0, min(round(MAX_CUT_S * sample_rate), (len(samples) - round(LEAST_S * sample_rate)) // 2))
    start, end = draw.integers(0, most + 1, 2)
    speed = draw.uniform(*SPEEDS)
    return np.asarray(soxr.resample(samples[start : len(samples) - end], sample_rate * speed, sample_rate), np.float32)
