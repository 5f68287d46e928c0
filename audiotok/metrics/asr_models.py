"""ASR models behind one call: `transcribe(waveform [T] float32 at 16 kHz, language) -> text`.

The decoding is fixed, so that a transcript is a function of the audio: no sampling and no fallback to it, no
voice-activity filter, no text carried from one window to the next, one CPU thread. Where Whisper repeats itself by its
own test, a window is decoded again without repetitions, in place of sampling. `whisper-base` is the default
and, like `whisper-tiny.en`, had by sha256 from several sources; the others come from the Hugging Face hub at a pinned
commit. `speechbrain_asr` and `transformers_ctc` make one of any other model there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from audiotok.files.whisper import whisper_base_folder, whisper_tiny_en_folder
from audiotok.metrics.analysis import Waveform
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, hub_snapshot

BEAM = 5  # Whisper's own default; the encoder is what costs: beam 1 saves 3% on clips of 3 s
#: In int8 a transcript depends on the processor: of 40 clips, four to eight had other words on two of them. In float32,
#: the transcripts of 60 were the same with SSE4 and with AVX2; it takes a fifth longer.
COMPUTE = "float32"
#: Whisper's own test of a loop: the text of a window by that which zlib makes of it. A loop goes on for as long as 448
#: tokens allow, and the last bit of a sample decides how long: of one clip of 13 words by Codec 2, 23 errors or 156.
LOOP_COMPRESSION = 2.4
NGRAM = 5  # tokens, of which none come twice where a window is decoded again
WHISPER_SIZES = (
    "tiny",
    "tiny.en",
    "base",
    "base.en",
    "small",
    "small.en",
    "medium",
    "medium.en",
    "large-v2",
    "large-v3",
)


class Transcriber(Protocol):
    """An opened ASR model."""

    languages: Collection[str]  # ISO 639-1

    def transcribe(self, waveform: Waveform, language: str) -> str:
        """[T] float32 at 16 kHz -> text as the model writes it; "" where it finds none."""


@dataclass(frozen=True)
class ASRModel:
    """An ASR model that can be opened: its name in metrics and signatures, and how it decodes."""

    name: str  # "whisper-base"
    version: int  # goes up when its transcripts change
    settings: str  # "compute:float32|beam:5|temperature:0", for the signature
    packages: tuple[str, ...]
    evaluation_models: tuple[str, ...]  # it and its relatives: a tokenizer that one of them taught is not ranked by it
    load: Callable[[], Transcriber]  # picklable: it travels to worker processes
    licence: str = ""  # of the weights, an SPDX identifier
    reference: str = ""  # as that of a metric


class FasterWhisper:
    """Whisper in CTranslate2. Pads every 30 s window, so a short clip costs as much as a long one."""

    def __init__(self, folder: Path) -> None:
        package = needs("faster_whisper")
        self._model = package.WhisperModel(
            str(folder), device="cpu", compute_type=COMPUTE, cpu_threads=1, num_workers=1
        )
        self.languages: Collection[str] = self._model.supported_languages

    def transcribe(self, waveform: Waveform, language: str) -> str:
        found = self._decode(waveform, language)
        looped = {segment.seek for segment in found if segment.compression_ratio > LOOP_COMPRESSION}
        if looped:
            again = self._decode(waveform, language, no_repeat_ngram_size=NGRAM)
            found = [segment for segment in found if segment.seek not in looped]
            found += [segment for segment in again if segment.seek in looped]
        return " ".join(segment.text.strip() for segment in sorted(found, key=lambda segment: segment.seek))

    def _decode(self, waveform: Waveform, language: str, **options: int) -> list[Any]:
        """faster-whisper's segments, with the frame `seek` at which their window begins."""
        segments, _ = self._model.transcribe(
            waveform,
            language=language,
            beam_size=BEAM,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
            vad_filter=False,
            # Thresholds would drop windows or decode them again by sampling.
            compression_ratio_threshold=None,
            log_prob_threshold=None,
            no_speech_threshold=None,
            **options,
        )
        return list(segments)


