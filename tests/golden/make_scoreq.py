"""Writes scoreq.zip: two small ONNX files under the names of the published ones, and what upstream's package gives.

pip install --no-deps scoreq==1.0.1 && pip install onnx onnxruntime && python tests/golden/make_scoreq.py
"""

import json
import os
import tempfile
import zipfile
from pathlib import Path

import torch
from torch import Tensor, nn

import audiotok  # noqa: F401  (lets torchaudio load, which upstream imports)

FILE = Path(__file__).with_name("scoreq.zip")
SAMPLES = (16000, 9000, 9280)  # 9280 fill whole frames of 320


def signal(samples: int, seed: int) -> Tensor:
    """[1, T]"""
    return 0.3 * torch.randn(1, samples, generator=torch.Generator().manual_seed(seed)).clamp(-3, 3)


class Network(nn.Module):
    """[1, T] -> [1, 8] of norm 1, as SCOREQ's embedding is, or a score of it; zeros at the end count."""

    def __init__(self, scores: bool) -> None:
        super().__init__()
        self.frames, self.score = nn.Conv1d(1, 8, 400, stride=320), nn.Linear(8, 1) if scores else None

    def forward(self, wave: Tensor) -> Tensor:
        embedding = nn.functional.normalize(self.frames(wave[:, None]).abs().mean(dim=2), dim=1)
        return embedding if self.score is None else self.score(embedding)


def main() -> None:
    golden = {}
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        folder = Path(home) / ".cache" / "scoreq" / "onnx-models"
        folder.mkdir(parents=True)
        for name in ("adapt_nr_telephone.onnx", "fixed_nmr_telephone.onnx"):
            torch.manual_seed(len(name))
            options = {"input_names": ["wav"], "dynamic_axes": {"wav": {1: "time"}}, "opset_version": 17}
            network = Network(scores="nr" in name.split("_")).eval()
            torch.onnx.export(network, (signal(16000, 0),), folder / name, dynamo=False, **options)
        from scoreq import Scoreq

        Scoreq.load_processing = lambda self, heard: heard  # it would read a file with torchcodec
        alone, pairs = Scoreq(data_domain="natural", mode="nr"), Scoreq(data_domain="natural", mode="ref")
        for samples in SAMPLES:
            golden[f"scoreq.{samples}"] = alone.predict(signal(samples, 1))
            golden[f"scoreq_ref.{samples}"] = pairs.predict(signal(samples, 1), signal(samples, 2))
        (folder / "golden.json").write_text(json.dumps(golden, indent=1))
        with zipfile.ZipFile(FILE, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
