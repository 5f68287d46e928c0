"""audiotok's own residual codecs for speech: log-mel frames, RVQ of eight codebooks, Griffin–Lim.

`audiotok-rvq` is shipped with its weights and needs no download. `mel:checkpoint=FILE` opens a codec of your own from
the same recipe, `recipes/train_codec.py`; the command, the data and their hash are in the weights' metadata. `vocoder`
decodes with one of `recipes/train_vocoder.py` in place of Griffin–Lim, from the same tokens.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from audiotok.assets import file_sha256
from audiotok.card import TokenizerCard
from audiotok.errors import InvalidOption
from audiotok.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.tokenizers._clips import decode_clips, encode_clips
from audiotok.tokens import Tokens, TokenSpec
from audiotok.train.mel import SAMPLE_RATE, griffin_lim, log_mel
from audiotok.train.model import MelCodec as Model
from audiotok.train.vocoder import Vocoder

WEIGHTS = Path(__file__).parent / "weights"
#: What the shipped codecs learned from; the weights' README says it at length.
_VOICES = (
    "3.7 h of speech: Asterisk's prompts in five languages (four voices, CC-BY-SA-3.0 and CC-BY-3.0), "
    "Menardi's Italian prompts (CC-BY-SA-3.0), Fish Fillets' dialogues in Czech and Dutch (GPL-2.0); none of "
    "mini's clips, but all of its voices except LibriVox's reader"
)
#: A codec's quantizer -> DATES's name for its family.
_FAMILY = {"rvq": "RVQ", "simvq": "RVQ", "split": "RVQ", "fsq": "FSQ", "lfq": "FSQ", "pq": "PQ", "grvq": "GRVQ"}


class LogMelCodec(Codec, Scalable, Embeddable):
    """What a codec of log-mel frames does once its weights are there; the leaves say where they are."""

    decoder_options = frozenset({"vocoder"})

    def _open(self, path: Path, num_codebooks: int, vocoder: str, voices: str = "") -> None:
        """`voices`: what the data set of the weights' metadata holds."""
        model, metadata = Model.load(path)
        own = Vocoder.load(Path(vocoder)) if vocoder else None
        self._use(model, num_codebooks, own[0] if own else None)
        teachers = tuple(filter(None, metadata.get("trained_with", "").split(", ")))
        data = metadata.get("data", "")
        self.card = replace(
            self.card,
            quantizer=_FAMILY[model.config.quantizer],
            rate="scalable" if model.quantizer.prefixes else "fixed",
            auxiliary=("SD",) if teachers else (),
            trained_with=teachers,
            training_data=(f"{voices} ({data})" if voices else data)
            + (f"; vocoder: {own[1].get('data', '')}" if own else ""),
            weights_sha256=file_sha256(path) + (f" vocoder:{file_sha256(Path(vocoder))}" if own else ""),
        )

    def _use(self, model: Model, num_codebooks: int, vocoder: Vocoder | None) -> None:
        self._model = model
        self._vocoder = vocoder
        self.decode_sample_rate = SAMPLE_RATE
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        config = self._model.config
        count = check_codebooks(num_codebooks, config.codebooks)
        if count < config.codebooks and not self._model.quantizer.prefixes:
            raise InvalidOption(f"{config.quantizer} needs all of its {config.codebooks} codebooks, got {count}")
        self.spec = TokenSpec(SAMPLE_RATE, config.frame_rate, (config.entries,) * count)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._codes, waveform, lengths, self.spec)

    def _codes(self, clip: Tensor) -> Tensor:
        """[1, 1, T] -> [1, K, ceil(T / hop)]"""
        hop = self._model.config.hop
        whole = torch.nn.functional.pad(clip[:, 0], (0, -clip.shape[2] % hop))
        quantized = self._model.quantizer(self._model.latents(log_mel(whole)))
        return quantized.codes[..., : self.spec.num_codebooks].transpose(1, 2)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._waveform, tokens)

    def _waveform(self, codes: Tensor) -> Tensor:
        """[1, K, F] -> [1, 1, hop * F]"""
        vectors = self._model.quantizer.embed(codes.transpose(1, 2)).sum(1)
        frames = self._model.frames(vectors)[0]
        waveform = self._vocoder.decode(frames) if self._vocoder else griffin_lim(frames)
        return waveform[None, None]

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.quantizer.embed(tokens.codes.transpose(1, 2))


_CARD = TokenizerCard(
    title="audiotok mel",
    summary="A small codec of log-mel frames for speech of your own, from recipes/train_codec.py.",
    paper="https://arxiv.org/abs/2107.03312",
    code="https://github.com/lucidrains/vector-quantize-pytorch",
    licence="Apache-2.0",
    domains=("speech",),
    encoder="CNN",
    decoder="CNN",
    representation="T-F",
    quantizer="RVQ",
    rate="scalable",
    objective=("Rec", "VQ"),
    joint=True,
)


class MelCodec(LogMelCodec):
    """A codec of your own: frame rate, quantizer and codebooks are those that it was trained with."""

    card = _CARD

    def __init__(self, *, checkpoint: str, num_codebooks: int = 8, vocoder: str = "") -> None:
        self._open(Path(checkpoint), num_codebooks, vocoder)

    @classmethod
    def of(cls, model: Model, num_codebooks: int | None = None, vocoder: Vocoder | None = None) -> MelCodec:
        """A codec that is in memory already, trained or not."""
        codec = cls.__new__(cls)
        codec._use(model.eval().requires_grad_(False), num_codebooks or model.config.codebooks, vocoder)
        return codec


class AudiotokRVQ(LogMelCodec):
    """50 frames a second, 10 bits a codebook: 0.5 to 4 kbit/s. The phase is Griffin–Lim's or a vocoder's."""

    card = replace(
        _CARD,
        title="audiotok RVQ",
        summary="audiotok's own small codec of log-mel frames for speech, trained on two cores.",
        training_data=_VOICES,
    )

    def __init__(self, *, num_codebooks: int = 8, vocoder: str = "") -> None:
        self._open(WEIGHTS / "rvq.safetensors", num_codebooks, vocoder, _VOICES)
