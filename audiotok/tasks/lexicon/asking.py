"""One language's models, and which pairs of both languages each decides right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audiotok.core.tokenizer import Tokenizer
from audiotok.files.provenance import hardware
from audiotok.files.sealed import read_sealed, write_sealed
from audiotok.lm.ngram import NGram
from audiotok.store import TokenStore
from audiotok.tasks.acoustic_lm import device_of
from audiotok.tasks.language_model.training import (
    TrainingData,
    first_clips,
    inputs,
    prepare,
    tokenized,
    train_lm,
)
from audiotok.tasks.lexicon.language import NAME, Language, sha256
from audiotok.tasks.lexicon.options import LexiconOptions
from audiotok.tasks.lexicon.speech import speak
from audiotok.tasks.lm_pairs.scoring import Pair, PairSet, costs, item_scores
from audiotok.tasks.task import Context

SCORERS = ("lm_bits", "lm_order0", "lm_bigram")
VERSION = 2  # of the kept answers


@dataclass(frozen=True)
class SpokenHalf:
    """A tokenizer's tokens of one language: speech to learn from, and pairs."""

    language: Language
    training: TrainingData
    store: TokenStore  # of the pairs' clips
    pairs: PairSet


@dataclass(frozen=True)
class Answers:
    """Pairs of both languages that one model, and n-grams counted on the same speech, decide right."""

    shares: dict[str, dict[str, float]]  # scorer -> what is decided together (Asked.decided) -> 1, 0.5 or 0
    failures: dict[str, str]  # what is decided together -> why it is not
    inputs: str  # digest of what they depend on
    machine: str = ""  # that the model decided on


def prepare_half(system: Tokenizer, language: Language, options: LexiconOptions, context: Context) -> SpokenHalf:
    """Speak and tokenize one language, or resume."""
    speech = speak(language, options.minutes[-1], context.runs, context.workers)
    training = prepare(system, speech, options, context.runs, context.engine, context.workers)
    clips = speech.split("test")
    pairs = tuple(Pair(pair.id, pair.decided, f"{pair.id}-right", f"{pair.id}-wrong") for pair in language.asked())
    data = f"{NAME}@sha256:{sha256(language.items, language.contexts)[:12]}"
    store = tokenized(system, clips, training.folder / "pairs", context.engine, context.workers)
    return SpokenHalf(language, training, store, PairSet(NAME, "", pairs, clips, data, together=True))


def ask(half: SpokenHalf, asked: Sequence[SpokenHalf], options: LexiconOptions, seed: int, minutes: float) -> Answers:
    """Train a model on the first minutes of a language, and ask it every pair of all; kept beside the model."""
    training = half.training
    lm = train_lm(training, replace(options, hours=options.hours_for(minutes)), seed, minutes)
    stores = (other.store.sha256 for other in asked)
    made_of = inputs(lm, training, half.store, NAME, str(VERSION), str(minutes), *stores)
    path: Path = lm.run / f"answers-{made_of[:12]}.json"
    kept = read_sealed(path, made_of)
    if kept is None:
        heard = (training.store[number] for number in first_clips(training.store, minutes))
        baseline = NGram(training.pattern, heard)
        shares: dict[str, dict[str, float]] = {scorer: {} for scorer in SCORERS}
        failures: dict[str, str] = {}
        for other in asked:
            found = costs(lm.model, other.store, training.pattern, lm.context, baseline)
            for scorer in SCORERS:
                rows, failed = item_scores(other.pairs, found, scorer, other.pairs.rule, other.pairs.together)
                shares[scorer] |= {row.clip: row.total for row in rows}
                failures |= failed
        kept = {"shares": shares, "failures": failures, "machine": hardware(device_of(lm.model))}
        write_sealed(path, kept, made_of)
    machine = kept.get("machine") or hardware()  # earlier versions did not keep it
    return Answers(kept["shares"], kept["failures"], made_of, machine)
