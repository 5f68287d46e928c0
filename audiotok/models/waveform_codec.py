"""A codec of the waveform itself: SEANet encoder, quantizer, SEANet decoder, the networks of EnCodec in `transformers`.

It hears and says what no log-mel frame holds, and needs an accelerator for it: hours of one, with discriminators, where
the codec of log-mel frames takes minutes of a CPU. The same quantizers and distillations go with both.

Sources: SoundStream (Zeghidour et al. 2021), EnCodec (Défossez et al. 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from audiotok.errors import MissingDependency
from audiotok.models.backbone import Backbone, Shape
from audiotok.models.mel import BANDS, SAMPLE_RATE, log_mel
from audiotok.models.quantizers import Quantized, Quantizer


@dataclass(frozen=True, kw_only=True)
class WaveformConfig(Shape):
    """The shape of a codec of the waveform. The defaults are EnCodec's, but for the width of the quantizer."""

    channels: int = 32  # of the layers at the sample rate; doubled at each of four strides
    lstm_layers: int = 2  # of encoder and decoder each
    causal: bool = False  # no sample depends on later ones

    @property
    def strides(self) -> tuple[int, ...]:
        """Strides of the decoder; the encoder has them the other way round. Their product is the hop."""
        return tuple(sorted((8, 5, 4, self.stack), reverse=True))

    @property
    def width(self) -> int:
        return self.channels * 2 ** len(self.strides)


class WaveformCodec(Backbone):
    """Waveforms [B, hop * T] at 16 kHz -> Quantized latents of T token frames -> waveforms."""

    format = "audiotok.waveform_codec.v1"
    shape = WaveformConfig

    def __init__(self, config: WaveformConfig, dropout: float = 0.0) -> None:
        try:
            from transformers import EncodecConfig, EncodecModel
        except ModuleNotFoundError as error:
            raise MissingDependency('the networks need transformers: pip install "audiotok[waveform]"') from error
        super().__init__()
        self.config = config
        networks = EncodecModel(
            EncodecConfig(
                sampling_rate=SAMPLE_RATE,
                hidden_size=config.latent,
                num_filters=config.channels,
                upsampling_ratios=list(config.strides),
                num_lstm_layers=config.lstm_layers,
                use_causal_conv=config.causal,
                # Silence is assumed before and after a clip; EnCodec's mirror image would be a look at the future.
                pad_mode="constant",
                codebook_size=2,  # of its own quantizer, which is thrown away
                target_bandwidths=[1.5],
            )
        )
        self.encoder, self.decoder = networks.encoder, networks.decoder
        self.quantizer = Quantizer(config.quantizer, config.latent, config.codebooks, config.entries, dropout)

    @torch.no_grad()
    def start(self, waveform: Tensor) -> None:
        """Begin with k-means on crops [B, hop * T] like those that will be coded; sets the bands' mean and deviation.

        The crops have at least as many token frames as the codebooks have entries.
        """
        self.measure(log_mel(waveform).reshape(-1, BANDS))
        self.train()
        self.quantizer.start(self.listen(waveform))

    def listen(self, waveform: Tensor) -> Tensor:
        return self.encoder(waveform[:, None]).transpose(1, 2)

    def speak(self, vectors: Tensor) -> Tensor:
        return self.decoder(vectors.transpose(1, 2))[:, 0].float()

    def forward(self, waveform: Tensor) -> tuple[Tensor, Quantized]:
        """-> (reconstruction, what the quantizer did)"""
        quantized = self.quantizer(self.listen(waveform))
        return self.speak(quantized.vectors), quantized
