"""Metrics of tokenizers, for type checkers and for the import of `__init__.py`."""

from .single import score as score
