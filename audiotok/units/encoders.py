"""Speech encoders behind one call: a clip's waveform to frames of features, whichever library runs the model.

`whisper-base` and `whisper-tiny.en` run in CTranslate2 from the recogniser's own weights. Any other name is a model of
`transformers` (HuBERT, WavLM, wav2vec 2.0: a convolutional front end with a fixed hop), in a folder or on the hub at a
commit, `NAME@COMMIT`.
Clips are encoded alone, so that features never depend on a batch.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.files.ctranslate2 import read_arrays
from audiotok.files.hub_models import from_pretrained_arguments
from audiotok.files.whisper import whisper_base_folder, whisper_tiny_en_folder

WHISPER: dict[str, Callable[[], Path]] = {
    "whisper-base": whisper_base_folder,
    "whisper-tiny.en": whisper_tiny_en_folder,
}


class FrameEncoder(Protocol):
    """A speech encoder that is open."""

    sample_rate: int  # Hz
    hop: int  # samples per frame
    dim: int  # of a frame
    num_parameters: int

    def __call__(self, waveform: Tensor) -> Tensor:
        """One mono clip [T], T >= 1 -> [ceil(T / hop), dim] float32 on the waveform's device."""


def open_encoder(name: str, layer: int = -1, device: str | torch.device = "cpu") -> FrameEncoder:
    """Raises InvalidOption where the layer does not exist, or a hub's model is named without its commit;
    AssetUnavailable where the weights cannot be had.
    """
    if name in WHISPER:
        if layer != -1:
            raise InvalidOption(f"{name} gives its final output only (CTranslate2): layer must be -1, got {layer}")
        return WhisperEncoder(WHISPER[name]())
    return TransformersEncoder(name, layer, device)


class WhisperEncoder:
    """Whisper's encoder at 50 Hz.

    Whisper fills every clip up with silence to 30 s, at the cost of 30 s. A second of silence is enough here: on 12
    Asterisk prompts of 0.2 to 5.5 s the frames agree with those of the full 30 s to a cosine of 0.97 (0.93 without
    any), 8 times as fast. Longer audio goes through windows of 28 s with a second of context on either side.
    """

    sample_rate = 16000
    hop = 320

    def __init__(self, folder: Path) -> None:
        from faster_whisper.feature_extractor import FeatureExtractor

        arrays = {
            name: array for name, array in read_arrays(folder / "model.bin").items() if name.startswith("encoder")
        }
        self.num_parameters = sum(array.size for array in arrays.values() if array.ndim)
        self.dim = int(arrays["encoder/layer_norm/gamma"].size)
        self._mel = FeatureExtractor(feature_size=arrays["encoder/conv1/weight"].shape[1])
        self._folder = folder
        self._models: dict[tuple[str, int], Any] = {}
        self._model("cpu")

    def __reduce__(self) -> tuple[Any, ...]:
        return WhisperEncoder, (self._folder,)

    def __call__(self, waveform: Tensor) -> Tensor:
        frames = -(-len(waveform) // self.hop)
        context = self.sample_rate
        core = 28 * self.sample_rate
        audio = np.zeros(frames * self.hop + context, dtype=np.float32)
        audio[: len(waveform)] = waveform.detach().cpu().numpy()
        model = self._model(waveform.device.type)
        kept = []
        for start in range(0, frames * self.hop, core):
            before = min(start, context)
            features = self._encode(model, audio[start - before : start + core + context])
            kept.append(features[before // self.hop :][: core // self.hop])
        return torch.from_numpy(np.concatenate(kept)[:frames]).to(waveform.device)

    def _encode(self, model: Any, audio: np.ndarray) -> np.ndarray:
        """[T], T a multiple of the hop and at most 30 s -> [T / hop, dim]"""
        from ctranslate2 import StorageView

        mel = np.ascontiguousarray(self._mel(audio, padding=0)[None], dtype=np.float32)
        return np.array(model.encode(StorageView.from_array(mel), to_cpu=True))[0]

    def _model(self, device: str) -> Any:
        """Opened once per device and process, in float32: int8 would move 0.8% of the variance.

        A forked process, such as a worker of a DataLoader, has a copy of its parent's model without the threads that it
        runs on: a call would wait for them for ever.
        """
        from audiotok.files.ctranslate2_models import Whisper

        key = (device, os.getpid())
        if key not in self._models:
            threads = torch.get_num_threads()
            model = Whisper(str(self._folder), device=device, compute_type="float32", intra_threads=threads)
            self._models.setdefault(key, model)  # another thread may have been faster
        return self._models[key]


class TransformersEncoder:
    """One hidden layer of a wav2vec 2.0-like model. A clip is filled up with zeros so that no sample is left out."""

    def __init__(self, name: str, layer: int, device: str | torch.device = "cpu") -> None:
        from transformers import AutoConfig, AutoFeatureExtractor, AutoModel

        source, commit = from_pretrained_arguments(name)
        try:
            config = AutoConfig.from_pretrained(source, **commit)
            extractor = AutoFeatureExtractor.from_pretrained(source, **commit)
            self._model = AutoModel.from_pretrained(source, **commit).eval().to(device)
        except (OSError, ValueError) as error:  # ValueError: a folder without a model's configuration
            raise AssetUnavailable(f"the encoder {name} could not be opened: {error}") from error
        if not hasattr(config, "conv_stride"):
            raise InvalidOption(f"{name} is a {config.model_type}; expected a model over waveforms, such as HuBERT")
        if not -1 <= layer <= config.num_hidden_layers:
            raise InvalidOption(f"{name} has layers 0 to {config.num_hidden_layers}, or -1 for the last; got {layer}")
        self.layer = layer
        self.sample_rate = int(extractor.sampling_rate)
        self.hop = prod(config.conv_stride)
        self.dim = int(config.hidden_size)
        self.num_parameters = sum(parameter.numel() for parameter in self._model.parameters())
        self._normalise = bool(extractor.do_normalize)
        self._window = _receptive_field(config.conv_kernel, config.conv_stride)

    @torch.no_grad()
    def __call__(self, waveform: Tensor) -> Tensor:
        if self._normalise:
            waveform = (waveform - waveform.mean()) / (waveform.var(correction=0) + 1e-7).sqrt()
        frames = -(-len(waveform) // self.hop)
        length = (frames - 1) * self.hop + max(self._window, self.hop)
        waveform = torch.nn.functional.pad(waveform, (0, length - len(waveform)))
        model = self._model.to(waveform.device)
        states = model(waveform[None].to(model.dtype), output_hidden_states=True).hidden_states
        return states[self.layer][0, :frames].float()


def _receptive_field(kernels: list[int], strides: list[int]) -> int:
    """Samples that one frame of a stack of convolutions sees: 400 for HuBERT."""
    field = 1
    for kernel, stride in zip(reversed(kernels), reversed(strides), strict=True):
        field = (field - 1) * stride + kernel
    return field
