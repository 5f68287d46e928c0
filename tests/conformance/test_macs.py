"""Multiply-accumulates are counted, also inside of kernels that do a whole layer, and agree with those of DATES."""

import sys
import zipfile
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from audiotok import registry
from audiotok.conformance.macs import Macs, count
from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import AssetUnavailable
from audiotok.tokenizers.hilcodec import HILCodec, Models
from audiotok.tokenizers.mulaw import MuLaw

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


class Of(Tokenizer):
    """Ten frames a second, which go through a module."""

    card = MuLaw.card
    spec = TokenSpec(16000, 10.0, (2,))

    def __init__(self, module: nn.Module) -> None:
        self.module = module

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        self.module(waveform)
        return Tokens(torch.zeros(1, 1, 10, dtype=torch.int64), torch.tensor([10]), self.spec)


class Through(nn.Module):
    """A layer's parameters, and a call of it on ten frames."""

    def __init__(self, layer: nn.Module, *shape: int) -> None:
        super().__init__()
        self.layer, self.shape = layer.eval(), shape

    def forward(self, waveform: Tensor) -> object:
        return self.layer(torch.zeros(self.shape))


class Nearest(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.codebook = nn.Parameter(torch.zeros(1, 100, 8))

    def forward(self, frames: Tensor) -> Tensor:
        return torch.cdist(frames, self.codebook)


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (nn.Conv1d(4, 8, 3), (1, 4, 12), 10 * 8 * 4 * 3),
        (nn.ConvTranspose1d(4, 8, 4, stride=2), (1, 4, 10), 10 * 8 * 4 * 4),
        (nn.LSTM(8, 16, 2, batch_first=True), (1, 10, 8), 10 * (4 * 16 * (8 + 16) + 4 * 16 * (16 + 16))),
        (
            nn.TransformerEncoderLayer(16, 2, 32, batch_first=True),
            (1, 10, 16),
            10 * (4 * 16 * 16 + 2 * 16 * 32) + 2 * 10 * 10 * 16,
        ),
        (Nearest(), (1, 10, 8), 10 * 100 * 8),
    ],
    ids=["convolution", "transposed convolution", "LSTM", "transformer", "codebook"],
)
def test_a_layer_costs_what_is_worked_out_by_hand(layer: nn.Module, shape: tuple[int, ...], expected: int) -> None:
    assert count(Of(Through(layer, *shape))) == Macs(expected, None)


def test_what_runs_outside_of_torch_is_not_counted_in_part() -> None:
    class Foreign:
        num_parameters = 5

    tokenizer = Of(Through(nn.Conv1d(4, 8, 3), 1, 4, 12))
    tokenizer.foreign = Foreign()
    assert count(tokenizer) is None
    assert count(registry.load("mulaw")) is None


def test_models_of_other_runtimes_are_counted_by_their_graphs(tmp_path: Path) -> None:
    """HILCodec's small networks at 75 frames a second; torch counts the same for upstream's classes."""
    with zipfile.ZipFile(Path(__file__).parents[1] / "golden" / "hilcodec.zip") as archive:
        archive.extractall(tmp_path)
    tokenizer = HILCodec.of(Models(lambda part: tmp_path / f"hil_speech_{part}", 3))
    assert count(tokenizer) == Macs(75 * (360_320 + 3 * 256), 75 * 396_576)


@pytest.mark.weights
@pytest.mark.parametrize("name", ["lyra", "whisper-units", "audiotok-units"])
def test_offline_tokenizers_cost_what_is_published(name: str) -> None:
    try:
        tokenizer = registry.load(name)
    except AssetUnavailable as error:
        pytest.skip(str(error))
    assert asdict(count(tokenizer)) == registry.published_costs()[tokenizer.identifier]["macs_per_second"]


@pytest.mark.parametrize("name", ["WT-S-24", pytest.param("WT-SMA-24", marks=pytest.mark.slow)])
def test_wavtokenizer_costs_what_dates_lists(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no transposed convolutions, which DATES counts at their outputs. 5 %: windows and edges."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    macs = pytest.importorskip("macs")
    found = macs.row(name)
    assert found["both"] == pytest.approx(macs.DATES[name]["macs_billion_per_second"], rel=0.05)
    sys.modules.pop("macs", None)


@pytest.mark.parametrize("name", ["Enc-SMA-24", pytest.param("ST-S-16", marks=pytest.mark.slow)])
def test_others_cost_what_dates_lists_where_transposed_convolutions_are_counted_at_their_outputs(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/speed.md says which do not, Mimi and WavTokenizer's parameters."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    macs = pytest.importorskip("macs")
    found, listed = macs.row(name), macs.DATES[name]
    assert found["at outputs"] == pytest.approx(listed["macs_billion_per_second"], rel=0.05)
    assert found["learnt"] == pytest.approx(listed["parameters_million"], abs=0.06)
    assert found["both"] < found["at outputs"]
    sys.modules.pop("macs", None)
