"""How predictable are a tokenizer's tokens to a small language model, and to n-grams?

Conventions: see audiotok.lm.scoring; a ratio of sums, bits over seconds of audio. Per codebook the same, so that the
codebooks add up to the whole. No direction: how predictable tokens are is not how good they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Manifest
from audiotok.files.progress import progress_bar
from audiotok.files.provenance import hardware, versions
from audiotok.lm.ngram import NGram
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.scoring import clip_bits
from audiotok.lm.sequences import Sequences
from audiotok.metrics import catalogue
from audiotok.metrics.base import Declaration
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.memo import digest, memoised
from audiotok.runs.result import of_clips
from audiotok.store.reader import TokenStore
from audiotok.tasks.language_model.folder import TRAINED_ON, board_speech, hashed, lm_folder, trained_on
from audiotok.tasks.language_model.options import LMOptions, Seeds
from audiotok.tasks.task import Context, System, Task, only_tokenizers

NAME = "acoustic_lm"
METRICS = ("lm_bits", "lm_order0", "lm_bigram")
Bits = dict[str, list[list[float]]]  # metric -> per clip, per field of the vocabulary


@dataclass(frozen=True)
class AcousticLMOptions(LMOptions):
    """Options of the task; scores are the mean over the seeds."""

    seed: Seeds = field(default_factory=lambda: [0, 1, 2])

    def conditions(self, metric: str) -> str:
        """How a metric's score is made; n-grams do not depend on how the model was trained."""
        return self.training(self.seed) if metric.startswith("lm_bits") else self.counting


def measure(system: Tokenizer, corpus: Manifest, context: Context) -> list[Result]:
    """Train the models of all seeds on the speech of the training split, and score speakers who are not in it."""
    from audiotok.tasks.language_model.side_by_side import train_side_by_side
    from audiotok.tasks.language_model.training import inputs, prepare, tokenized, train_lm

    options: AcousticLMOptions = context.options or TASK.options
    speech = corpus.domain("speech")
    training_split = speech.split("train")
    training = prepare(system, speech, options, context.runs, context.engine, context.workers)
    pattern = training.pattern
    held_out = tokenized(system, speech.new_voices(), training.folder / "test", context.engine, context.workers)
    baseline = cache(partial(NGram, pattern, training.store))
    versions = "|".join((TASK.signature, *(f"{name}.v{catalogue.get(name).version}" for name in METRICS)))
    by_seed: dict[int, list[Result]] = {}
    made_from: list[str] = []
    train_side_by_side([partial(train_lm, training, options, number) for number in options.seed], context, options)
    for number in options.seed:
        lm = train_lm(training, options, number)
        made_from.append(inputs(lm, training, held_out, versions))
        asked = trained_on(TASK.under(replace(options, seed=[number])), training_split)
        score = partial(scored, lm.model, held_out, pattern, lm.context, baseline, asked)
        by_seed[number] = memoised(lm.run / "scores.jsonl", made_from[-1], score)
    path = training.folder / hashed(options.conditions("lm_bits")) / f"{NAME}.jsonl"
    recipe = trained_on(TASK.under(options), training_split)
    mean = memoised(path, digest(*made_from), partial(averaged, by_seed, held_out, pattern, recipe))
    return [result for metric in METRICS for result in mean if result.metric == metric]


def outputs(system: System, name: str, runs: Path) -> Iterable[Path]:
    """Result files of the mean over seeds, under whatever conditions."""
    return sorted(lm_folder(runs, board_speech(), system.identifier).glob(f"*/{NAME}.jsonl"))


def held_out_bits(
    model: Callable[[Sequences], Tensor], store: TokenStore, pattern: Pattern, context: int, baseline: NGram
) -> Bits:
    """Every clip of the store under the model and under the n-gram baseline."""
    bits: Bits = {name: [] for name in METRICS}
    for tokens in progress_bar(store, total=len(store), desc=f"{store.tokenizer}: score", unit="clip", disable=None):
        for name, of_clip in bits_of(model, tokens, pattern, context, baseline).items():
            bits[name].append(of_clip)
    return bits


