"""Are these the published weights, in the right layers and at the right scale? Codes of one clip against golden ones.

How many must be equal:
- all, where no network has learnt anything (card: encoder DSP): nothing depends on the order of a sum.
- 99% on a CPU. Libraries sum in another order on another processor, which may flip near-ties between two codes, and a
  flip in a residual quantizer takes the codebooks below it along. Seen: with instructions from SSE4 to AVX-512 the
  features of audiotok-rvq and Whisper units differed, their codes and Lyra's did not; a level 10% off left 63, 97
  and 39%.
- half on an accelerator, as for batch against single. With other weights about one code in a codebook's size is equal.
"""

from __future__ import annotations

from pathlib import Path

import torch

from audiotok.conformance.checking import LEAST_EQUAL_ON_GPU, Check, demand
from audiotok.golden.clip import clip_sha256, golden_clip
from audiotok.golden.codes import FOLDER, Golden, load, make
from audiotok.results.conformance import Report
from audiotok.tokenizer import Tokenizer
from audiotok.tokens import Tokens

LEAST_EQUAL_ON_CPU = 0.99


def check_weights(tokenizer: Tokenizer, folder: Path = FOLDER) -> Report:
    """Raises UnknownName where the tokenizer has no golden codes: it is not verified then, nor has it failed."""
    golden, expected = load(tokenizer.identifier, folder)
    check = Check(
        "golden_codes",
        "Are the codes of the golden clip those of the published weights?",
        lambda tokenizer: _compare(tokenizer, golden, expected),
    )
    return Report(tokenizer.identifier, str(tokenizer.device), (check(tokenizer),))


def _compare(tokenizer: Tokenizer, golden: Golden, expected: Tokens) -> str:
    ours = tokenizer.card.weights_sha256
    demand(ours == golden.weights_sha256, f"weights sha256 {ours}, the golden codes are of {golden.weights_sha256}")
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


def least_equal(tokenizer: Tokenizer) -> float:
    if tokenizer.card.encoder == "DSP":
        return 1.0
    return LEAST_EQUAL_ON_CPU if tokenizer.device.type == "cpu" else LEAST_EQUAL_ON_GPU
