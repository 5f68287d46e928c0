"""Parity with the vocos package at each of its rates; what holds of every wrapper is in test_upstream.py."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from encodec import EncodecModel
from vocos import Vocos as Upstream

import audiotok
from audiotok.errors import InvalidOption
from audiotok.tokenizers.vocos import NUM_CODEBOOKS, REPOSITORY, Vocos, _Published


@torch.no_grad()
@pytest.mark.parametrize("count", NUM_CODEBOOKS)
@pytest.mark.parametrize("samples", [960, 5000])
def test_codes_and_audio_are_upstreams(small_vocos: Upstream, count: int, samples: int) -> None:
    wave = 0.1 * torch.randn(1, samples, generator=torch.Generator().manual_seed(samples))
    tokenizer = Vocos.of(small_vocos.feature_extractor.encodec, small_vocos, count)
    rate = torch.tensor([NUM_CODEBOOKS.index(count)])
    small_vocos.feature_extractor.encodec.set_target_bandwidth(small_vocos.feature_extractor.bandwidths[int(rate)])
    codes = small_vocos.feature_extractor.get_encodec_codes(wave)
    tokens = tokenizer.encode(wave, 24000)
    assert torch.equal(tokens.codes, codes.transpose(0, 1))
    decoded = small_vocos.decode(small_vocos.codes_to_features(codes), bandwidth_id=rate)
    torch.testing.assert_close(tokenizer.decode(tokens).waveform[0], decoded[:, :samples], rtol=0, atol=1e-6)


def test_it_is_as_large_as_the_published_checkpoint() -> None:
    """10,081,410 parameters in 81 tensors, the ISTFT's window not counted, as people who converted it report."""
    parameters = list(_Published().parameters())
    assert (len(parameters), sum(p.numel() for p in parameters)) == (81, 10_081_410)


@pytest.mark.parametrize("options", ["num_codebooks=3", "num_codebooks=8", "revision=main"])
def test_rates_it_does_not_know_and_unnamed_commits_are_refused(options: str) -> None:
    with pytest.raises(InvalidOption, match=r"num_codebooks|commit"):
        audiotok.load(f"vocos:{options}")


@torch.no_grad()
def test_the_published_names_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
