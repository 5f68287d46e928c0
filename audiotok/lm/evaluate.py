"""Bits per second of held-out audio as Results: the language model's, and of the n-grams below it.

Conventions: see audiotok.lm.scoring; a ratio of sums, bits over seconds of audio. Per codebook the same, so that the
codebooks add up to the whole. No direction: how predictable tokens are is not how good they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from audiotok.lm.ngram import NGram
from audiotok.lm.pattern import Pattern
from audiotok.lm.scoring import clip_bits
from audiotok.lm.sequences import Sequences
from audiotok.metrics import catalogue
from audiotok.metrics.base import Declaration
from audiotok.provenance import hardware, versions
from audiotok.recipe import ACOUSTIC_LM
from audiotok.results.record import Result, ScoredClip
from audiotok.stages.result import of_clips
from audiotok.store.reader import TokenStore
from audiotok.tokens import Tokens

Bits = dict[str, list[list[float]]]  # metric -> per clip, per field of the vocabulary


def held_out_bits(
    model: Callable[[Sequences], Tensor], store: TokenStore, pattern: Pattern, context: int, floor: NGram
) -> Bits:
    """Every clip of the store under the model and under the floor."""
    bits: Bits = {name: [] for name in ACOUSTIC_LM.metrics}
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


def mean(of_seeds: Sequence[Bits]) -> Bits:
    """The same clips under models of several seeds -> the mean of each number."""
    stacked = {metric: [bits[metric] for bits in of_seeds] for metric in of_seeds[0]}
    return {metric: np.mean(clips, axis=0).tolist() for metric, clips in stacked.items()}


def per_seed(bits: Mapping[int, Bits], store: TokenStore) -> dict[str, str]:
    """What each seed's model gives, to stand beside their mean."""
    totals = {seed: sum(map(sum, of["lm_bits"])) for seed, of in bits.items()}
    return {f"lm_bits of seed {seed}": f"{total / store.seconds:.2f} bit/s" for seed, total in totals.items()}


def results(
    bits: Bits, store: TokenStore, pattern: Pattern, conditions: str, provenance: Mapping[str, str] | None = None
) -> list[Result]:
    """A Result per metric, and per metric and field; `conditions` is the training's part of the signature."""
    made = []
    for metric, clips in bits.items():
        made.append(_result(metric, "", [sum(fields) for fields in clips], store, conditions, provenance))
        if len(pattern.vocabulary.names) > 1:
            for field, name in enumerate(pattern.vocabulary.names):
                own = [fields[field] for fields in clips]
                made.append(_result(metric, name, own, store, conditions, provenance))
    return made


def _result(
    metric: str,
    field: str,
    totals: list[float],
    store: TokenStore,
    conditions: str,
    provenance: Mapping[str, str] | None,
) -> Result:
    """Of one field of the vocabulary, or of all where it is ""."""
    declared: Declaration = catalogue.get(metric)
    if field:
        declared = replace(declared, name=f"{metric}_{field}", title=f"{declared.title}: {field}")
    clips = [store.clip(number) for number in range(len(store))]
    corpus: Mapping[str, str] = store.description["corpus"]
    return of_clips(
        declared,
        [
            ScoredClip(clip.id, total, clip.duration, clip.speaker, clip.language)
            for clip, total in zip(clips, totals, strict=True)
        ],
        tokenizer=store.tokenizer,
        domain=clips[0].domain,
        signature=ACOUSTIC_LM.sign(
            f"{declared.name}.v{declared.version}",
            corpus["name"],
            corpus["sha256"],
            # The floor does not depend on how the model was trained.
            conditions if metric == "lm_bits" else "",
        ),
        provenance={
            **store.description["tokenizer"],
            **versions(("torch", "transformers")),
            "machine": hardware(),
            **(provenance or {}),
        },
        failures=store.failures,
    )
