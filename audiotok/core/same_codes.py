"""Whether a tokenizer's codes are those of the tokenizer that made some tokens.

The names must agree, up to options that concern the decoder only. A tokenizer of one's own names its weights by a
path, as in `mel:checkpoint=FILE`. That file may be moved or replaced, so that its content counts: the tokens carry its
hash.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audiotok.core.identifier import Identifier, Value
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.files.sealed import file_sha256


def sha256_of_files(options: Mapping[str, Value]) -> dict[str, str]:
    """Option -> sha256 of the local file that it names, for the options that name one."""
    named = ((name, value) for name, value in options.items() if isinstance(value, str) and os.path.isfile(value))
    return {name: file_sha256(Path(value)) for name, value in named}


def weights_of_codes(tokenizer: Any) -> str | None:
    """sha256 of the local files that its options name, those of nested tokenizers included; None where there are none.

    Files of the decoder are left out.
    """
    left_out = getattr(tokenizer, "decoder_options", ())
    own = [sha256 for option, sha256 in sorted(tokenizer._files.items()) if option not in left_out]
    inner = getattr(tokenizer, "inner", None)
    nested = None if inner is None else weights_of_codes(inner)
    return " ".join([*own, *([nested] if nested else [])]) or None


def check_codes_of(tokenizer: Any, tokens: Tokens) -> None:
    """Raises InvalidTokens unless the tokens have the tokenizer's spec, and its codes as far as they say."""
    if tokens.spec == tokenizer.spec:
        came, own = tokens.weights_sha256, weights_of_codes(tokenizer)
        if _has_codes_of(tokenizer, tokens.tokenizer, came):
            return
        if came and own and came != own:
            raise InvalidTokens(
                f"these tokens were made by {tokens.tokenizer} with weights of sha256 {came}, those of "
                f"{tokenizer.identifier} are {own}; load the tokenizer that made them, with the same file"
            )
    raise InvalidTokens(
        f"{tokenizer.identifier} takes tokens of {tokenizer.spec}, got {tokens.spec} from {tokens.tokenizer}; "
        "load the tokenizer that made them"
    )


def _has_codes_of(tokenizer: Any, identifier: str | None, weights: str | None) -> bool:
    """Whether tokens that name this identifier and these weights have the tokenizer's codes.

    Tokens without an identifier, as from a language model, may be anybody's. Where tokens or tokenizer have no weights
    of their own, their names are compared, paths included.
    """
    own = weights_of_codes(tokenizer)
    known = own is not None and weights is not None
    if identifier is None:
        return True
    if known and own != weights:
        return False
    if identifier == tokenizer.identifier:
        return True
    try:
        other = Identifier.parse(identifier)
    except InvalidOption:
        return False
    mine: Identifier | None = tokenizer._identifier
    return mine is not None and _of_codes(tokenizer, other, known) == _of_codes(tokenizer, mine, known)


def _of_codes(tokenizer: Any, identifier: Identifier, without_files: bool) -> str:
    """The identifier without what concerns a decoder only, in the tokenizers that `tokenizer` nests as well."""
    left_out = set(getattr(tokenizer, "decoder_options", ()))
    if without_files:
        left_out |= set(getattr(tokenizer, "_files", ()))
    options = {name: value for name, value in identifier.options.items() if name not in left_out}
    # One that runs in an environment of its own does not say what it nests.
    within = getattr(tokenizer, "inner", None)
    inner = Identifier.parse(_of_codes(within, identifier.inner, without_files)) if identifier.inner else None
    return str(Identifier(identifier.name, options, inner))
