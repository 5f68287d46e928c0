"""Data sets: manifests, where their files come from, how anyone makes one."""

from audiotok.data.folders import Corpus, make, read_corpus
from audiotok.data.hub import from_dataset
from audiotok.data.layouts import Options
from audiotok.data.loading import load
from audiotok.data.manifest import Clip, Manifest
from audiotok.data.reading import fetch, locate, read, samples, stretch

__all__ = [
    "Clip",
    "Corpus",
    "Manifest",
    "Options",
    "fetch",
    "from_dataset",
    "load",
    "locate",
    "make",
    "read",
    "read_corpus",
    "samples",
    "stretch",
]
