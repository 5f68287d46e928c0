"""store.json, the description by which a token store is told from another.

It holds the format, the tokenizer with all that its codes depend on, the spec, the hash of the corpus, and the plan of
shards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audiotok.core.same_codes import weights_of_codes
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Clip, Manifest, ManifestFile
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.files.json import read_json, write_json
from audiotok.runs.batches import batches
from audiotok.runs.identity import describe
from audiotok.store.corpus import CORPUS, Plan, plan
from audiotok.store.encode import CHUNKS, LONG_SECONDS, follows_audio
from audiotok.store.padded import Equality, equality
from audiotok.store.readers import Batch, read_ahead

FORMAT = "audiotok.store.v1"


def begin(
    tokenizer: Tokenizer,
    corpus: Manifest | ManifestFile,
    out: Path,
    shard_hours: float,
    padded_seconds: float | None,
) -> Plan:
    """Begin the store, or make sure that what is there is its beginning.

    Several processes may do so at once: what they write is the same.
    """
    begun = out / "store.json"
    if begun.exists():
        planned = plan(corpus, shard_hours)
        before = read_json(begun)
        now = _identity(tokenizer, corpus, planned)
        plain = {**now, "spec": {k: list(v) if isinstance(v, tuple) else v for k, v in now["spec"].items()}}
        differing = [name for name in plain if before.get(name) != plain[name]]
        if before.get("batching", {}).get("seconds") != padded_seconds:
            differing.append("batching")
        if differing:
            raise InvalidOption(f"{out} holds another store, its {', '.join(differing)} differ; choose another --out")
        return planned
    # A run that was killed at once may have left these, or another has just begun.
    if out.exists() and {path.name for path in out.iterdir() if path.name[0] != "."} - {"shards", CORPUS, begun.name}:
        raise InvalidOption(f"{out} is neither empty nor a token store; choose another --out")
    (out / "shards").mkdir(parents=True, exist_ok=True)
    planned = plan(corpus, shard_hours, write_to=out / CORPUS)
    identity = _identity(tokenizer, corpus, planned)
    if padded_seconds is not None:
        share = _equality(tokenizer, planned.shards[0].read(out), corpus.root, padded_seconds)
        identity["batching"] = {**share.describe(), "seconds": padded_seconds}
    if weights := weights_of_codes(tokenizer):  # also in the card's hash, by which a store is told from another
        identity["files_sha256"] = weights
    write_json(begun, identity)
    return planned


def _identity(tokenizer: Tokenizer, corpus: Manifest | ManifestFile, planned: Plan) -> dict[str, Any]:
    identity: dict[str, Any] = {
        "format": FORMAT,
        "tokenizer": describe(tokenizer),
        "spec": asdict(tokenizer.spec),
        "corpus": {"name": corpus.name, "sha256": planned.sha256, "clips": planned.clips},
        "shards": [shard.clips for shard in planned.shards],
    }
    if planned.longest > LONG_SECONDS and follows_audio(tokenizer):
        identity["in_chunks"] = {"longer_than_s": LONG_SECONDS, **CHUNKS}
    return identity


def _equality(tokenizer: Tokenizer, clips: Sequence[Clip], root: Path | None, seconds: float) -> Equality:
    """How equal codes in a batch are to codes alone: of the first shard's batches of several clips, the longest two and
    the shortest two.
    """
    planned = [batch for batch in batches([c for c in clips if c.duration <= LONG_SECONDS], seconds) if len(batch) > 1]
    chosen = planned if len(planned) <= 4 else planned[:2] + planned[-2:]
    read = read_ahead([Batch(batch, last=False) for batch in chosen], root, tokenizer.spec.sample_rate, 0)
    found = equality(tokenizer, (batch.audio for batch in read if batch.audio))
    if not found.codes:
        raise InvalidOption(
            "no two clips of the first shard make a batch, so that padding gains nothing; use --batching exact"
        )
    return found


def check_format(found: Any, path: Path) -> None:
    """Raises InvalidTokens unless store.json is of this format."""
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise InvalidTokens(f"{path}: expected a token store of format {FORMAT}")
