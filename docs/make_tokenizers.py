"""Writes docs/tokenizers.md and audiotok/tokenizers/rates.json from the cards and the published configurations.

`--check` fails if one of them is stale.

The rates come from audiotok's wrappers around the upstream classes at their published sizes, without weights (`meta`
tensors).
"""

from __future__ import annotations

import functools
import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

import audiotok
from audiotok import registry
from audiotok.conformance.latency import measure
from audiotok.core.card import TokenizerCard
from audiotok.core.identifier import slug
from audiotok.core.streaming import Streaming
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, Tokenizer
from audiotok.core.tokens import TokenSpec
from audiotok.golden import codes
from audiotok.tokenizers._hub import Checkpoint
from audiotok.tokenizers.bpe import BUNDLED
from audiotok.units.bpe import UnitBPE, bpe_spec

PAGE = Path(__file__).with_name("tokenizers.md")
RATES = Path(audiotok.__file__).parent / "tokenizers" / "rates.json"
SUBMISSIONS = Path(__file__).parents[1] / "leaderboard" / "submissions"

INTRODUCTION = """\
# Tokenizers

Written by `python docs/make_tokenizers.py` from the tokenizers' cards. `audiotok info NAME` shows the complete card of
a tokenizer. `pip install "audiotok[NAME]"` installs its dependencies. The codes of a clip do not depend on the other
clips of its batch. Some upstream implementations differ here: their batches change the last frames of the shorter
clips.

The columns of the table:

- **parameters (M)**: numbers in the loaded models, codebooks included, in millions. **GMAC/s**: billions of
  multiply-accumulate operations for encoding / decoding one clip of one second, with the padding that a model adds to
  every clip (docs/speed.md, "Parameters and multiply-accumulates"). `python docs/make_costs.py` counts both on random
  weights of the published size (`audiotok/tokenizers/costs.json`); for Lyra and the tokenizers over Whisper, it counts
  them on the published models. A cell is empty if a part of the tokenizer cannot be counted.
- **quantizer** and **encoder / decoder**: the classes of DATES (Table 1). Vector quantization has a single codebook
  (SVQ) or is residual (RVQ), grouped residual (GRVQ) or multi-scale residual (MSRVQ); SQ and FSQ are scalar and finite
  scalar quantization. T is a Transformer, and DSP is signal processing without a network.
- **capabilities**, besides `encode`: `decode`; `prefix`, the use of the first codebooks alone (`with_codebooks`);
  `embed`, codes to vectors; `stream`, coding chunk by chunk with the same codes as for the whole clip. The latency in
  brackets is the time from the beginning of a frame until its code is available. It was measured on random weights of
  the published size, or by `audiotok check` if the tokenizer has a row of ours. Without brackets, it has not been
  measured for that size; `audiotok info NAME` measures it.
- **licence**: as stated by the publishers, for the weights and for the repository that the card links as the code.
  `LicenseRef-none-stated` means a repository without a licence. X-Codec runs through `transformers` here and SQ-Codec
  through a module of ours, both under Apache-2.0. `audiotok list --commercial` and the leaderboard's filter "Commercial
  use" take both licences into account.
- **weights**: a link to the commit of the weights. "sha256" means that their hash is checked. "commit only" means that
  no hash could be obtained, and "branch only" that no commit could be obtained either. "yours" means that you choose
  them with `revision=COMMIT` or `checkpoint=FILE`.
- **verified**: the day on which golden codes (reference codes of one clip, `audiotok/golden`) were made with the
  published weights. "no" means that the tokenizer has been compared with its upstream class on random weights only;
  such a tokenizer gets no row of ours on the leaderboard. "-" means that there are no published weights.
  `audiotok check NAME --weights` compares the codes of your weights, and the audio of the decoder, with the golden
  ones. With `--write FOLDER` it creates golden files where there are none.

| name | model | domains | kHz | frames/s | codebooks | kbit/s | parameters (M) | GMAC/s | quantizer | encoder / decoder | capabilities | licence of the weights | licence of the code | weights | verified |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""  # noqa: E501

NOTES = """
## Differences from what you may expect

