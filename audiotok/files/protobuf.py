"""Messages of protocol buffers, taken apart without the classes that a compiler makes of their .proto file.

Source: protobuf.dev, "Encoding". A message is fields one after the other, each a key (number * 8 + kind of encoding)
and its content: a whole number (kind 0), 8 bytes (1), a length and as many bytes (2) or 4 bytes (5).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

Message: TypeAlias = memoryview

_FIXED = {1: 8, 5: 4}  # bytes of the kinds that have no length


def fields(message: Message) -> Iterator[tuple[int, int | Message]]:
    """Number and content of each field; 4 and 8 bytes are whole numbers. Raises ValueError, IndexError where it is cut.

    >>> list(fields(memoryview(bytes([0x08, 0x96, 0x01, 0x15, 1, 0, 0, 0]))))
    [(1, 150), (2, 1)]
    """
    at = 0
    while at < len(message):
        key, at = number(message, at)
        kind = key & 7
        if kind == 0:
            value, at = number(message, at)
            yield key >> 3, value
            continue
        if kind == 2:
            length, at = number(message, at)
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise ValueError(f"a field of kind {kind}, which no message has")
        if at + length > len(message):
            raise ValueError(f"expected {at + length} bytes, got {len(message)}")
        content = message[at : at + length]
        yield key >> 3, content if kind == 2 else int.from_bytes(content, "little")
        at += length


def number(message: Message, at: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first; -> (number, where the next field begins). Raises IndexError.

    >>> number(memoryview(bytes([0x96, 0x01])), 0)
    (150, 2)
    """
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def numbers(message: Message) -> list[int]:
    """Whole numbers that stand one after the other. Raises IndexError."""
    found, at = [], 0
    while at < len(message):
        value, at = number(message, at)
        found.append(value)
    return found


def bytes_of(content: int | Message) -> Message:
    """A field's content that must be a message or bytes. Raises ValueError where it is a number."""
    if isinstance(content, int):
        raise ValueError("expected a message, got a number")
    return content
