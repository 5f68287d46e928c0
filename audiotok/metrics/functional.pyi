"""Types of the functions that functional.py makes. Written by `python docs/make_metrics.py`."""

from collections.abc import Callable
from typing import Any, Protocol, overload

from numpy.typing import ArrayLike

from audiotok.core.audio import Audio
from audiotok.metrics.base import ClipMetric

def parameters(metric: ClipMetric) -> tuple[tuple[str, ...], tuple[str, ...]]: ...
def function(metric: ClipMetric) -> Callable[..., Any]: ...
def of_pairs() -> dict[str, ClipMetric]: ...

class _DecodedTextLanguage(Protocol):
    @overload
    def __call__(
        self,
        decoded: ArrayLike,
        sample_rate: int,
        *,
        domain: str | None = None,
        text: str | None = None,
        language: str | None = None,
    ) -> float: ...
    @overload
    def __call__(
        self,
        decoded: Audio,
        *,
        domain: str | None = None,
        text: str | None = None,
        language: str | None = None,
    ) -> list[float]: ...

class _ReferenceDecodedLanguage(Protocol):
    @overload
    def __call__(
        self,
        reference: ArrayLike,
        decoded: ArrayLike,
        sample_rate: int,
        *,
        domain: str | None = None,
        language: str | None = None,
    ) -> float: ...
    @overload
    def __call__(
        self,
        reference: Audio,
        decoded: Audio,
        *,
        domain: str | None = None,
        language: str | None = None,
    ) -> list[float]: ...

class _ReferenceDecoded(Protocol):
    @overload
    def __call__(
        self,
        reference: ArrayLike,
        decoded: ArrayLike,
        sample_rate: int,
        *,
        domain: str | None = None,
    ) -> float: ...
    @overload
    def __call__(
        self,
        reference: Audio,
        decoded: Audio,
        *,
        domain: str | None = None,
    ) -> list[float]: ...

class _DecodedText(Protocol):
    @overload
    def __call__(
        self,
        decoded: ArrayLike,
        sample_rate: int,
        *,
        domain: str | None = None,
        text: str | None = None,
    ) -> float: ...
    @overload
    def __call__(
        self,
        decoded: Audio,
        *,
        domain: str | None = None,
        text: str | None = None,
    ) -> list[float]: ...

class _Decoded(Protocol):
    @overload
    def __call__(
        self,
        decoded: ArrayLike,
        sample_rate: int,
        *,
        domain: str | None = None,
    ) -> float: ...
    @overload
    def __call__(
        self,
        decoded: Audio,
        *,
        domain: str | None = None,
    ) -> list[float]: ...

wer: _DecodedTextLanguage
cer: _DecodedTextLanguage
dwer: _ReferenceDecodedLanguage
wer_whisper_tiny_en: _DecodedTextLanguage
cer_whisper_tiny_en: _DecodedTextLanguage
dwer_whisper_tiny_en: _ReferenceDecodedLanguage
wer_whisper_tiny: _DecodedTextLanguage
cer_whisper_tiny: _DecodedTextLanguage
dwer_whisper_tiny: _ReferenceDecodedLanguage
wer_whisper_small: _DecodedTextLanguage
cer_whisper_small: _DecodedTextLanguage
dwer_whisper_small: _ReferenceDecodedLanguage
wer_whisper_medium: _DecodedTextLanguage
cer_whisper_medium: _DecodedTextLanguage
dwer_whisper_medium: _ReferenceDecodedLanguage
wer_whisper_large_v3: _DecodedTextLanguage
cer_whisper_large_v3: _DecodedTextLanguage
dwer_whisper_large_v3: _ReferenceDecodedLanguage
wer_wav2vec2_base_960h: _DecodedTextLanguage
cer_wav2vec2_base_960h: _DecodedTextLanguage
dwer_wav2vec2_base_960h: _ReferenceDecodedLanguage
stoi: _ReferenceDecoded
estoi: _ReferenceDecoded
clap: _DecodedText
distillmos: _Decoded
dnsmos_p808: _Decoded
dnsmos_sig: _Decoded
dnsmos_bak: _Decoded
dnsmos_ovrl: _Decoded
dnsmos_p808_peak: _Decoded
dnsmos_ovrl_peak: _Decoded
kld_panns: _ReferenceDecoded
kld_passt: _ReferenceDecoded
kld_passt_20s: _ReferenceDecoded
utmos: _Decoded
singmos: _Decoded
nisqa: _Decoded
nisqa_noisiness: _Decoded
nisqa_discontinuity: _Decoded
nisqa_coloration: _Decoded
nisqa_loudness: _Decoded
pesq_wb: _ReferenceDecoded
pesq_by_rate: _ReferenceDecoded
plcmos: _Decoded
plcmos_peak: _Decoded
scoreq: _Decoded
scoreq_ref: _ReferenceDecoded
speech_bert_score: _ReferenceDecoded
squim_pesq: _Decoded
squim_stoi: _Decoded
squim_si_sdr: _Decoded
utmosv2: _Decoded
visqol: _ReferenceDecoded
visqol_audio: _ReferenceDecoded
warp_q: _ReferenceDecoded
clipped: _Decoded
si_sdr: _ReferenceDecoded
si_snr: _ReferenceDecoded
sdr: _ReferenceDecoded
ci_sdr: _ReferenceDecoded
log_spectral_distance: _ReferenceDecoded
mcd: _ReferenceDecoded
mel_distance: _ReferenceDecoded
stft_distance: _ReferenceDecoded
speaker_ge2e: _ReferenceDecoded
speaker_ecapa: _ReferenceDecoded
speaker_wavlm: _ReferenceDecoded
f0_error: _ReferenceDecoded
f0_rmse: _ReferenceDecoded
voicing_error: _ReferenceDecoded
log_f0_correlation: _ReferenceDecoded
