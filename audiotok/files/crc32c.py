"""The checksum CRC-32C (Castagnoli), which zlib does not have, of a megabyte in milliseconds.

The register is linear in its state before some bytes and in the bytes. So the data is cut into rows that NumPy runs
side by side, each from a state of 0, and the rows are joined by what as many zeros as a row has do to a state.
Source: RFC 3720, appendix B.4 (test vectors); Williams, "A painless guide to CRC error detection algorithms", 1993.
"""

from __future__ import annotations

from math import isqrt

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0x82F63B78  # lowest bit first


def _table() -> NDArray[np.uint32]:
    """[256]: a byte's register after eight shifts."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(_POLYNOMIAL), table >> 1)
    return table


_TABLE = _table()
_STATES = np.concatenate([np.arange(256, dtype=np.uint32) << np.uint32(8 * place) for place in range(4)])  # by bytes


def crc32c(data: bytes | memoryview) -> int:
    """The checksum of these bytes.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    whole = np.frombuffer(data, np.uint8)
    width = isqrt(len(whole))
    rows, rest = whole[: width**2].reshape(width, width), whole[width**2 :]
    lanes = np.concatenate([rows, np.zeros((len(_STATES), width), np.uint8)])
    after = _run(lanes, np.concatenate([np.zeros(width, np.uint32), _STATES]))
    shifted = after[width:].reshape(4, 256)
    register = 0xFFFFFFFF
    for row in after[:width]:
        register = int(row) ^ int(np.bitwise_xor.reduce(shifted[range(4), list(register.to_bytes(4, "little"))]))
    return int(_run(rest[None], np.array([register], np.uint32))[0]) ^ 0xFFFFFFFF


def _run(lanes: NDArray[np.uint8], register: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """[lanes, bytes], [lanes] -> the registers after the bytes."""
    for column in lanes.T:
        register = _TABLE[(register ^ column) & 255] ^ register >> 8
    return register
