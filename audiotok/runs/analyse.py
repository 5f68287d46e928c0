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

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip
from audiotok.errors import AlteredFile, AssetUnavailable, MetricUndefined, MissingDependency
from audiotok.files.sealed import read_sealed, read_sealed_bytes, write_sealed, write_sealed_bytes
from audiotok.metrics.base import DOMAIN_RATES, WAVEFORM, Analysis, Features, Waveform, waveform_features

#: Per process: what `load` returned, or why it could not.
_MODELS: dict[tuple[str, int], Any] = {}


def signals(clip: Clip, decoded: Path, root: Path | None) -> tuple[Waveform, Waveform, int]:
    """Reference, estimate (unclipped) and their rate: both brought once to the domain's rate, equally long."""
    rate = DOMAIN_RATES[clip.domain]
    reference = data.read(clip, root).resample(rate).numpy()[0]
    # Not `mono`, and at any scale: what a tokenizer made of the clip is scored, however bad it is.
    output = Audio.load(decoded, any_scale=True)
    mean = Audio(output.waveform.mean(dim=1, keepdim=True), output.lengths, output.sample_rate)
    estimate = mean.resample(rate).numpy()[0]
    missing = len(reference) - len(estimate)
    return reference, np.pad(estimate, (0, max(0, missing)))[: len(reference)], rate


def analyse(analysis: Analysis, signal: Waveform, rate: int, clip: Clip, runs: Path) -> Features:
    """The analysis of one signal after clipping to [-1, 1], from the store if it is there.

    Raises MetricUndefined, also from the store, and MissingDependency or AssetUnavailable where its model cannot be
    opened.
    """
    if analysis is WAVEFORM:
        return waveform_features(signal, rate, clip)
    waveform = np.clip(signal, -1.0, 1.0)
    digest = hashlib.sha256(waveform.tobytes())
    digest.update(f"{rate}|{clip.language}|{analysis.name}|{analysis.version}|{analysis.signature}".encode())
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
        made = analysis.run(waveform, rate, clip, _model(analysis))
    except MetricUndefined as error:
        write_sealed(undefined, {"reason": str(error)}, made_of)
        raise
    buffer = BytesIO()
    np.savez(buffer, **made)  # type: ignore[arg-type]  # mypy takes a feature for its flag
    write_sealed_bytes(path, buffer.getvalue(), made_of)
    return made


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
