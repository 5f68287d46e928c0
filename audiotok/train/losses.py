"""Losses of models of log-mel frames, and the cosine loss that two kinds of distillation share.

Conventions: frames [B, F, 128] in nepers; lower is better; every value is a mean, so that it does not depend on the
size of the batch.
"""

from __future__ import annotations

import functools

import torch
from torch import Tensor

from audiotok.errors import InvalidData
from audiotok.models.mel import FLOOR

_SIDE, _SIGMA = 11, 1.5  # of SSIM's Gaussian window
_RANGE = 10.0  # nepers from the floor to loud speech: what SSIM takes for the range of an image's values


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


def ssim(frames: Tensor, estimate: Tensor) -> Tensor:
    """Structural similarity of two spectrograms as images: mean over windows of 11 frames × 11 bands, Gaussian, σ 1.5.

    [B, F, 128], [B, F, 128], F >= 11 -> scalar, 1 where they are equal, at least -1; the loss is 1 less this.
    (2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2)), C1 = 0.01², C2 = 0.03², on values that are 0 at
    silence and 1 ten nepers above. Wang et al., "Image quality assessment", 2004, eq. 13. Raises InvalidData where the
    crop is shorter than a window.
    """
    if frames.shape[1] < _SIDE:
        raise InvalidData(f"SSIM needs crops of at least {_SIDE} frames, got {frames.shape[1]}; use longer crops")
    x, y = ((value.float() - FLOOR) / _RANGE for value in (frames, estimate))
    mean_x, mean_y, xx, yy, xy = _blurred(torch.stack([x, y, x * x, y * y, x * y]))
    product = mean_x * mean_y
    squares = mean_x.square() + mean_y.square()
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * product + c1) / (squares + c1)
    structure = (2 * (xy - product) + c2) / (xx + yy - squares + c2)
    return (luminance * structure).mean()


def _blurred(images: Tensor) -> Tensor:
    """[..., F, 128] -> [..., F - 10, 118]

    As two matrix products, which a CPU does ten times as fast as convolutions of one channel. In float32 whatever the
    model's precision: of variances that are differences of means bf16 keeps too little.
    """
    rows, columns = (_gaussian(size, images.device) for size in images.shape[-2:])
    with torch.autocast(images.device.type, enabled=False):
        return rows @ (images @ columns.T)


@functools.lru_cache(maxsize=16)
def _gaussian(size: int, device: torch.device) -> Tensor:
    """[size - 10, size]: each row the window, one further than in the row before."""
    steps = torch.arange(_SIDE) - _SIDE // 2
    window = torch.exp(-steps.square() / (2 * _SIGMA**2))
    places = torch.arange(size - _SIDE + 1)[:, None] + torch.arange(_SIDE)
    filters = torch.zeros(len(places), size)
    return filters.scatter(1, places, (window / window.sum()).expand(len(places), -1)).to(device)
