"""Identity of a system, on which its output depends: its identifier, weights, source and the packages under it.

Kept results are keyed by it, and it is the provenance of every number.
"""

from __future__ import annotations

import hashlib
import inspect
import platform
import sys
from pathlib import Path

from audiotok import packages
from audiotok.core.anchor import Anchor, Recordings
from audiotok.core.tokenizer import Tokenizer
from audiotok.files.installed import version
from audiotok.files.source import code_sha256, package_sha256
from audiotok.isolated.tokenizer import IsolatedTokenizer

#: Goes up when the code stage writes other files for the same key.
STAGE_VERSION = 1

#: Rooms of this package that make tokens.
_MAKE_TOKENS = ("audiotok.tokenizers.", "audiotok.units.", "audiotok.models.")


def describe(system: Tokenizer | Anchor) -> dict[str, str]:
    """All that the system's output may depend on; also the provenance of its results.

    What holds in another environment has that one's name before it: `focalcodec/torch`.
    """
    described = {
        "identifier": system.identifier,
        "stage": str(STAGE_VERSION),
        "source_sha256": _source(system),
        **{name: version(name) for name in ("numpy", "soxr", "torch")},
        "machine": platform.machine(),
        **packages.versions(system.identifier),
    }
    if isinstance(system, Recordings):
        described |= system.provenance
    if isinstance(system, Tokenizer):
        described |= {"device": system.device.type, "weights_sha256": system.card.weights_sha256}
        described |= _files(system)
        described |= _elsewhere(system)
    return described


def _elsewhere(tokenizer: Tokenizer) -> dict[str, str]:
    """Provenance of this tokenizer and of nested ones that run in isolated environments."""
    if isinstance(tokenizer, IsolatedTokenizer):
        return {f"{tokenizer.environment}/{name}": value for name, value in tokenizer.provenance.items()}
    inner = (value for value in vars(tokenizer).values() if isinstance(value, Tokenizer))
    return {name: value for nested in inner for name, value in _elsewhere(nested).items()}


def _files(tokenizer: Tokenizer) -> dict[str, str]:
    """sha256 of the local files that the options of other packages' tokenizers name, nested ones included.

    audiotok's own state them in their cards.
    """
    ours = type(tokenizer).__module__.startswith("audiotok.")
    named = {} if ours else {f"{option}_sha256": sha256 for option, sha256 in tokenizer._files.items()}
    for nested in vars(tokenizer).values():
        if isinstance(nested, Tokenizer):
            named |= {f"{nested.identifier}/{name}": sha256 for name, sha256 in _files(nested).items()}
    return named


def _source(system: Tokenizer | Anchor) -> str:
    """sha256 of the code of the system, and of the tokenizers nested in it.

    The module and the modules of audiotok that it takes names from count, as far as they make tokens: a change of the
    core does not void every run. Such a module may be renamed and its docstrings reworded: only what it does counts.
    For a system of another package, every file of that package counts.
    """
    own = sys.modules[type(system).__module__]
    ours = own.__name__.startswith("audiotok.")
    names = {getattr(value, "__module__", None) for value in vars(own).values()}
    modules = {name for name in names if isinstance(name, str) and name.startswith(_MAKE_TOKENS)}
    modules |= {own.__name__} if ours else set()
    parts = [code_sha256(Path(inspect.getfile(sys.modules[name])).read_text(encoding="utf-8")) for name in modules]
    parts += [] if ours else [package_sha256(own.__name__)]
    parts += [_source(inner) for inner in vars(system).values() if isinstance(inner, Tokenizer)]
    return hashlib.sha256("".join(sorted(parts)).encode()).hexdigest()
