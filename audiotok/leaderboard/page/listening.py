"""Samples to listen to: which clips they are of, and the clean clip beside every one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audiotok import data, tasks
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import AssetUnavailable
from audiotok.leaderboard.submission.entry import Entry
from audiotok.leaderboard.submission.files import sampled_clips
from audiotok.tasks.suites import Suite


@dataclass(frozen=True)
class SampleClip:
    """A clip for which submissions may hold audio."""

    clip: Clip
    manifest: Manifest
    recipe: str = ""  # whose language model made them
    prompt: float = 0.0  # seconds of real speech that it went on from
    seconds: float | None = None  # of the clean clip that are heard beside them; None for all

    @property
    def name(self) -> str:
        """The name of its sample (entry.Entry.samples)."""
        return f"{self.recipe}/{self.clip.id}" if self.recipe else self.clip.id

    @property
    def described(self) -> dict[str, Any]:
        """The page's data on it."""
        known = {"text": self.clip.text, "language": self.clip.language, "domain": self.clip.domain}
        made = {"recipe": self.recipe, "of": self.clip.id} if self.recipe else {}
        return known | made | ({"prompt": self.prompt} if self.prompt else {})


def heard(suite: Suite) -> list[SampleClip]:
    """Clips of a suite's data, and those that its language models continue or read out."""
    found = [SampleClip(clip, manifest) for manifest in map(data.load, suite.datasets) for clip in manifest]
    for part in suite.optional:
        if samples := tasks.get(part.task).samples:
            manifest, limits = data.load(part.data), (samples.prompt, samples.seconds)
            found += [SampleClip(clip, manifest, part.task, *limits) for clip in sampled_clips(part)]
    return found


def with_reference_audio(entries: Sequence[Entry], clips: Sequence[SampleClip], folder: Path) -> list[Entry]:
    """The entries, the anchor `reference` with the audio of each clip that any of them has a sample of.

    What its submission lacks is read from the data itself and written to `folder`; a clip whose file cannot be had
    here stays without. No such anchor, no change.
    """
    import soundfile

    wanted = {clip for entry in entries for clip in entry.samples}
    added: dict[str, Path] = {}
    present = {clip for entry in entries if entry.tokenizer == "reference" for clip in entry.samples}
    for one in clips:
        if one.name in wanted - present:
            try:
                audio = data.read(one.clip, one.manifest.root)
            except AssetUnavailable:
                continue
            added[one.name] = folder / f"{one.name}.ogg"
            added[one.name].parent.mkdir(parents=True, exist_ok=True)
            end = None if one.seconds is None else round(one.seconds * audio.sample_rate)
            samples = audio.numpy().reshape(-1)[:end]
            soundfile.write(added[one.name], samples, audio.sample_rate, format="OGG", subtype="VORBIS")
    return [
        replace(entry, samples={**added, **entry.samples}) if entry.tokenizer == "reference" else entry
        for entry in entries
    ]
