"""LM-SPT's distillation: what the first codebook alone can be turned back into must sound the same to an ASR model.

    L = (1/TD) ‖ E(x) - E( G(Q₁) ) ‖²

x is the clip, Q₁ the first (semantic) codebook's output, G a small auxiliary decoder that is thrown away after
training, E the frozen encoder of an ASR model, through which the gradient flows back. There is no alignment of teacher
frames with token frames, so that the token rate may be low. Jo et al., "LM-SPT: LM-Aligned Semantic Distillation for
Speech Tokenization", 2025, section 3. Whisper's encoder reads a log-mel, so that no waveform is needed in between.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from audiotok.models.backbone import Backbone, Shape
from audiotok.models.mel import BANDS
from audiotok.models.mel_codec import decoder
from audiotok.models.quantizers import Quantized
from audiotok.train.features import FrameCrops
from audiotok.train.objective import Objective, first_codebook


class LMSPTDistillation(Objective):
    """0 where the ASR model hears no difference; in the square of its features' unit."""

    def __init__(
        self, config: Shape, recogniser: nn.Module, blocks: int = 2, weight: float = 1.0, teacher: str = ""
    ) -> None:
        """`recogniser`: frozen, log-mel frames [B, F, 128] -> features [B, T, D]; `teacher`: its name."""
        super().__init__("lmspt", weight, (teacher,))
        self.auxiliary = decoder(config.latent, config.width, blocks, 2, config.stack * BANDS)
        # In a tuple, so that the frozen weights stay out of the checkpoint and the optimizer.
        self._frozen = (recogniser.eval().requires_grad_(False),)

    def forward(self, codec: Backbone, batch: FrameCrops, quantized: Quantized) -> Tensor:
        recogniser = self._frozen[0].to(batch.frames.device)
        with torch.no_grad():
            heard = recogniser(batch.frames)
        resynthesised = self.auxiliary(first_codebook(codec, quantized).transpose(1, 2)).transpose(1, 2)
        return (heard - recogniser(codec.unstacked(resynthesised))).float().square().mean()
