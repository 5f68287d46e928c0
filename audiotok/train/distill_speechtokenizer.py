"""SpeechTokenizer's semantic distillation: the first codebook learns to say what a speech encoder hears.

    L = -(1/D) Σ_d log σ( cos( A Q₁[:, d], S[:, d] ) )

Q₁ [T, latent] is the first codebook's output, A a learned map, S [T, D] the teacher's features (HuBERT's in the paper,
any encoder's here), cos along the T frames of one dimension d. Zhang et al., "SpeechTokenizer: Unified Speech Tokenizer
for Speech Language Models", ICLR 2024, section 3.3.
"""

from __future__ import annotations

from torch import Tensor, nn

from audiotok.models.backbone import Backbone
from audiotok.models.quantizers import Quantized
from audiotok.train.features import FrameCrops
from audiotok.train.losses import cosine_along_time
from audiotok.train.objective import Objective, first_codebook


class SpeechTokenizerDistillation(Objective):
    """0.3133 at best, 0.6931 where student and teacher have nothing in common."""

    def __init__(self, latent: int, teacher: str, width: int, weight: float = 1.0) -> None:
        """`teacher`: its name among the batch's teachers; `width`: of its features."""
        super().__init__("speechtokenizer", weight, (teacher,))
        self.teacher = teacher
        self.project = nn.Linear(latent, width)

    def forward(self, codec: Backbone, batch: FrameCrops, quantized: Quantized) -> Tensor:
        return cosine_along_time(self.project(first_codebook(codec, quantized)), batch.teachers[self.teacher])
