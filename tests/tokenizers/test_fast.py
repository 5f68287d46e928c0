"""`fast(inner)`: bfloat16 changes some codes and compilation none, and neither is taken for the exact tokenizer's."""

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

import audiotok
from audiotok.conformance import checks
from audiotok.core.identifier import Identifier
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.runs.identity import describe
from audiotok.tokenizers.fast import Fast, FastCodec, fast
from audiotok.tokenizers.mulaw import MuLaw


@pytest.fixture
def dac() -> Codec:
    """DAC of random weights, 16 kHz, 320 samples a frame."""
    from transformers import DacConfig, DacModel

    from audiotok.tokenizers.dac import DAC

    torch.manual_seed(0)
    sizes = {"encoder_hidden_size": 4, "decoder_hidden_size": 32, "n_codebooks": 4, "codebook_size": 64}
    codec = DAC.of(DacModel(DacConfig(**sizes, downsampling_ratios=[2, 4, 5, 8], sampling_rate=16000)))
    codec._identifier = Identifier("dac")
    return codec


@pytest.fixture
def rvq() -> Codec:
    """Trained, so that its codes are not all alike."""
    codec = audiotok.load("audiotok-rvq:num_codebooks=8")
    assert isinstance(codec, Codec)
    return codec


@pytest.fixture(scope="module")
def clip() -> Tensor:
    return 0.3 * torch.randn(1, 1, 16000, generator=torch.Generator().manual_seed(0))


class Loudest(Tokenizer):
    """A code a frame: which of eight filters is the loudest."""

    card = MuLaw.card
    spec = TokenSpec(16000, 50.0, (8,))

    def __init__(self) -> None:
        self.calls = 0
        self._filters = nn.Sequential(nn.Conv1d(1, 8, 320, stride=320), nn.SiLU()).eval().requires_grad_(False)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        return Tokens(self._filters[1](self._filters[0](waveform)).argmax(dim=1)[:, None], lengths // 320, self.spec)


def test_bfloat16_changes_some_codes_and_leaves_the_inner_tokenizer_exact(rvq: Codec, clip: Tensor) -> None:
    before = rvq.encode(clip, 16000).codes
    found = FastCodec(rvq, precision="bf16").encode(clip, 16000).codes
    share = float((found == before).float().mean())
    assert 0.5 < share < 1
    assert torch.equal(rvq.encode(clip, 16000).codes, before)


def test_bfloat16_decodes_to_about_the_same_audio(dac: Codec, clip: Tensor) -> None:
    quick = FastCodec(dac, precision="bf16")
    tokens = quick.encode(clip, 16000)
    audio = quick.decode(tokens).waveform
    exact = dac.decode(Tokens(tokens.codes, tokens.lengths, tokens.spec, num_samples=tokens.num_samples)).waveform
    assert audio.dtype == torch.float32
    assert 0 < float((audio - exact).norm() / exact.norm()) < 0.1


@pytest.mark.slow
def test_compiled_parts_give_the_same_codes_and_are_the_inner_tokenizers_no_longer_than_needed(clip: Tensor) -> None:
    torch.manual_seed(0)
    inner = Loudest()
    before = inner.encode(clip, 16000).codes
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    assert torch.equal(Fast(inner, compile="inductor").encode(clip, 16000).codes, before)
    graphs = torch._dynamo.utils.counters["stats"]["unique_graphs"]
    assert graphs == 2, "a graph for each part"
    inner.encode(clip[:, :, :8000], 16000)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == graphs


@pytest.mark.slow
def test_compiled_parts_serve_threads_and_leave_the_inner_tokenizer_to_others(clip: Tensor) -> None:
    torch.manual_seed(0)
    inner = Loudest()
    before = inner.encode(clip, 16000).codes
    quick = Fast(inner, compile="inductor")
    quick.encode(clip, 16000)
    changed, part = [], inner._filters[0]
    hook = part.register_forward_hook(lambda *_: changed.append("forward" in vars(part)))
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda _: quick.encode(clip, 16000).codes, range(40)))
    hook.remove()
    assert all(torch.equal(codes, before) for codes in found)
    assert set(changed) == {False}


