"""Parity with the vocos package on its own classes with small random weights."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from encodec import EncodecModel
from encodec.modules import SEANetDecoder, SEANetEncoder
from encodec.quantization import ResidualVectorQuantizer
from torch import nn
from vocos import Vocos as Upstream
from vocos.feature_extractors import EncodecFeatures
from vocos.heads import ISTFTHead
from vocos.models import VocosBackbone

import audiotok
from audiotok.errors import InvalidOption
from audiotok.tokenizers.vocos import NUM_CODEBOOKS, REPOSITORY, Vocos, _Published

ENTRIES, DIMENSION = 16, 16


@pytest.fixture(scope="module")
@torch.no_grad()
def upstream() -> Upstream:
    """Its constructor of features would fetch EnCodec's weights, so they get their parts by hand."""
    torch.manual_seed(0)
    shape = {"channels": 1, "dimension": DIMENSION, "n_filters": 4, "causal": True, "norm": "weight_norm"}
    bandwidths = [75 * 4 * n / 1000 for n in NUM_CODEBOOKS]  # kbit/s
    quantizer = ResidualVectorQuantizer(dimension=DIMENSION, n_q=max(NUM_CODEBOOKS), bins=ENTRIES)
    encodec = EncodecModel(SEANetEncoder(**shape), SEANetDecoder(**shape), quantizer, bandwidths, 24000, 1)
    for layer in quantizer.vq.layers:
        layer._codebook.embed.normal_(std=0.3)
        layer._codebook.inited.fill_(1)
    features = EncodecFeatures.__new__(EncodecFeatures)
    nn.Module.__init__(features)
    features.encodec, features.bandwidths = encodec.eval(), bandwidths
    features.codebook_weights = nn.Parameter(torch.randn(max(NUM_CODEBOOKS) * ENTRIES, DIMENSION))
    backbone = VocosBackbone(DIMENSION, 24, 48, 2, adanorm_num_embeddings=len(NUM_CODEBOOKS))
    for scale in (module for module in backbone.modules() if isinstance(module, nn.Embedding)):
        scale.weight.normal_()  # else all bandwidths would sound alike
    return Upstream(features, backbone, ISTFTHead(24, 1280, 320)).eval()


@torch.no_grad()
@pytest.mark.parametrize("count", NUM_CODEBOOKS)
@pytest.mark.parametrize("samples", [960, 5000])
def test_codes_and_audio_are_upstreams(upstream: Upstream, count: int, samples: int) -> None:
    wave = 0.1 * torch.randn(1, samples, generator=torch.Generator().manual_seed(samples))
    tokenizer = Vocos.of(upstream.feature_extractor.encodec, upstream, count)
    rate = torch.tensor([NUM_CODEBOOKS.index(count)])
    upstream.feature_extractor.encodec.set_target_bandwidth(upstream.feature_extractor.bandwidths[int(rate)])
    codes = upstream.feature_extractor.get_encodec_codes(wave)
    tokens = tokenizer.encode(wave, 24000)
    assert torch.equal(tokens.codes, codes.transpose(0, 1))
    decoded = upstream.decode(upstream.codes_to_features(codes), bandwidth_id=rate)
    torch.testing.assert_close(tokenizer.decode(tokens).waveform[0], decoded[:, :samples], rtol=0, atol=1e-6)


def test_embeddings_sum_to_what_the_decoder_gets(upstream: Upstream) -> None:
    tokenizer = Vocos.of(upstream.feature_extractor.encodec, upstream, 4)
    tokens = tokenizer.encode(0.1 * torch.randn(1, 5000), 24000)
    features = upstream.codes_to_features(tokens.codes.transpose(0, 1))
    torch.testing.assert_close(tokenizer.embed(tokens).sum(dim=1).mT, features)


def test_it_is_as_large_as_the_published_checkpoint() -> None:
    """10,081,410 parameters in 81 tensors, the ISTFT's window not counted, as people who converted it report."""
    parameters = list(_Published().parameters())
    assert (len(parameters), sum(p.numel() for p in parameters)) == (81, 10_081_410)


@pytest.mark.parametrize("options", ["num_codebooks=3", "num_codebooks=8", "revision=main"])
def test_rates_it_does_not_know_and_unnamed_commits_are_refused(options: str) -> None:
    with pytest.raises(InvalidOption, match=r"num_codebooks|commit"):
        audiotok.load(f"vocos:{options}")


@torch.no_grad()
def test_the_published_names_are_loaded(upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    saved = _Published()
    saved.feature_extractor.codebook_weights.normal_()
    (tmp_path / REPOSITORY).mkdir(parents=True)
    torch.save(saved.state_dict(), tmp_path / REPOSITORY / "pytorch_model.bin")
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    full = EncodecModel.encodec_model_24khz(pretrained=False).eval()
    monkeypatch.setattr("audiotok.tokenizers.vocos.published_24khz", lambda: full)
    loaded = audiotok.load(f"vocos:revision={'1' * 40}")
    tokens = replace(loaded.encode(0.1 * torch.randn(1, 2400), 24000), tokenizer=None)
    assert torch.equal(loaded.decode(tokens).waveform, Vocos.of(full, saved).decode(tokens).waveform)
    assert "1" * 40 in loaded.card.weights
