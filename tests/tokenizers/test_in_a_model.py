"""What people who train on tokens do with a tokenizer: half precision, torch.compile, moves, a training loop."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

import audiotok
from audiotok.core.tokenizer import Codec

#: The half precision in which upstream's own classes encode a clip on a CPU.
HALF = {
    "audiodec": torch.bfloat16,
    "audiodec-sym": torch.bfloat16,
    "bigcodec": torch.bfloat16,
    "dac": torch.float16,
    "dac-16khz": torch.float16,
    "dac-44khz": torch.float16,
    "dwavl": torch.float16,
    "encodec": torch.bfloat16,
    "facodec": torch.bfloat16,
    "focalcodec-causal": torch.bfloat16,
    "funcodec": torch.bfloat16,
    "higgs": torch.float16,
    "lm-spt": torch.bfloat16,
    "mimi": torch.bfloat16,
    "snac": torch.bfloat16,
    "speechtokenizer": torch.bfloat16,
    "sqcodec": torch.bfloat16,
    "sqcodec-centred": torch.bfloat16,
    "wavtokenizer": torch.bfloat16,
    "xcodec": torch.float16,
}
NO_HALF = {
    "bicodec": "upstream's feature extractor is NumPy's, in float32; its caller casts what it gives, and so do we",
    "focalcodec": "upstream's decoder takes an inverse FFT in half precision, which a CPU has not",
    "neucodec": "upstream's mel spectrogram is NumPy's, in float32; its caller casts it, and so do we",
    "snac-44khz": "upstream's attention gets queries in float32 and keys in half precision",
    "ssl-units": "upstream's feature extractor is NumPy's, in float32; its caller casts what it gives, and so do we",
    "vocos": "upstream gives its convolutions features in float32",
    "xcodec2": "upstream's mel spectrogram is NumPy's, in float32; its caller casts it, and so do we",
}


def modules(tokenizer: audiotok.Tokenizer) -> list[nn.Module]:
    """Upstream's models in it; ssl-units has its own behind an encoder."""
    held = [value for value in vars(tokenizer).values() if isinstance(value, nn.Module)]
    behind = (getattr(value, "_model", None) for value in vars(tokenizer).values())
    return held + [model for model in behind if isinstance(model, nn.Module)]


def clip(tokenizer: audiotok.Tokenizer) -> Tensor:
    """[1, T] of 0.4 s, ending within a frame."""
    samples = round(0.4 * tokenizer.spec.sample_rate) + 7
    return 0.3 * torch.randn(1, samples, generator=torch.Generator().manual_seed(2))


@pytest.fixture
def fresh(families: Any, request: pytest.FixtureRequest) -> Any:
    """A family that a test may change."""
    torch.manual_seed(0)
    with torch.no_grad():
        return families[request.param]()


#: Whose networks are as wide as their golden answers ask for.
WIDE = ("bicodec", "bigcodec", "higgs", "speechtokenizer", "wavtokenizer", "xcodec2")


@torch.no_grad()
@pytest.mark.parametrize(
    "fresh", [pytest.param(name, marks=pytest.mark.slow if name in WIDE else ()) for name in HALF], indirect=True
)
def test_codes_in_half_precision_are_upstreams(fresh: Any, request: pytest.FixtureRequest) -> None:
    dtype = HALF[request.node.callspec.params["fresh"]]
    for model in modules(fresh.tokenizer):
        model.to(dtype)
    wave = clip(fresh.tokenizer)
    expected = fresh.encode(wave[0].to(dtype), fresh.tokenizer.spec.num_codebooks)
    tokens = fresh.tokenizer.encode(wave, fresh.tokenizer.spec.sample_rate)
    assert torch.equal(tokens.codes[0], expected)
    if isinstance(fresh.tokenizer, Codec):
        assert fresh.tokenizer.decode(tokens).waveform.dtype == torch.float32


def test_every_family_either_has_a_half_precision_or_a_reason(families: Any) -> None:
    optional = ("s3", "dualcodec", "semanticodec")  # their packages are not part of this environment
    named = {name for name in families if not name.startswith(optional)}
    assert named == set(HALF) | set(NO_HALF)


