"""SemantiCodec: AudioMAE's features by their nearest centroid, a codebook for the rest, and latent diffusion back.

Its authors' package, which is not on PyPI, does the work. A frame is not a moment: the eight patches of spectrum that
AudioMAE makes of 0.16 s (four, or four of 0.32 s, at the lower rates), from low to high, follow one another.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from audiotok.core.batching import decode_clips, encode_clips
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec, Embeddable
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import MissingDependency
from audiotok.tokenizers._hub import Checkpoint, at_commit
from audiotok.tokenizers._noise import SeededNoise
from audiotok.tokenizers._wrapper import Wrapper

SAMPLE_RATE = 16000
PATCH = 0.16  # s
SEGMENT, SEGMENT_FRAMES = 163840, 1024  # samples that are encoded at once, and frames of their spectrum
ACOUSTIC = 8192  # entries of the second codebook
REPOSITORY = "haoheliu/SemantiCodec"


class SemantiCodec(Wrapper, Codec, Embeddable):
    """`token_rate` counts both codebooks; `semantic_vocab` is the first one's entries. Decoding draws noise from `seed`
    for each clip, and goes `steps` steps with upstream's `guidance`. `revision` is the commit of haoheliu/SemantiCodec
    to load.
    """

    decoder_options = frozenset({"steps", "guidance", "seed"})
    card = TokenizerCard(
        title="SemantiCodec",
        summary="Codec of low bitrate for all sounds: AudioMAE's features, quantized twice, and latent diffusion.",
        paper="https://arxiv.org/abs/2405.00233",
        code="https://github.com/haoheliu/SemantiCodec-inference",
        code_licence="MIT",
        licence="MIT",
        domains=("speech", "music", "audio"),
        encoder="CNN+T",
        decoder="CNN+T",
        representation="T-F",
        quantizer="RVQ",
        rate="fixed",
        objective=("Diff", "VQ"),
        auxiliary=("SD",),
        joint=True,
        training_data="GigaSpeech, OpenSLR (in part), Million Song, MedleyDB, MUSDB18, AudioSet, WavCaps, VGGSound",
        trained_with=("AudioMAE",),
        weights=f"https://huggingface.co/{REPOSITORY}",
    )
    decode_sample_rate = SAMPLE_RATE

    def __init__(
        self,
        *,
        token_rate: Literal[100, 50, 25] = 100,
        semantic_vocab: Literal[32768, 16384, 8192, 4096] = 16384,
        steps: int = 50,
        guidance: float = 2.0,
        seed: int = 0,
        revision: str = "",
    ) -> None:
        upstream = _upstream()
        checkpoint = _checkpoint(token_rate, semantic_vocab, revision)
        with checkpoint.folder() as folder:
            for name, _ in checkpoint.files[1:]:  # upstream looks for them beside the folder of centroids
                (folder / name).rename(folder / name.rpartition("/")[2])
            # Pickles, which torch opens for tensors alone since version 2.6.
            sampler = {"ddim_sample_step": steps, "cfg_scale": guidance}
            model = upstream(token_rate, semantic_vocab, **sampler, checkpoint_path=str(folder))
        self._adopt(model.cpu(), seed)
        self.card = replace(self.card, weights=checkpoint.url)

    def _adopt(self, model: Any, seed: int = 0) -> None:
        """`model`: a `semanticodec.SemantiCodec`."""
        self._model = model.eval().requires_grad_(False)
        self._seed = seed
        # A plain tensor there, which would stay behind when the model moves.
        centroids = model.encoder.__dict__.pop("centroid_npy")
        model.encoder.register_buffer("centroid_npy", centroids, persistent=False)
        sizes = (len(centroids), model.encoder.codebook_size)
        self.spec = TokenSpec(SAMPLE_RATE, model.token_rate / 2, sizes)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return encode_clips(self._encode_clip, waveform, lengths, self.spec)

    def _encode_clip(self, clip: Tensor) -> Tensor:
        from semanticodec.utils import extract_kaldi_fbank_feature

        # As upstream's load_audio does with a file: zeros up to the next segment, a whole one where there is nothing to
        # fill, and codes up to the next patch, one more where the clip ends with one. In its order of operations, which
        # decides whether a rounding error adds a code.
        seconds = clip.shape[2] / SAMPLE_RATE
        seconds = seconds + (PATCH - seconds % PATCH)
        frames = math.ceil(8 * seconds / PATCH / self._model.stack_factor_K)
        filled = nn.functional.pad(clip[0], (0, SEGMENT - clip.shape[2] % SEGMENT))
        length = filled.shape[1] // SEGMENT * SEGMENT_FRAMES
        mel = extract_kaldi_fbank_feature(filled, SAMPLE_RATE, target_length=length)["ta_kaldi_fbank"]
        return self._model.encoder(mel[None])[:, :frames].mT

    def _decode(self, tokens: Tokens) -> Tensor:
        return decode_clips(self._decode_clip, tokens)

    def _decode_clip(self, codes: Tensor) -> Tensor:
        self._model.decoder.device = codes.device  # where upstream looked for an accelerator when it was made
        # From one seed per clip, so that decoding is a function of the codes.
        with SeededNoise(self._seed):
            return torch.from_numpy(self._model.decode(codes.mT)).to(codes.device)

    def embed(self, tokens: Tokens) -> Tensor:
        """The decoder gets both codebooks' vectors side by side; where the other's stands is 0."""
        encoder, (semantic, acoustic) = self._model.encoder, tokens.codes.unbind(1)
        vectors = (encoder.unquant(semantic), encoder.quantizer.get_output_from_indices(acoustic))
        width = vectors[0].shape[2]
        places = ((width, 0), (0, width))  # upstream has the second codebook's first
        return torch.stack([nn.functional.pad(x, place) for x, place in zip(vectors, places, strict=True)], dim=1)


def _checkpoint(token_rate: int, semantic_vocab: int, revision: str) -> Checkpoint:
    # The folder has the number of AudioMAE's patches in 10.24 s that are kept, the file a number of its own.
    centroids = f"codebook_idx/combine_{512 * token_rate // 100}_audioset_dominate/codebook_{semantic_vocab // 2}_0.npy"
    weights = (f"semanticodec_tokenrate_{token_rate}/{part}.ckpt" for part in ("encoder", "decoder"))
    return at_commit(REPOSITORY, revision, (centroids, *weights))


def _upstream() -> Any:
    try:
        from semanticodec import SemantiCodec as Upstream
    except ModuleNotFoundError as error:
        raise MissingDependency(
            "semanticodec needs its authors' package, which is not on PyPI; give it an environment of its own with: "
            "audiotok env make semanticodec"
        ) from error
    return Upstream
