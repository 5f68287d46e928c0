"""store.json, the description by which a token store is told from another.

It holds the format, the tokenizer with all that its codes depend on, the spec, the hash of the corpus, and the plan of
shards.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from audiotok.core.same_codes import weights_of_codes
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Clip, Manifest, ManifestFile
from audiotok.errors import InvalidData, InvalidOption, InvalidTokens
from audiotok.files.json import read_json, write_json
from audiotok.files.sealed import file_sha256
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
) -> tuple[Plan, dict[str, Any]]:
    """Begin the store, or make sure that what is there is its beginning -> plan and description.

    Several processes may do so at once: one creates store.json, and the others must agree with it before they write.
    Raises InvalidOption where it is another store's, CannotWrite, and as `plan`.
    """
    begun = out / "store.json"
    planned = plan(corpus, shard_hours)
    identity = _identity(tokenizer, corpus, planned)
    if not begun.exists():
        _create(begun, identity, tokenizer, corpus, planned, padded_seconds)
    before = _description(begun)
    plain = {**identity, "spec": {k: list(v) if isinstance(v, tuple) else v for k, v in identity["spec"].items()}}
    differing = [name for name in plain if before.get(name) != plain[name]]
    if before.get("batching", {}).get("seconds") != padded_seconds:
        differing.append("batching")
    if differing:
        raise InvalidOption(f"{out} holds another store, its {', '.join(differing)} differ; choose another --out")
    _write_corpus(out / CORPUS, corpus, planned, shard_hours)
    return planned, before


def refuse_other_folder(out: Path) -> None:
    """Raises InvalidOption where `out` holds something else than a token store."""
    # A run that was killed at once may have left these, or another has just begun.
    known = {"shards", CORPUS, "store.json"}
    if not out.exists() or (out / "store.json").exists():
        return
    if {path.name for path in out.iterdir() if path.name[0] != "."} - known:
        raise InvalidOption(f"{out} is neither empty nor a token store; choose another --out")


def _create(
    begun: Path,
    identity: dict[str, Any],
    tokenizer: Tokenizer,
    corpus: Manifest | ManifestFile,
    planned: Plan,
    padded_seconds: float | None,
) -> None:
    """Write store.json, unless another process has done so meanwhile."""
    described = dict(identity)
    if padded_seconds is not None:
        share = _equality(tokenizer, list(islice(corpus, planned.shards[0].clips)), corpus.root, padded_seconds)
        described["batching"] = {**share.describe(), "seconds": padded_seconds}
    if weights := weights_of_codes(tokenizer):  # also in the card's hash, by which a store is told from another
        described["files_sha256"] = weights
    with suppress(FileExistsError):
        write_json(begun, described, new=True)


def _description(path: Path) -> dict[str, Any]:
    try:
        found = read_json(path)
    except ValueError as error:
        raise InvalidTokens(f"{path}: was altered ({error}); make the store anew") from error
    check_format(found, path)
    return dict(found)


def _write_corpus(path: Path, corpus: Manifest | ManifestFile, planned: Plan, shard_hours: float) -> None:
    """Write the corpus' manifest where it is missing or another. Raises InvalidData where it changes meanwhile."""
    if path.exists():
        if file_sha256(path) == planned.sha256:
            return
        warnings.warn(f"{path} was altered; written again", stacklevel=2)
    if plan(corpus, shard_hours, write_to=path) != planned:
        path.unlink(missing_ok=True)
        raise InvalidData(f"{corpus.name} changed while the store was begun; run the same command again")


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
        if tokenizer.spec.channels > 1:  # earlier stores have all channels of long clips, and the mean of short ones
            identity["in_chunks"]["mono"] = True
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
