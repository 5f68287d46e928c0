"""Finding tokenizers and anchors by name, through entry points: ours take the same door as anybody's.

A package offers a tokenizer with

    [project.entry-points."audiotok.tokenizers"]
    mycodec = "my_package.mycodec:MyCodec"

Listing reads metadata only; a tokenizer's module, and torch, are imported when it is loaded. One that is not here, or
whose packages are not, runs in the environment of its name where there is one (audiotok.isolated).
"""

from __future__ import annotations

import contextlib
import inspect
import json
import typing
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from audiotok.core.identifier import Identifier, Value
from audiotok.doors import ANCHORS, TOKENIZERS, Door, missing_package, package_of
from audiotok.errors import InvalidOption, MissingDependency, UnknownName
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
    """`"mimi:num_codebooks=8"` -> a tokenizer on `device`, its weights fetched if need be.

    Raises UnknownName (with near names), InvalidOption, MissingDependency (with the command that installs it) and
    AssetUnavailable (with what was tried).
    """
    from audiotok.core.numerics import default_numerics

    with default_numerics():
        return _load(Identifier.parse(identifier)).to(device)


def load_system(identifier: str, device: str = "cpu") -> Tokenizer | Anchor:
    """Like `load`, for what a recipe runs on: a tokenizer, an anchor, or recordings as `folder:PATH`."""
    parsed = parse(identifier)
    if parsed.name not in anchors():
        return load(identifier, device)
    factory = _factory(parsed.name, ANCHORS)
    options = _typed_options(factory, parsed)
    anchor = factory(**options)
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

    An option may name a local file, a repository or an address, from which weights would be fetched.
    """
    parsed: Identifier | None = Identifier.parse(identifier)
    if name := foreign(Identifier.parse(identifier)):
        return f"of which {name} is not part of audiotok"
    while parsed:
        for option, value in parsed.options.items():
            if any(mark in str(value) for mark in "/\\~") or Path(str(value)).exists():
                return f"which would take {option} from {str(value)[:80]}"
        parsed = parsed.inner
    return ""


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
    return Identifier(parsed.name, _typed_options(factory, parsed), inner)


def _load(parsed: Identifier) -> Tokenizer:
    try:
        return _load_here(parsed)
    except (UnknownName, MissingDependency):
        if (environment := environments.find(parsed.name)) is None:
            raise
        from audiotok.isolated import tokenizer as isolated

        return isolated.load(environment, str(parsed))


def _load_here(parsed: Identifier) -> Tokenizer:
    from audiotok.golden import codes as golden_codes

    factory = _factory(parsed.name, TOKENIZERS)
    options = _typed_options(factory, parsed)
    inner = _load(parsed.inner) if parsed.inner else None
    try:
        tokenizer = factory(**options) if inner is None else factory(inner, **options)
    except ModuleNotFoundError as error:
        raise missing_package(parsed.name, error, TOKENIZERS.find(parsed.name)) from error
    tokenizer._identifier = Identifier(parsed.name, options, inner._identifier if inner else None)
    if verified := golden_codes.verified(tokenizer.identifier, tokenizer.card):
        tokenizer.card = replace(tokenizer.card, weights_verified=verified)
    return tokenizer


def _factory(name: str, door: Door) -> Callable[..., Any]:
    """The object that an entry point names: a class, or a function that chooses one."""
    return door.load(name, available() + anchors())


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
    found: type[Tokenizer] = factory if isinstance(factory, type) else _types(factory)["return"]
    return found


def options(name: str) -> dict[str, dict[str, Any]]:
    """Option -> its default (None: it has to be said) and its type, or the choices. Raises UnknownName."""
    factory = _factory(name, ANCHORS if name in anchors() else TOKENIZERS)
    types = _types(factory)
    described = {}
    for parameter in inspect.signature(factory).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            annotation = types[parameter.name]
            default = None if parameter.default is inspect.Parameter.empty else parameter.default
            if typing.get_origin(annotation) is typing.Literal:
                expected: dict[str, Any] = {"choices": list(typing.get_args(annotation))}
            else:
                kinds = typing.get_args(annotation) or (annotation,)
                expected = {"type": " or ".join(kind.__name__ for kind in kinds if kind is not type(None))}
            described[parameter.name] = {"default": default, **expected}
    return described


def missing_packages(name: str) -> list[str]:
    """Packages that a tokenizer needs, by its extra or in an environment of its own, and that are not here."""
    found = list(environments.PACKAGES.get(name, ()))
    for point in (*TOKENIZERS.points(name), *ANCHORS.points(name)):
        found += [text for text in (point.dist.requires if point.dist else None) or () if _is_of_extra(text, name)]
    return [requirement.name for text in found if not _is_installed(requirement := Requirement(text))]


def install_command(name: str) -> str:
    """The command that installs the packages of a tokenizer of ours."""
    return f"audiotok env make {name}" if name in environments.PACKAGES else f'pip install "audiotok[{name}]"'


def _is_of_extra(text: str, extra: str) -> bool:
    marker = Requirement(text).marker
    return bool(marker and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""}))


def _is_installed(requirement: Requirement) -> bool:
    with contextlib.suppress(PackageNotFoundError):
        version(requirement.name)
        return True
    return False


def requirements(identifier: str) -> dict[str, str]:
    """Versions of the packages that may change what a tokenizer returns: its own, and what that one requires."""
    parsed = parse(identifier)
    versions: dict[str, str] = {}
    for point in (*TOKENIZERS.points(parsed.name), *ANCHORS.points(parsed.name)):
        if not point.dist:
            continue
        if point.dist.name != "audiotok":
            versions[point.dist.name] = point.dist.version
        for text in point.dist.requires or ():
            requirement = Requirement(text)
            # Of our own requirements only the tokenizer's extra: the core's are named by whoever asks.
            unconditional = requirement.marker is None and point.dist.name != "audiotok"
            if unconditional or (requirement.marker and requirement.marker.evaluate({"extra": parsed.name})):
                with contextlib.suppress(PackageNotFoundError):
                    versions[requirement.name] = version(requirement.name)
    for text in environments.PACKAGES.get(parsed.name, ()):
        with contextlib.suppress(PackageNotFoundError):
            versions[Requirement(text).name] = _version_and_commit(distribution(Requirement(text).name))
    return versions | (requirements(str(parsed.inner)) if parsed.inner else {})


def _version_and_commit(package: Distribution) -> str:
    """A package on no index is installed from a commit, and may have one version number for ever."""
    origin = json.loads(package.read_text("direct_url.json") or "{}")
    commit = origin.get("vcs_info", {}).get("commit_id", "")
    return f"{package.version}+{commit[:12]}" if commit else package.version


def _typed_options(factory: Callable[..., Any], parsed: Identifier) -> dict[str, Value]:
    """The given options, typed by the constructor's annotations, and its defaults for the rest."""
    from audiotok.core.tokenizer import Tokenizer

    signature = inspect.signature(factory).parameters.values()
    parameters = {parameter.name: parameter for parameter in signature if parameter.kind is parameter.KEYWORD_ONLY}
    types = _types(factory)
    positional = [types.get(p.name) for p in signature if p.kind is p.POSITIONAL_OR_KEYWORD]
    _check_nesting(parsed, nests=any(isinstance(kind, type) and issubclass(kind, Tokenizer) for kind in positional))
    if unknown := sorted(set(parsed.options) - set(parameters)):
        accepted = ", ".join(parameters) or "none"
        raise InvalidOption(f"{parsed.name} has no option {', '.join(unknown)}; it has: {accepted}")
    options = {}
    for name, parameter in parameters.items():
        if name in parsed.options:
            options[name] = _typed(parsed.name, name, str(parsed.options[name]), types[name])
        elif parameter.default is inspect.Parameter.empty:
            raise InvalidOption(f"{parsed.name} needs a value for {name}, as in {parsed.name}:{name}=…")
        elif parameter.default is not None:
            options[name] = parameter.default
    return options


