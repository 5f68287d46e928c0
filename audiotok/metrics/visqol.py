"""ViSQOL: what listeners would say, from how alike two gammatone spectrograms are.

Conventions: waveforms [T]; MOS-LQO from 1 to 5 (identical signals reach about 4.6 in speech mode, 4.73 in audio mode);
higher is better; undefined where a signal is silent or too short for one patch (up to a second). Level and delay of
the estimate are aligned inside, so that a gain, a change of polarity and a delay cost next to nothing.

- Speech mode, for speech: 16 kHz, patches where there is voice, lattice network as quality mapping (ViSQOL's default).
- Audio mode, for music and audio: 48 kHz (other rates are resampled with soxr HQ), support-vector regression.

The two are different scales: a domain's value holds for its mode. `visqol_audio` is audio mode on speech too, as VERSA
has it; only the suite `dates` asks it.

Source: Chinen et al., "ViSQOL v3: an open source production ready objective speech and audio metric", 2020, in the
Python port `visqol-python` of its version 3.3.3, models bundled.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import Any

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, MetricUndefined
from audiotok.metrics.analysis import WAVEFORM, Features, Waveform
from audiotok.metrics.base import ClipMetric
from audiotok.metrics.dependencies import needs
from audiotok.metrics.outcomes import ClipScore
from audiotok.metrics.pairs import require_sound, score_pair
from audiotok.metrics.pairs import validate as validate_pair

SPEECH_RATE = 16000
AUDIO_RATE = 48000


def validate(reference: Waveform, estimate: Waveform) -> None:
    """Raises InvalidAudio, and MetricUndefined where a signal is silent."""
    validate_pair(reference, estimate)
    require_sound(reference, estimate)


def visqol_speech(reference: Waveform, estimate: Waveform, sample_rate: int) -> float:
    """[T], [T] at 16 kHz -> MOS-LQO. Raises MetricUndefined where no patch of speech is found."""
    validate(reference, estimate)
    if sample_rate != SPEECH_RATE:
        raise InvalidAudio(f"ViSQOL's speech mode takes {SPEECH_RATE} Hz, got {sample_rate} Hz: resample first")
    return _measure("speech", reference, estimate, sample_rate)


def visqol_audio(reference: Waveform, estimate: Waveform, sample_rate: int) -> float:
    """[T], [T] -> MOS-LQO at 48 kHz. Raises MetricUndefined where the pair is too short."""
    validate(reference, estimate)
    if sample_rate != AUDIO_RATE:
        reference, estimate = (soxr.resample(x, sample_rate, AUDIO_RATE, quality="HQ") for x in (reference, estimate))
    return _measure("audio", reference, estimate, AUDIO_RATE)


def _measure(mode: str, reference: Waveform, estimate: Waveform, sample_rate: int) -> float:
    signals = (reference.astype(np.float64), estimate.astype(np.float64))
    try:
        score = float(_api(mode).measure_from_arrays(*signals, sample_rate).moslqo)
    except (IndexError, ValueError) as error:
        # So the package says that it found no patch: by an empty list in speech mode, in words in audio mode.
        seconds = len(reference) / sample_rate
        raise MetricUndefined(f"ViSQOL finds no patch to compare in {seconds:.2f} s ({error})") from error
    if not np.isfinite(score):
        raise MetricUndefined(f"ViSQOL gave {score}")
    return score


@cache
def _api(mode: str) -> Any:
    """One per process and mode. The lattice is asked for, since without LiteRT the package would silently use a
    polynomial that scores up to two points higher."""
    speech = mode == "speech"
    if speech:
        needs("ai_edge_litert")
    api = needs("visqol").VisqolApi()
    api.create(mode=mode, use_lattice_model=speech or None)
    # What replaces the package's functions gives the same bits in less time.
    builder, patches, selector = api._manager.spect_builder, api._manager.patch_creator, needs("visqol.patch_selector")
    builder.build = partial(_gammatone, builder)
    nsim = needs("audiotok.metrics._nsim")
    selector._build_all_deg_patches, selector._dp_forward_pass = _patches, _search
    selector._dp_backtrace = nsim.trace
    selector._measure_patch_similarity_numba = needs("visqol.nsim")._measure_patch_similarity_numba = nsim.similarity
    if speech:
        patches._get_voice_activity = _voice_activity
    return api


def _gammatone(builder: Any, signal: Any, window: Any) -> Any:
    """`GammatoneSpectrogramBuilder.build`: (itself, AudioSignal, AnalysisWindow) -> Spectrogram. Raises ValueError."""
    package = needs("visqol.gammatone")
    if len(signal.data) <= window.size:
        raise ValueError(f"{len(signal.data)} samples are too few, more than {window.size} are needed")
    highest = package.SPEECH_MODE_MAX_FREQ if builder.speech_mode else signal.sample_rate / 2
    bank = builder.filter_bank
    filters = package.make_erb_filters(signal.sample_rate, bank.num_bands, bank.min_freq, highest)
    coefficients = np.ascontiguousarray(filters.filter_coeffs[:, ::-1])
    hop = int(window.size * window.overlap)
    frames = 1 + (len(signal.data) - window.size) // hop
    data = needs("audiotok.metrics._gammatone").spectrogram(signal.data, window.hann_window, coefficients, hop, frames)
    return package.Spectrogram(data, filters.center_freqs[::-1].copy())


def _patches(spectrogram: NDArray[np.float64], bands: int, frames: int) -> NDArray[np.float64]:
    """[bands, T] -> [T, bands, frames]: what begins at each frame, with zeros after the end."""
    padded = np.pad(spectrogram[:bands], ((0, 0), (0, frames - 1)))
    return sliding_window_view(padded, frames, axis=1).transpose(1, 0, 2)


def _search(
    patches: Any, degraded: Any, starts: Any, count: int, frames: int, window: int, *constants: Any
) -> tuple[Any, Any]:
    """`_dp_forward_pass`: degraded patches as `_patches` makes them; the weights of neighbours, c1 and c3."""
    spectrogram = np.concatenate([degraded[:, :, 0].T, degraded[-1, :, 1:]], axis=1)
    return needs("audiotok.metrics._nsim").search(patches, spectrogram, starts, window, *constants)


def _voice_activity(signal: Any, start: int, samples: int, frame: int) -> Any:
    """`VadPatchCreator._get_voice_activity` without its loop over samples: a number a frame, 1 where there is voice."""
    heard = np.clip(signal.data[start : start + samples] * 2.0**15, -(2.0**15), 2.0**15 - 1).astype(np.int16)
    detector = needs("visqol.patch_creator").RmsVad()
    for end in range(frame, len(heard) + 1, frame):
        detector.process_chunk(heard[end - frame : end])
    return detector.get_vad_results()


def _score(reference: Features, estimate: Features, clip: Clip) -> ClipScore:
    measure = visqol_speech if clip.domain == "speech" else visqol_audio
    return score_pair(measure, reference, estimate, clip)


_BY_DOMAIN = ClipMetric(
    name="visqol",
    version=1,
    title="ViSQOL",
    explanation="Mean opinion score predicted from the spectral similarity of output and reference, from 1 to 5. "
    "Speech mode and audio mode have different scales.",
    question="perceptual",
    reference="visqol",
    unit="",
    direction="higher",
    range=(1.0, 5.0),
    domains=("speech", "music", "audio"),
    analysis=WAVEFORM,
    score=_score,
    full_reference=True,
    headline=30,
    picks_worst=("music", "audio"),
    packages=("visqol-python", "ai-edge-litert", "libsvm-official"),
    tolerance=5e-3,
)
METRICS: tuple[ClipMetric, ...] = (
    _BY_DOMAIN,
    replace(
        _BY_DOMAIN,
        name="visqol_audio",
        title="ViSQOL, audio mode",
        explanation="ViSQOL in audio mode for all domains, including speech, as in VERSA.",
        score=partial(score_pair, visqol_audio),
        headline=None,
        packages=("visqol-python", "libsvm-official"),
    ),
)
