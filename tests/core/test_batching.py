"""Clips that go through a network together give what each gives alone."""

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from audiotok.core import field
from audiotok.core.batching import Steps, decode_clips, decode_frames, encode_clips, encode_frames, run_ragged
from audiotok.core.tokens import Tokens, TokenSpec

HOP = 8
SPEC = TokenSpec(16000, 16000 / HOP, (16, 16))


def seeded(make: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return make().eval().requires_grad_(False)


class Causal(nn.Module):
    """Sees all that came before, and nothing of what follows; like EnCodec, it mirrors the first step of a clip."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.lstm = nn.Conv1d(1, 6, HOP, HOP), nn.LSTM(6, 6, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.down(x)
        mirrored = torch.cat([hidden[:, :, 1:2] if hidden.shape[2] > 1 else hidden, hidden], dim=2)
        return self.lstm(mirrored.mT)[0].mT[:, :, 1:]


class Attention(nn.Module):
    def __init__(self, mask: bool) -> None:
        super().__init__()
        self.down, self.mask = nn.Conv1d(1, 6, HOP, HOP), mask

    def forward(self, x: Tensor) -> Tensor:
        h = self.down(x).mT
        return nn.functional.scaled_dot_product_attention(h, h, h, is_causal=self.mask).mT


def convolutions() -> nn.Module:
    """Strides 2 and 4; dilated; 9 frames wide."""
    return nn.Sequential(
        nn.Conv1d(1, 6, 7, padding=3), nn.ELU(), nn.Conv1d(6, 6, 4, 2, padding=1), nn.ELU(),
        nn.Conv1d(6, 6, 8, 4, padding=2), nn.ELU(), nn.Conv1d(6, 6, 3, padding=3, dilation=3),
    )  # fmt: skip


def upsampling() -> nn.Module:
    """Ends some samples early, as DAC's decoder does."""
    return nn.Sequential(
        nn.Conv1d(6, 6, 7, padding=3), nn.ELU(),
        nn.ConvTranspose1d(6, 4, 16, HOP, padding=5), nn.Conv1d(4, 1, 3, padding=1),
    )  # fmt: skip


ENCODERS: dict[str, Callable[[], nn.Module]] = {
    "convolutions": convolutions,
    "causal": Causal,
    "attention": lambda: Attention(mask=False),
    "masked attention": lambda: Attention(mask=True),
    "both ways": lambda: nn.Sequential(nn.Conv1d(1, 6, HOP, HOP), _BothWays()),
    "group norm": lambda: nn.Sequential(nn.Conv1d(1, 6, HOP, HOP), nn.GroupNorm(2, 6)),
}


class _BothWays(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, 3, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(x.mT)[0].mT


NETWORKS = {name: seeded(make) for name, make in ENCODERS.items()}
DECODER = seeded(upsampling)


def noise(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.parametrize(
    ("name", "finite", "causal_from"),
    [
        ("convolutions", (4, 4), None),
        ("causal", None, 2),  # the mirrored first step must be there
        ("attention", None, None),
        ("masked attention", None, 1),
        ("both ways", None, None),
        ("group norm", None, None),
    ],
)
def test_a_field_is_what_the_network_sees(name: str, finite: tuple[int, int] | None, causal_from: int | None) -> None:
    assert field.measure(NETWORKS[name], Steps(HOP, 1), torch.zeros(1, 1, 1)) == field.Field(finite, causal_from)


@pytest.mark.parametrize(("padding", "finite"), [(6, (6, 6)), (4, (4, 8)), (0, (0, 12)), (12, (12, 0))])
def test_the_field_of_one_convolution_is_known_by_hand(padding: int, finite: tuple[int, int]) -> None:
    """Seven taps, two apart."""
    conv = seeded(lambda: nn.Conv1d(1, 1, 7, padding=padding, dilation=2))
    assert field.measure(conv, Steps(1, 1), torch.zeros(1, 1, 1)).finite == finite


def test_a_field_is_measured_once() -> None:
    calls = []

    def network(x: Tensor) -> Tensor:
        calls.append(x)
        return NETWORKS["convolutions"](x)

    owner = nn.Identity()
    for _ in range(3):
        field.field_of(network, owner, Steps(HOP, 1), torch.zeros(1, 1, 1))
    assert len(calls) == 1


def test_two_threads_that_measure_leave_cudnn_in_use() -> None:
    within, both, done = threading.Event(), threading.Event(), threading.Event()

    def first(x: Tensor) -> Tensor:
        within.set()
        both.wait(0.3)  # in vain where they take turns
        return NETWORKS["convolutions"](x)

    def second(x: Tensor) -> Tensor:
        both.set()
        done.wait(5)
        return NETWORKS["convolutions"](x)

    def measure(network: field.Network) -> None:
        field.field_of(network, nn.Identity(), Steps(HOP, 1), torch.zeros(1, 1, 1))

    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(measure, first)
        within.wait(5)
        other = threads.submit(measure, second)
        one.result()
        done.set()
        other.result()
    assert torch.backends.cudnn.enabled


@pytest.mark.parametrize("name", NETWORKS)
@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_a_ragged_batch_is_its_clips(name: str, lengths: list[int]) -> None:
    network = NETWORKS[name]
    clips = [noise(1, n * HOP) for n in lengths]
    together = run_ragged(network, clips, Steps(HOP, 1), together=True)
    for clip, found in zip(clips, together, strict=True):
        torch.testing.assert_close(found, network(clip[None])[0], rtol=1e-5, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_a_ragged_batch_is_decoded_as_its_clips(lengths: list[int]) -> None:
    clips = [noise(6, n) for n in lengths]
    together = run_ragged(DECODER, clips, Steps(1, HOP), together=True)
    for clip, found in zip(clips, together, strict=True):
        torch.testing.assert_close(found, DECODER(clip[None])[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "most"), [("convolutions", 2), ("causal", 1), ("masked attention", 1), ("attention", 5)]
)
def test_it_runs_no_more_often_than_it_must(name: str, most: int) -> None:
    network, calls = NETWORKS[name], 0

    def counted(x: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return network(x)

    clips = [noise(1, n * HOP) for n in (30, 41, 29, 55, 33)]
    steps = Steps(HOP, 1)
    field.field_of(network, network, steps, clips[0][None])
    run_ragged(counted, clips, steps, together=True, module=network)
    assert calls == most


def nearest(features: Tensor) -> Tensor:
    """[B, 6, F] -> [B, 2, F]; every second code is held over two frames."""
    fine = features[:, :4].argmax(dim=1)
    coarse = nn.functional.avg_pool1d(features, 2).argmax(dim=1).repeat_interleave(2, dim=1)
    return torch.stack([coarse, fine], dim=1)


@pytest.mark.parametrize("together", [False, True])
@given(lengths=st.lists(st.integers(1, 700), min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_strided_codes_of_a_batch_are_those_of_each_clip(together: bool, lengths: list[int]) -> None:
    spec = TokenSpec(16000, 16000 / HOP, (6, 4), strides=(2, 1))
    batch = nn.utils.rnn.pad_sequence([noise(n) for n in lengths], batch_first=True)[:, None]
    steps = Steps(2 * HOP, 2)

    def encode(waveform: Tensor, ends: Sequence[int], together: bool) -> Tokens:
        network = NETWORKS["convolutions"]
        return encode_frames(network, nearest, waveform, torch.tensor(ends), spec, steps=steps, together=together)

    tokens = encode(batch, lengths, together)
    assert tokens.lengths.tolist() == [2 * math.ceil(n / 2 / HOP) for n in lengths]
    for i, n in enumerate(lengths):
        assert torch.equal(tokens[i].codes, encode(batch[i : i + 1, :, :n], [n], False).codes)
    table = noise(6, 6)

    def vectors(codes: Tensor) -> Tensor:
        return table[codes].sum(dim=1).mT

    audio = decode_frames(vectors, DECODER, tokens, steps=Steps(1, HOP), together=together)
    for i in range(len(lengths)):
        alone = decode_frames(vectors, DECODER, tokens[i], steps=Steps(1, HOP), together=False)
        torch.testing.assert_close(audio[i, :, : alone.shape[2]], alone[0], rtol=1e-5, atol=1e-5)


def test_codes_of_whole_clips_go_with_their_clips() -> None:
    """Clips of equal length go together, and come back in their order."""
    spec = TokenSpec(16000, 16000.0, (8,), global_sizes=(8,))
    sizes = []

    def encode(clips: Tensor) -> tuple[Tensor, Tensor]:
        sizes.append(len(clips))
        return clips.long(), clips.amax(dim=(1, 2), keepdim=True)[:, 0].long()

    waveform = torch.tensor([[[1, 2, 0.0]], [[3, 3, 3]], [[5, 6, 0]], [[7, 0, 0]]])
    tokens = encode_clips(encode, waveform, torch.tensor([2, 3, 2, 1]), spec, together=True)
    assert sorted(sizes) == [1, 1, 2]
    assert tokens.global_codes is not None
    assert tokens.global_codes[:, 0].tolist() == [2, 3, 6, 7]
    assert tokens.codes[:, 0].tolist() == [[1, 2, 0], [3, 3, 3], [5, 6, 0], [7, 0, 0]]
    audio = decode_clips(lambda codes, whole: codes.float() + 10 * whole[:, None], tokens, together=True)
    assert audio[:, 0].tolist() == [[21, 22, 0], [33, 33, 33], [65, 66, 0], [77, 0, 0]]