def _types(factory: Callable[..., Any]) -> dict[str, Any]:
    own: Any = factory.__init__ if isinstance(factory, type) else factory  # type: ignore[misc]  # of this very class
    return typing.get_type_hints(own)


def _check_nesting(parsed: Identifier, nests: bool) -> None:
    """Raises InvalidOption where a tokenizer stands in one that takes none, or is missing from one that needs it."""
    if parsed.inner and not nests:
        raise InvalidOption(f"{parsed.name} takes no tokenizer inside it, got {parsed}; write {parsed.name} alone")
    if nests and not parsed.inner:
        raise InvalidOption(f"{parsed.name} needs the tokenizer that it is applied to, as in {parsed.name}(mulaw)")


def _typed(tokenizer: str, name: str, text: str, annotation: Any) -> Value:
    if typing.get_origin(annotation) is typing.Literal:
        for choice in typing.get_args(annotation):
            if str(choice) == text:
                return choice
        raise InvalidOption(f"{tokenizer}: {name} must be one of {typing.get_args(annotation)}, got {text!r}")
    # Optional[X] reads as X: None cannot be written, it is what leaving the option out means.
    kinds = [kind for kind in typing.get_args(annotation) or (annotation,) if kind is not type(None)]
    if kinds == [bool] and text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in kinds:
        if kind in (int, float, str):
            try:
                return kind(text)
            except ValueError:
                continue
    expected = " or ".join(kind.__name__ for kind in kinds)
    raise InvalidOption(f"{tokenizer}: {name} must be {expected}, got {text!r}")
