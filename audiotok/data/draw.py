"""A part of a data set, drawn at random: what a training run takes when it does not need all."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from audiotok.data.manifest import Manifest


def draw(manifest: Manifest, hours: float = 0.0, seed: int = 0) -> Manifest:
    """The clips in random order until there are so many hours, all of them for 0. A longer draw begins like a shorter.

    A hash of seed and clip id is the order: other clips that come or go hardly change what is drawn.
    """
    kept, seconds = [], 0.0
    for clip in sorted(manifest, key=lambda clip: hashlib.sha256(f"{seed}:{clip.id}".encode()).digest()):
        if hours and seconds >= hours * 3600:
            break
        kept.append(clip)
        seconds += clip.duration
    return replace(manifest, clips=tuple(kept))
