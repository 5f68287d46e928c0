"""From a clip to what metrics compare: both signals on the same footing, and the analysis of one signal.

An analysis is kept under the hash of its signal, so the reference's is computed once for all tokenizers, and sealed: a
changed one is made again.
"""

from __future__ import annotations

import hashlib
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip
from audiotok.errors import AlteredFile, AssetUnavailable, MetricUndefined, MissingDependency
from audiotok.files.sealed import read_sealed, read_sealed_bytes, write_sealed, write_sealed_bytes
from audiotok.metrics.analysis import WAVEFORM, Analysis, Features, Waveform, waveform_features
from audiotok.metrics.footing import Pair, heard_by
from audiotok.runs.folder import RunFolder

#: Per process: what `load` returned, or why it could not.
_MODELS: dict[tuple[str, int], Any] = {}


def signals(clip: Clip, folder: RunFolder, root: Path | None) -> Pair:
    """Reference, estimate (unclipped) and their rate, on the footing of the folder's runs."""
    # At any scale: what a tokenizer made of the clip is scored, however bad it is.
    output = Audio.load(folder.audio(clip.id), any_scale=True)
    return folder.footing.pair(folder.footing.read(clip, root), output, clip.domain)


def analyse(analysis: Analysis, signal: Waveform, rate: int, clip: Clip, runs: Path) -> Features:
    """The analysis of one signal after clipping to [-1, 1], at its own rate, from the store if it is there.

    Raises MetricUndefined, also from the store, and MissingDependency or AssetUnavailable where its model cannot be
    opened.
    """
    if analysis is WAVEFORM:
        return waveform_features(signal, rate, clip)
    waveform, rate = heard_by(analysis, signal, rate)
    digest = hashlib.sha256(waveform.tobytes())
    digest.update(f"{rate}|{clip.language}|{analysis.name}|{analysis.version}|{analysis.signature}".encode())
    if analysis.source:
        digest.update(f"|source:{analysis.source}".encode())
    if analysis.reads_text:
        digest.update(f"|text:{clip.text}".encode())
    folder = runs / "analyses" / f"{analysis.name}.v{analysis.version}"
    path = folder / f"{digest.hexdigest()[:32]}.features"
    undefined = path.with_suffix(".json")
    made_of = f"{folder.name}|{digest.hexdigest()}"
    try:
        if (stored := read_sealed_bytes(path, made_of)) is not None:
            with np.load(BytesIO(stored)) as features:
                return dict(features)
        if (why := read_sealed(undefined, made_of)) is not None:
            raise MetricUndefined(why["reason"])
    except AlteredFile as error:
        warnings.warn(f"{error}; made again", stacklevel=2)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        made = analysis.features(waveform, rate, clip, _model(analysis))
    except MetricUndefined as error:
        write_sealed(undefined, {"reason": str(error)}, made_of)
        raise
    buffer = BytesIO()
    np.savez(buffer, **made)  # type: ignore[arg-type]  # mypy takes a feature for its flag
    write_sealed_bytes(path, buffer.getvalue(), made_of)
    return made


def why_unavailable(analysis: Analysis) -> str:
    """Why its model cannot be opened here; "" where it is open now."""
    try:
        _model(analysis)
    except (MissingDependency, AssetUnavailable) as error:
        return str(error)
    return ""


def _model(analysis: Analysis) -> Any:
    """Each process opens a model once, and asks once for one that is not to be had."""
    name = (analysis.name, analysis.version)
    if name not in _MODELS:
        try:
            _MODELS[name] = analysis.load() if analysis.load else None
        except (MissingDependency, AssetUnavailable) as error:
            _MODELS[name] = error
    if isinstance(_MODELS[name], (MissingDependency, AssetUnavailable)):
        raise _MODELS[name]
    return _MODELS[name]
