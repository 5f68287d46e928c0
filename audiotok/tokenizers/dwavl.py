"""Discrete WavLM: SpeechBrain's k-means over six layers of WavLM large, with its unit HiFi-GAN as decoder.

The published k-means models are joblib pickles, which are not opened here. Where you trust them, this makes the file
that `centroids` names, on a machine with joblib and scikit-learn:

    hf download speechbrain/hifigan-wavlm-k1000-LibriTTS --include "kmeans/*" --local-dir FOLDER
    python -c "import joblib, safetensors.numpy as s; s.save_file({str(n): joblib.load(f'FOLDER/kmeans/LibriSpeech960_\
wavlm_k1000_L{n}.pt').cluster_centers_.astype('float32') for n in (1, 3, 7, 12, 18, 23)}, 'dwavl.safetensors')"
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, check_codebooks
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidData
from audiotok.files.assets import file_sha256
from audiotok.tokenizers._hub import Checkpoint, at_commit, load_pretrained
from audiotok.tokenizers._wrapper import Wrapper, as_weights
from audiotok.units.centroids import assign

LAYERS = (1, 3, 7, 12, 18, 23)  # of hidden states, 0 being the input of the first transformer layer
WINDOW, HOP = 400, 320  # samples that a frame of WavLM's front end sees, and between two of them
SHORTEST = 6  # frames; the generator reflects 25 samples where a frame is 5 (upstream asks for 4, and fails)
WAVLM = Checkpoint(
    "microsoft/wavlm-large",
    "c1423ed94bb01d80a3f5ce5bc39f6026a0f4828c",
    (
        ("config.json", ""),
        ("pytorch_model.bin", "fdee460e529396ddb2f8c8e8ce0ad74cfb747b726bc6f612e666c7c1e1963c9d"),
    ),
)
VOCODER = "speechbrain/hifigan-wavlm-k1000-LibriTTS"


class DWavL(Wrapper, Codec, Scalable, Embeddable):
    """One codebook of 1000 entries per layer at 16 kHz and 50 Hz; fewer codebooks leave the higher layers out.
    `revision` is the commit of the vocoder's repository, speechbrain/hifigan-wavlm-k1000-LibriTTS, to load.
    """

    decoder_options = frozenset({"revision"})
    card = TokenizerCard(
        title="Discrete WavLM",
        summary="k-means over six layers of WavLM large, with a unit HiFi-GAN trained to decode any subset of them.",
        paper="https://arxiv.org/abs/2406.10735",
        code="https://github.com/speechbrain/speechbrain",
        code_licence="Apache-2.0",
        licence="Apache-2.0",
        domains=("speech",),
        encoder="CNN+T",
        decoder="CNN",
        representation="T",
        quantizer="k-means",
        rate="scalable",
        objective=("GAN", "Feat", "Rec", "MP"),
        training_data="WavLM: 94,000 hours of English; k-means: LibriSpeech; HiFi-GAN: LibriTTS",
        trained_with=("microsoft/wavlm-large",),
        weights=f"https://huggingface.co/{VOCODER}",
    )
    decode_sample_rate = 16000

    def __init__(self, *, centroids: str, num_codebooks: int = 6, revision: str = "") -> None:
        from transformers import WavLMModel

        vocoder = at_commit(VOCODER, revision, ("generator.ckpt",))
        encoder = load_pretrained(WavLMModel, WAVLM)
        self._adopt(encoder, _published_generator(vocoder), centroids=centroids, num_codebooks=num_codebooks)
        self.card = replace(self.card, weights=vocoder.url)

    def _adopt(self, encoder: Any, generator: Any, *, centroids: str, num_codebooks: int = 6) -> None:
        self._centroids = _read(Path(centroids))
        self.card = replace(
            self.card, weights_sha256=f"encoder:{WAVLM.sha256} centroids:{file_sha256(Path(centroids))}"
        )
        self._encoder = encoder.eval().requires_grad_(False)
        self._generator = generator.eval().requires_grad_(False)
        self._set_codebooks(num_codebooks)

    def _set_codebooks(self, num_codebooks: int) -> None:
        check_codebooks(num_codebooks, len(LAYERS))
        self.spec = TokenSpec(16000, 16000 / HOP, (self._centroids.shape[1],) * num_codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> Tensor:
        waveform = nn.functional.pad(as_weights(clip[:, 0], self._encoder), (0, max(0, WINDOW - clip.shape[2])))
        waveform = nn.functional.layer_norm(waveform, waveform.shape[1:])
        states = self._encoder(waveform, output_hidden_states=True).hidden_states
        layers = zip(LAYERS[: self.spec.num_codebooks], self._centroids, strict=False)
        return torch.stack([assign(states[layer][0].float(), vectors) for layer, vectors in layers])[None]

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._decode_clip, tokens)

    def _decode_clip(self, codes: Tensor) -> Tensor:
        frames, size = codes.shape[2], self._centroids.shape[1]
        # One embedding table for all layers, whose entry 0 stands for a layer that is left out.
        offsets = 1 + size * torch.arange(codes.shape[1], device=codes.device)
        units = nn.functional.pad(codes.mT + offsets, (0, len(LAYERS) - codes.shape[1]))
        units = torch.cat([units, units[:, -1:].expand(-1, max(0, SHORTEST - frames), -1)], dim=1)
        audio = self._generator.inference(units)[:, :, : frames * HOP]
        # The last window of WavLM's front end reaches beyond its hop, where the generator gives nothing.
        return nn.functional.pad(audio, (0, WINDOW - HOP))

    def embed(self, tokens: Tokens) -> Tensor:
        """The centroids; the generator has embeddings of its own."""
        return torch.stack([self._centroids[k][codes] for k, codes in enumerate(tokens.codes.unbind(1))], dim=1)


def _read(path: Path) -> Tensor:
    """-> [6, 1000, 1024]"""
    try:
        tensors = load_file(path)
        return torch.stack([tensors[str(layer)] for layer in LAYERS])
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise InvalidData(
            f"{path}: expected a safetensors file with centroids [1000, 1024] named {', '.join(map(str, LAYERS))} "
            f"({type(error).__name__}: {error}); the head of audiotok/tokenizers/dwavl.py has the command"
        ) from error


def _published_generator(checkpoint: Checkpoint) -> Any:
    from speechbrain.lobes.models.HifiGAN import UnitHifiganGenerator

    generator = UnitHifiganGenerator(
        in_channels=1024,
        out_channels=1,
        resblock_type="1",
        resblock_dilation_sizes=[[1, 3, 5]] * 3,
        resblock_kernel_sizes=[3, 7, 11],
        upsample_kernel_sizes=[11, 8, 8, 4, 4],
        upsample_initial_channel=512,
        upsample_factors=[5, 4, 4, 2, 2],
        vocab_size=6001,
        embedding_dim=1024,
    )
    with checkpoint.folder() as folder:
        generator.load_state_dict(torch.load(folder / "generator.ckpt", map_location="cpu", weights_only=True))
    generator.remove_weight_norm()
    return generator
