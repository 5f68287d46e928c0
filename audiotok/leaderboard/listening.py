"""The clean clip beside every sample: what a decoding is listened against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from audiotok import data
from audiotok.assets import AssetUnavailable
from audiotok.data.manifest import Manifest
from audiotok.leaderboard.entry import Entry


def with_reference_audio(entries: Sequence[Entry], manifest: Manifest, folder: Path) -> list[Entry]:
    """The entries, the anchor `reference` with the audio of each clip that any of them has a sample of.

    What its submission lacks is read from the data itself and written to `folder`; a clip whose file cannot be had
    here stays without. No such anchor, no change.
    """
    import soundfile

    wanted = {clip for entry in entries for clip in entry.samples}
    added: dict[str, Path] = {}
    present = {clip for entry in entries if entry.tokenizer == "reference" for clip in entry.samples}
    for clip in manifest:
        if clip.id in wanted - present:
            try:
                audio = data.read(clip, manifest.root)
            except AssetUnavailable:
                continue
            folder.mkdir(parents=True, exist_ok=True)
            added[clip.id] = folder / f"{clip.id}.ogg"
            samples = audio.numpy().reshape(-1)
            soundfile.write(added[clip.id], samples, audio.sample_rate, format="OGG", subtype="VORBIS")
    return [
        replace(entry, samples={**added, **entry.samples}) if entry.tokenizer == "reference" else entry
        for entry in entries
    ]
