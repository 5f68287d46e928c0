"""Reads tokens of a submission as NumPy arrays: whole safetensors files of known tensors and a bounded spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from audiotok.core.tokens import FILE_FORMAT, TokenSpec
from audiotok.errors import InvalidTokens
from audiotok.results import record

TENSORS = ("codes", "lengths", "durations", "global_codes", "num_samples")
MAX_CODEBOOKS = 4096
MAX_STRIDE = 1024  # frames
MAX_SIZE = 2**31
MAX_RATE = 1e6  # Hz, frames/s


@dataclass(frozen=True)
class ReadTokens:
    """The tokens of one clip, as NumPy reads them."""

    spec: TokenSpec
    tensors: Mapping[str, NDArray[Any]]

    @property
    def frames(self) -> int:
        return int(self.tensors["codes"].shape[2])


def read_tokens(path: Path, identifier: str) -> ReadTokens:
    """Raises InvalidTokens, "field: reason", where the file is cut, foreign or of another tokenizer."""
    metadata, tensors = open_tensors(path, FILE_FORMAT, identifier)
    if unknown := sorted(set(tensors) - set(TENSORS)):
        raise InvalidTokens(f"{unknown[0][:40]}: expected only {', '.join(TENSORS)}")
    return ReadTokens(read_spec(metadata.get("spec", "")), tensors)


def open_tensors(path: Path, kind: str, identifier: str) -> tuple[dict[str, str], dict[str, NDArray[Any]]]:
    """Metadata and tensors of a safetensors file of a format, made by a tokenizer. Raises InvalidTokens."""
    try:
        with safe_open(path, "numpy") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    # Types that NumPy lacks are no tokens either; safetensors names them in one of the last three.
    except (SafetensorError, OSError, TypeError, ValueError, AttributeError) as error:
        raise InvalidTokens(f"file: expected a whole safetensors file: {str(error)[:200]}") from error
    if metadata.get("format") != kind:
        raise InvalidTokens(f"format: expected {kind}, got {metadata.get('format', '')[:80]!r}")
    if metadata.get("tokenizer") != identifier:
        raise InvalidTokens(f"tokenizer: expected {identifier}, got {metadata.get('tokenizer', '')[:80]!r}")
    return metadata, tensors


def read_spec(text: str) -> TokenSpec:
    """Raises InvalidTokens, "spec: reason"."""
    try:
        values = record.strict_json(text)
        known = {field.name: field.type for field in fields(TokenSpec)}
        for name, value in values.items():
            kind = str(known.get(name, "unknown"))
            items = value if isinstance(value, list) else [value]
            right = {"bool": (bool,), "float": (int, float)}.get(kind, (int,))
            if isinstance(value, list) != kind.startswith("tuple") or any(type(item) not in right for item in items):
                raise InvalidTokens(f"spec: {name[:40]}: expected {kind}, got {type(value).__name__}")
            limit = MAX_RATE if kind == "float" or name == "sample_rate" else MAX_SIZE
            limit = MAX_STRIDE if name == "strides" else limit
            if len(items) > MAX_CODEBOOKS or any(not 0 <= item <= limit for item in items):
                raise InvalidTokens(f"spec: {name[:40]}: expected at most {MAX_CODEBOOKS} numbers from 0 to {limit:g}")
        return TokenSpec(**values)
    except (ValueError, TypeError, RecursionError) as error:
        reason = str(error).removeprefix("spec: ")
        raise InvalidTokens(f"spec: {reason[:300]}") from error
