"""The options of a tokenizer or an anchor: its constructor's keyword-only parameters, typed by their annotations."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any

from audiotok.core.identifier import Identifier, Value
from audiotok.errors import InvalidOption


def described(factory: Callable[..., Any]) -> dict[str, dict[str, Any]]:
    """Option -> its default (None: it has to be said) and its type, or the choices."""
    types = types_of(factory)
    found = {}
    for name, parameter in _keyword_only(factory).items():
        default = None if parameter.default is inspect.Parameter.empty else parameter.default
        if typing.get_origin(types[name]) is typing.Literal:
            expected: dict[str, Any] = {"choices": list(typing.get_args(types[name]))}
        else:
            expected = {"type": " or ".join(kind.__name__ for kind in _kinds(types[name]))}
        found[name] = {"default": default, **expected}
    return found


def typed(factory: Callable[..., Any], parsed: Identifier) -> dict[str, Value]:
    """The given options, typed by the constructor's annotations, and its defaults for the rest."""
    from audiotok.core.tokenizer import Tokenizer

    parameters, types = _keyword_only(factory), types_of(factory)
    every = inspect.signature(factory).parameters.values()
    positional = [types.get(p.name) for p in every if p.kind is p.POSITIONAL_OR_KEYWORD]
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


def types_of(factory: Callable[..., Any]) -> dict[str, Any]:
    """The evaluated annotations of a class's constructor, or of a function."""
    own: Any = factory.__init__ if isinstance(factory, type) else factory  # type: ignore[misc]  # of this very class
    return typing.get_type_hints(own)


def _keyword_only(factory: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(factory).parameters.values()
    return {parameter.name: parameter for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}


def _kinds(annotation: Any) -> list[Any]:
    """Optional[X] reads as X: None cannot be written, it is what leaving the option out means."""
    return [kind for kind in typing.get_args(annotation) or (annotation,) if kind is not type(None)]


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
    kinds = _kinds(annotation)
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
