"""A tokenizer goes to another process, and is copied, as what it was loaded as; a constructed one as an object."""

import copy
import pickle
from collections.abc import Callable

import pytest
import torch

import audiotok
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.errors import AssetUnavailable
from audiotok.tokenizers.dedup import DedupCodec
from audiotok.tokenizers.lyra import Lyra
from audiotok.tokenizers.mulaw import MuLaw
from audiotok.tokenizers.whisper_units import WhisperUnits

WAYS: dict[str, Callable[[Tokenizer], Tokenizer]] = {
    "pickle": lambda tokenizer: pickle.loads(pickle.dumps(tokenizer)),
    "deepcopy": copy.deepcopy,
}
LOADED = (
    "mulaw:sample_rate=8000",
    "codec2:mode=1200",
    "audiotok-rvq:num_codebooks=2",
    "dedup(audiotok-rvq:num_codebooks=1):max_duration=4",
    "fast(audiotok-rvq:num_codebooks=1):compile=no,precision=bf16",
)
LOADED_WITH_WEIGHTS = (
    "lyra:num_codebooks=16",
    "whisper-units:k=500",
    "bpe(whisper-units:k=500):model=whisper-units-2048",
)


def assert_alike(arrived: Tokenizer, tokenizer: Tokenizer) -> None:
    clip, rate = 0.1 * torch.randn(1, 2001, generator=torch.Generator().manual_seed(0)), 16000
    tokens = tokenizer.encode(clip, rate)
    assert type(arrived) is type(tokenizer)
    assert (arrived.identifier, arrived.spec, arrived.card) == (tokenizer.identifier, tokenizer.spec, tokenizer.card)
    assert torch.equal(arrived.encode(clip, rate).codes, tokens.codes)
    if isinstance(tokenizer, Codec):
        assert torch.equal(arrived.decode(tokens).waveform, tokenizer.decode(tokens).waveform)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "identifier",
    [
        *LOADED,
        *(pytest.param(name, marks=pytest.mark.weights) for name in LOADED_WITH_WEIGHTS),
        pytest.param("audiotok-units:prompt=june", marks=[pytest.mark.weights, pytest.mark.slow]),
    ],
)
def test_a_loaded_tokenizer_arrives_as_the_one_of_its_identifier(identifier: str, way: str) -> None:
    try:
        tokenizer = audiotok.load(identifier)
    except AssetUnavailable as error:
        pytest.skip(str(error))
    tokenizer.batched = True
    arrived = WAYS[way](tokenizer)
    assert (arrived.identifier, arrived.batched) == (identifier, True)
    assert_alike(arrived, tokenizer)


def test_another_number_of_codebooks_arrives_too() -> None:
    tokenizer = audiotok.load("audiotok-rvq:num_codebooks=8").with_codebooks(2)
    assert_alike(pickle.loads(pickle.dumps(tokenizer)), tokenizer)


def test_no_weights_travel() -> None:
    assert len(pickle.dumps(audiotok.load("audiotok-rvq"))) < 500


@pytest.mark.parametrize("way", WAYS)
def test_a_constructed_tokenizer_arrives_with_what_it_holds(families, way: str) -> None:
    torch.manual_seed(0)
    with torch.no_grad():
        dac = families["dac"]().tokenizer
    for tokenizer in (MuLaw(sample_rate=8000), dac, DedupCodec(audiotok.load("mulaw"), max_duration=2)):
        assert_alike(WAYS[way](tokenizer), tokenizer)


@pytest.mark.weights
@pytest.mark.parametrize("make", [WhisperUnits, Lyra])
@pytest.mark.parametrize("way", WAYS)
def test_a_constructed_tokenizer_opens_its_runtime_again(make: Callable[[], Tokenizer], way: str) -> None:
    try:
        tokenizer = make()
    except AssetUnavailable as error:
        pytest.skip(str(error))
    assert_alike(WAYS[way](tokenizer), tokenizer)


def test_a_shallow_copy_shares_the_models() -> None:
    tokenizer = audiotok.load("audiotok-rvq:num_codebooks=2")
    other = copy.copy(tokenizer)
    assert other is not tokenizer
    assert vars(other) == vars(tokenizer)
