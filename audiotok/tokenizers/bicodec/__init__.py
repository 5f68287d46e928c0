"""BiCodec, the codec of Spark-TTS: a code at 50 Hz for what is said, and 32 a clip for who says it.

What is said comes from wav2vec 2.0's features, who says it from the mel spectrogram of the clip's first 6 s. Upstream
brings every clip to one loudness before it encodes, so that decoded audio has that loudness and not the clip's.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers._wrapper import Wrapper, as_weights
from audiotok.tokenizers.bicodec.layers import Model, load_state
from audiotok.tokenizers.bicodec.speaker import BANDS, LEVELS, TOKENS

SAMPLE_RATE, HOP = 16000, 320
HEARD = (11, 14, 16)  # of wav2vec 2.0's hidden states, whose mean is taken
TAIL = 80  # samples that the last window of features needs beyond a frame
REFERENCE = 6 * SAMPLE_RATE  # samples that the speaker is heard in
WAV2VEC2 = "wav2vec2-large-xlsr-53"
CHECKPOINT = Checkpoint(
    "SparkAudio/Spark-TTS-0.5B",
    "642071559bfc6346c2359d19dcb6be3f9dd8a05d",
    (
        (f"{WAV2VEC2}/config.json", ""),
        (f"{WAV2VEC2}/preprocessor_config.json", ""),
        (f"{WAV2VEC2}/pytorch_model.bin", "314340227371a608f71adcd5f0de5933824fe77e55822aa4b24dba9c1c364dcb"),
        ("BiCodec/model.safetensors", "e9940cd48d4446e4340ced82d234bf5618350dd9f5db900ebe47a4fdb03867ec"),
    ),
)


class BiCodec(Wrapper, Codec, Embeddable):
    """One codebook of 8192 entries and 32 codes a clip of 4096 entries each. Features are made in float32."""

    card = TokenizerCard(
        title="BiCodec",
        summary="Single-codebook speech codec over wav2vec 2.0's features, with the voice in 32 codes a clip.",
        paper="https://arxiv.org/abs/2503.01710",
        code="https://github.com/SparkAudio/Spark-TTS",
        code_licence="Apache-2.0",
        licence="CC-BY-NC-SA-4.0",
        domains=("speech",),
        encoder="CNN+T",
        decoder="CNN",
        representation="T",
        quantizer="SVQ",
        rate="fixed",
        objective=("GAN", "Feat", "Rec", "VQ"),
        auxiliary=("Dis", "SD"),
        joint=True,
        training_data="LibriSpeech, and 1,000 hours each of Emilia's Chinese and English",
        trained_with=("facebook/wav2vec2-large-xlsr-53",),
        weights=CHECKPOINT.url,
        weights_sha256=CHECKPOINT.sha256,
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(self) -> None:
        self._adopt(*_load())

    def _adopt(self, model: Model, wav2vec2: Any, extractor: Any) -> None:
        """`wav2vec2`, `extractor`: a `Wav2Vec2Model` of 17 layers or more and its `Wav2Vec2FeatureExtractor`."""
        self._model = model.eval().requires_grad_(False)
        self._wav2vec2 = wav2vec2.eval().requires_grad_(False)
        self._extractor = extractor
        sizes = (model.quantizer.codebook.num_embeddings,)
        self.spec = TokenSpec(SAMPLE_RATE, SAMPLE_RATE / HOP, sizes, global_sizes=(4 ** len(LEVELS),) * TOKENS)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> tuple[Tensor, Tensor]:
        levelled = torch.from_numpy(_levelled(clip[0, 0].double().cpu().numpy())).float()
        mel = _mel(_reference(levelled).to(self.device))
        speaker = self._model.speaker_encoder.codes(as_weights(mel[None], self._model))
        return self._model.encode(self._features(levelled))[None], speaker

    def _features(self, levelled: Tensor) -> Tensor:
        """[T] -> [1, F, D]"""
        # Upstream leaves out what does not fill a window. Zeros are added where that is more than a frame, or the
        # whole clip: fewer than TAIL of them to a clip of a frame or more.
        frames = max(1, (len(levelled) - 1) // HOP)
        filled = nn.functional.pad(levelled, (0, max(0, frames * HOP + TAIL - len(levelled))))
        inputs = self._extractor(filled.numpy(), sampling_rate=SAMPLE_RATE, return_tensors="pt").input_values
        inputs = as_weights(inputs.to(self.device), self._wav2vec2)
        states = self._wav2vec2(inputs, output_hidden_states=True).hidden_states
        return as_weights((states[HEARD[0]] + states[HEARD[1]] + states[HEARD[2]]) / 3, self._model)

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(lambda codes, speaker: self._model.decode(codes[:, 0], speaker), tokens)

    def embed(self, tokens: Tokens) -> Tensor:
        return self._model.quantized(tokens.codes[:, 0]).mT[:, None]


def _levelled(clip: np.ndarray) -> np.ndarray:
    """[T] -> [T]: the mean of the louder samples, without the loudest of them, at 0.2; by a factor of 10 at most.

    In double precision, as upstream has it, whose order this is: what is quiet is amplified before it is scaled by the
    level that it had.
    """
    loudness = np.sort(np.abs(clip))
    if loudness[-1] < 0.1:
        clip = clip / max(loudness[-1], 1e-3) * 0.1
    loudness = loudness[loudness > 0.01]
    if len(loudness) <= 10:
        return clip
    level = np.mean(loudness[int(0.9 * len(loudness)) : int(0.99 * len(loudness))])
    clip = clip * np.clip(0.2 / level, 0.1, 10)
    peak = np.max(np.abs(clip))
    return clip / peak if peak > 1 else clip


def _reference(clip: Tensor) -> Tensor:
    """[T] -> [REFERENCE]: its beginning, repeated where it is shorter."""
    return clip.repeat(-(-REFERENCE // len(clip)))[:REFERENCE]


def _mel(reference: Tensor) -> Tensor:
    """[T] -> [BANDS, T / HOP + 1]"""
    window = torch.hann_window(2 * HOP, device=reference.device)
    spectrum = torch.stft(reference, 1024, HOP, 2 * HOP, window, return_complex=True).abs()
    return (spectrum.mT @ _filters().to(reference.device)).mT


@functools.lru_cache(maxsize=1)
def _filters() -> Tensor:
    """[513, BANDS]"""
    import torchaudio.functional

    return torchaudio.functional.melscale_fbanks(513, 10.0, SAMPLE_RATE / 2, BANDS, SAMPLE_RATE, "slaney", "slaney")


def _load() -> tuple[Model, Any, Any]:
    from safetensors.torch import load_file
    from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2Model

    model = Model()
    with CHECKPOINT.folder() as folder:
        load_state(model, load_file(folder / CHECKPOINT.files[-1][0]))
        # No layers beyond the last one heard but one: the last state of all is normalised once more.
        wav2vec2 = Wav2Vec2Model.from_pretrained(
            folder / WAV2VEC2, local_files_only=True, weights_only=True, num_hidden_layers=1 + max(HEARD)
        )
        extractor = Wav2Vec2FeatureExtractor.from_pretrained(folder / WAV2VEC2, local_files_only=True)
    return model, wav2vec2, extractor
