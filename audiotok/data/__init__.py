"""Data sets: manifests, where their files come from, how anyone makes one."""

from audiotok.data.folders import make
from audiotok.data.loading import load
from audiotok.data.manifest import Clip, Manifest
from audiotok.data.reading import fetch, locate, read, stretch

__all__ = ["Clip", "Manifest", "fetch", "load", "locate", "make", "read", "stretch"]