@pytest.mark.parametrize("fresh", [name for name in NO_HALF if "NumPy" in NO_HALF[name]], indirect=True)
def test_features_made_in_float32_are_cast_to_the_models_type(fresh: Any) -> None:
    wave, rate = clip(fresh.tokenizer), fresh.tokenizer.spec.sample_rate
    full = fresh.tokenizer.encode(wave, rate).codes
    for model in modules(fresh.tokenizer):
        model.bfloat16()
    # No upstream call to compare with; bfloat16 keeps 8 of 24 bits, and most codes.
    assert (fresh.tokenizer.encode(wave, rate).codes == full).float().mean() > 0.8


@pytest.mark.slow
def test_compiled_models_give_the_same_codes_and_audio(families: Any, family: Any, request: Any) -> None:
    """Each part of upstream's model, compiled in place, as its owner would. aot_eager traces and does not generate
    code: what can differ is the graph, not the order of sums. Tracing takes 10 s and up to a minute; by day
    test_fast.py compiles a tokenizer.
    """
    name = request.node.callspec.params["family"]
    torch.manual_seed(0)
    with torch.no_grad():
        fresh = families[name]()
    tokenizer, wave = fresh.tokenizer, clip(fresh.tokenizer)
    tokens = tokenizer.encode(wave, tokenizer.spec.sample_rate)
    audio = tokenizer.decode(tokens) if isinstance(tokenizer, Codec) else None
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    for model in modules(tokenizer):
        for part in model.children():
            part.compile(backend="aot_eager")
    assert torch.equal(tokenizer.encode(wave, tokenizer.spec.sample_rate).codes, tokens.codes)
    if audio is not None:
        assert torch.equal(tokenizer.decode(tokens).waveform, audio.waveform)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] > 0, "nothing was compiled"


def test_a_move_returns_the_tokenizer_and_leaves_its_codes(family: Any) -> None:
    tokenizer, rate = family.tokenizer, family.tokenizer.spec.sample_rate
    before = tokenizer.encode(clip(tokenizer), rate)
    assert tokenizer.to("cpu") is tokenizer
    assert tokenizer.device == torch.device("cpu")
    assert torch.equal(tokenizer.encode(clip(tokenizer), rate).codes, before.codes)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_a_move_to_a_gpu_and_back(families: Any, request: Any, family: Any) -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        tokenizer = families[request.node.callspec.params["family"]]().tokenizer
    wave, rate = clip(tokenizer), tokenizer.spec.sample_rate
    before = tokenizer.encode(wave, rate)
    there = tokenizer.to("cuda").encode(wave, rate)
    assert there.codes.device.type == "cuda"
    # Near-ties between two codes fall otherwise there.
    assert (there.codes.cpu() == before.codes).float().mean() > 0.5
    if isinstance(tokenizer, Codec):
        assert tokenizer.decode(there).waveform.device.type == "cuda"
    assert torch.equal(tokenizer.to("cpu").encode(wave, rate).codes, before.codes)


def test_codes_train_an_embedding_and_leave_the_tokenizer_alone(family: Any, clips: list[Tensor]) -> None:
    """The next frame's first code, modulo 64, from the sum of a frame's embeddings, encoded anew in every step."""
    torch.manual_seed(0)
    tokenizer, size = family.tokenizer, max(family.tokenizer.spec.codebook_sizes)
    weights = [p for model in modules(tokenizer) for p in model.parameters()]
    before = [p.detach().clone() for p in weights]
    audio = audiotok.Audio.from_clips(clips, tokenizer.spec.sample_rate)
    table, head = nn.Embedding(size, 8), nn.Linear(8, 64)
    learner = torch.optim.Adam([*table.parameters(), *head.parameters()], lr=0.03)
    losses = []
    for _ in range(2):
        tokens = tokenizer.encode(audio)
        for _ in range(6):
            logits = head(table(tokens.codes).sum(dim=1))[:, :-1]
            target = (tokens.codes[:, 0, 1:] % 64).masked_fill(~tokens.mask[:, 1:], -100)
            loss = nn.functional.cross_entropy(logits.mT, target)
            learner.zero_grad()
            loss.backward()
            learner.step()
            losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
    assert table.weight.grad is not None
    assert set(table.weight.grad.abs().sum(dim=1).nonzero()[:, 0].tolist()) <= set(tokens.codes.unique().tolist())
    assert not tokens.codes.is_inference()
    assert all(p.grad is None and torch.equal(p, old) for p, old in zip(weights, before, strict=True))
