"""The models of one half of the kits: what they learn from, and where they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audiotok.core.tokenizer import Codec
from audiotok.data.manifest import Manifest
from audiotok.lm.class_first import CONDITION, VERSION, ClassFirst
from audiotok.lm.model import AcousticLM
from audiotok.store.reader import TokenStore
from audiotok.tasks.drum_generation.kits import class_of
from audiotok.tasks.language_model.conditioned import train_conditioned
from audiotok.tasks.language_model.folder import hashed, lm_folder
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.language_model.training import tokenized
from audiotok.tasks.task import Context


@dataclass(frozen=True)
class DrumTraining:
    """Strokes of one half as tokens, and how models read them."""

    store: TokenStore
    layout: ClassFirst
    folder: Path  # of all that is made from them
    options: LMOptions

    def run(self, seed: int) -> Path:
        """The folder of one seed's model."""
        options = self.options
        conditions = f"{options.training([seed])}|{CONDITION}"
        return self.folder / f"drums-{options.pattern}-{options.backbone}-seed{seed}-{hashed(conditions)}"

    def train(self, seed: int) -> AcousticLM:
        """Train one seed's model, resume it, or only load it where it is finished."""
        written = {"classes": list(self.layout.classes), "class": VERSION}
        clips = list(range(len(self.store)))
        return train_conditioned(self.store, self.layout, class_of, clips, self.options, seed, self.run(seed), written)


def prepare(
    codec: Codec, strokes: Manifest, classes: Sequence[str], options: LMOptions, context: Context
) -> DrumTraining:
    """Tokenise the strokes of one half, or resume."""
    folder = lm_folder(context.runs, strokes, codec.identifier)
    store = tokenized(codec, strokes, folder / "train", context.engine, context.workers)
    return DrumTraining(store, ClassFirst(options.order_codes(store.spec), classes), folder, options)
