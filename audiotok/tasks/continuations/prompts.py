"""Prompts of continuations: which clips they are of, and where a clip is cut."""

from __future__ import annotations

from dataclasses import dataclass

from audiotok.core.audio import Audio
from audiotok.data.manifest import Manifest
from audiotok.errors import InvalidAudio, InvalidData, InvalidOption
from audiotok.tasks.language_model.sampling import Sampling, evenly

MIN_SECONDS = 1.0  # of a continuation and of a real rest: the evaluation models need half a second of voice


@dataclass(frozen=True)
class ContinuationSampling(Sampling):
    """How a prompt is cut and continued. Raises InvalidOption."""

    prompt_seconds: float = 3.0
    seconds: float = 4.0  # of continuation, at most: a clip is continued for as long as it really goes on

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (self.prompt_seconds > 0 and self.seconds >= MIN_SECONDS):
            raise InvalidOption(f"expected prompt_seconds above 0 and seconds of at least {MIN_SECONDS}, got {self}")

    @property
    def excerpt(self) -> str:
        """Fields of a signature: which audio is the prompt, and which its real rest."""
        return f"prompt_seconds:{self.prompt_seconds}|sample_seconds:{self.seconds}"


def choose_prompts(speech: Manifest, sampling: ContinuationSampling, clips: int) -> Manifest:
    """`clips` of those that go on for MIN_SECONDS after a prompt, evenly spaced; 0 for all. Raises InvalidData."""
    shortest = sampling.prompt_seconds + MIN_SECONDS
    long = [clip for clip in speech if clip.duration >= shortest]
    if not long:
        raise InvalidData(f"{speech.name}: no clip lasts {shortest} s; ask for a shorter prompt")
    return Manifest.of(f"{speech.name}-prompts", evenly(long, clips), speech.root)


def cut(audio: Audio, sampling: ContinuationSampling) -> tuple[Audio, Audio]:
    """One clip -> its prompt, and what follows up to the limit. Raises InvalidAudio where nothing follows."""
    begin = round(sampling.prompt_seconds * audio.sample_rate)
    end = begin + round(sampling.seconds * audio.sample_rate)
    (wave,) = audio.clips()
    if wave.shape[1] <= begin:
        raise InvalidAudio(
            f"the clip lasts {audio.seconds:.3f} s: nothing is left to follow a prompt of {sampling.prompt_seconds} s"
        )
    rate = audio.sample_rate
    return Audio.from_clips([wave[:, :begin]], rate), Audio.from_clips([wave[:, begin:end]], rate)
