"""Words from tokens: two bidirectional LSTMs over the frames, characters by connectionist temporal classification.

Conventions: characters of the normalised texts (audiotok.metrics.text) of the training clips, a space between words
except in languages written without spaces, or pieces of words where so many are asked for
(audiotok.tasks.probes.spelling); the likeliest of each frame is taken, repetitions and blanks dropped, without a
language model. Errors of words and characters are those of audiotok.metrics.recognition; a clip's are the mean over
seeds. What is read depends on training: the same network, batches and steps for every tokenizer.
Source: Graves et al., "Connectionist temporal classification", ICML 2006; the shape of DASB's ASR model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import ctc_loss
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidData, MetricUndefined
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.metrics.recognition import character_errors, word_errors
from audiotok.metrics.text import NORMALISER, characters
from audiotok.tasks.probes.bag import NO_FRAME
from audiotok.tasks.probes.frames import Frames, finer, padded, tables_of
from audiotok.tasks.probes.options import TrainedOptions
from audiotok.tasks.probes.spelling import Spelling
from audiotok.tasks.probes.training import TensorBatch, trained

BATCH = 16
DROPOUT = 0.2
LEARNING_RATE = 0.2  # by the size of a frame: of 1024 it is DASB's 2e-4
ALIKE = 4  # batches of clips of about one length that a batch is drawn from
BLANK = 0
LEAST_RATE = 50.0  # Hz; coarser frames are repeated, since CTC needs one for each character


@dataclass(frozen=True)
class SpokenBatch(TensorBatch):
    """Clips with what is said in them."""

    codes: Tensor  # [B, K, T]
    mask: Tensor  # [B, T]
    texts: Tensor  # [B, L], padded with 0
    lengths: Tensor  # [B], of the texts


class Recogniser(nn.Module):
    """Codes -> log probabilities of the blank and of characters or pieces."""

    def __init__(self, frames: Frames, size: int, symbols: int, times: int = 1) -> None:
        """times: how often a frame is repeated."""
        super().__init__()
        self.frames, self._times = frames, times
        self.lstm = nn.LSTM(size, size, 2, batch_first=True, bidirectional=True, dropout=DROPOUT)
        self.classify = nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(2 * size, symbols + 1))

    def forward(self, batch: SpokenBatch) -> dict[str, Tensor]:
        """-> {"total": the mean loss of a character}"""
        found, lengths = self.log_probabilities(batch.codes, batch.mask)
        return {"total": ctc_loss(found.transpose(0, 1), batch.texts, lengths, batch.lengths, BLANK)}

    def log_probabilities(self, codes: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """[B, K, T], [B, T] -> [B, T', 1 + symbols] and the frames of each clip, [B]."""
        frames, mask = (part.repeat_interleave(self._times, 1) for part in self.frames(codes, mask))
        lengths = mask.sum(1)
        packed = pack_padded_sequence(frames, lengths.cpu(), batch_first=True, enforce_sorted=False)
        read, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return self.classify(read).log_softmax(-1), lengths


def recognised(
    tokens: Mapping[str, Tokens],
    vectors: list[Tensor] | None,
    train: Sequence[Clip],
    test: Sequence[Clip],
    options: TrainedOptions,
    folder: Path,
    name: str,
) -> dict[str, ClipOutcomes]:
    """Errors of words ("wer") and of characters ("cer") on the clips to test, by models trained on the others.

    folder: of the checkpoints, from which a stopped training goes on. Raises InvalidData where a text is missing, and
    where no training clip is long enough for its text.
    """
    said = {clip.id: _said(clip, name) for clip in (*train, *test)}
    spelling = Spelling.learn([said[clip.id] for clip in train], options.pieces)
    spec = tokens[train[0].id].spec
    written = {clip.id: spelling.write(said[clip.id]) for clip in train}
    usable = [clip.id for clip in train if written[clip.id] and _fits(written[clip.id], tokens[clip.id], spec)]
    if not usable:
        raise InvalidData(f"{name}: no clip to train on has a frame for each character of its text")
    usable.sort(key=lambda clip: int(tokens[clip].lengths[0]))
    # Numbers from 1 on, since 0 is the blank.
    draw = _drawn([tokens[clip] for clip in usable], [1 + torch.tensor(written[clip]) for clip in usable])
    hypotheses: dict[str, list[str]] = {clip.id: [] for clip in test if int(tokens[clip.id].lengths[0])}
    for seed in options.seeds:

        def make() -> Recogniser:
            frames = Frames(tables_of(spec, vectors), options.size, finer(spec))
            return Recogniser(frames, options.size, len(spelling), repeats(spec))

        identity = {
            "symbols": spelling.characters,
            "clips": usable,
            "normaliser": NORMALISER,
            "repeats": repeats(spec),
        }
        # Named by what is learned, since probes with the same training clips share their models.
        model = trained(make, draw, identity, options, seed, LEARNING_RATE / options.size, folder, options.head)
        for clip in hypotheses:
            hypotheses[clip].append(_read(model, tokens[clip], spelling, options.device))
    found = {
        "wer": _scored(test, hypotheses, word_errors),
        "cer": _scored(test, hypotheses, character_errors),
    }
    for outcomes in found.values():
        outcomes.provenance["training_clips"] = f"{len(usable)} of {len(train)}"
    return found


def repeats(spec: TokenSpec) -> int:
    """How often a frame is repeated, for a rate of at least 50 Hz."""
    return max(1, math.ceil(LEAST_RATE / spec.frame_rate - 1e-9))


def _said(clip: Clip, name: str) -> str:
    """The characters to learn; "" where nothing is left of the text. Raises InvalidData."""
    if not clip.text or not clip.language:
        missing = "language" if clip.text else "text"
        raise InvalidData(
            f"{name}: the clip {clip.id} has no {missing}; every clip needs both for training and scoring"
        )
    return characters(clip.text, clip.language)


def _fits(written: Sequence[int], tokens: Tokens, spec: TokenSpec) -> bool:
    """Whether there is a frame for each character or piece, and one more between two that are alike."""
    repeated = sum(one == other for one, other in pairwise(written))
    return int(tokens.lengths[0]) // finer(spec) * repeats(spec) >= len(written) + repeated


def _drawn(tokens: Sequence[Tokens], texts: Sequence[Tensor]) -> Callable[[torch.Generator, float], SpokenBatch]:
    """Batches of clips of about one length, of which little is padding. `tokens` are sorted by length."""

    def draw(generator: torch.Generator, progress: float) -> SpokenBatch:
        window = min(ALIKE * BATCH, len(tokens))
        first = int(torch.randint(len(tokens) - window + 1, (1,), generator=generator))
        chosen = (first + torch.randperm(window, generator=generator)[:BATCH]).tolist()
        said = [texts[number] for number in chosen]
        codes, mask = padded([tokens[number] for number in chosen])
        lengths = torch.tensor([len(text) for text in said])
        return SpokenBatch(codes, mask, pad_sequence(said, batch_first=True), lengths)

    return draw


def _read(model: Recogniser, tokens: Tokens, spelling: Spelling, device: str) -> str:
    """The text of one clip: the likeliest of each frame, repetitions and blanks dropped."""
    codes, mask = (part.to(device) for part in padded([tokens]))
    with torch.no_grad():
        found, _ = model.log_probabilities(codes, mask)
    numbers = found[0].argmax(-1).unique_consecutive().tolist()
    return spelling.read([number - 1 for number in numbers if number != BLANK])


def _scored(
    clips: Sequence[Clip],
    hypotheses: Mapping[str, Sequence[str]],
    errors: Callable[[str, str, str], ClipScore],
) -> ClipOutcomes:
    found = ClipOutcomes()
    for clip in clips:
        if clip.id not in hypotheses:
            found.failures[clip.id] = NO_FRAME
            continue
        try:
            of = [errors(str(clip.text), text, str(clip.language)) for text in hypotheses[clip.id]]
        except MetricUndefined as error:
            found.undefined[clip.id] = str(error)
        else:
            found.scores[clip.id] = ClipScore(sum(one.total for one in of) / len(of), of[0].weight)
    return found
