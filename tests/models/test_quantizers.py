"""Every kind of quantizer behind one shape of call."""

import pytest
import torch

from audiotok.errors import InvalidOption
from audiotok.models.quantizers import Quantizer, dead_below, straight_through

KINDS = ("rvq", "simvq", "fsq", "lfq", "pq", "grvq", "split")


def built(kind: str, **options) -> tuple[Quantizer, torch.Tensor]:
    torch.manual_seed(0)
    quantizer = Quantizer(kind, 16, 4, 64, **options)
    latent = torch.randn(2, 80, 16)
    quantizer(latent)  # k-means
    return quantizer, latent


@pytest.mark.parametrize("kind", KINDS)
def test_the_vectors_of_the_codes_sum_to_the_output(kind):
    quantizer, latent = built(kind)
    out = quantizer.eval()(latent)
    assert out.codes.shape == (2, 80, 4)
    assert 0 <= int(out.codes.min()) <= int(out.codes.max()) < 64
    vectors = quantizer.embed(out.codes)
    assert vectors.shape == (2, 4, 80, 16)
    assert torch.allclose(vectors.sum(1), out.vectors, atol=1e-5)
    assert torch.allclose(vectors[:, 0], out.first, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_reaches_the_encoder(kind):
    quantizer, latent = built(kind)
    for part in ("vectors", "first"):
        latent = latent.detach().requires_grad_()
        getattr(quantizer(latent), part).square().sum().backward()
        assert float(latent.grad.abs().sum()) > 0


@pytest.mark.parametrize("kind", ["rvq", "simvq", "fsq", "lfq", "split"])
def test_a_prefix_of_the_codes_has_the_vectors_of_the_whole(kind):
    quantizer, latent = built(kind)
    codes = quantizer.eval()(latent).codes
    assert quantizer.prefixes
    assert torch.allclose(quantizer.embed(codes[..., :2]), quantizer.embed(codes)[:, :2], atol=1e-5)


def test_more_codebooks_are_closer():
    quantizer, latent = built("rvq")
    vectors = quantizer.eval().embed(quantizer(latent).codes)
    errors = [float((vectors[:, :k].sum(1) - latent).square().mean()) for k in range(1, 5)]
    assert errors == sorted(errors, reverse=True)


def test_dropout_leaves_out_the_last_codebooks_only_in_training():
    quantizer, latent = built("rvq", dropout=1.0)
    dropped = [int((quantizer(latent).codes == -1).any(dim=1).any(dim=0).sum()) for _ in range(30)]
    assert set(dropped) == {0, 1, 2, 3}
    assert int(quantizer.eval()(latent).codes.min()) >= 0


def test_dead_entries_are_revived():
    quantizer, latent = built("rvq")
    quantizer.parts[0].layers[0]._codebook.embed[0, 1:] = 1e3  # all but one out of reach
    for _ in range(100):
        quantizer(latent)
    assert len(quantizer.eval()(latent).codes[..., 0].unique()) > 16


@pytest.mark.parametrize(
    ("frames", "entries", "expected"), [(1600, 1024, 0.1), (3200, 1024, 0.1), (200, 4096, 0.003125)]
)
def test_dead_entries_take_a_share_of_the_average(frames, entries, expected):
    assert dead_below(frames, entries) == pytest.approx(expected, abs=1e-12)


def test_entries_that_outnumber_the_frames_of_a_step_are_not_replaced():
    torch.manual_seed(0)
    quantizer = Quantizer("rvq", 8, 1, 256)
    quantizer.start(torch.randn(1, 1024, 8))
    codebook = quantizer.parts[0].layers[0]._codebook
    codebook.cluster_size.fill_(12 / 256)  # what training at 12 frames a step tends to
    codebook.embed_avg.copy_(codebook.embed * 12 / 256)
    for _ in range(20):
        latent = torch.randn(1, 12, 8)
        quantizer(latent)
        assert not (codebook.embed[0, :, None] == latent[0]).all(-1).any()


def test_straight_through_passes_the_gradient():
    latent = torch.randn(3, requires_grad=True)
    out = straight_through(latent, latent.detach().round())
    assert torch.equal(out.detach(), latent.detach() + (latent.detach().round() - latent.detach()))
    out.sum().backward()
    assert torch.equal(latent.grad, torch.ones(3))


@pytest.mark.parametrize(
    ("kind", "codebooks", "entries"), [("grvq", 3, 64), ("fsq", 2, 100), ("lfq", 2, 100), ("x", 1, 2)]
)
def test_what_a_kind_cannot_do_is_refused(kind, codebooks, entries):
    with pytest.raises(InvalidOption, match=kind):
        Quantizer(kind, 16, codebooks, entries)


def test_split_needs_a_second_codebook():
    with pytest.raises(InvalidOption, match="at least 2"):
        Quantizer("split", 16, 1, 64)


def test_latents_of_one_codebook_do_not_shrink_when_it_learns():
    torch.manual_seed(0)
    target = torch.randn(1, 600, 16) * torch.linspace(2, 0.2, 16)
    encoder, quantizer = torch.nn.Linear(16, 16), Quantizer("rvq", 16, 1, 32)
    torch.nn.init.eye_(encoder.weight)
    quantizer.start(target)
    before = float(target.var())
    optimizer = torch.optim.AdamW(encoder.parameters(), 1e-2)
    for _ in range(100):
        quantized = quantizer(encoder(target))
        loss = (quantized.vectors - target).abs().mean() + 0.25 * quantized.loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(encoder(target).detach().var()) > 0.7 * before
