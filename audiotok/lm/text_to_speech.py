"""Reading a text out: a language model that was trained on texts before audio writes the codes."""

from __future__ import annotations

import torch

from audiotok.core.tokens import Tokens
from audiotok.lm.generation import sample
from audiotok.lm.model import AcousticLM
from audiotok.lm.sampling import Reader
from audiotok.lm.text_first import TextFirst, after_start


def speak(
    model: AcousticLM,
    layout: TextFirst,
    text: str,
    *,
    max_frames: int,
    seed: int,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> Tokens:
    """The tokens that the model speaks for a text: until it ends the clip, perhaps at once, or up to `max_frames`.

    Temperature 0 takes the likeliest id each time. The same seed gives the same codes on the CPU.
    Raises InvalidOption.
    """
    reader, written = Reader(model), layout.write(text)
    greedy = temperature == 0
    ids = sample(
        lambda ids: reader(after_start(ids[0], written)[None]),
        layout.pattern,
        max_frames=max_frames,
        # A clip without frames has no place for its codes of the whole clip.
        min_frames=1 if layout.pattern.spec.global_sizes else 0,
        temperature=1.0 if greedy else temperature,
        top_k=1 if greedy else top_k,
        generator=torch.Generator().manual_seed(seed),
    )
    return layout.pattern.invert(ids[None])
