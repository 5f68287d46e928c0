"""One language's models, and which of its pairs each decides right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiotok.core.tokenizer import Tokenizer
from audiotok.files.sealed import read_sealed, write_sealed
from audiotok.lm.ngram import NGram
from audiotok.store import TokenStore
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.language_model.training import TrainingData, first_clips, inputs, prepare, tokenized, train_lm
from audiotok.tasks.lexicon.language import NAME, Language, sha256
from audiotok.tasks.lexicon.options import LexiconOptions
from audiotok.tasks.lexicon.speech import speak
from audiotok.tasks.lm_pairs.scoring import Pair, PairSet, costs, item_scores
from audiotok.tasks.task import Context

SCORERS = ("lm_bits", "lm_order0", "lm_bigram")
VERSION = 1  # of the kept answers


@dataclass(frozen=True)
class AskedHalf:
    """A tokenizer's tokens of one language: speech to learn from, and pairs."""

    language: Language
    training: TrainingData
    store: TokenStore  # of the pairs' clips
    pairs: PairSet


@dataclass(frozen=True)
class Answers:
    """What one model, and n-grams counted on the same speech, decide right."""

    shares: dict[str, dict[str, float]]  # scorer -> item -> share of its pairs
    failures: dict[str, str]  # item -> why it has no share
    inputs: str  # digest of what they depend on


def prepare_half(system: Tokenizer, language: Language, options: LexiconOptions, context: Context) -> AskedHalf:
    """Speak and tokenize one language, or go on where that was stopped."""
    speech = speak(language, options.minutes[-1], context.runs, context.workers)
    training = prepare(system, speech, options, context.runs)
    clips = speech.split("test")
    pairs = tuple(Pair(pair.id, pair.item, f"{pair.id}-word", f"{pair.id}-nonword") for pair in language.asked())
    data = f"{NAME}@sha256:{sha256(language.items, language.contexts)[:12]}"
    store = tokenized(system, clips, training.folder / "pairs")
    return AskedHalf(language, training, store, PairSet(NAME, "", pairs, clips, data))


def ask(half: AskedHalf, options: LMOptions, seed: int, minutes: float) -> Answers:
    """Train a model on the first minutes and ask it every pair, once; the answers are kept beside the model."""
    training = half.training
    lm = train_lm(training, options, seed, minutes)
    made_of = inputs(lm, training, half.store, NAME, str(VERSION), str(minutes))
    path: Path = lm.run / f"answers-{made_of[:12]}.json"
    kept = read_sealed(path, made_of)
    if kept is None:
        heard = (training.store[number] for number in first_clips(training.store, minutes))
        found = costs(lm.model, half.store, training.pattern, lm.context, NGram(training.pattern, heard))
        shares: dict[str, dict[str, float]] = {}
        failures: dict[str, str] = {}
        for scorer in SCORERS:
            rows, failed = item_scores(half.pairs, found, scorer, half.pairs.rule, together=False)
            shares[scorer] = {row.clip: row.total for row in rows}
            failures |= failed
        kept = {"shares": shares, "failures": failures}
        write_sealed(path, kept, made_of)
    return Answers(kept["shares"], kept["failures"], made_of)
