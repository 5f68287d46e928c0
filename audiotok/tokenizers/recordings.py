"""`folder:PATH`: audio that any other system made of the clips (a vocoder, an enhancer, a published reconstruction)."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path, PurePosixPath

from audiotok.core.anchor import Recordings
from audiotok.core.audio import Audio
from audiotok.data.layouts.base import Listing, audio_files
from audiotok.data.layouts.kaldi import recordings
from audiotok.errors import InvalidAudio, InvalidData, InvalidOption, machine_trouble_at
from audiotok.files.assets import file_sha256

#: A recording that is this much longer or shorter than its clip, by both, is taken for another one's.
_UNLIKE_SECONDS, _UNLIKE_SHARE = 0.5, 0.1


class Folder(Recordings):
    """Files of a folder, of a Kaldi list (.scp), or one file for data of one clip.

    A clip's file has its path, its id or, where no two files share it, its file name; the suffix matters only where
    files differ in nothing else.
    """

    def __init__(self, *, path: str) -> None:
        place = Path(path).expanduser()
        self._place = place
        if place.suffix == ".scp" and place.is_file():
            listing = Listing()
            self._files = recordings(place, listing)
            missing = listing.problems
        elif place.is_dir():
            found, missing = audio_files(place)
            names = [file.relative_to(place) for file in found]
            alike = Counter(name.with_suffix("") for name in names)
            self._files = {
                (name if alike[name.with_suffix("")] > 1 else name.with_suffix("")).as_posix(): file
                for name, file in zip(names, found, strict=True)
            }
        elif place.is_file():
            self._files, missing = {"": place}, {}
        else:
            raise InvalidOption(f"folder:{path} must be a folder, a .scp list or an audio file; there is none")
        if not self._files:
            why_not = "".join(f"; {name}: {reason}" for name, reason in list(missing.items())[:1])
            raise InvalidOption(f"folder:{path} holds no audio{why_not}")
        stems = Counter(PurePosixPath(name).name for name in self._files)
        self._by_stem = {PurePosixPath(name).name: name for name in self._files if stems[PurePosixPath(name).name] == 1}
        with machine_trouble_at(str(place)):
            contents = "".join(f"{name}\0{file_sha256(file)}\n" for name, file in sorted(self._files.items()))
        self.provenance = {"files_sha256": hashlib.sha256(contents.encode()).hexdigest()}

    def read(self, clip: str, path: str, seconds: float) -> Audio:
        """Raises InvalidData where no file is the clip's, InvalidAudio where it is of another length."""
        audio = Audio.load(self._find(clip, path), any_scale=True)
        difference = abs(float(audio.seconds) - seconds)
        if difference > max(_UNLIKE_SECONDS, _UNLIKE_SHARE * seconds):
            raise InvalidAudio(
                f"{self._find(clip, path)} has {float(audio.seconds):.2f} s and the clip {seconds:.2f} s: is it this "
                "clip's? Recordings may differ by half a second or a tenth"
            )
        return audio

    def _find(self, clip: str, path: str) -> Path:
        inside = PurePosixPath(path).with_suffix("")
        for name in ("", path, inside.as_posix(), clip, self._by_stem.get(clip), self._by_stem.get(inside.name)):
            if name is not None and name in self._files:
                return self._files[name]
        sought = " and no ".join(dict.fromkeys((clip, str(inside))))
        raise InvalidData(f"{self._place} has no {sought}, with any suffix of audio")
