"""FocalCodec-Stream in a stream: upstream's own states, a chunk of its frames at a time.

The frames of a chunk (four, 80 ms) see each other and no later one. They are coded together, and decoded so; a clip's
last chunk may be shorter. One chunk a call: on longer pieces that follow others upstream's attention takes wrong
positions once its state is full.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from audiotok.core.streaming import AudioStream, Coder, Row, RowAudioStream, RowTokenStream, TokenStream
from audiotok.core.tokenizer import Codec
from audiotok.tokenizers._twin import twin
from audiotok.tokenizers._wrapper import as_weights


def is_causal(model: Any) -> bool:
    """Whether no chunk depends on a later one. A causal model of fewer frames than WavLM's 50 Hz was never published;
    its chunks would be other ones in the encoder than in the decoder."""
    return model.causal and model.compressor.downsample_factor == 1 and model.decompressor.upsample_factor == 1


def token_stream(codec: Codec, model: Any, batch_size: int, sample_rate: int) -> TokenStream:
    together = model.encoder.chunk_size // model.encoder.downsample_factor

    def begin() -> Row:
        encoder = _Encoder(codec, model)
        return Row(codec.spec, sample_rate, encoder.code, encoder.code_last, together=together)

    return RowTokenStream(codec, batch_size, begin)


def audio_stream(codec: Codec, model: Any, batch_size: int) -> AudioStream:
    together = model.decompressor.chunk_size

    def begin() -> Coder:
        state: list[Any] = []  # of the decompressor, of the decoder

        @torch.no_grad()
        def decode(codes: Tensor) -> Tensor:
            """[1, n] -> [T]"""
            pieces = []
            for chunk in codes.split(together, dim=1):
                audio, *state[:] = model.toks_to_sig(chunk, *state, return_state=True)
                pieces.append(audio[0].float())
            return torch.cat(pieces)

        return decode

    return RowAudioStream(codec, batch_size, begin, together=together)


class _Encoder:
    """One clip."""

    def __init__(self, codec: Codec, model: Any) -> None:
        self._codec, self._model = codec, model
        self._chunk = model.encoder.chunk_size // model.encoder.downsample_factor  # frames
        self._state: list[Any] = []  # of the encoder: position, convolutions, attention; of the compressor
        self._before: list[Tensor] = []  # what attention knew before the last chunk
        self._frames = 0

    def code(self, samples: Tensor) -> Tensor:
        """[1, T] of whole chunks -> [1, n]"""
        pieces = samples.split(self._model.encoder.chunk_size, dim=1)
        return torch.cat([self._push(self._model, piece) for piece in pieces], dim=1)

    def code_last(self, samples: Tensor) -> Tensor:
        """[1, T] of less than a chunk -> [1, n]

        Offline it sees as many frames as a whole chunk does, its own included: some that the state has forgotten.
        """
        transformer = self._model.encoder.encoder
        window = transformer.window_size
        frames = -(-samples.shape[1] // self._model.encoder.downsample_factor)
        kept = min(self._frames, window - self._chunk)
        forgotten = min(self._frames, window) - kept
        missing = min(self._chunk - frames, forgotten)
        if not missing:
            return self._push(self._model, samples)
        _, convolutions, attention = self._state[0]
        caches = [
            torch.cat([older[:, forgotten - missing : forgotten], cache[:, :kept]], dim=1)
            for older, cache in zip(self._before, attention, strict=True)
        ]
        self._state[0] = [torch.tensor(kept + missing, device=self._codec.device), convolutions, caches]
        model = twin(self._model)
        model.encoder.encoder.window_size = window + missing  # what it sets the position back to
        return self._push(model, samples)

    @torch.no_grad()
    def _push(self, model: Any, samples: Tensor) -> Tensor:
        # Upstream writes into the caches that it is handed, behind what is known.
        self._before = self._state[0][2] if self._state else []
        clip = as_weights(samples.to(self._codec.device), model)
        codes, *self._state = model.sig_to_toks(clip, *self._state, return_state=True)
        self._frames += codes.shape[1]
        return codes.cpu()