def bits_of(
    model: Callable[[Sequences], Tensor], tokens: Tokens, pattern: Pattern, context: int, baseline: NGram
) -> dict[str, list[float]]:
    """One clip: metric -> bits per field."""
    return {
        "lm_bits": clip_bits(model, pattern.apply(tokens).to(device_of(model)), context).tolist(),
        "lm_order0": baseline.bits(tokens, 0).tolist(),
        "lm_bigram": baseline.bits(tokens, 1).tolist(),
    }


def device_of(model: Callable[[Sequences], Tensor]) -> torch.device | str:
    """Where a model computes."""
    return next((p.device for p in model.parameters()), "cpu") if isinstance(model, torch.nn.Module) else "cpu"


def scored(
    model: Callable[[Sequences], Tensor],
    store: TokenStore,
    pattern: Pattern,
    context: int,
    baseline: Callable[[], NGram],
    recipe: Recipe,
) -> list[Result]:
    """The results of one model."""
    bits = held_out_bits(model, store, pattern, context, baseline())
    return results(bits, store, pattern, recipe, {"machine": hardware(device_of(model))})


def averaged(
    by_seed: Mapping[int, Sequence[Result]], store: TokenStore, pattern: Pattern, recipe: Recipe
) -> list[Result]:
    """The same clips under models of several seeds: the mean of each number, with what each seed gives beside it."""
    bits = {seed: _bits_in(found, pattern) for seed, found in by_seed.items()}
    made_with = [found[0].provenance for found in by_seed.values()]
    same = {name: " / ".join(dict.fromkeys(one[name] for one in made_with)) for name in made_with[0]}
    totals = {f"lm_bits of seed {seed}": sum(map(sum, of["lm_bits"])) / store.seconds for seed, of in bits.items()}
    return results(
        {name: np.mean([of[name] for of in bits.values()], axis=0).tolist() for name in METRICS},
        store,
        pattern,
        recipe,
        same | {name: f"{rate:.2f} bit/s" for name, rate in totals.items()},
    )


def results(
    bits: Bits, store: TokenStore, pattern: Pattern, recipe: Recipe, provenance: Mapping[str, str] | None = None
) -> list[Result]:
    """A Result per metric, and per metric and field."""
    made = []
    for metric, clips in bits.items():
        made.append(_result(metric, "", [sum(fields) for fields in clips], store, recipe, provenance))
        if len(pattern.vocabulary.names) > 1:
            for field, name in enumerate(pattern.vocabulary.names):
                own = [fields[field] for fields in clips]
                made.append(_result(metric, name, own, store, recipe, provenance))
    return made


def _bits_in(found: Sequence[Result], pattern: Pattern) -> Bits:
    """The bits that `results` was given."""
    totals = {result.metric: [score.total for score in result.scores] for result in found}
    names = pattern.vocabulary.names
    bits = {}
    for metric in METRICS:
        of_fields = [totals[f"{metric}_{name}"] for name in names] if len(names) > 1 else [totals[metric]]
        bits[metric] = [list(of_clip) for of_clip in zip(*of_fields, strict=True)]
    return bits


def _result(
    metric: str,
    field: str,
    totals: list[float],
    store: TokenStore,
    recipe: Recipe,
    provenance: Mapping[str, str] | None,
) -> Result:
    """Bits of one field of the vocabulary, or of all where it is ""."""
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
        signature=recipe.sign_metric(declared, corpus["name"], corpus["sha256"]),
        provenance={
            **store.description["tokenizer"],
            **versions(("torch", "transformers")),
            **(provenance or {}),
        },
        failures=store.failures,
    )


OPTIONS = AcousticLMOptions()
TASK = Task(
    *(NAME, 1, METRICS, OPTIONS.conditions),
    question="How predictable are the tokens for a small language model?",
    cost="half an hour on two cores: it trains a language model for each of three seeds",
    dataset=TRAINED_ON,
    clip_fields=("speaker",),
    cannot_judge=only_tokenizers,
    measure=measure,
    options=OPTIONS,
    outputs=outputs,
)
