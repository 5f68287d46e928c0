"""`fast(inner)`: the inner tokenizer's model in bfloat16, compiled, or both. A codec where the inner one is.

    fast(dac:sample_rate=16000):precision=bf16            products in bfloat16, the rest as PyTorch's autocast has it
    fast(dac:sample_rate=16000):compile=inductor          the model's parts compiled by torch.compile
    fast(dac:sample_rate=16000):compile=cuda-graphs       compiled, and replayed as a CUDA graph

Some codes become others: the identifier says so, so that kept tokens are never mixed with exact ones, and `audiotok
check` counts how many. Compiling takes minutes for a large model, at the first clip, and again at the second length. A
CUDA graph is recorded for each length, which pays where lengths are few: the chunks of `encode_long`, or clips cut to
one length. Streams, vectors and `with_codebooks` are the inner tokenizer's, and not had through this one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, Literal, TypeVar

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from audiotok.core.approximate import Approximate
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidOption
from audiotok.tokenizers._twin import twin

Precision = Literal["float32", "bf16"]
Compile = Literal["no", "inductor", "cuda-graphs"]
Inner = TypeVar("Inner", bound=Tokenizer)


def fast(inner: Tokenizer, *, precision: Precision = "float32", compile: Compile = "no") -> Fast:
    """A codec where the inner tokenizer is one; else units, without a decoder."""
    if isinstance(inner, Codec):
        return FastCodec(inner, precision=precision, compile=compile)
    return Fast(inner, precision=precision, compile=compile)


class Fast(Tokenizer, Approximate):
    """Over a tokenizer without a decoder."""

    def __init__(self, inner: Tokenizer, *, precision: Precision = "float32", compile: Compile = "no") -> None:
        if precision == "float32" and compile == "no":
            raise InvalidOption("fast changes nothing by itself; say precision=bf16, compile=inductor or both")
        if compile == "cuda-graphs" and not torch.cuda.is_available():
            raise InvalidOption("compile=cuda-graphs needs a CUDA device, which is not here; say compile=inductor")
        if any(isinstance(value, Tokenizer) for value in vars(inner).values()):
            raise InvalidOption(f"fast goes next to the model, as in dedup(fast(mimi)), not around {inner.identifier}")
        if not _models(inner):
            raise InvalidOption(f"{inner.identifier} has no torch model here that could be made faster")
        self.inner = inner
        self.spec = inner.spec
        self.card = replace(inner.card, title=f"{inner.card.title}, {_title(precision, compile)}")
        self._bf16 = precision == "bf16"
        self._compile = compile
        self._compiled: dict[str, tuple[nn.Module, nn.Module]] = {}  # (the inner tokenizer's, in compiled parts)

    @property
    def exact(self) -> Tokenizer:
        return self.inner

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        with self._precision():
            return self._faster(self.inner)._encode(waveform, lengths)

    def _faster(self, inner: Inner) -> Inner:
        """The inner tokenizer with the compiled models, which batches clips, or does not, as this one is told to."""
        faster = copy.copy(inner)
        faster.batched = self.batched
        models = _models(inner) if self._compile != "no" else {}
        for name, model in models.items():
            if name not in self._compiled or self._compiled[name][0] is not model:  # a move may replace it
                self._compiled[name] = (model, _in_compiled_parts(model, self._compile))
            setattr(faster, name, self._compiled[name][1])
        return faster

    def _precision(self) -> AbstractContextManager[None]:
        return torch.autocast(self.device.type, torch.bfloat16) if self._bf16 else nullcontext()


class FastCodec(Fast, Codec):
    """Over a codec, whose decoder is made faster, too."""

    def __init__(self, inner: Codec, *, precision: Precision = "float32", compile: Compile = "no") -> None:
        super().__init__(inner, precision=precision, compile=compile)
        self.inner: Codec = inner
        self.decode_sample_rate = inner.decode_sample_rate

    def _decode(self, tokens: Tokens) -> Tensor:
        with self._precision():
            return self._faster(self.inner)._decode(tokens)


def _models(tokenizer: Tokenizer) -> dict[str, nn.Module]:
    return {name: value for name, value in vars(tokenizer).items() if isinstance(value, nn.Module)}


def _title(precision: Precision, compile: Compile) -> str:
    return ", ".join(["bfloat16"] * (precision == "bf16") + ["compiled"] * (compile != "no"))


def _in_compiled_parts(model: nn.Module, how: Compile) -> nn.Module:
    """The model with compiled parts; the given one stays what it is.

    Parts, not the model: wrappers call its encoder and decoder, and not its forward.
    """
    faster = twin(model)
    for part in list(faster.children()) or [faster]:
        part.forward = _compiled(part.forward, how)
    return faster


def _compiled(forward: Callable[..., Any], how: Compile) -> Callable[..., Any]:
    if how == "inductor":
        return torch.compile(forward)
    replay = torch.compile(forward, mode="reduce-overhead", dynamic=False)

    def run(*arguments: Any, **options: Any) -> Any:
        # The next replay writes where this one has written.
        torch.compiler.cudagraph_mark_step_begin()
        return tree_map_only(Tensor, torch.clone, replay(*arguments, **options))

    return run
