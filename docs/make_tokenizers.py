"""Writes docs/tokenizers.md and audiotok/tokenizers/rates.json from the cards and the published configurations.

`--check` fails where one of them is stale.

Rates come from our wrappers around upstream's own classes at their published sizes, without weights (`meta` tensors).
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

Written by `python docs/make_tokenizers.py` from the cards; `audiotok info NAME` shows the whole card of one.
`pip install "audiotok[NAME]"` brings what a tokenizer needs. A clip's codes are those of
the clip alone, whatever is in its batch: upstream's own batches change the last frames of the shorter clips. The commit of the weights is linked; a
sha256 is checked where it could be learnt ("commit only" where it could not, "branch only" where not even that; where
it says "yours", `revision=COMMIT` or `checkpoint=FILE` says which). "Verified" is the day that golden codes were made
with the published weights (`audiotok/golden`); a tokenizer of "no" has been compared with its upstream class on random
weights only, and gets no row of ours on the leaderboard; "-" has no weights but yours. `audiotok check NAME --weights`
compares the codes of your weights, and the audio of a decoder's, with the golden ones, and with `--write FOLDER` makes
them where there are none.
Licences are the publishers': of the weights, and of the repository that the card links as the code.
`LicenseRef-none-stated` is a repository without one; X-Codec runs by `transformers` here and SQ-Codec by a module of
ours, both under Apache-2.0. `audiotok list --commercial` and the board's filter "Commercial use" take both into account.
What a tokenizer can, beside `encode`: `decode`; `prefix`, the first codebooks alone (`with_codebooks`); `embed`, codes to
vectors; `stream`, chunk by chunk with the codes of the whole. In brackets is how long after its frame begins a code is
there, measured on random weights of the published size, or by `audiotok check` where a row of ours has it; without
them nobody has measured that size here, and `audiotok info NAME` does.
"M numbers" is what a model holds, in millions, codebooks included, and "G MAC/s" the multiply-accumulates of a second of
audio, in thousand millions, encoding / decoding; `python docs/make_costs.py` counts both on random weights of the
published size (`audiotok/tokenizers/costs.json`), or on the models that Lyra and the tokenizers over
Whisper run. They are empty where a part of a tokenizer cannot be counted.

| name | model | domains | kHz | frames/s | codebooks | kbit/s | M numbers | G MAC/s | quantizer | encoder / decoder | can | licence of the weights | of the code | weights | verified |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""  # noqa: E501

NOTES = """
## What is not as one would expect
- **DAC, X-Codec, Higgs**: upstream's feature extractor fills the last frame of a clip with zeros; so do we.
- **Mimi** streams in both directions. Decoding goes through state that we keep, since `transformers` has none.
- **EnCodec 24 kHz** streams in both directions; the other EnCodecs look ahead. Upstream begins a clip by mirroring it,
  so that the first six frames come with the seventh (93 ms), encoding and decoding; each one after those
  comes with its own 320 samples.
- **SNAC**: a code of a slow codebook is repeated for as long as it holds. The decoder adds noise, from a seed (an
  option) so that decoding is a function of the codes.
- **WavTokenizer**: 4096 entries are 12 bits; the paper's bitrates count 13. Its checkpoints are Lightning pickles,
  opened with `weights_only=True` or not at all.
- **AudioDec**: a clip is coded as if silence had come before it, as upstream's `demoFile.py` does; its test script,
  which fills with zeros instead, gives other codes for the first frames. It streams in both directions. Its authors
  publish the weights as one archive; ours come from a copy on the hub that is older (November 2023 against January
  2024), and has not the variants with activations and with 16 codebooks.
- **HILCodec**: the ONNX files of its authors' repository, checked by the hashes that git has for them and run frame by
  frame as there, so that streams equal the whole to the bit. Its PyTorch checkpoints are on a drive that gives neither
  commits nor hashes. The exporter beside those files leaves out a scale that the residual blocks of the PyTorch
  decoder have; whether the published files lack it could not be seen. DATES calls its bitrate fixed; it was trained to
  decode 2, 4, 8 and (music) 12 codebooks.
