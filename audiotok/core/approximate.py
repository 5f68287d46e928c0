"""Tokenizers that are another one, faster: most of their codes are that one's, and conformance counts how many."""

from __future__ import annotations

from abc import ABC, abstractmethod

from audiotok.core.tokenizer import Tokenizer


class Approximate(ABC):
    """A tokenizer whose codes are meant to be those of `exact`, and may differ in some."""

    @property
    @abstractmethod
    def exact(self) -> Tokenizer:
        """The tokenizer that this one approximates."""
