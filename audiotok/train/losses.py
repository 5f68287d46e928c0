"""What a codec of log-mel frames is trained to make small, and the cosine loss that two kinds of distillation share.

Conventions: frames [B, F, 128] in nepers; lower is better; every value is a mean, so that it does not depend on the
size of the batch.
"""

from __future__ import annotations

import torch
from torch import Tensor


def reconstruction(frames: Tensor, estimate: Tensor) -> Tensor:
    """Mean absolute difference of the frames, plus that of their steps from frame to frame."""
    return (frames - estimate).abs().mean() + (frames.diff(dim=1) - estimate.diff(dim=1)).abs().mean()


def cosine_along_time(student: Tensor, teacher: Tensor) -> Tensor:
    """-mean log σ(cos(student[:, d], teacher[:, d])) over the dimensions d, each cosine along the T frames of a clip.

    [B, T, D], [B, T, D] -> scalar. 0.3133 = -log σ(1) where student = teacher, 0.6931 = log 2 at right angles, 1.3133
    at the opposite. SpeechTokenizer (Zhang et al. 2024), eq. 1; DM-Codec (Ahasan et al. 2024), eqs. 3 and 4. The axis
    is time: over the features, or over a batch of one, the value says something else.
    """
    cosine = torch.nn.functional.cosine_similarity(student.float(), teacher.float(), dim=1)
    return -torch.nn.functional.logsigmoid(cosine).mean()
