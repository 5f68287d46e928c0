"""Real words and non-words of a synthetic voice, a consonant apart; nonwords.json lists them.

An item is two words and two non-words, such that what one word loses another gains: /b/ becomes /k/ here and /k/
becomes /b/ there, so that a model which likes one consonant better is at chance. `recipes/make_nonwords.py` says how
they were chosen. Nothing but the words tells them apart, as far as frequencies go: of the 40 items, order 0 and the
bigram of codec2:mode=2400 (60 clips of `small`) decide 48 and 55 % right, and a word is as often longer as shorter.
After the idea of sWUGGY (Nguyen et al., "The Zero Resource Speech Benchmark 2021", 2020), whose words
are other ones and said by other voices: the two are not to be compared.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from audiotok.core.audio import Audio
from audiotok.files.assets import file_sha256
from audiotok.files.json import read_json
from audiotok.tasks import synthetic_voice
from audiotok.tasks.lm_pairs.splicing import RATE, at_level

NAME = "word"
_LIST = files("audiotok.tasks.lm_pairs") / "nonwords.json"


@cache
def items() -> tuple[tuple[tuple[str, str, str], ...], ...]:
    """The words of each item: how one is spelt, its phonemes and those of its non-word."""
    listed: dict[str, Any] = read_json(Path(str(_LIST)))
    return tuple(tuple((word, said, changed) for word, said, changed in item) for item in listed["items"])


def sha256() -> str:
    """sha256 of the list."""
    return file_sha256(Path(str(_LIST)))


def pair(word: str, said: str, changed: str) -> tuple[Tensor, Tensor]:
    """Word and non-word, [T] each at RATE: equally loud, and the shorter one ended by silence."""
    sounds = [Audio.from_array(synthetic_voice.say(phonemes), synthetic_voice.RATE) for phonemes in (said, changed)]
    waves = [at_level(sound.resample(RATE).waveform[0, 0]) for sound in sounds]
    first, second = torch.nn.utils.rnn.pad_sequence(waves, batch_first=True)
    return first, second
