"""Sampling that can only give valid sequences, whatever the model."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import LogitsProcessor

from audiotok.errors import InvalidOption
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.vocabulary import END, PAD, START, Vocabulary


class ValidSequences(LogitsProcessor):
    """For `model.generate(logits_processor=[…])`: only ids that can continue a sequence of the pattern.

        model.generate(prompt, logits_processor=LogitsProcessorList([ValidSequences(pattern, max_frames=500)]),
                       max_length=pattern.steps(500), eos_token_id=END, pad_token_id=PAD)

    For patterns of one stream; prompts may be padded on the left. Without `max_frames`, what `max_length` cuts off is
    not a whole sequence.

    In a text model whose vocabulary was extended, `first` is the id of the pattern's id 0. A prompt is then any text
    ids and `first + START`, perhaps with audio after it; the ids of the end and of padding are `first + END` and
    `first + PAD`.
    """

    def __init__(self, pattern: Pattern, *, min_frames: int = 1, max_frames: int | None = None, first: int = 0) -> None:
        _check_pattern(pattern)
        if pattern.streams != 1:
            raise InvalidOption(
                f"generate writes one id a step, this pattern {pattern.streams}; use audiotok.lm.generation.sample"
            )
        if first < 0:
            raise InvalidOption(f"first must be 0 or more, the id in the model of the pattern's id 0, got {first}")
        self.pattern = pattern
        self.min_frames, self.max_frames, self.first = min_frames, max_frames, first

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """[B, n], [B, V] -> [B, V]. Raises InvalidOption where there are too few scores, or audio has not begun."""
        end = self.first + self.pattern.vocabulary.size
        if scores.shape[1] < end:
            raise InvalidOption(
                f"the model has {scores.shape[1]} outputs, the pattern's ids from {self.first} on need {end}; call "
                f"model.resize_token_embeddings({end}), or is first another?"
            )
        allowed = torch.stack([self._allowed(row) for row in input_ids.cpu()]).to(scores.device)
        # A model may have more outputs than the vocabulary, for the sake of alignment.
        mask = torch.nn.functional.pad(allowed, (self.first, scores.shape[1] - end))
        return scores.masked_fill(~mask, -torch.inf)

    def _allowed(self, row: Tensor) -> Tensor:
        """[n] ids of the model -> [V] bool: which of the pattern's ids may follow."""
        begun = (row == self.first + START).nonzero()[:, 0]
        if not len(begun):
            raise InvalidOption(
                f"a prompt must hold the start of the audio, id {self.first + START}, got {row.tolist()}"
            )
        audio = row[int(begun[-1]) :] - self.first
        if bool((audio == END).any()):
            over = torch.zeros(self.pattern.vocabulary.size, dtype=torch.bool, device="cpu")
            over[PAD] = True
            return over
        return self.pattern.allowed(audio[None], min_frames=self.min_frames, max_frames=self.max_frames)[0]


@torch.no_grad()
def sample(
    logits_of: Callable[[Tensor], Tensor],
    pattern: Pattern,
    *,
    max_frames: int,
    min_frames: int = 1,
    prompt: Tensor | None = None,
    known: Tensor | None = None,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """One clip of any pattern: [S, n] prompt of ids -> [S, L] ids, which `pattern.invert(ids[None])` reads.

    `logits_of` maps [1, S, n] ids to the logits [V] that follow; it is asked only where there is a choice. The first
    stream's id is drawn first, since its end is the end of all. `known` [S, m] holds ids that are given in their
    places, -1 where one is to be drawn. Temperature 0 takes the most probable valid id each time; with `top_k`, ids are
    drawn from the k most probable ones. Raises InvalidOption, also where the prompt has more than `max_frames` frames
    and where `logits_of` does not return [V], since the first V of more logits may be those of other ids.
    """
    if temperature < 0 or (top_k is not None and top_k < 1):
        raise InvalidOption(f"temperature and top_k must be at least 0 and 1, got {temperature} and {top_k}")
    _check_pattern(pattern)
    ids = torch.full((pattern.streams, 1), START, device="cpu") if prompt is None else prompt
    if ids.ndim != 2 or ids.shape[0] != pattern.streams:
        raise InvalidOption(f"a prompt must be ids [S={pattern.streams}, n], got {list(ids.shape)}")
    if (given := _frames_begun(ids, pattern.vocabulary)) > max_frames:
        raise InvalidOption(f"max_frames={max_frames} includes the prompt, which has {given} frames; ask for more")
    while True:
        step = ids.shape[1]
        logits: Tensor | None = None
        drawn: list[Tensor] = []
        for stream in range(pattern.streams):
            first = int(drawn[0]) if drawn else None
            allowed = pattern.allowed(ids, min_frames=min_frames, max_frames=max_frames, first=first)[stream]
            if allowed[PAD]:
                return ids
            choices = allowed.nonzero()[:, 0]
            if known is not None and step < known.shape[1] and known[stream, step] >= 0:
                choices = known[stream, step : step + 1]
            if len(choices) > 1:
                logits = _checked_logits(logits_of(ids[None]), pattern) if logits is None else logits
                choices = choices[draw(logits[choices], temperature, top_k, generator)]
            drawn.append(choices)
        ids = torch.cat([ids, torch.stack(drawn)], dim=1)


def _check_pattern(pattern: object) -> None:
    if not isinstance(pattern, Pattern):
        raise InvalidOption(
            f"only a Pattern says which ids may follow, got {type(pattern).__name__}; pass one of "
            "audiotok.lm.patterns, such as patterns.get('flatten', spec), and add a text's ids in front of what the "
            "model reads"
        )


def _checked_logits(logits: Tensor, pattern: Pattern) -> Tensor:
    """float32 on the CPU. Raises InvalidOption unless they are [V], and on NaN."""
    size = pattern.vocabulary.size
    if tuple(logits.shape) != (size,):
        raise InvalidOption(
            f"logits_of must return the logits [V={size}] of the ids that follow, got {list(logits.shape)}; take the "
            "last step, and in a larger vocabulary the part of the audio ids, as in "
            f"model(…).logits[0, -1, first : first + {size}]"
        )
    logits = logits.float().cpu()
    if bool(logits.isnan().any()):
        raise InvalidOption("logits_of returned NaN: the model or its weights are broken, nothing can be drawn")
    return logits


def _frames_begun(ids: Tensor, vocabulary: Vocabulary) -> int:
    """The fewest frames of a clip whose sequence begins with these ids."""
    fields = vocabulary.field_of(ids.contiguous())
    spec = vocabulary.spec
    codes = [int((fields == k).sum()) for k in range(spec.num_codebooks)]
    return max((count - 1) * spec.stride(k) + 1 if count else 0 for k, count in enumerate(codes))


def draw(logits: Tensor, temperature: float, top_k: int | None, generator: torch.Generator | None) -> Tensor:
    """[N] logits -> [1], the index of one of the `top_k` most probable; of the most probable at temperature 0."""
    if temperature == 0:
        return logits.argmax(keepdim=True)
    logits = logits / temperature
    if top_k is not None and top_k < len(logits):
        logits = logits.masked_fill(logits < logits.topk(top_k).values[-1], -torch.inf)
    return torch.multinomial(logits.softmax(dim=0), 1, generator=generator)