- **DAC, X-Codec, Higgs**: as in upstream's feature extractor, the last frame of a clip is padded with zeros.
- **Mimi** streams in both directions. The decoding state is kept by audiotok, since `transformers` does not keep it.
- **EnCodec 24 kHz** streams in both directions; the other EnCodec models use future samples. Upstream pads the
  beginning of a clip by reflection. The first six frames therefore become available together with the seventh, after 93
  ms, in both encoding and decoding. Each later frame becomes available with its own 320 samples.
- **SNAC**: a code of a slow codebook is repeated for as long as it is valid. The decoder adds noise from a seed that is
  an option, so decoding is deterministic.
- **WavTokenizer**: a codebook of 4096 entries needs 12 bits per code; the bitrates in the paper assume 13. The
  checkpoints are Lightning pickles and are opened only with `weights_only=True`.
- **AudioDec**: a clip is coded as if it were preceded by silence, as in upstream's `demoFile.py`. Upstream's test
  script pads with zeros instead and gives different codes for the first frames. AudioDec streams in both directions.
  Its authors publish the weights as one archive. Ours come from an older copy on a model hub (November 2023 instead of
  January 2024), which does not contain the variants with activations and with 16 codebooks.
- **HILCodec**: audiotok uses the ONNX files from the authors' repository. They are checked against their git hashes and
  run frame by frame as in that repository, and streams equal the complete result bit for bit. The PyTorch checkpoints
  are on a drive that provides neither commits nor hashes. The export script beside the ONNX files omits a scale that
  the residual blocks of the PyTorch decoder have. Whether the published files lack it could not be determined. DATES
  calls the bitrate fixed; the model was trained to decode 2, 4, 8 and (music) 12 codebooks.
- **BigCodec**: as in upstream, zeros are added up to the next frame boundary, and a whole frame of zeros if a clip
  already ends at one. The package named `bigcodec` is by other authors and is not used.
- **BiCodec**: the voice is represented by 32 codes per clip, computed from the first 6 s of the clip (384 bits, which
  are included in `Tokens.bits` but not in kbit/s). As in upstream, each clip is normalised to a fixed loudness before
  encoding, and decoded audio has that loudness. Up to one frame at the end of a clip is dropped. `encode_long` rejects
  BiCodec, because its codes depend on the whole clip.
- **SQ-Codec**: these are the weights used by DATES and DASB, in which a scalar has three values. The authors' other
  weights, with 11 and 19 values, are for diffusion. The decoder uses future frames and therefore does not stream. DATES
  rounds 2.85 kbit/s to 3.
- **FACodec**: upstream gives the decoder the voice as 256 numbers of 32 bits, computed from the whole clip. Here these
  numbers are codes of the clip, with 256 levels each on a µ-law scale over their possible range (2048 bits, which are
  included in `Tokens.bits` but not in kbit/s). The decoder contains no fixed speaker. The effect of this rounding with
  the published weights could not be measured. The first three codebooks (prosody and content) can be decoded without
  the three codebooks of details, as with upstream's `use_residual_code=False`; no other number of codebooks is
  supported. Less than a frame at the end of a clip is dropped. The later version for voice conversion (`_v2`) is not
  wrapped. `encode_long` rejects FACodec, because the voice depends on the whole clip. DATES lists recurrent layers for
  it; the authors' code has none.
