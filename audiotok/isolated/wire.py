"""Messages between audiotok and a worker: a JSON header and tensors as safetensors, each behind its length."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safetensors.torch import load, save
from torch import Tensor

#: Goes up when a worker of the version before would not understand.
PROTOCOL = 2
MAX_HEADER_BYTES = 16 << 20
MAX_BODY_BYTES = 8 << 30  # tensors: a day of audio at 24 kHz
_LENGTHS = struct.Struct("<QQ")  # bytes of the header, bytes of the tensors


@dataclass(frozen=True)
class Message:
    header: dict[str, Any]
    tensors: dict[str, Tensor] = field(default_factory=dict)


def pack(header: Mapping[str, Any], tensors: Mapping[str, Tensor] | None = None) -> bytes:
    """Tensors of any device, bit by bit."""
    text = json.dumps(header).encode()
    # Copies: safetensors refuses tensors that share memory, as num_samples and lengths of one Tokens may.
    body = save({name: value.detach().cpu().clone().contiguous() for name, value in (tensors or {}).items()})
    return _LENGTHS.pack(len(text), len(body)) + text + body


def unpack(read: Callable[[int], bytes]) -> Message:
    """`read` gives exactly as many bytes as it is asked for, or raises EOFError. Raises ConnectionError on a message
    beyond the limits: whoever sends it does not speak this protocol."""
    text, body = _LENGTHS.unpack(read(_LENGTHS.size))
    if text > MAX_HEADER_BYTES or body > MAX_BODY_BYTES:
        raise ConnectionError(f"a message of {text} + {body} bytes, at most {MAX_HEADER_BYTES} + {MAX_BODY_BYTES}")
    return Message(json.loads(read(text)), load(read(body)))
