"""Where the language models of a tokenizer are kept.

    <runs>/lm/<data>-<hash>/<tokenizer>/train/, /test/    token stores
                                       /<name>-<hash>/    a model's checkpoint.pt, curve.jsonl and scores.jsonl
                                       /<hash>/acoustic_lm.jsonl  results, averaged over seeds

The hash is of the conditions, which stand in the results' signatures.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from audiotok.core.identifier import slug
from audiotok.data.manifest import Manifest


def lm_folder(runs: Path, speech: Manifest, identifier: str) -> Path:
    """Of all that was trained on a canonical identifier's tokens of `speech`, a manifest with its training split."""
    return runs / "lm" / f"{speech.name}-{speech.sha256[:12]}" / slug(identifier)


def hashed(conditions: str) -> str:
    """Of a model, or of what was made with it."""
    return hashlib.sha256(conditions.encode()).hexdigest()[:12]