def test_compiled_parts_are_those_of_the_model_that_a_move_has_made() -> None:
    inner = Loudest()
    quick, shares = Fast(inner, compile="inductor"), copy.copy(inner)
    assert quick._faster(inner)._filters[0].weight is inner._filters[0].weight
    quick.to("meta")
    assert quick._faster(inner)._filters[0].weight.device.type == "meta"
    assert shares._filters[0].weight.device.type == "cpu"


@pytest.mark.slow
def test_a_compiled_bfloat16_tokenizer_gives_the_codes_of_bfloat16(clip: Tensor) -> None:
    torch.manual_seed(0)
    inner = Loudest()
    plain, both = Fast(inner, precision="bf16"), Fast(inner, precision="bf16", compile="inductor")
    assert torch.equal(plain.encode(clip, 16000).codes, both.encode(clip, 16000).codes)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_cuda_graphs_give_the_same_codes_clip_after_clip(clip: Tensor) -> None:
    torch.manual_seed(0)
    inner = Loudest().to("cuda")
    quick = Fast(inner, compile="cuda-graphs").to("cuda")
    for waveform in (clip, -clip, clip):
        assert torch.equal(quick.encode(waveform, 16000).codes, inner.encode(waveform, 16000).codes)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
def test_cuda_graphs_are_refused_without_a_device() -> None:
    with pytest.raises(InvalidOption, match="say compile=inductor"):
        fast(Loudest(), compile="cuda-graphs")


def test_the_share_of_equal_codes_is_counted_by_the_check(rvq: Codec) -> None:
    (check,) = (check for check in checks() if check.name == "equal_to_exact")
    assert check(rvq).outcome == "not applicable"
    finding = check(FastCodec(rvq, precision="bf16"))
    assert finding.outcome == "passed"
    equal, codes = (int(finding.message.split()[place]) for place in (4, 6))
    assert 0.5 < equal / codes < 1


def test_batches_conform_in_bfloat16(dac: Codec) -> None:
    quick = FastCodec(dac, precision="bf16")
    findings = [check(quick) for check in checks() if "batch" in check.name]
    assert [finding.outcome for finding in findings] == ["passed"] * 3, findings


def test_the_identifier_keeps_its_tokens_apart() -> None:
    exact = audiotok.load("audiotok-rvq:num_codebooks=2")
    quick = audiotok.load("fast(audiotok-rvq:num_codebooks=2):precision=bf16")
    assert quick.identifier == "fast(audiotok-rvq:num_codebooks=2):compile=no,precision=bf16"
    assert quick.num_parameters == exact.num_parameters
    assert describe(quick)["identifier"] != describe(exact)["identifier"]
    assert describe(quick)["weights_sha256"] == describe(exact)["weights_sha256"]
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        quick.decode(exact.encode(torch.zeros(1, 1, 1600), 16000))


@pytest.mark.parametrize(
    ("identifier", "said"),
    [
        ("fast(audiotok-rvq)", "precision=bf16"),
        ("fast(mulaw):precision=bf16", "no torch model"),
        ("fast(dedup(audiotok-rvq):max_duration=4):precision=bf16", "next to the model"),
        ("fast(audiotok-rvq):precision=fp8", "must be one of"),
    ],
)
def test_what_cannot_be_made_faster_is_refused(identifier: str, said: str) -> None:
    with pytest.raises(InvalidOption, match=said):
        audiotok.load(identifier)


def test_it_goes_inside_of_other_tokenizers(clip: Tensor) -> None:
    outer = audiotok.load("dedup(fast(audiotok-rvq:num_codebooks=1):precision=bf16):max_duration=8")
    assert isinstance(outer, Codec)
    assert outer.decode(outer.encode(clip, 16000)).lengths.tolist() == [16000]