- **FocalCodec**: the authors' package is not on PyPI; `audiotok env make focalcodec` installs it in a separate
  environment at the commit we tested. What the package calls codes are latents. The commits of the weights could not be
  determined, so the identifier must name one: `focalcodec:revision=COMMIT`. The causal variants stream in both
  directions, in chunks of four frames. The frames of a chunk depend on each other, so a code becomes available up to 80
  ms after its frame begins (measured on a small model of upstream's class). The last, shorter chunk of a clip has the
  same context as in offline coding; in upstream's own streams this does not hold after 10 s.
- **FunCodec**: its package cannot be installed on Python 3.11 because it pins editdistance 0.5.2. Its models consist of
  EnCodec's layers, which audiotok takes from the package `encodec`. Upstream divides a clip by its level and stores the
  level as a float beside the codes, or discards it (decoding from codes alone gives every clip a level of 1). Here the
  level is an 8-bit code of the clip. DATES evaluates the spectral models (T-F), which are not wrapped.
- **SemantiCodec**: the authors' package is not on PyPI; `audiotok env make semanticodec` installs it in a separate
  environment at the commit we tested. The decoder draws noise from a seed that is an option, so decoding is
  deterministic. The number of steps and the guidance are options too, with upstream's defaults. Consecutive codes are
  patches of the same time span, from low to high frequencies. As in upstream, clips are encoded in segments of 10.24 s
  padded with silence, and a clip that ends at the boundary of a 0.16 s patch gets one more. The commit of the weights
  could not be determined completely, so the identifier names it.
- **DM-Codec**: its two checkpoints are on the authors' file storage, linked from their page without a hash;
  `checkpoint=FILE` names the file that you downloaded. The architecture is that of SpeechTokenizer, and the checkpoint
  is loaded with SpeechTokenizer's class.
- **DualCodec**: the requirements of the authors' package conflict with those of other packages;
  `audiotok env make dualcodec` gives it a separate environment. As in upstream, up to one frame at the end of a clip is
  dropped. Features are computed in half precision, as in upstream, and so is the encoder by default (`autocast=false`
  runs the encoder in full precision). The code is under the MIT licence; the licence of the weights could not be
  determined.
- **EnCodec 16 and 32 kHz, Vocos, LM-SPT**: the commits of their weights could not be determined, so the identifier
  names one: `encodec:model=32khz,revision=COMMIT`, `vocos:revision=COMMIT`. AudioGen's 16 kHz model is built from the
  configuration in its own file, a pickle of tensors and text that is opened with `weights_only=True`.
- **dwavl**: the published k-means models are pickles. The module docstring of `audiotok/tokenizers/dwavl.py` contains
  the command that converts them to the file that the tokenizer reads. The commit of the vocoder could not be
  determined: `dwavl:centroids=FILE,revision=COMMIT`.
- **LM-SPT**: as in upstream, up to one frame of 80 ms at the end of a clip is dropped.
- **S3**: as in upstream, up to 10 ms at the end of a clip are dropped, and clips of more than 30 s are split into
  windows. The weights are ONNX files that the package `s3tokenizer` reads. That package also installs `pre-commit`;
  `audiotok env make s3 --share` avoids this in the main environment, unlike `pip install "audiotok[s3]"`.
- **ssl-units**: any HuBERT, mHuBERT, WavLM, wav2vec 2.0 or Whisper model, with a centroids file in audiotok's format.
- **audiotok-units**: the voice is not part of the tokens but an option, `prompt=`. Vec-Tok Speech consists of these
  units merged by BPE, so `audiotok-vectok` and `audiotok-units-bpe` are two names of one tokenizer.

## Separate environments

A tokenizer whose packages conflict with those of other tokenizers can have a separate environment:

```
audiotok env make focalcodec                             # a venv with audiotok and the packages of FocalCodec
audiotok env make mycodec --package ./mycodec --share    # your own; it uses the torch that is installed here
audiotok env list
```

After that, if a tokenizer cannot be loaded in the current environment, `audiotok.load("focalcodec:revision=COMMIT")`
and all commands and recipes run it in its own. It runs in a separate process that receives only audio and tokens. The
results are bit-identical to those of the tokenizer in its environment, whose versions are recorded as
`focalcodec/torch` and so on. All capabilities are available, including streams, which end with the process. The
environments are folders in `AUDIOTOK_ENVS`, by default `envs` in the asset cache.

## Left out

| tokenizer | reason |
|---|---|
{left_out}
"""

LEFT_OUT = {
    "X-Codec other than hubert-general": "the commits of the weights could not be determined",
    "w2v-BERT 2 units": "its input is a mel spectrogram; the unit encoders of audiotok take models of waveforms",
    "published HuBERT and mHuBERT centroids": "pickles and faiss indices; recipes/train_units.py trains others",
    "FunCodec's other models": "the spectral models (FreqCodec) are not implemented; the commits of libritts-50hz and "
    "general-25hz could not be determined",
    "Stable Codec": "its package pins torch 2.4, older than audiotok's, and requires flash-attention and thus a GPU, "
    "according to its authors; the sizes of its layers are in a file behind a licence that must be accepted, so "
    "audiotok could not implement it",
}


def _without_weights(kind: Any, *arguments: Any, **options: Any) -> Any:
    with torch.device("meta"):
        return kind(*arguments, **options)


def published(build: Callable[..., Any] = _without_weights) -> Iterator[tuple[str, str, Any]]:
    """(name, options, tokenizer) at the published sizes, with the card of the variant.

    `build` calls an upstream class; by default without weights, on meta tensors.
    """
    import transformers
    from encodec import EncodecModel
    from snac import SNAC as UpstreamSNAC
    from speechtokenizer import SpeechTokenizer as UpstreamSpeechTokenizer

    from audiotok.tokenizers import (
        audiodec,
        audiotok_units,
        bicodec,
        bigcodec,
        dac,
        dualcodec,
        dwavl,
        encodec,
        facodec,
        focalcodec,
        funcodec,
        hilcodec,
        lm_spt,
        lyra,
        mimi,
        s3,
        semanticodec,
        snac,
        speechtokenizer,
        sqcodec,
        vocos,
        wavtokenizer,
        whisper_units,
        xcodec,
        xcodec2,
    )
    from audiotok.tokenizers.bicodec import layers as bicodec_layers
    from audiotok.tokenizers.encodec import audiocraft
    from audiotok.tokenizers.facodec import layers as facodec_layers

    yield "mulaw", "", audiotok.load("mulaw")
    for mode in (700, 1200, 2400, 3200):
        yield "codec2", f"mode={mode}", audiotok.load(f"codec2:mode={mode}")
    for codebooks in (2, 8, 32):
        model = EncodecModel.encodec_model_24khz(pretrained=False)
        yield "encodec", f"model=24khz,num_codebooks={codebooks}", encodec.wrap(model, codebooks)
        if codebooks in vocos.NUM_CODEBOOKS:
            parts = build(vocos._Published)
            yield "vocos", f"num_codebooks={codebooks},revision=COMMIT", vocos.Vocos.of(model, parts, codebooks)
    for name, about in audiocraft.MODELS.items():
        spec = TokenSpec(1000 * int(name.removesuffix("khz")), 50, (2048,) * 4)
        weights = f"https://huggingface.co/{about.repository}"
        card = replace(encodec.EnCodec.card, weights=weights, **about.card)
        yield "encodec", f"model={name},num_codebooks=4,revision=COMMIT", SimpleNamespace(card=card, spec=spec)
    for rate, ratios, codebooks in ((16000, [2, 4, 5, 8], 12), (24000, [2, 4, 5, 8], 32), (44100, [2, 4, 8, 8], 9)):
        config = transformers.DacConfig(sampling_rate=rate, downsampling_ratios=ratios, n_codebooks=codebooks)
        tokenizer = dac.DAC.of(build(transformers.DacModel, config))
        yield "dac", f"sample_rate={rate}", _from(tokenizer, dac.CHECKPOINTS[rate])
    for codebooks in (1, 2, 4, 8):
        for name in ("audiotok-rvq", "audiotok-distilled"):
            yield name, f"num_codebooks={codebooks}", audiotok.load(f"{name}:num_codebooks={codebooks}")
    model = build(transformers.MimiModel, transformers.MimiConfig())
    for codebooks in (8, 32):
        yield "mimi", f"num_codebooks={codebooks}", mimi.Mimi.of(model, num_codebooks=codebooks)
    for rate, ratios, strides, window, encoder, decoder in (
        (24000, [2, 4, 8, 8], [4, 2, 1], None, 48, 1024),
        (32000, [2, 3, 8, 8], [8, 4, 2, 1], 32, 64, 1536),
        (44100, [2, 3, 8, 8], [8, 4, 2, 1], 32, 64, 1536),
    ):
        sizes = {"encoder_rates": ratios, "decoder_rates": ratios[::-1], "vq_strides": strides}
        sizes |= {"attn_window_size": window, "encoder_dim": encoder, "decoder_dim": decoder}
        tokenizer = snac.SNAC.of(build(UpstreamSNAC, rate, **sizes))
        yield "snac", f"sample_rate={rate}", _from(tokenizer, snac.CHECKPOINTS[rate], domains=snac.DOMAINS[rate])
    model = build(UpstreamSpeechTokenizer, speechtokenizer.DM_CODEC)  # the other's is the same
    yield "dm-codec", "checkpoint=FILE", speechtokenizer.DMCodec.of(model)
    yield "speechtokenizer", "", speechtokenizer.SpeechTokenizer.of(model)
    ratios = [8, 5, 4, 2, 3]
    config = transformers.HiggsAudioV2TokenizerConfig(
        acoustic_model_config={"downsampling_ratios": ratios, "upsampling_ratios": ratios},
        target_bandwidths=[0.5, 1, 1.5, 2],
    )
    yield "higgs", "", xcodec.HiggsAudioV2.of(build(transformers.HiggsAudioV2TokenizerModel, config))
    model = build(transformers.XcodecModel, transformers.XcodecConfig())
    yield "xcodec", "", xcodec.XCodec.of(model)
    yield "xcodec2", "", xcodec2.XCodec2.of(build(transformers.Xcodec2Model, transformers.Xcodec2Config()))
    yield (
        "neucodec",
        "",
        xcodec2.NeuCodec.of(build(transformers.NeuCodecModel, transformers.NeuCodecConfig())),
    )
    yield "bicodec", "", bicodec.BiCodec.of(build(bicodec_layers.Model), torch.nn.Identity(), None)
    model = build(facodec_layers.Model)
    for codebooks in (3, 6):
        yield "facodec", f"num_codebooks={codebooks}", facodec.FACodec.of(model, codebooks)
    for name, variant in funcodec.VARIANTS.items():
        model = build(funcodec.Model, variant.ratios)
        for codebooks in (2, 8, 32):
            tokenizer = funcodec.FunCodec.of(model, codebooks)
            tokenizer.card = funcodec.card(name)
            yield "funcodec", f"variant={name},num_codebooks={codebooks}", tokenizer
    for name, variant in hilcodec.VARIANTS.items():
        spec = TokenSpec(hilcodec.SAMPLE_RATE, hilcodec.SAMPLE_RATE / hilcodec.HOP, (1024,) * len(variant.quantizers))
        yield "hilcodec", f"variant={name}", SimpleNamespace(card=hilcodec.card(name), spec=spec)
    for name, variant in audiodec.VARIANTS.items():
        tokenizer = audiodec.AudioDec.of(build(variant.model), variant.sample_rate)
        tokenizer.card = audiodec.card(name)
        yield "audiodec", f"variant={name}", tokenizer
    yield "bigcodec", "", bigcodec.BigCodec.of(build(bigcodec.Model))
    yield "sqcodec", "", SimpleNamespace(card=sqcodec.SQCodec.card, spec=sqcodec.SPEC)
    for name, variant in wavtokenizer.VARIANTS.items():
        tokenizer = wavtokenizer.WavTokenizer.of(build(wavtokenizer.Model, variant.ratios))
        yield "wavtokenizer", f"variant={name}", _from(tokenizer, variant.checkpoint, domains=variant.domains)
    for variant, (frame_rate, entries, decoded) in FOCALCODEC.items():
        card, spec = focalcodec.card(variant), TokenSpec(16000, frame_rate, (entries,))
        cls = focalcodec.CausalFocalCodec if card.streamable else focalcodec.FocalCodec
        row = SimpleNamespace(card=card, spec=spec, decode_sample_rate=decoded, cls=cls)
        yield "focalcodec", f"variant={variant},revision=COMMIT", row
    for name, variant in dualcodec.VARIANTS.items():
        spec = TokenSpec(24000, 24000 / math.prod(variant.strides), variant.sizes)
        row = SimpleNamespace(card=dualcodec.DualCodec.card, spec=spec)
        yield "dualcodec", f"variant={name}", _from(row, variant.checkpoint)
    for codebooks in (2, 6):
        spec = TokenSpec(16000, 50, (1000,) * codebooks)
        yield "dwavl", f"num_codebooks={codebooks},revision=COMMIT", SimpleNamespace(card=dwavl.DWavL.card, spec=spec)
    for variant, about in s3.VARIANTS.items():
        spec = TokenSpec(16000, float(variant[3:5]), (4096 if about.quantizer == "SVQ" else 6561,))
        yield "s3", f"variant={variant}", SimpleNamespace(card=s3.card(variant), spec=spec)
    for rate, entries in ((100, 32768), (100, 16384), (50, 16384), (25, 16384)):
        row = SimpleNamespace(card=semanticodec.SemantiCodec.card)
        row.spec = TokenSpec(semanticodec.SAMPLE_RATE, rate / 2, (entries, semanticodec.ACOUSTIC))
        yield "semanticodec", f"token_rate={rate},semantic_vocab={entries},revision=COMMIT", row
    spt = build(lm_spt.Model)
    for codebooks in (1, 8):
        yield "lm-spt", f"num_codebooks={codebooks},revision=COMMIT", lm_spt.LMSPT.of(spt, codebooks)
    for codebooks in (16, 30, 46):
        spec = TokenSpec(16000, 50, (16,) * codebooks)
        yield "lyra", f"num_codebooks={codebooks}", SimpleNamespace(card=lyra.Lyra.card, spec=spec)
    spec = TokenSpec(16000, 50, (500,))
    yield "whisper-units", "k=500", SimpleNamespace(card=whisper_units.WhisperUnits.card, spec=spec)
    spec = TokenSpec(16000, 50, (300,))
    yield "audiotok-units", "prompt=allison", SimpleNamespace(card=audiotok_units.AudiotokUnits.card, spec=spec)
    merged = bpe_spec(UnitBPE.load(BUNDLED / f"{audiotok_units.MERGES}.json"), spec)
    for name in ("audiotok-units-bpe", "audiotok-vectok"):
        yield name, "prompt=allison", SimpleNamespace(card=audiotok_units.AudiotokVecTok.card, spec=merged)


#: frames/s, entries, Hz of the output, from the authors' page, so that this script does not need their package.
FOCALCODEC = {
    "50hz": (50, 8192, 16000),
    "25hz": (25, 8192, 16000),
    "12_5hz": (12.5, 8192, 16000),
    "50hz_2k_causal": (50, 2048, 24000),
    "50hz_4k_causal": (50, 4096, 24000),
    "50hz_65k_causal": (50, 65536, 24000),
}
#: Options that have no default.
YOURS = {
    "dwavl": "centroids=FILE",
    "mel": "checkpoint=FILE",
    "ssl-units": "centroids=FILE",
    "waveform": "checkpoint=FILE",
}


def _from(tokenizer: Any, checkpoint: Checkpoint, **changes: Any) -> Any:
    tokenizer.card = replace(tokenizer.card, weights=checkpoint.url, weights_sha256=checkpoint.sha256, **changes)
    return tokenizer


def page() -> str:
    cards = {name: card for name in registry.available() if (card := registry.card(name))}
    rows = [(name, options, tokenizer.card, tokenizer) for name, options, tokenizer in published()]
    done = {name for name, *_ in rows}
    rows += [(name, "", card, None) for name, card in cards.items() if name not in done]
    lines = [_row(*row) for row in sorted(rows, key=lambda row: row[0])]
    left_out = "\n".join(f"| {name} | {reason} |" for name, reason in LEFT_OUT.items())
    return INTRODUCTION + "\n".join(lines) + "\n" + NOTES.format(left_out=left_out)


def rates() -> str:
    """The rates of every name over its published variants, which `audiotok list` shows without loading anything."""
    found: dict[str, dict[str, set[float]]] = {}
    for name, _, tokenizer in published():
        spec = tokenizer.spec
        of_name = found.setdefault(
            name, {"sample_rates": set(), "frame_rates": set(), "token_rates": set(), "bitrates": set()}
        )
        of_name["sample_rates"].add(spec.sample_rate)
        of_name["frame_rates"].add(round(spec.frame_rate, 2))
        if spec.bitrate is not None and spec.token_rate is not None:  # else they depend on the clip
            of_name["token_rates"].add(round(spec.token_rate, 2))
            of_name["bitrates"].add(round(spec.bitrate))
    listed = {name: {rate: sorted(values) for rate, values in one.items()} for name, one in sorted(found.items())}
    return json.dumps(listed, indent=1) + "\n"


def _row(name: str, options: str, card: TokenizerCard, tokenizer: Any) -> str:
    rates = ["", "", "", ""]
    if tokenizer is not None:
        spec = tokenizer.spec
        decoded = getattr(tokenizer, "decode_sample_rate", spec.sample_rate)
        kilohertz = f"{spec.sample_rate / 1000:g}" + ("" if decoded == spec.sample_rate else f" to {decoded / 1000:g}")
        sizes = dict.fromkeys(spec.codebook_sizes)
        codebooks = f"{spec.num_codebooks} × " + ("/".join(map(str, sizes)) if len(sizes) < 3 else "mixed")
        if spec.global_sizes:
            codebooks += f", {len(spec.global_sizes)} × {spec.global_sizes[0]} a clip"
        bitrate = "variable" if spec.bitrate is None else f"{spec.bitrate / 1000:.3g}"
        rates = [kilohertz, f"{spec.frame_rate:.4g}", codebooks, bitrate]
    weights = ""
    if card.weights:
        given = "COMMIT" in options or "FILE" in options
        pinned = "yours" if given else "branch only" if card.weights.endswith("/main") else "commit only"
        weights = f"[{'sha256' if card.weights_sha256 else pinned}]({card.weights})"
    cells = [
        f"`{name}:{options}`" if options else f"`{name}`",
        f"[{card.title}]({card.paper})",
        ", ".join(card.domains),
        *rates,
        *_costs(f"{name}:{options}" if options else name),
        card.quantizer,
        f"{card.encoder} / {card.decoder}",
        _abilities(name, options, card, tokenizer),
        card.licence,
        card.code_licence,
        weights,
        _verified(name, options) or ("no" if card.weights else "-"),
    ]
    return "| " + " | ".join(cells) + " |"


def _costs(identifier: str) -> tuple[str, str]:
    """
    >>> _costs("dac:sample_rate=44100")
    ('76.6', '31 / 70')
    """
    found = registry.published_costs().get(identifier, {})
    macs = found.get("macs_per_second")
    shown = [] if macs is None else [f"{macs[way] / 1e9:.3g}" for way in ("encode", "decode") if macs[way] is not None]
    return f"{found['parameters'] / 1e6:.3g}" if found.get("parameters") else "", " / ".join(shown)


#: The interface of each capability.
ABILITIES = {"decode": Codec, "prefix": Scalable, "embed": Embeddable, "stream": Streaming}


def _abilities(name: str, options: str, card: TokenizerCard, tokenizer: Any) -> str:
    if isinstance(tokenizer, Tokenizer):
        cls = type(tokenizer)
    else:
        cls = getattr(tokenizer, "cls", None) or registry.tokenizer_class(name)
    held = [ability for ability, interface in ABILITIES.items() if issubclass(cls, interface)]
    if not card.streamable and "stream" in held:  # the class has variants that do
        held.remove("stream")
    if "stream" in held and (latency := _latency(name, options, tokenizer)):
        held[held.index("stream")] = f"stream ({latency})"
    return ", ".join(held) or "-"


def _latency(name: str, options: str, tokenizer: Any) -> str:
    """Measured here, or as a row of ours reports it; else ""."""
    if name in ("mimi", "audiodec"):
        return _latency_at_random(name, tokenizer.spec.sample_rate)
    if isinstance(tokenizer, Streaming):
        return str(measure(tokenizer))
    report = SUBMISSIONS / slug(f"{name}:{options}") / "conformance.json"
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"] if report.is_file() else []
    return next((f["message"] for f in findings if (f["check"], f["outcome"]) == ("latency", "passed")), "")


@functools.cache
def _latency_at_random(name: str, sample_rate: int) -> str:
    """Latency of tokenizers that `published` builds without weights."""
    import transformers

    from audiotok.tokenizers import audiodec, mimi

    if name == "mimi":
        return str(measure(mimi.Mimi.of(transformers.MimiModel(transformers.MimiConfig()), num_codebooks=8)))
    variant = next(v for v in audiodec.VARIANTS.values() if v.sample_rate == sample_rate)  # all have one encoder
    return str(measure(audiodec.AudioDec.of(variant.model(), sample_rate)))


def _verified(name: str, options: str) -> str:
    asked = ",".join(filter(None, (options, YOURS.get(name, ""))))
    golden = codes.find(registry.canonical(f"{name}:{asked}" if asked else name))
    return golden.date if golden else ""


if __name__ == "__main__":
    for path, text in ((PAGE, page()), (RATES, rates())):
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path} is stale: run {__file__}")