class TransformersCTC:
    """A CTC model of `transformers` (wav2vec 2.0, HuBERT, …), decoded greedily. Knows the languages it is told."""

    def __init__(self, folder: Path, languages: Collection[str]) -> None:
        package = needs("transformers")
        self._processor = package.AutoProcessor.from_pretrained(folder)
        self._model = package.AutoModelForCTC.from_pretrained(folder).eval()
        self.languages = languages

    def transcribe(self, waveform: Waveform, language: str) -> str:
        import torch

        inputs = self._processor(waveform, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with torch.no_grad():
            logits = self._model(inputs.input_values).logits
        return str(self._processor.batch_decode(logits.argmax(dim=-1))[0])


class SpeechBrainASR:
    """An `EncoderASR` or `EncoderDecoderASR` of SpeechBrain. Opening it runs the folder's hyperparams.yaml."""

    def __init__(self, folder: Path, languages: Collection[str], interface: str = "EncoderDecoderASR") -> None:
        asr, fetching = needs("speechbrain.inference.ASR"), needs("speechbrain.utils.fetching")
        self._model = getattr(asr, interface).from_hparams(
            source=str(folder),
            savedir=str(folder),
            overrides={"pretrained_path": str(folder)},
            local_strategy=fetching.LocalStrategy.NO_LINK,
            run_opts={"device": "cpu"},
        )
        self.languages = languages

    def transcribe(self, waveform: Waveform, language: str) -> str:
        import torch

        words, _ = self._model.transcribe_batch(torch.from_numpy(waveform)[None], torch.ones(1))
        return str(words[0])


def whisper(size: str, folder: Callable[[], Path]) -> ASRModel:
    """A size of Whisper; `folder` gives the one that faster-whisper opens."""
    return ASRModel(
        name=f"whisper-{size}",
        version=2,
        settings=f"compute:{COMPUTE}|beam:{BEAM}|temperature:0|loops:no-{NGRAM}-gram-twice",
        packages=("faster-whisper", "ctranslate2"),
        evaluation_models=tuple(f"whisper-{relative}" for relative in WHISPER_SIZES),
        load=partial(_open_whisper, folder),
        licence="MIT",
        reference="whisper",
    )


def transformers_ctc(
    name: str, repo: str, revision: str, languages: tuple[str, ...], *, licence: str = "", reference: str = ""
) -> ASRModel:
    """Any CTC model on the hub that `transformers` opens; `name` is what metrics and signatures call it."""
    load = partial(_load_transformers, repo, revision, languages)
    return ASRModel(name, 1, "ctc:greedy", ("transformers", "torch"), (name, repo), load, licence, reference)


def speechbrain_asr(
    name: str,
    repo: str,
    revision: str,
    languages: tuple[str, ...],
    interface: str = "EncoderDecoderASR",
    *,
    licence: str = "",
    reference: str = "",
) -> ASRModel:
    """Any ASR model that SpeechBrain publishes. Its hyperparams.yaml can run code: pin a commit that you trust."""
    load = partial(_load_speechbrain, repo, revision, languages, interface)
    settings = f"commit:{revision[:12]}"
    return ASRModel(name, 1, settings, ("speechbrain", "torch"), (name, repo), load, licence, reference)


def _open_whisper(folder: Callable[[], Path]) -> Transcriber:
    return FasterWhisper(folder())


def _load_transformers(repo: str, revision: str, languages: tuple[str, ...]) -> Transcriber:
    return TransformersCTC(hub_snapshot(repo, revision), languages)


def _load_speechbrain(repo: str, revision: str, languages: tuple[str, ...], interface: str) -> Transcriber:
    return SpeechBrainASR(hub_snapshot(repo, revision), languages, interface)


def _hub_whisper(size: str, revision: str) -> ASRModel:
    return whisper(size, partial(hub_snapshot, f"Systran/faster-whisper-{size}", revision))


DEFAULT = whisper("base", whisper_base_folder)
ASR_MODELS = (
    DEFAULT,
    whisper("tiny.en", whisper_tiny_en_folder),
    _hub_whisper("tiny", "d90ca5fe260221311c53c58e660288d3deb8d356"),
    _hub_whisper("small", "536b0662742c02347bc0e980a01041f333bce120"),
    _hub_whisper("medium", "08e178d48790749d25932bbc082711ddcfdfbc4f"),
    _hub_whisper("large-v3", "edaa852ec7e145841d8ffdb056a99866b5f0a478"),
    transformers_ctc(
        "wav2vec2-base-960h",
        "facebook/wav2vec2-base-960h",
        "22aad52d445eb6dbaf354bdad9b0da84ce7d6156",
        ("en",),
        licence="Apache-2.0",
        reference="wav2vec2",
    ),
)
