"""Texts that models read out: which clips have one, and which of them training does not know."""

from __future__ import annotations

from collections.abc import Sequence

from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidData
from audiotok.metrics.text import normalise
from audiotok.tasks.language_model.sampling import evenly


def why_unusable(clip: Clip, longest: float) -> str:
    """Why a clip can be neither learnt from nor asked for; "" where it can."""
    if clip.text is None:
        return "the manifest has no text for it"
    if clip.language is None:
        return "the manifest has no language for it"
    if not normalise(clip.text, clip.language):
        return "its text has no words"
    return f"it is longer than {longest} s" if clip.duration > longest else ""


def choose_texts(speech: Manifest, longest: float, clips: int) -> tuple[Manifest, dict[str, str]]:
    """`clips` test clips whose texts are to be read out, as many of each language, 0 for all; and why others are not.

    `speech` has a training split; `longest` is in seconds. Raises InvalidData where no clip is left.
    """
    heard = {
        (clip.language, normalise(str(clip.text), str(clip.language)))
        for clip in speech.split("train")
        if not why_unusable(clip, longest)
    }
    languages = {language for language, _ in heard}
    left_out: dict[str, str] = {}
    left: list[Clip] = []
    for clip in speech.split("test"):
        why = why_unusable(clip, longest)
        if not why and clip.language not in languages:
            why = "the training data have no text in its language"
        if not why and (clip.language, normalise(str(clip.text), str(clip.language))) in heard:
            why = "its words are in the training data"
        if why:
            left_out[clip.id] = why
        else:
            left.append(clip)
    if not left:
        reasons = ", ".join(sorted(set(left_out.values()))) or "there is no test split"
        raise InvalidData(f"{speech.name}: no test clip has a text that can be used: {reasons}")
    return Manifest.of(f"{speech.name}-new-texts", _of_each_language(left, clips), speech.root), left_out


def _of_each_language(clips: Sequence[Clip], number: int) -> list[Clip]:
    languages = sorted({str(clip.language) for clip in clips})
    chosen: list[Clip] = []
    for place, language in enumerate(languages):
        share = number * (place + 1) // len(languages) - number * place // len(languages)
        if share or not number:
            chosen += evenly([clip for clip in clips if clip.language == language], share)
    return chosen