- **BigCodec**: upstream adds zeros up to the next frame, a whole one where a clip ends with a frame; so do we. The
  package of that name is not its authors', and is not used.
- **BiCodec**: the voice is 32 codes a clip (384 bits, which `Tokens.bits` counts and kbit/s leaves out), made from its
  first 6 s. Upstream brings each clip to one loudness before it encodes, and so do we: decoded audio has that loudness.
  Up to a frame at the end of a clip is not heard. `encode_long` refuses it, as its codes depend on the whole clip.
- **SQ-Codec**: the weights that DATES and DASB use, in which a scalar has three values; its authors' others, of 11 and
  19 values, are for diffusion. Its decoder looks ahead, so that it does not stream. DATES rounds 2.85 kbit/s to 3.
- **FACodec**: upstream gives the decoder the voice as 256 numbers of 32 bits, made from the whole clip. Here they are
  codes of the clip, one of 256 levels each (2048 bits, which `Tokens.bits` counts and kbit/s leaves out), evenly on a
  µ-law over all that they can be; nothing of a fixed speaker is in the decoder. What that rounding costs with the
  published weights could not be measured. The first three codebooks, of prosody and content, are decoded without those
  of details as upstream's `use_residual_code=False` does; other numbers are not. Less than a frame at the end of a clip
  is not heard. Its later version for voice conversion (`_v2`) is not wrapped. `encode_long` refuses it, as the voice is
  of the whole clip. DATES has recurrent layers in it; there are none in its authors' code.
- **FocalCodec**: its authors' package is not on PyPI; `audiotok env make focalcodec` gives it an environment of its own
  at the commit we tested. What it calls codes are latents. The commits of its weights could not be learnt: an
  identifier names one, `focalcodec:revision=COMMIT`. The causal variants stream in both directions, four frames at a
  time, which see each other, so that a code comes 80 ms after its frame begins (measured on a small model of upstream's
  class). A clip's last, shorter chunk sees as far back as offline, which in upstream's own streams it does not after 10
  s.
- **FunCodec**: its package does not install on Python 3.11 (it pins editdistance 0.5.2); its models are EnCodec's
  layers, which the package `encodec` has. Upstream divides a clip by its level and stores that as a float beside the
  codes, or forgets it (decoding from codes alone gives every clip a level of 1). Here it is a code of the clip, of
  8 bits. DATES has its spectral models (T-F), which are not wrapped.
- **SemantiCodec**: its authors' package is not on PyPI; `audiotok env make semanticodec` gives it an environment of its
  own at the commit we tested. Its decoder draws noise, from a seed (an option) so that decoding is a function of the
  codes; steps and guidance are options too, with upstream's defaults. Codes that follow one another are patches of one
  moment, from low frequencies to high. Clips are encoded in segments of 10.24 s, filled with silence, and a clip that
  ends with a patch of 0.16 s gets one more, as upstream does. The commit of its weights could not be learnt in full:
  an identifier names it.
- **DM-Codec**: its two checkpoints are on a disk of its authors', behind links on their page and without a hash;
  `checkpoint=FILE` is what you downloaded. The model is SpeechTokenizer's, and so is the class that we open it in.
- **DualCodec**: its authors' package excludes others'; `audiotok env make dualcodec` gives it an environment of its
  own. Up to a frame at the end of a clip is not heard, as upstream does; features, and by default the encoder, are in
  half precision, as upstream has them (`autocast=false` for the encoder in full). Its code is MIT; which licence its
  weights have could not be learnt.
- **EnCodec 16 and 32 kHz, Vocos, LM-SPT**: nobody we could ask says which commit their weights are at, so an
  identifier names it: `encodec:model=32khz,revision=COMMIT`, `vocos:revision=COMMIT`. AudioGen's 16 kHz model is built
  from the configuration in its own file, a pickle of tensors and text, opened with `weights_only=True`.
- **dwavl**: the published k-means models are pickles; the head of `audiotok/tokenizers/dwavl.py` has the command that
  makes the file that it reads. The commit of its vocoder could not be learnt: `dwavl:centroids=FILE,revision=COMMIT`.
