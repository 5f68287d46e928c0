"""DM-Codec's distillation: a text model teaches the first codebook, a speech model all of them together.

    L = λ_LM L(A₁ Q₁, S_LM) + λ_SM L(A₂ Q, S_SM),   L(Q, S) = -(1/D) Σ_d log σ( cos( Q[:, d], S[:, d] ) )

Q₁ is the first codebook's output, Q that of all codebooks (their sum and their mean have the same cosines), S_LM the
text model's hidden states spread over the clip's frames, S_SM the speech model's features, cos along the T frames of
one dimension d. Either weight may be 0. Ahasan et al., "DM-Codec: Distilling Multimodal Representations for Speech
Tokenization", 2024, section 3.2. The released code adds a leading axis to the features, so that its cosine is taken
over a batch of one and compares one frame only; here it is along time.
"""

from __future__ import annotations

from torch import Tensor, nn

from audiotok.models.backbone import Backbone
from audiotok.models.quantizers import Quantized
from audiotok.train.features import FrameCrops
from audiotok.train.losses import cosine_along_time
from audiotok.train.objective import Objective, first_codebook


class DMDistillation(Objective):
    """(λ_LM + λ_SM) · 0.3133 at best, · 0.6931 where students and teachers have nothing in common."""

    def __init__(
        self,
        latent: int,
        *,
        text: tuple[str, int] | None,
        speech: tuple[str, int] | None,
        text_weight: float = 1.0,
        speech_weight: float = 1.0,
        weight: float = 1.0,
    ) -> None:
        """`text`, `speech`: (name among the batch's teachers, width of its features), None to leave it out."""
        super().__init__("dm", weight, tuple(name for name, _ in filter(None, (speech, text))))
        self.text, self.speech = text, speech
        self.text_weight, self.speech_weight = text_weight, speech_weight
        self.project_first = nn.Linear(latent, text[1]) if text else None
        self.project_all = nn.Linear(latent, speech[1]) if speech else None

    def forward(self, codec: Backbone, batch: FrameCrops, quantized: Quantized) -> Tensor:
        loss = quantized.vectors.new_zeros(())
        if self.text and self.project_first is not None:
            taught = cosine_along_time(
                self.project_first(first_codebook(codec, quantized)), batch.teachers[self.text[0]]
            )
            loss = loss + self.text_weight * taught
        if self.speech and self.project_all is not None:
            taught = cosine_along_time(self.project_all(quantized.vectors), batch.teachers[self.speech[0]])
            loss = loss + self.speech_weight * taught
        return loss
