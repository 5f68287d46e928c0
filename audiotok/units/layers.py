"""A layer in the middle of Whisper's encoder, from which one can tell how speech sounded better than from its output.

Its own module beside audiotok.units.encoders, on whose text the rows of whisper-units depend.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from audiotok.errors import InvalidOption
from audiotok.units.encoders import WHISPER, FrameEncoder, open_encoder
from audiotok.units.whisper import hidden_layers, whisper_encoder

_CORE, _CONTEXT = 28, 1  # seconds that are encoded at once, and those heard on either side of them


def open_layer(name: str, layer: int = -1, device: str | torch.device = "cpu") -> FrameEncoder:
    """As `open_encoder`, and of Whisper any layer: 0 is its embedded input, n the output of its n-th layer."""
    if name in WHISPER and layer != -1:
        return WhisperLayer(WHISPER[name](), layer, device)
    return open_encoder(name, layer, device)


class WhisperLayer:
    """The output of one of Whisper's layers at 50 Hz, each frame of mean 0 and variance 1.

    Without that a single one of the 512 dimensions of base's fourth layer holds 91 % of the variance, and k-means would
    see little else. As with the encoder's output (audiotok.units.encoders), a second of silence follows a clip, and
    longer audio goes through windows of 28 s with a second on either side.
    """

    sample_rate = 16000
    hop = 320

    def __init__(self, folder: Path, layer: int, device: str | torch.device = "cpu") -> None:
        from faster_whisper.feature_extractor import FeatureExtractor

        encoder = whisper_encoder(folder)
        if not 0 <= layer <= len(encoder.layers):
            raise InvalidOption(
                f"Whisper has layers 0 to {len(encoder.layers)} here, or -1 for its output; got {layer}"
            )
        encoder.layers = encoder.layers[:layer]
        self.dim: int = encoder.config.d_model
        self.num_parameters = sum(parameter.numel() for parameter in encoder.parameters())
        self._encoder = encoder.to(device)
        self._mel = FeatureExtractor(feature_size=encoder.num_mel_bins)

    @torch.no_grad()
    def __call__(self, waveform: Tensor) -> Tensor:
        frames = -(-len(waveform) // self.hop)
        core, context = _CORE * self.sample_rate, _CONTEXT * self.sample_rate
        audio = np.zeros(frames * self.hop + context, dtype=np.float32)
        audio[: len(waveform)] = waveform.detach().cpu().numpy()
        encoder = self._encoder.to(waveform.device)
        kept = []
        for start in range(0, frames * self.hop, core):
            before = min(start, context)
            mel = np.asarray(self._mel(audio[start - before : start + core + context], padding=0), dtype=np.float32)
            *_, last = hidden_layers(encoder, torch.from_numpy(mel)[None].to(waveform.device))
            kept.append(last[0, before // self.hop :][: core // self.hop])
        return nn.functional.layer_norm(torch.cat(kept)[:frames], (self.dim,))
