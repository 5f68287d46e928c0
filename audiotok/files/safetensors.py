"""safetensors files whose bytes follow from their content: the library writes the header in any order."""

from __future__ import annotations

import json
from collections.abc import Mapping

from safetensors.torch import save
from torch import Tensor


def dump(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file of contiguous tensors on the CPU. Raises SafetensorError."""
    written = save(dict(tensors), dict(metadata))
    start = 8 + int.from_bytes(written[:8], "little")
    header = json.dumps(
        json.loads(written[8:start]), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    header += b" " * (-len(header) % 8)  # the tensors are aligned
    return len(header).to_bytes(8, "little") + header + written[start:]
