"""Codecs from `recipes/train_codec.py`: those that are shipped, and those of your own.

`audiotok-rvq` and `audiotok-distilled` have their weights here and need no download: log-mel frames, RVQ of eight
codebooks, Griffin–Lim; trained alike, but that the second one's first codebook was taught by a recogniser's features.
`mel:checkpoint=FILE` opens such a codec of your own, `waveform:checkpoint=FILE` one with `--backbone waveform`; the
command, the data and their hash are in the weights' metadata. `vocoder` decodes log-mel frames with one of
`recipes/train_vocoder.py` in place of Griffin–Lim, from the same tokens.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption
from audiotok.files.assets import file_sha256
from audiotok.files.hub_models import without_commit
from audiotok.models.backbone import Backbone
from audiotok.models.mel import SAMPLE_RATE, whole_frames
from audiotok.models.mel_codec import MelCodec as MelModel
from audiotok.models.vocoder import Vocoder
from audiotok.models.waveform_codec import WaveformCodec as WaveformModel

WEIGHTS = Path(__file__).parent / "weights"
#: The training data of the shipped codecs; the weights' README says it at length.
_VOICES = (
    "3.7 h of speech: Asterisk's prompts in five languages (four voices, CC-BY-SA-3.0 and CC-BY-3.0), "
    "Menardi's Italian prompts (CC-BY-SA-3.0), Fish Fillets' dialogues in Czech and Dutch (GPL-2.0); none of "
    "mini's clips, but all of its voices except LibriVox's reader"
)
#: A codec's quantizer -> DATES's name for its family.
_FAMILY = {"rvq": "RVQ", "simvq": "RVQ", "split": "RVQ", "fsq": "FSQ", "lfq": "FSQ", "pq": "PQ", "grvq": "GRVQ"}


class OwnCodec(Codec, Scalable, Embeddable):
    """A codec of the recipe with its weights, whatever its backbone."""

    _model: Backbone

    def _adopt(self, model: Backbone, num_codebooks: int | None) -> None:
        """With all of the model's codebooks where none are asked for."""
        self._model = model
        self.decode_sample_rate = SAMPLE_RATE
        self._set_codebooks(model.config.codebooks if num_codebooks is None else num_codebooks)
        self._decided = {"num_codebooks": self.spec.num_codebooks}

    def _describe(self, path: Path, metadata: dict[str, str], voices: str = "") -> None:
        """Fill the card in from the weights; `voices`: what the data set that they name holds."""
        config = self._model.config
        teachers = tuple(without_commit(name) for name in _listed(metadata.get("trained_with", "")))
        data = metadata.get("data", "")
        self.card = replace(
            self.card,
            quantizer=_FAMILY[config.quantizer],
            rate="scalable" if self._model.quantizer.prefixes else "fixed",
            objective=_listed(metadata.get("objective", "")) or self.card.objective,
            auxiliary=("SD",) if teachers else (),
            trained_with=teachers,
            training_data=f"{voices} ({data})" if voices else data,
            weights_sha256=file_sha256(path),
        )

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
        codes = self._model.codes(whole_frames(clip[:, 0], self._model.config.hop))
        return codes[..., : self.spec.num_codebooks].transpose(1, 2)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._waveform, tokens)

    def _waveform(self, codes: Tensor) -> Tensor:
        """[1, K, F] -> [1, 1, hop * F]"""
        return self._speak(self._model.quantizer.embed(codes.transpose(1, 2)).sum(1))[None]

    @abstractmethod
    def _speak(self, vectors: Tensor) -> Tensor:
        """Quantized latents [1, F, D] -> [1, hop * F]"""

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.quantizer.embed(tokens.codes.transpose(1, 2))


class LogMelCodec(OwnCodec):
    """With log-mel frames between, whose phase is Griffin–Lim's or a vocoder's; the leaves say where weights are."""

    decoder_options = frozenset({"vocoder"})
    _model: MelModel
    _vocoder: Vocoder | None = None

    def _open(self, path: Path, num_codebooks: int | None, vocoder: str, voices: str = "") -> None:
        model, metadata = MelModel.load(path)
        self._adopt(model, num_codebooks)
        self._describe(path, metadata, voices)
        if vocoder:
            self._vocoder, own = Vocoder.load(Path(vocoder))
            self.card = replace(
                self.card,
                training_data=f"{self.card.training_data}; vocoder: {own.get('data', '')}",
                weights_sha256=f"{self.card.weights_sha256} vocoder:{file_sha256(Path(vocoder))}",
            )

    def _speak(self, vectors: Tensor) -> Tensor:
        if self._vocoder is None:
            return self._model.speak(vectors)
        return self._vocoder.decode(self._model.frames(vectors)[0])[None]


def _listed(text: str) -> tuple[str, ...]:
    """ "a, b" -> ("a", "b")"""
    return tuple(filter(None, text.split(", ")))


_CARD = TokenizerCard(
    title="audiotok mel",
    summary="A small codec of log-mel frames for speech of your own, from recipes/train_codec.py.",
    paper="https://arxiv.org/abs/2107.03312",
    code="https://github.com/lucidrains/vector-quantize-pytorch",
    code_licence="Apache-2.0 AND MIT",  # ours and the library's
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
    """A codec of your own: frame rate, quantizer and codebooks are those that it was trained with.

    `num_codebooks` takes the first of them only.
    """

    card = _CARD

    def __init__(self, *, checkpoint: str, num_codebooks: int | None = None, vocoder: str = "") -> None:
        self._open(Path(checkpoint), num_codebooks, vocoder)

    @classmethod
    def of(cls, model: MelModel, num_codebooks: int | None = None, vocoder: Vocoder | None = None) -> MelCodec:
        """A codec that is in memory already, trained or not."""
        codec = cls.__new__(cls)
        codec._adopt(model.eval().requires_grad_(False), num_codebooks)
        codec._vocoder = vocoder
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


class AudiotokDistilled(LogMelCodec):
    """audiotok-rvq with SpeechTokenizer's distillation: the first codebook learned what Whisper base hears, too."""

    card = replace(
        _CARD,
        title="audiotok distilled",
        summary="audiotok-rvq whose first codebook is distilled from a recogniser, to carry more of what is said.",
        paper="https://arxiv.org/abs/2308.16692",
        training_data=_VOICES,
    )

    def __init__(self, *, num_codebooks: int = 8, vocoder: str = "") -> None:
        self._open(WEIGHTS / "distilled.safetensors", num_codebooks, vocoder, _VOICES)


class WaveformCodec(OwnCodec):
    """A codec of your own that hears and says the waveform itself, trained with `--backbone waveform`."""

    card = replace(
        _CARD,
        title="audiotok waveform",
        summary="A SEANet codec for speech of your own, from recipes/train_codec.py --backbone waveform.",
        encoder="CNN+RNN",
        decoder="CNN+RNN",
        representation="T",
        objective=("GAN", "Feat", "Rec", "VQ"),
    )

    def __init__(self, *, checkpoint: str, num_codebooks: int | None = None) -> None:
        model, metadata = WaveformModel.load(Path(checkpoint))
        self._adopt(model, num_codebooks)
        self._describe(Path(checkpoint), metadata)
        self.card = replace(self.card, streamable=model.config.causal)

    @classmethod
    def of(cls, model: WaveformModel, num_codebooks: int | None = None) -> WaveformCodec:
        """A codec that is in memory already, trained or not."""
        codec = cls.__new__(cls)
        codec._adopt(model.eval().requires_grad_(False), num_codebooks)
        return codec

    def _speak(self, vectors: Tensor) -> Tensor:
        return self._model.speak(vectors)
