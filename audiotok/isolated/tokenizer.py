"""A tokenizer that runs in an environment of its own, behind the interfaces that it has there."""

from __future__ import annotations

from collections import deque
from typing import Any

from torch import Tensor

from audiotok.core.card import TokenizerCard
from audiotok.core.identifier import Identifier
from audiotok.core.streaming import AudioStream, Streaming, TokenStream
from audiotok.core.tokenizer import Codec, Delegating, Embeddable, Scalable, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.isolated.environments import Environment
from audiotok.isolated.process import Worker
from audiotok.isolated.streams import IsolatedAudioStream, IsolatedTokenStream, Remote


def canonical(environment: Environment, identifier: str) -> Identifier:
    """As `audiotok.registry.canonical` says it there."""
    worker = Worker(environment)
    try:
        return Identifier.parse(worker.call("canonical", identifier=identifier).header["identifier"])
    finally:
        worker.close()


def load(environment: Environment, identifier: str) -> IsolatedTokenizer:
    """Raises what loading it there raises."""
    worker = Worker(environment)
    described = worker.call("describe", identifier=identifier, num_codebooks=None, device="cpu").header
    worker.num_parameters = described["num_parameters"]
    bases: list[type] = [IsolatedTokenizer if described["decode_sample_rate"] is None else IsolatedCodec]
    bases += [IsolatedScalable] * described["scalable"] + [IsolatedEmbeddable] * described["embeddable"]
    bases += [IsolatedStreaming] * described["streaming"]
    return type("Isolated", tuple(bases), {"__module__": __name__})(worker, identifier, described)


class IsolatedTokenizer(Tokenizer):
    """`provenance` is what `audiotok.runs.identity.describe` says of it there."""

    def __init__(self, worker: Worker, identifier: str, described: dict[str, Any]) -> None:
        self._worker = worker
        self._loaded = identifier
        self._num_codebooks: int | None = None
        self._dropped_streams: deque[int] = deque()
        self._identifier = Identifier.parse(described["identifier"])
        self.provenance: dict[str, str] = described["provenance"]
        self.card = TokenizerCard.from_dict(described["card"])
        self.spec = TokenSpec(**described["spec"])
        if described["decode_sample_rate"] is not None:
            self.decode_sample_rate: int = described["decode_sample_rate"]
            self.decoder_options = frozenset(described["decoder_options"])

    @property
    def environment(self) -> str:
        return self._worker.environment.name

    def close(self) -> None:
        """End the process now; the next call starts another."""
        self._worker.close()

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        reply = self._call("encode", {"waveform": waveform, "lengths": lengths})
        return Tokens(**reply.tensors, spec=self.spec).to(self.device)

    def _call(self, name: str, tensors: dict[str, Tensor] | None = None, **arguments: Any) -> Any:
        arguments |= {"identifier": self._loaded, "num_codebooks": self._num_codebooks, "device": str(self.device)}
        return self._worker.call(name, tensors, **arguments)


class IsolatedCodec(IsolatedTokenizer, Codec, Delegating):
    def _decode(self, tokens: Tokens) -> Tensor:
        return self._call("decode", tokens._tensors()).tensors["waveform"].to(self.device)


class IsolatedScalable(IsolatedTokenizer, Scalable):
    def _set_codebooks(self, num_codebooks: int) -> None:
        self._num_codebooks = num_codebooks
        self.spec = TokenSpec(**self._call("describe").header["spec"])


class IsolatedEmbeddable(IsolatedTokenizer, Embeddable):
    def embed(self, tokens: Tokens) -> Tensor:
        return self._call("embed", tokens._tensors()).tensors["vectors"].to(tokens.codes.device)


class IsolatedStreaming(IsolatedTokenizer, Streaming):
    """A stream ends with its process: what is pushed after `close` raises TokenizerFailed."""

    def stream(self, batch_size: int = 1, sample_rate: int | None = None) -> TokenStream:
        remote = self._open("stream", batch_size=batch_size, sample_rate=sample_rate)
        return IsolatedTokenStream(remote, self)

    def stream_decode(self, batch_size: int = 1) -> AudioStream:
        return IsolatedAudioStream(self._open("stream_decode", batch_size=batch_size), self)

    def _open(self, method: str, **options: Any) -> Remote:
        return Remote(self._call, self._dropped_streams, method=method, options=options)
