"""Residual FSQ: every codebook says something new of the latent."""

import pytest
import torch

from audiotok.errors import InvalidOption
from audiotok.models.fsq import ResidualFSQ
from audiotok.models.quantizers import Quantizer


@pytest.fixture(scope="module")
def latents() -> tuple[torch.Tensor, torch.Tensor]:
    """To start from, and others like them: Gaussian, each dimension a tenth of a neper below the one before."""
    generator = torch.Generator().manual_seed(0)
    deviation = 5 * torch.exp(-torch.arange(64) / 10)
    first, second = (3 + torch.randn(2, 4000, 64, generator=generator) * deviation for _ in range(2))
    return first, second


def left(quantizer: Quantizer, latent: torch.Tensor, codebooks: int) -> float:
    """The share of the variance that so many codebooks leave."""
    vectors = quantizer.embed(quantizer(latent).codes[..., :codebooks]).sum(1)
    return float((latent - vectors).square().sum() / (latent - latent.mean((0, 1))).square().sum())


def started(kind: str, latents: tuple[torch.Tensor, torch.Tensor]) -> Quantizer:
    torch.manual_seed(0)
    quantizer = Quantizer(kind, 64, 8, 1024)
    quantizer.start(latents[0])
    return quantizer.eval().requires_grad_(False)


def test_eight_codebooks_leave_a_tenth_of_what_one_leaves(latents):
    quantizer = started("fsq", latents)
    shares = [left(quantizer, latents[1], count) for count in range(1, 9)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] < 0.5
    assert shares[7] < 0.1 * shares[0]


@pytest.mark.slow
def test_they_leave_about_as_much_as_k_means_does(latents):
    fsq, rvq = (left(started(kind, latents), latents[1], 8) for kind in ("fsq", "rvq"))
    assert fsq < 1.1 * rvq


def test_what_comes_out_has_more_dimensions_than_one_code_has_numbers(latents):
    vectors = started("fsq", latents)(latents[1]).vectors.flatten(0, 1)
    variances = torch.linalg.eigvalsh(torch.cov(vectors.T))
    assert int((variances > 0.01).sum()) > 20


@pytest.mark.slow
def test_training_follows_a_latent_that_moves(latents):
    torch.manual_seed(0)
    quantizer = ResidualFSQ(64, 4, 256)
    quantizer.start(latents[0])
    moved = 0.5 * latents[1]
    optimizer = torch.optim.Adam(quantizer.parameters(), 1e-2)
    values = []
    for _ in range(80):
        loss = quantizer(moved)[2]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        values.append(float(loss.detach()))
    assert values[-1] < 0.3 * values[0]


def test_a_codebook_that_is_left_out_still_has_a_gradient(latents):
    torch.manual_seed(0)
    quantizer = ResidualFSQ(64, 4, 64)
    quantizer.quantize_dropout = True
    while int((codes := quantizer(latents[0])[1]).min()) >= 0:
        pass
    assert set(codes[..., 3].unique().tolist()) == {-1}
    quantizer(latents[0])[0].sum().backward()
    assert all(parameter.grad is not None for parameter in quantizer.parameters())


def test_the_latent_s_gradient_is_the_output_s(latents):
    quantizer = ResidualFSQ(64, 2, 64)
    latent = latents[0].clone().requires_grad_()
    (3 * quantizer(latent)[0]).sum().backward()
    assert torch.equal(latent.grad, torch.full_like(latent, 3.0))


def test_a_latent_narrower_than_a_code_is_quantized_too():
    quantizer = ResidualFSQ(2, 2, 1024)
    latent = torch.randn(1, 500, 2, generator=torch.Generator().manual_seed(0))
    quantizer.start(latent)
    assert float((quantizer(latent)[0] - latent).detach().square().mean()) < 0.1


@pytest.mark.parametrize("entries", [2, 100, 128])
def test_entries_are_a_power_of_four(entries):
    with pytest.raises(InvalidOption, match=f"power of four of entries .*, got {entries}"):
        ResidualFSQ(8, 2, entries)
