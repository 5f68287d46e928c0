"""Finding tokenizers and anchors by name, through entry points: ours take the same door as anybody's.

A package offers a tokenizer with

    [project.entry-points."audiotok.tokenizers"]
    mycodec = "my_package.mycodec:MyCodec"

Listing reads metadata only; a tokenizer's module, and torch, are imported when it is loaded. One that is not here, or
whose packages are not, runs in the environment of its name where there is one (audiotok.isolated).
"""

from __future__ import annotations

import json
import typing
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from typing import Any

from audiotok.core import constructor_options
from audiotok.core.identifier import Identifier
from audiotok.doors import ANCHORS, TOKENIZERS, Door, missing_package, package_of
from audiotok.errors import MissingDependency, UnknownName
from audiotok.isolated import environments

if typing.TYPE_CHECKING:
    from audiotok.core.anchor import Anchor
    from audiotok.core.card import TokenizerCard
    from audiotok.core.tokenizer import Tokenizer


#: The anchor whose option is a path, written as `folder:PATH`.
RECORDINGS = "folder"


def available() -> list[str]:
    """Names of all installed tokenizers, without importing any of them."""
    return TOKENIZERS.names()


def anchors() -> list[str]:
    """Names of the anchors: systems without tokens that every table shows for scale."""
    return ANCHORS.names()


def load(identifier: str, device: str = "cpu") -> Tokenizer:
    """Load a tokenizer such as `"mimi:num_codebooks=8"` on `device`; downloads its weights if necessary.

    Raises UnknownName (with similar names), InvalidOption (also for a device that is not there), MissingDependency
    (with the command to install it) and AssetUnavailable (with the sources that were tried).
    """
    from audiotok.core.numerics import default_numerics
    from audiotok.core.placement import checked_device

    checked_device(device)  # before weights are downloaded
    with default_numerics():
        return _load(Identifier.parse(identifier)).to(device)


def load_system(identifier: str, device: str = "cpu") -> Tokenizer | Anchor:
    """Like `load`, for what a recipe runs on: a tokenizer, an anchor, or recordings as `folder:PATH`."""
    parsed = parse(identifier)
    if parsed.name not in anchors():
        return load(identifier, device)
    factory = _factory(parsed.name, ANCHORS)
    options = constructor_options.typed(factory, parsed)
    anchor = _constructed(parsed, ANCHORS, partial(factory, **options))
    anchor._identifier = Identifier(parsed.name, options)
    return anchor


def foreign(identifier: Identifier) -> str:
    """The first name in an identifier, nested ones too, that audiotok itself does not bring; "" where there is none."""
    points = [*TOKENIZERS.points(identifier.name), *ANCHORS.points(identifier.name)]
    if not points or any(package_of(point) != "audiotok" for point in points):
        return identifier.name
    return foreign(identifier.inner) if identifier.inner else ""


def unasked(identifier: str) -> str:
    """Why a tokenizer is not loaded only because a file names it; "" where audiotok brings all that it is made of.

    An option may name a local file, a repository or an address, from which weights would be fetched. The answer is the
    same in every folder: a name without a folder would be read from the one that the program happens to run in.
    """
    parsed: Identifier | None = Identifier.parse(identifier)
    if name := foreign(Identifier.parse(identifier)):
        return f"of which {name} is not part of audiotok"
    while parsed:
        texts = [option for option, described in options(parsed.name).items() if "str" in described.get("type", "")]
        for option, value in parsed.options.items():
            if any(mark in str(value) for mark in "/\\~") or (
                option in texts and not _is_ours(parsed.name, option, str(value))
            ):
                return f"which would take {option} from {str(value)[:80]}"
        parsed = parsed.inner
    return ""


def _is_ours(tokenizer: str, option: str, value: str) -> bool:
    """Whether the text of an option is a commit of a known repository, or the name of a file that audiotok brings."""
    bundled = {"model": f"merges/{value}.json" if tokenizer == "bpe" else "", "prompt": f"prompts/{value}.flac"}
    name = bundled.get(option)
    return option == "revision" or bool(name and (files("audiotok.tokenizers") / name).is_file())


def canonical(identifier: str) -> str:
    """The identifier with every option typed, sorted and its default written out, without loading weights."""
    return str(_canonical(parse(identifier)))


def parse(identifier: str) -> Identifier:
    """As `Identifier.parse`; what follows `folder:` is a path, whatever characters it has."""
    name, colon, path = identifier.partition(":")
    if name == RECORDINGS and colon:
        return Identifier(RECORDINGS, {"path": path.removeprefix("path=")})
    return Identifier.parse(identifier)


def _canonical(parsed: Identifier) -> Identifier:
    try:
        factory = _factory(parsed.name, ANCHORS if parsed.name in anchors() else TOKENIZERS)
    except (UnknownName, MissingDependency):
        if (environment := environments.find(parsed.name)) is None:
            raise
        from audiotok.isolated import tokenizer as isolated

        return isolated.canonical(environment, str(parsed))
    inner = _canonical(parsed.inner) if parsed.inner else None
    return Identifier(parsed.name, constructor_options.typed(factory, parsed), inner)


