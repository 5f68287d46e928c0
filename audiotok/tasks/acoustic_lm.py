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

from audiotok.core.tokens import Tokens
from audiotok.files.provenance import hardware, versions
from audiotok.lm.ngram import NGram
from audiotok.lm.pattern import Pattern
from audiotok.lm.scoring import clip_bits
from audiotok.lm.sequences import Sequences
from audiotok.metrics import catalogue
from audiotok.metrics.base import Declaration
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.result import of_clips
from audiotok.store.reader import TokenStore
from audiotok.tasks import ACOUSTIC_LM

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


def version() -> str:
    """Of what is measured: other numbers have another."""
    metrics = (f"{name}.v{catalogue.get(name).version}" for name in ACOUSTIC_LM.metrics)
    return "|".join((ACOUSTIC_LM.signature, *metrics))


def scored(
    model: Callable[[Sequences], Tensor],
    store: TokenStore,
    pattern: Pattern,
    context: int,
    floor: Callable[[], NGram],
    conditions: str,
) -> list[Result]:
    """The results of one model."""
    return results(held_out_bits(model, store, pattern, context, floor()), store, pattern, conditions)


def averaged(
    by_seed: Mapping[int, Sequence[Result]], store: TokenStore, pattern: Pattern, conditions: str
) -> list[Result]:
    """The same clips under models of several seeds: the mean of each number, with what each seed gives beside it."""
    bits = {seed: _bits_in(found, pattern) for seed, found in by_seed.items()}
    made_with = [found[0].provenance for found in by_seed.values()]
    same = {name: " / ".join(dict.fromkeys(one[name] for one in made_with)) for name in made_with[0]}
    totals = {f"lm_bits of seed {seed}": sum(map(sum, of["lm_bits"])) / store.seconds for seed, of in bits.items()}
    return results(
        {name: np.mean([of[name] for of in bits.values()], axis=0).tolist() for name in ACOUSTIC_LM.metrics},
        store,
        pattern,
        conditions,
        same | {name: f"{rate:.2f} bit/s" for name, rate in totals.items()},
    )


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


def _bits_in(found: Sequence[Result], pattern: Pattern) -> Bits:
    """What `results` was given."""
    totals = {result.metric: [score.total for score in result.scores] for result in found}
    names = pattern.vocabulary.names
    bits = {}
    for metric in ACOUSTIC_LM.metrics:
        of_fields = [totals[f"{metric}_{name}"] for name in names] if len(names) > 1 else [totals[metric]]
        bits[metric] = [list(of_clip) for of_clip in zip(*of_fields, strict=True)]
    return bits


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
