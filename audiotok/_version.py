"""The one place where the version is written; without imports, so that building needs no torch."""

__version__ = "0.1.0"
