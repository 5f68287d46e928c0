"""Are these the published weights, in the right layers and at the right scale? Codes of one clip against golden ones,
and against golden audio what the golden codes are decoded to.

How many codes must be equal:
- all, where no network has learnt anything (card: encoder DSP): nothing depends on the order of a sum.
- 99% on a CPU. Libraries sum in another order on another processor, which may flip near-ties between two codes, and a
  flip in a residual quantizer takes the codebooks below it along. Seen: with instructions from SSE4 to AVX-512 the
  features of audiotok-rvq and Whisper units differed, their codes and Lyra's did not; a level 10% off left 63, 97
  and 39%.
- half on an accelerator, as for batch against single. With other weights about one code in a codebook's size is equal.

How far audio may be from the golden, as energy of the difference below that of the golden:
- 40 dB on a CPU, so that a level more than 1% off fails. Seen, as above: Griffin-Lim, which feeds its error back, 57 dB
  at the least (audiotok-rvq); Codec 2, Lyra and mu-law no difference.
- 20 dB on an accelerator, which may convolve in half precision.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch

from audiotok.conformance.checking import LEAST_EQUAL_ON_GPU, Check, DoesNotApply, demand
from audiotok.core.identifier import Identifier
from audiotok.core.tokenizer import Codec, Scalable, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.golden import audio
from audiotok.golden.clip import clip_sha256, golden_clip
from audiotok.golden.codes import FOLDER, Golden, audio_path, load, make
from audiotok.results.conformance import Report

LEAST_EQUAL_ON_CPU = 0.99
LEAST_BELOW_ON_CPU, LEAST_BELOW_ON_GPU = 40, 20  # dB


def check_weights(tokenizer: Tokenizer, folder: Path = FOLDER) -> Report:
    """Raises UnknownName where the tokenizer has no golden codes: it is not verified then, nor has it failed."""
    golden, expected = load(tokenizer.identifier, folder)
    checks = (
        Check(
            "golden_codes",
            "Are the codes of the golden clip those of the published weights?",
            lambda tokenizer: _compare_codes(tokenizer, golden, expected),
        ),
        Check(
            "golden_audio",
            "Are the golden codes decoded to the audio of the published weights?",
            lambda tokenizer: _compare_audio(tokenizer, golden, expected, folder),
        ),
    )
    return Report(tokenizer.identifier, str(tokenizer.device), tuple(check(tokenizer) for check in checks))


def _demand_same_weights(tokenizer: Tokenizer, golden: Golden) -> None:
    ours = tokenizer.card.weights_sha256
    demand(ours == golden.weights_sha256, f"weights sha256 {ours}, the golden codes are of {golden.weights_sha256}")


def _compare_codes(tokenizer: Tokenizer, golden: Golden, expected: Tokens) -> str:
    _demand_same_weights(tokenizer, golden)
    clip = clip_sha256(golden_clip(tokenizer.spec.sample_rate, tokenizer.spec.channels))
    demand(clip == golden.clip_sha256, f"the clip made here has sha256 {clip}, the golden codes' {golden.clip_sha256}")
    tokens = make(tokenizer)
    codes = tokens.codes[0]
    demand(
        len(codes) <= len(expected.codes[0]) and codes.shape[1] == expected.codes.shape[2],
        f"codes {list(codes.shape)}, the golden ones are {list(expected.codes.shape[1:])}",
    )
    equal = (codes == expected.codes[0, : len(codes)]).flatten()
    if tokens.global_codes is not None and expected.global_codes is not None:
        equal = torch.cat([equal, tokens.global_codes[0] == expected.global_codes[0]])
    share, least = float(equal.float().mean()), least_equal(tokenizer)
    message = (
        f"{int(equal.sum())} of {equal.numel()} codes ({share:.2%}) are those of {golden.date}, "
        f"at least {least:.0%} must be ({tokenizer.device.type})"
    )
    demand(share >= least, message)
    return message


def _compare_audio(tokenizer: Tokenizer, golden: Golden, tokens: Tokens, folder: Path) -> str:
    if not isinstance(tokenizer, Codec):
        raise DoesNotApply("no decoder")
    if golden.audio is None:
        raise DoesNotApply(f"the golden codes of {golden.date} came without audio: the decoder is unverified")
    _demand_same_weights(tokenizer, golden)
    expected = audio.load(golden.audio, audio_path(tokenizer.identifier, folder))
    told, ours = audio.make(_with_all_codebooks(tokenizer, golden), tokens, golden.audio.every)
    demand(
        (told.sample_rate, told.length, len(ours)) == (golden.audio.sample_rate, golden.audio.length, len(expected)),
        f"decoded to {len(ours)} × {told.length} samples at {told.sample_rate} Hz, the golden ones are "
        f"{len(expected)} × {golden.audio.length} at {golden.audio.sample_rate} Hz",
    )
    energy, error = (float(part.double().pow(2).sum()) for part in (expected, ours.double() - expected.double()))
    below = math.inf if error == 0 else 10 * math.log10(energy / error) if energy else -math.inf
    least = LEAST_BELOW_ON_CPU if tokenizer.device.type == "cpu" else LEAST_BELOW_ON_GPU
    difference = f"the difference is {below:.0f} dB below" if error else "no difference from"
    message = (
        f"{difference} the audio of {golden.audio.date}, at least {least} dB below it must be ({tokenizer.device.type})"
    )
    demand(below >= least, message)
    return message


def _with_all_codebooks(codec: Codec, golden: Golden) -> Codec:
    count = Identifier.parse(golden.identifier).options.get("num_codebooks")
    return codec.with_codebooks(int(count)) if count is not None and isinstance(codec, Scalable) else codec


def least_equal(tokenizer: Tokenizer) -> float:
    if tokenizer.card.encoder == "DSP":
        return 1.0
    return LEAST_EQUAL_ON_CPU if tokenizer.device.type == "cpu" else LEAST_EQUAL_ON_GPU
