"""Clips that a language model writes: what might follow a prompt of real audio, or a whole one after a condition."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor
from transformers import DynamicCache

from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.lm.conditioned import Conditioned, after_start
from audiotok.lm.generation import draw, sample
from audiotok.lm.model import AcousticLM
from audiotok.lm.patterns.base import Pattern, special
from audiotok.lm.vocabulary import START


class Reader:
    """`sample`'s `logits_of` for an AcousticLM that reads each step of a sequence once."""

    def __init__(self, model: AcousticLM) -> None:
        self._model, self._cache = model, DynamicCache()
        self._device = next(model.parameters()).device

    def __call__(self, ids: Tensor) -> Tensor:
        """[1, S, n] -> [V]; the ids of one call begin with those of the call before it."""
        unread = ids[:, :, self._cache.get_seq_length() :]
        return self._model.advance(unread.to(self._device), self._cache)[0]


def continue_clip(
    model: AcousticLM,
    pattern: Pattern,
    prompt: Tokens,
    seconds: float,
    *,
    seed: int,
    min_seconds: float = 0.0,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> Tokens:
    """One clip -> the same clip and what the model makes follow: so many seconds, or until it ends the clip.

    It adds a frame at least, and `min_seconds`. The prompt's codes stay as they are also where a pattern writes them
    after the first new ones (delay, coarse_first). With coarse_first, whose first codebook would end the clip before
    anything else of it is said, the clip has the full length. The same seed gives the same codes on the CPU.
    Raises InvalidTokens on a prompt that is no single clip of a frame or more, InvalidOption.
    """
    if len(prompt) != 1 or not int(prompt.lengths[0]):
        raise InvalidTokens(f"a prompt is one clip of a frame or more, got lengths {prompt.lengths.tolist()}")
    if not 0 <= min_seconds <= seconds or not seconds > 0:
        raise InvalidOption(f"expected 0 <= min_seconds <= seconds, more than 0, got {min_seconds} and {seconds}")
    prompt = prompt[0].to("cpu")
    frames, rate = int(prompt.lengths[0]), token_rate(prompt)
    longest = frames + max(1, round(seconds * rate))
    shortest = longest if pattern.settles_length_first else frames + max(1, math.ceil(min_seconds * rate))
    ids = sample(
        Reader(model),
        pattern,
        max_frames=longest,
        min_frames=min(shortest, longest),
        known=_known(pattern, prompt, longest),
        temperature=temperature,
        top_k=top_k,
        generator=torch.Generator().manual_seed(seed),
    )
    return pattern.invert(ids[None])


def write_clip(
    model: AcousticLM,
    layout: Conditioned,
    condition: str,
    *,
    max_frames: int,
    seed: int,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> Tokens:
    """The tokens that the model writes after a condition: until it ends the clip, perhaps at once, or `max_frames`.

    Temperature 0 takes the likeliest id each time. The same seed gives the same codes on the CPU.
    Raises InvalidOption.
    """
    reader, written, audio_ids = Reader(model), layout.write(condition), layout.pattern.vocabulary.size
    ids = sample(
        lambda ids: reader(after_start(ids[0], written)[None])[:audio_ids],
        layout.pattern,
        max_frames=max_frames,
        # A clip without frames has no place for its codes of the whole clip.
        min_frames=1 if layout.pattern.spec.global_sizes else 0,
        temperature=temperature,
        top_k=top_k,
        generator=torch.Generator().manual_seed(seed),
    )
    return layout.pattern.invert(ids[None])


@torch.no_grad()
def write_clips(
    model: AcousticLM,
    pattern: Pattern,
    frames: int,
    seeds: Sequence[int],
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> list[Tokens]:
    """Clips of so many frames each, one per seed, from nothing: side by side, since their sequences have one layout.

    A clip's codes are those that `sample` draws by its seed alone, but for what the sums of a batch differ in.
    Raises InvalidOption.
    """
    if frames < 1 or not seeds:
        raise InvalidOption(f"expected frames of at least 1 and a seed or more, got {frames} and {len(seeds)} seeds")
    layout = torch.from_numpy(pattern.layout(frames)[0])
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    cache, device = DynamicCache(), next(model.parameters()).device
    ids = torch.full((len(seeds), pattern.streams, 1), START, device="cpu")
    for step in range(1, layout.shape[1]):
        logits = model.advance(ids[:, :, -1:].to(device), cache).float().cpu()
        drawn = [
            torch.full((len(seeds),), special(0) - int(field), device="cpu")
            if field < 0
            else _drawn(logits, pattern.vocabulary.ids_of(int(field)), temperature, top_k, generators)
            for field in layout[:, step]
        ]
        ids = torch.cat([ids, torch.stack(drawn, dim=1)[:, :, None]], dim=2)
    return [pattern.invert(one[None]) for one in ids]


def _drawn(
    logits: Tensor, of: slice, temperature: float, top_k: int | None, generators: Sequence[torch.Generator]
) -> Tensor:
    """[B, V] -> [B] ids of one field."""
    rows = zip(logits[:, of], generators, strict=True)
    draws = [draw(row, temperature, top_k, generator) for row, generator in rows]
    return torch.cat(draws) + of.start


def token_rate(prompt: Tokens) -> float:
    """Frames a second; where their number depends on the audio, this clip's own. Raises InvalidTokens."""
    if not prompt.spec.variable_rate:
        return prompt.spec.frame_rate
    if prompt.num_samples is None:
        raise InvalidTokens("at a variable rate num_samples, as encode sets it, must say how long the prompt is")
    return int(prompt.lengths[0]) * prompt.spec.sample_rate / int(prompt.num_samples[0])


def _known(pattern: Pattern, prompt: Tokens, frames: int) -> Tensor:
    """[S, L] ids of the prompt in their places in a clip of so many frames, -1 elsewhere."""
    given = int(prompt.lengths[0])
    # What is repeated here is masked below; a code that is held goes on being held.
    places = torch.arange(frames, device="cpu").clamp(max=given - 1)
    longer = replace(
        prompt,
        codes=prompt.codes[:, :, places],
        lengths=torch.tensor([frames], device="cpu"),
        durations=None if prompt.durations is None else prompt.durations[:, places],
        num_samples=None,
    )
    fields, at = pattern.layout(frames)
    return torch.where(torch.from_numpy((fields >= 0) & (at < given)), pattern.apply(longer).ids[0], -1)
