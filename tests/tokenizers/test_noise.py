from concurrent.futures import ThreadPoolExecutor

import torch

from audiotok.tokenizers._noise import SeededNoise
from audiotok.tokenizers.snac import SNAC


def test_noise_is_that_of_the_seed() -> None:
    torch.manual_seed(3)
    expected = [torch.randn(2, 1, 40), torch.randn((7,)), torch.randn(1, 9, dtype=torch.float64)]
    with SeededNoise(3):
        drawn = [torch.randn(2, 1, 40), torch.randn((7,)), torch.randn(1, 9, device="cpu", dtype=torch.float64)]
    assert all(torch.equal(one, other) for one, other in zip(drawn, expected, strict=True))


def test_a_generator_of_the_callers_is_drawn_from() -> None:
    expected = torch.randn(5, generator=torch.Generator().manual_seed(1))
    with SeededNoise(3):
        assert torch.equal(torch.randn(5, generator=torch.Generator().manual_seed(1)), expected)


def test_the_generators_of_the_process_are_left_to_other_threads() -> None:
    torch.manual_seed(5)
    expected = torch.randn(5)
    torch.manual_seed(5)
    with SeededNoise(3), ThreadPoolExecutor(1) as thread:
        torch.randn(5)
        assert torch.equal(thread.submit(torch.randn, 5).result(), expected)


def test_decoding_with_snac_seeds_no_generator_and_threads_get_the_same_noise(families, monkeypatch) -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        codec = families["snac"]().tokenizer
    assert isinstance(codec, SNAC)
    tokens = codec.encode(0.3 * torch.randn(4000), 24000)
    expected = codec.decode(tokens).waveform
    seeds: list[int] = []
    monkeypatch.setattr("torch.cuda.manual_seed_all", seeds.append)
    state = torch.get_rng_state()
    with ThreadPoolExecutor(2) as threads:
        decoded = list(threads.map(lambda _: codec.decode(tokens).waveform, range(8)))
    assert all(torch.equal(waveform, expected) for waveform in decoded)
    assert seeds == []
    assert torch.equal(torch.get_rng_state(), state)