- **LM-SPT**: up to a frame of 80 ms at the end of a clip is not heard, as upstream does.
- **S3**: up to 10 ms at the end of a clip are not heard, and clips of more than 30 s are cut into windows, as upstream
  does. Its weights are ONNX files, which the package `s3tokenizer` reads; it brings `pre-commit`, so that
  `audiotok env make s3 --share` may be preferred to `pip install "audiotok[s3]"`.
- **ssl-units**: any HuBERT, mHuBERT, WavLM, wav2vec 2.0 or Whisper with a centroids file in our format.
- **audiotok-units**: the voice is no part of the tokens but an option, `prompt=`. Vec-Tok Speech is just these units
  under BPE, so that `audiotok-vectok` and `audiotok-units-bpe` are two names of one tokenizer.

## An environment of its own
A tokenizer whose packages exclude those of others need not share an environment with them:

```
audiotok env make focalcodec                             # a venv with audiotok and what FocalCodec needs
audiotok env make mycodec --package ./mycodec --share    # your own; it sees the torch that is installed here
audiotok env list
```

From then on `audiotok.load("focalcodec:revision=COMMIT")`, and every command and recipe, runs it there where it cannot
be loaded here: in a process that is handed audio and tokens, and nothing else. Results are bit by bit those of the
tokenizer in its environment, whose versions are recorded as `focalcodec/torch` and so on. All abilities come along,
streams too, which end with the process. The environments are folders below `AUDIOTOK_ENVS`, by default `envs` in the
asset cache.

## Left out
| tokenizer | why |
|---|---|
{left_out}
"""

LEFT_OUT = {
    "X-Codec other than hubert-general": "the commits of their weights could not be learnt",
    "w2v-BERT 2 units": "its input is a mel spectrogram; our unit encoders take models over waveforms",
    "published HuBERT and mHuBERT centroids": "pickles and faiss indices; train some with recipes/train_units.py",
    "FunCodec's other models": "FreqCodec, its spectral ones, are not done; the commits of libritts-50hz and "
    "general-25hz could not be learnt",
    "Stable Codec": "its package pins torch 2.4, older than ours, and wants flash-attention and with it a GPU, as its "
    "authors say; the sizes of its graph stand in a file behind a licence to be accepted, so that a module of ours "
    "could not be written for them",
}


def _without_weights(kind: Any, *arguments: Any, **options: Any) -> Any:
    with torch.device("meta"):
        return kind(*arguments, **options)


def published(build: Callable[..., Any] = _without_weights) -> Iterator[tuple[str, str, Any]]:
    """(name, options, tokenizer) at the published sizes, with its variant's card.

    `build`: calls an upstream class; by default without weights, on meta tensors.
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


#: frames/s, entries, Hz of the output, from its authors' page: their package is not needed to write ours.
FOCALCODEC = {
    "50hz": (50, 8192, 16000),
    "25hz": (25, 8192, 16000),
    "12_5hz": (12.5, 8192, 16000),
    "50hz_2k_causal": (50, 2048, 24000),
    "50hz_4k_causal": (50, 4096, 24000),
    "50hz_65k_causal": (50, 65536, 24000),
}
#: What there is no default for.
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
    """What `audiotok list` shows without loading anything: the rates of every name, over its published variants."""
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


#: What a class that has it promises.
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
    """Measured here, or as a row of ours has it; "" where neither is."""
    if name in ("mimi", "audiodec"):
        return _latency_at_random(name, tokenizer.spec.sample_rate)
    if isinstance(tokenizer, Streaming):
        return str(measure(tokenizer))
    report = SUBMISSIONS / slug(f"{name}:{options}") / "conformance.json"
    findings = json.loads(report.read_text(encoding="utf-8"))["findings"] if report.is_file() else []
    return next((f["message"] for f in findings if (f["check"], f["outcome"]) == ("latency", "passed")), "")


@functools.cache
def _latency_at_random(name: str, sample_rate: int) -> str:
    """Of what `published` makes without weights."""
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