def _load(parsed: Identifier) -> Tokenizer:
    from audiotok.core.same_codes import sha256_of_files

    tokenizer = _load_anywhere(parsed)
    tokenizer._files = sha256_of_files(tokenizer._identifier.options if tokenizer._identifier else {})
    return tokenizer


def _load_anywhere(parsed: Identifier) -> Tokenizer:
    try:
        return _load_here(parsed)
    except (UnknownName, MissingDependency):
        if (environment := environments.find(parsed.name)) is None:
            raise
        from audiotok.isolated import tokenizer as isolated

        return isolated.load(environment, str(parsed))


def _load_here(parsed: Identifier) -> Tokenizer:
    from audiotok.golden import codes as golden_codes

    if parsed.name in anchors() and parsed.name not in available():
        raise UnknownName(
            f"{parsed.name} is no tokenizer but an anchor, which has no tokens; load it with "
            f"audiotok.registry.load_system({str(parsed)!r}), or score it with: audiotok run -t {parsed}"
        )
    factory = _factory(parsed.name, TOKENIZERS)
    options = constructor_options.typed(factory, parsed)
    inner = _load(parsed.inner) if parsed.inner else None
    tokenizer: Tokenizer = _constructed(
        parsed, TOKENIZERS, partial(factory, *([] if inner is None else [inner]), **options)
    )
    options = {**options, **tokenizer._decided}
    tokenizer._identifier = Identifier(parsed.name, options, inner._identifier if inner else None)
    if verified := golden_codes.verified(tokenizer.identifier, tokenizer.card):
        tokenizer.card = replace(tokenizer.card, weights_verified=verified)
    return tokenizer


def _factory(name: str, door: Door) -> Callable[..., Any]:
    """The object that an entry point names: a class, or a function that chooses one.

    Raises BrokenPackage where it is neither, or where its annotations cannot be evaluated.
    """
    factory: Callable[..., Any] = door.load(name, available() + anchors())
    base = _base(door)
    if not (issubclass(factory, base) if isinstance(factory, type) else callable(factory)):
        raise door.mismatch(name, f"a subclass of {base.__module__}.{base.__name__}", factory)
    try:
        constructor_options.types_of(factory)
    except (NameError, TypeError) as error:  # as for a name that is imported for type checkers only
        raise door.failed(name, "asked for its options, by its annotations", error) from error
    return factory


def _base(door: Door) -> type:
    from audiotok.core.anchor import Anchor
    from audiotok.core.tokenizer import Tokenizer

    return Anchor if door is ANCHORS else Tokenizer


def _constructed(parsed: Identifier, door: Door, construct: Callable[[], Any]) -> Any:
    """The system that a constructor returns.

    Raises MissingDependency, and BrokenPackage where a constructor of another package fails or returns something else.
    """
    from audiotok.core.card import TokenizerCard
    from audiotok.core.tokenizer import Tokenizer
    from audiotok.core.tokens import TokenSpec

    others = foreign(Identifier(parsed.name))
    with door.calling(parsed.name, f"constructed as {parsed}") if others else nullcontext():
        try:
            made = construct()
        except ModuleNotFoundError as error:
            raise missing_package(parsed.name, error, door.find(parsed.name)) from error
    if not isinstance(made, _base(door)):
        raise door.mismatch(parsed.name, f"something that makes a {_base(door).__name__}", made)
    if isinstance(made, Tokenizer):
        for name, kind in (("card", TokenizerCard), ("spec", TokenSpec)):
            if not isinstance(value := getattr(made, name, None), kind):
                raise door.mismatch(parsed.name, f"a tokenizer whose {name} is a {kind.__name__}", value)
    return made


@cache
def published_rates() -> dict[str, dict[str, list[float]]]:
    """Sample rates, frame rates and bitrates of the published weights, written by docs/make_tokenizers.py."""
    found: dict[str, dict[str, list[float]]] = json.loads(
        (files("audiotok.tokenizers") / "rates.json").read_text(encoding="utf-8")
    )
    return found


@cache
def published_costs() -> dict[str, dict[str, Any]]:
    """Identifier -> numbers and multiply-accumulates of its published size, written by docs/make_costs.py."""
    found: dict[str, dict[str, Any]] = json.loads(
        (files("audiotok.tokenizers") / "costs.json").read_text(encoding="utf-8")
    )
    return found


def card(name: str) -> TokenizerCard | None:
    """The card of a tokenizer, which is not constructed: neither its package nor its weights need be here.

    None where it depends on what the tokenizer is applied to. Raises UnknownName.
    """
    return getattr(tokenizer_class(name), "card", None)


def tokenizer_class(name: str) -> type[Tokenizer]:
    """The class of a tokenizer; where a function chooses among several, the one that it says it returns.

    Raises UnknownName.
    """
    factory = _factory(name, TOKENIZERS)
    found = factory if isinstance(factory, type) else constructor_options.types_of(factory).get("return")
    if not isinstance(found, type):
        raise TOKENIZERS.mismatch(name, "a class, or a function annotated with the class that it returns", factory)
    return found


def options(name: str) -> dict[str, dict[str, Any]]:
    """Option -> its default (None: it has to be said) and its type, or the choices. Raises UnknownName."""
    return constructor_options.described(_factory(name, ANCHORS if name in anchors() else TOKENIZERS))
