"""Layouts of other people's corpora. A folder is read by the first that fits; `--data NAME:FOLDER` names one."""

from audiotok.data.layouts import (
    common_voice,
    fma,
    folder,
    kaldi,
    labelled_speech,
    librispeech,
    ljspeech,
    manifests,
    mixtures,
    music_and_sounds,
    speech_commands,
    vctk,
)
from audiotok.data.layouts.base import FoundClip, Layout, Listing, Options

LAYOUTS: tuple[Layout, ...] = (
    manifests.NEMO,
    kaldi.LAYOUT,
    manifests.LAYOUT,
    librispeech.LAYOUT,
    common_voice.LAYOUT,
    vctk.LAYOUT,
    ljspeech.LAYOUT,
    *speech_commands.LAYOUTS,
    *labelled_speech.LAYOUTS,
    *mixtures.LAYOUTS,
    fma.LAYOUT,
    *music_and_sounds.LAYOUTS,
    folder.LAYOUT,
)

__all__ = ["LAYOUTS", "FoundClip", "Layout", "Listing", "Options"]
