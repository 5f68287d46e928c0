"""How a tokenizer is written: `name`, `name:option=value,option=value`, or nested, `bpe(mimi:num_codebooks=8)`.

The same string is the command-line argument, the argument of `audiotok.load` and, made canonical, the result key.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace

from audiotok.errors import InvalidOption

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*")
_VALUE = re.compile(r"[^,:()=\s]+")

SLUG_LENGTH = 80
FILE_NAME_BYTES = 255  # of ext4, APFS and NTFS alike

MAX_DEPTH = 8

Value = str | int | float | bool


@dataclass(frozen=True)
class Identifier:
    """A parsed identifier; `str` writes it back with its options sorted.

    >>> str(Identifier.parse("bpe(mimi:num_codebooks=8):vocab=512,seed=0"))
    'bpe(mimi:num_codebooks=8):seed=0,vocab=512'
    """

    name: str
    options: dict[str, Value] = field(default_factory=dict)  # values are strings until the registry typed them
    inner: Identifier | None = None

    def __str__(self) -> str:
        inner = f"({self.inner})" if self.inner else ""
        # An empty text cannot be written, and is the default wherever an option may be empty.
        options = ",".join(f"{key}={_write(value)}" for key, value in sorted(self.options.items()) if value != "")
        return f"{self.name}{inner}" + (f":{options}" if options else "")

    def __hash__(self) -> int:
        return hash(str(self))

    def with_options(self, **options: Value) -> Identifier:
        return replace(self, options={**self.options, **options})

    @classmethod
    def parse(cls, text: str) -> Identifier:
        """Raises InvalidOption with the position of what could not be read."""
        identifier, end = _parse(text, 0)
        if end != len(text):
            raise InvalidOption(_complaint(text, end))
        return identifier


def slug(identifier: str) -> str:
    """An identifier as a file name of at most 80 characters, with a hash where it could be another one's as well.

    >>> slug("codec2:mode=700C"), slug("my-codec"), slug("my_codec")
    ('codec2-mode-700C', 'my-codec', 'my-codec-cb8d481b')
    """
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", identifier).strip("-.")
    # Option names are Python's, with underscores and without hyphens; whatever else is not kept as it is may collide.
    kept = re.sub(r"[:,=()]+", "-", re.sub(r"(?<=[:,])\w+(?==)", "option", identifier)).removesuffix("-")
    if len(plain) <= SLUG_LENGTH and re.fullmatch(r"[A-Za-z0-9.]+(-[A-Za-z0-9.]+)*", kept) and plain[0] != ".":
        return plain
    return f"{plain[: SLUG_LENGTH - 9]}-{_digest(identifier)[:8]}"


def file_name(name: str, suffix: str = "") -> str:
    """`name` and `suffix`; the end of a name that is too long for file systems (255 bytes) becomes a hash."""
    if len((name + suffix).encode()) <= FILE_NAME_BYTES:
        return name + suffix
    end = f"-{_digest(name)[:16]}{suffix}"
    return name.encode()[: FILE_NAME_BYTES - len(end.encode())].decode(errors="ignore") + end


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parse(text: str, start: int, depth: int = 0) -> tuple[Identifier, int]:
    if depth > MAX_DEPTH:
        raise InvalidOption(f"an identifier nests at most {MAX_DEPTH} tokenizers, got more in {text[:80]!r}")
    match = _NAME.match(text, start)
    if not match:
        raise InvalidOption(_complaint(text, start))
    name, at = match.group(), match.end()
    inner = None
    options: dict[str, Value] = {}
    if text[at : at + 1] == "(":
        inner, at = _parse(text, at + 1, depth + 1)
        if text[at : at + 1] != ")":
            raise InvalidOption(_complaint(text, at))
        at += 1
    separator = ":"
    while text[at : at + 1] == separator:
        key = _NAME.match(text, at + 1)
        if not key or text[key.end() : key.end() + 1] != "=":
            raise InvalidOption(_complaint(text, at + 1, at, next(reversed(options), "")))
        if not (value := _VALUE.match(text, key.end() + 1)):
            raise InvalidOption(_complaint(text, at + 1, key.end() + 1, key.group()))
        if key.group() in options:
            raise InvalidOption(f"option {key.group()} is given twice in {text!r}")
        options[key.group()] = value.group()
        at, separator = value.end(), ","
    if options and at < len(text) and (text[at] != ")" or not depth):
        raise InvalidOption(_complaint(text, at, at, next(reversed(options))))
    return Identifier(name, options, inner), at


def _complaint(text: str, at: int, character: int = 0, option: str = "") -> str:
    """`option` is the one to whose value the character at `character` may have been meant to belong."""
    message = (
        f"{text[:200]!r} is no identifier, it cannot be read from {text[at : at + 80]!r} on; "
        "expected name, name:option=value,option=value or name(inner)"
    )
    if not option or character >= len(text):
        return message
    return (
        f"{message}. The value of {option} cannot contain {text[character]!r}, nor any other of , : = ( ) or spaces; "
        "if it is a path, rename the file or link to it"
    )
