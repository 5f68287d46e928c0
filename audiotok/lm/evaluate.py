"""Bits per second of held-out audio as Results: the language model's, and of the n-grams below it.

Conventions: see audiotok.lm.scoring; a ratio of sums, bits over seconds of audio. Per codebook the same, so that the
codebooks add up to the whole. No direction: how predictable tokens are is not how good they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from tqdm import tqdm

from audiotok.lm.ngram import NGram
from audiotok.lm.pattern import Pattern
from audiotok.lm.scoring import clip_bits
from audiotok.lm.sequences import Sequences
from audiotok.provenance import versions
from audiotok.recipe import SEED
from audiotok.results import signature
from audiotok.results.record import Result, ScoredClip
from audiotok.results.statistics import estimate, estimate_by_language
from audiotok.store.reader import TokenStore
from audiotok.tokens import Tokens

VERSION = 1  # goes up when the numbers change
Bits = dict[str, list[list[float]]]  # metric -> per clip, per field of the vocabulary
TITLES = {
    "lm_bits": "Language model, bits per second",
    "lm_order0": "Order-0 floor, bits per second",
    "lm_bigram": "Bigram floor, bits per second",
}


def held_out_bits(
    model: Callable[[Sequences], Tensor], store: TokenStore, pattern: Pattern, context: int, floor: NGram
) -> Bits:
    """Every clip of the store under the model and under the floor."""
    bits: Bits = {name: [] for name in TITLES}
    for tokens in tqdm(store, total=len(store), desc=f"{store.tokenizer}: score", unit="clip", disable=None):
        for name, of_clip in bits_of(model, tokens, pattern, context, floor).items():
            bits[name].append(of_clip)
    return bits


def bits_of(
    model: Callable[[Sequences], Tensor], tokens: Tokens, pattern: Pattern, context: int, floor: NGram
) -> dict[str, list[float]]:
    """One clip: metric -> bits per field."""
    device = next((p.device for p in model.parameters()), "cpu") if isinstance(model, torch.nn.Module) else "cpu"
    return {
        "lm_bits": clip_bits(model, pattern.apply(tokens).to(device), context).tolist(),
        "lm_order0": floor.bits(tokens, 0).tolist(),
        "lm_bigram": floor.bits(tokens, 1).tolist(),
    }


def results(bits: Bits, store: TokenStore, pattern: Pattern, settings: str, recipe: str) -> list[Result]:
    """A Result per metric, and per metric and field; `settings` is the training's part of the signature."""
    made = []
    for metric, clips in bits.items():
        made.append(_result(metric, TITLES[metric], [sum(fields) for fields in clips], store, settings, recipe))
        if len(pattern.vocabulary.names) > 1:
            for field, name in enumerate(pattern.vocabulary.names):
                own = [fields[field] for fields in clips]
                made.append(_result(f"{metric}_{name}", f"{TITLES[metric]}: {name}", own, store, settings, recipe))
    return made


def _result(metric: str, title: str, totals: list[float], store: TokenStore, settings: str, recipe: str) -> Result:
    clips = [store.clip(number) for number in range(len(store))]
    rows = tuple(
        ScoredClip(clip.id, total, clip.duration, clip.speaker, clip.language)
        for clip, total in zip(clips, totals, strict=True)
    )
    whole, uncertainty = estimate(rows, SEED)
    corpus: Mapping[str, str] = store.description["corpus"]
    return Result(
        tokenizer=store.tokenizer,
        metric=metric,
        domain=clips[0].domain,
        signature=signature.build(
            recipe,
            # The floor does not depend on how the model was trained.
            settings if metric.startswith("lm_bits") else "",
            data=f"{corpus['name']}@sha256:{corpus['sha256'][:12]}",
            metric=f"{metric}.v{VERSION}",
            seed=SEED,
        ),
        estimate=whole,
        uncertainty=uncertainty,
        groups=estimate_by_language(rows, SEED),
        scores=rows,
        failures=store.failures,
        provenance=store.description["tokenizer"] | versions(("torch", "transformers")),
        title=title,
        question="lm",
        unit="bit/s",
    )
