"""Results: what is recorded, where it is kept, how sure it is."""

from audiotok.results.frame import load

__all__ = ["load"]
