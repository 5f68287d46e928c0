"""How many likelihood pairs can be decided without tokens, from how the recording sounds on both sides of the switch.

    audiotok data get small
    python benchmarks/pair_cues.py

Of the sets where a clip goes on or switches (speaker, language, background), an item's pairs are decided by what their
two halves have in common: the clips whose halves lie nearer together are called right. What a cue decides so is no
merit of a language model. For `language`, which is of one voice, it also says how often a half's language is told by
the cue, as the recordings are and once the long-term spectrum of both languages was made equal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.signal import fftconvolve, firwin2, welch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.tasks.lm_pairs import offline
from audiotok.tasks.lm_pairs.scoring import Pair, PairSet
from audiotok.tasks.lm_pairs.splicing import FADE, HALF
from audiotok.tasks.probes.logmel import spectrogram

SWITCHES = ("speaker", "background", "language")
TAPS = 511  # of the filter that makes two long-term spectra equal
Signal = NDArray[np.float64]
Sides = tuple[Signal, Signal]  # of a clip: before and after the switch


def amplitudes(signal: Signal) -> Signal:
    """Roots of the shares of 256 mu-law amplitudes: no time, no spectrum."""
    curved = np.sign(signal) * np.log1p(255 * np.abs(signal).clip(0, 1)) / np.log(256)
    return np.sqrt(np.bincount(np.round((curved + 1) / 2 * 255).astype(int), minlength=256) / len(signal))


def mean_spectrum(signal: Signal) -> Signal:
    """Mean log-mel band."""
    return _bands(signal).mean(0)


def spread_of_spectrum(signal: Signal) -> Signal:
    """Deviation of each log-mel band."""
    return _bands(signal).std(0)


CUES: Mapping[str, Callable[[Signal], Signal]] = {
    "amplitudes": amplitudes,
    "mean spectrum": mean_spectrum,
    "spread of spectrum": spread_of_spectrum,
}


def main(runs: Annotated[Path, typer.Option(help="Folder to make the pairs in.")] = Path("runs")) -> None:
    corpus = data.load("small")
    training = corpus.domain("speech").split("train")
    for name in SWITCHES:
        pairs = offline.make(name, corpus, training, runs)
        halves = {clip.id: _halves(data.read(clip, pairs.clips.root).waveform[0, 0].numpy()) for clip in pairs.clips}
        for cue, of in CUES.items():
            right = decided(pairs.pairs, {clip: (of(a), of(b)) for clip, (a, b) in halves.items()})
            print(f"{name}: {cue} decides {100 * right.mean():.0f} % of {len(right)} items")
        if name == "language":
            _languages(pairs, halves)


def decided(pairs: Sequence[Pair], cues: Mapping[str, Sides]) -> Signal:
    """[items]: 1 where the halves of an item's positive clips are nearer together than those of its negative ones."""
    items: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        items[pair.item].append(pair)
    apart = {clip: float(np.linalg.norm(a - b)) for clip, (a, b) in cues.items()}
    margins = [sum(apart[pair.negative] - apart[pair.positive] for pair in own) for own in items.values()]
    return (np.sign(margins) + 1) / 2


def _languages(pairs: PairSet, halves: Mapping[str, Sides]) -> None:
    """How often a first half's language is told by a cue, of items that were not trained on."""
    first = [halves[pair.positive][0] for pair in pairs.pairs]
    languages = np.array([str(pair.language) for pair in pairs.pairs])
    spectra = {one: _long_term([first[i] for i in np.flatnonzero(languages == one)]) for one in np.unique(languages)}
    common = np.exp(np.mean([np.log(spectrum) for spectrum in spectra.values()], axis=0))
    equal = [_filtered(signal, common / spectra[one]) for signal, one in zip(first, languages, strict=True)]
    for how, signals in (("as recorded", first), ("of equal long-term spectrum", equal)):
        for cue, of in CUES.items():
            rows = np.stack([of(signal) for signal in signals])
            classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=3000))
            groups = [pair.item for pair in pairs.pairs]
            told = cross_val_predict(classifier, rows, languages, groups=groups, cv=GroupKFold(5)) == languages
            print(f"language, {how}: {cue} tells it in {100 * told.mean():.0f} % of {len(told)} halves")


def _long_term(signals: list[Signal]) -> Signal:
    return np.mean([welch(signal, nperseg=512)[1] for signal in signals], axis=0) + 1e-12


def _filtered(signal: Signal, power: Signal) -> Signal:
    """Through a filter of that power response, at the level it had."""
    gain = np.sqrt(power.clip(0.01, 100))
    made = fftconvolve(signal, firwin2(TAPS, np.linspace(0, 1, len(gain)), gain), mode="same")
    return made * (signal.std() / made.std())


def _halves(clip: NDArray[np.float32]) -> Sides:
    """Before and after the cross-fade."""
    signal = clip.astype(np.float64)
    return signal[: HALF - FADE], signal[HALF:]


def _bands(signal: Signal) -> Signal:
    return spectrogram(Audio.from_array(signal.astype(np.float32), 16_000)).astype(np.float64)


if __name__ == "__main__":
    typer.run(main)
