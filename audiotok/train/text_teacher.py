"""A text model's hidden states, spread over the frames of the clip in which the text is said (DM-Codec's LM teacher).

Where a word falls in the clip is not known: every token gets an equal share of the clip, as in the paper, which leaves
the rest to the student. A clip without a transcript is taught nothing (zeros: the cosine has no gradient).
"""

from __future__ import annotations

import torch
from torch import Tensor

from audiotok.errors import AssetUnavailable
from audiotok.files.hub_models import from_pretrained_arguments

FRAME_RATE = 50  # Hz


class TextTeacher:
    """Any encoder of `transformers` by its folder, or its name on the hub and a commit, `NAME@COMMIT`: MiniLM, BERT."""

    def __init__(self, name: str) -> None:
        """Raises AssetUnavailable where the model cannot be opened, InvalidOption where it has no commit."""
        from transformers import AutoModel, AutoTokenizer

        source, commit = from_pretrained_arguments(name)
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(source, **commit)
            self._model = AutoModel.from_pretrained(source, **commit).eval()
        except (OSError, ValueError) as error:  # ValueError: a folder without a model's configuration
            raise AssetUnavailable(f"the text model {name} could not be opened: {error}") from error
        self.name = name
        self.dim = int(self._model.config.hidden_size)

    @torch.no_grad()
    def __call__(self, text: str | None, seconds: float) -> Tensor:
        """-> [ceil(50 · seconds), D]: the mean over all layers of the token that the frame is given."""
        frames = max(1, -(-round(seconds * FRAME_RATE * 1000) // 1000))
        if not text or not text.strip():
            return torch.zeros(frames, self.dim)
        encoded = self._tokenizer(text, return_tensors="pt", truncation=True, return_special_tokens_mask=True)
        special = encoded.pop("special_tokens_mask")[0].bool()
        states = torch.stack(self._model(**encoded, output_hidden_states=True).hidden_states).mean(0)[0]
        tokens = states[~special]
        if not len(tokens):
            return torch.zeros(frames, self.dim)
        return tokens[torch.arange(frames) * len(tokens) // frames]
