"""A tokenizer in another environment is, to whoever calls it, the tokenizer itself."""

import importlib
import pickle
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import torch

import audiotok
from audiotok import conformance, registry
from audiotok.core.streaming import Streaming
from audiotok.core.tokenizer import Embeddable, Scalable
from audiotok.errors import InvalidOption, InvalidTokens, UnknownName
from audiotok.isolated import tokenizer as isolated
from audiotok.isolated.environments import Environment
from audiotok.runs.identity import describe

RATE = 16000


@pytest.fixture(scope="module")
def _loaded() -> dict[str, Any]:
    return {}


@pytest.fixture
def dct(environment: Environment, _loaded: dict[str, Any]) -> Any:
    """Loaded once, in its environment."""
    if not _loaded:
        _loaded["dct"] = audiotok.load("dct:num_codebooks=12")
    return _loaded["dct"]


@pytest.fixture
def here(package: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same class in this process."""
    monkeypatch.syspath_prepend(package)
    return importlib.import_module("pcm_codec.dct").DctCodec(num_codebooks=12)


def batch() -> audiotok.Audio:
    generator = torch.Generator().manual_seed(0)
    return audiotok.Audio.from_clips(
        [0.1 * torch.randn(1, length, generator=generator) for length in (8000, 5001, 1)], RATE
    )


def test_tokens_and_audio_are_those_of_the_tokenizer_itself(dct: Any, here: Any) -> None:
    theirs, ours = dct.encode(batch()), here.encode(batch())
    assert torch.equal(theirs.codes, ours.codes)
    assert torch.equal(theirs.lengths, ours.lengths)
    assert torch.equal(dct.decode(theirs).waveform, here.decode(ours).waveform)
    assert (dct.spec, dct.card, dct.num_parameters) == (here.spec, here.card, here.num_parameters)


def test_it_has_the_abilities_that_it_has_there(dct: Any) -> None:
    assert isinstance(dct, audiotok.Codec)
    assert isinstance(dct, Scalable)
    assert not isinstance(dct, Embeddable | Streaming)


def test_fewer_codebooks_are_those_of_the_tokenizer_itself(dct: Any, here: Any) -> None:
    small = dct.with_codebooks(3)
    assert small.identifier == "dct:num_codebooks=3"
    assert torch.equal(small.encode(batch()).codes, here.with_codebooks(3).encode(batch()).codes)
    assert dct.encode(batch()).codes.shape[1] == 12
    with pytest.raises(InvalidOption, match="between 1 and 80, got 81"):
        dct.with_codebooks(81)


@pytest.mark.slow
def test_a_learnt_codec_and_its_vectors_are_those_of_this_process(environment: Environment) -> None:
    theirs: Any = isolated.load(environment, "audiotok-rvq:num_codebooks=2")
    ours: Any = audiotok.load("audiotok-rvq:num_codebooks=2")
    tokens = ours.encode(batch())
    assert isinstance(theirs, Embeddable)
    assert (theirs.identifier, theirs.num_parameters) == (ours.identifier, ours.num_parameters)
    assert torch.equal(theirs.encode(batch()).codes, tokens.codes)
    assert torch.equal(theirs.decode(tokens).waveform, ours.decode(tokens).waveform)
    assert torch.equal(theirs.embed(tokens), ours.embed(tokens))


def test_it_is_pickled_by_its_identifier(dct: Any) -> None:
    small = dct.with_codebooks(3)
    arrived = pickle.loads(pickle.dumps(small))
    assert arrived.identifier == small.identifier
    assert torch.equal(arrived.encode(batch()).codes, small.encode(batch()).codes)
    arrived.close()


def test_it_conforms(dct: Any) -> None:
    report = conformance.check(dct)
    assert [finding for finding in report.findings if finding.outcome == "failed"] == []


def test_its_identifier_is_typed_and_checked_there(environment: Environment) -> None:
    assert registry.canonical("dct") == "dct:num_codebooks=40"
    with pytest.raises(InvalidOption, match="dct has no option rate; it has: num_codebooks"):
        audiotok.load("dct:rate=3")
    with pytest.raises(UnknownName, match="no tokenizer is called 'dctt'"):
        audiotok.load("dctt")


@pytest.mark.slow
def test_one_in_a_tokenizer_that_is_here(dct: Any, environment: Environment) -> None:
    inner = dct.with_codebooks(1)
    nested: Any = audiotok.load("dedup(dct:num_codebooks=1):max_duration=16")
    assert nested.identifier == "dedup(dct:num_codebooks=1):max_duration=16"
    decoded = nested.decode(nested.encode(batch()))
    assert torch.equal(decoded.waveform, inner.decode(inner.encode(batch())).waveform)
    assert describe(nested)["dct/pcm-codec"] == "1.0"


def test_provenance_has_the_versions_of_its_environment(dct: Any) -> None:
    described = describe(dct)
    assert described["identifier"] == "dct:num_codebooks=12"
    assert described["dct/pcm-codec"] == "1.0"
    assert described["dct/torch"] == version("torch")
    assert len(described["dct/source_sha256"]) == 64


def test_another_spec_s_tokens_are_refused(dct: Any) -> None:
    tokens = dct.with_codebooks(2).encode(batch())
    with pytest.raises(InvalidTokens, match="load the tokenizer that made them"):
        dct.decode(tokens)


def test_its_process_ends_when_it_is_closed_and_the_next_call_has_another(dct: Any) -> None:
    codes = dct.encode(batch()).codes
    process = dct._worker._running.process
    dct.close()
    assert process.returncode == 0
    assert torch.equal(dct.encode(batch()).codes, codes)
