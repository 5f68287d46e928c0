"""safetensors files whose bytes follow from their content: the library writes the header in any order."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping

import torch
from safetensors.torch import save
from torch import Tensor

CRC32 = "crc32"  # field of the metadata


def dump(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file of contiguous tensors on the CPU. Raises SafetensorError."""
    written = save(dict(tensors), dict(metadata))
    start = 8 + int.from_bytes(written[:8], "little")
    header = json.dumps(
        json.loads(written[8:start]), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    header += b" " * (-len(header) % 8)  # the tensors are aligned
    return len(header).to_bytes(8, "little") + header + written[start:]


def checksum(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> str:
    """CRC-32 of tensors on the CPU and of the other metadata, in hexadecimal digits: it finds damage, not forgery."""
    described = [(name, str(value.dtype), list(value.shape)) for name, value in sorted(tensors.items())]
    beside = {name: text for name, text in metadata.items() if name != CRC32}
    found = zlib.crc32(json.dumps([described, beside], sort_keys=True).encode())
    for _, value in sorted(tensors.items()):
        found = zlib.crc32(value.contiguous().reshape(-1).view(torch.uint8).numpy().data, found)
    return f"{found:08x}"
