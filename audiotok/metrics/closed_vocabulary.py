"""Recognition of words out of a closed vocabulary that is given by phonemes, in any order and number.

Conventions: 16 kHz speech; words are IPA as espeak-ng writes it for American English, separated by spaces. Every signal
is heard as words of the vocabulary, noise too: what is said of a language's words has to be held against words beside
them that are not of it.
Source: PocketSphinx and its American English acoustic model (Huggins-Daines et al., "PocketSphinx: A Free, Real-Time
Continuous Speech Recognition System for Hand-Held Devices", ICASSP 2006), with a grammar that is a loop of words.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from audiotok.data.manifest import Clip
from audiotok.errors import InvalidOption
from audiotok.metrics.analysis import Analysis, Features, Waveform
from audiotok.metrics.dependencies import needs
from audiotok.metrics.evaluation_models import SAMPLE_RATE, validate

FRAME = 0.01  # seconds of one frame of the recogniser's times
#: IPA -> the phones of the acoustic model. Longer ones are looked for first.
_PHONES = {
    **{"ɑːɹ": "AA R", "ɔːɹ": "AO R", "oːɹ": "AO R", "eɪ": "EY", "aɪ": "AY", "aʊ": "AW", "oʊ": "OW", "ɔɪ": "OY"},
    **{"tʃ": "CH", "dʒ": "JH", "iː": "IY", "uː": "UW", "ɑː": "AA", "ɔː": "AO", "ɜː": "ER"},
    **{"i": "IY", "ɪ": "IH", "ᵻ": "IH", "ɛ": "EH", "æ": "AE", "ʌ": "AH", "ə": "AH", "ɐ": "AH", "ʊ": "UH", "u": "UW"},
    **{"ɚ": "ER", "b": "B", "d": "D", "ð": "DH", "f": "F", "ɡ": "G", "h": "HH", "j": "Y", "k": "K", "l": "L", "m": "M"},
    **{"n": "N", "ŋ": "NG", "p": "P", "ɹ": "R", "s": "S", "ʃ": "SH", "t": "T", "ɾ": "D", "θ": "TH", "v": "V"},
    **{"w": "W", "z": "Z", "ʒ": "ZH"},
}
_PHONE = re.compile("|".join(sorted(_PHONES, key=len, reverse=True)))
_STRESS = str.maketrans("", "", "ˈˌ")


def arpabet(phonemes: str) -> str:
    """IPA of one word -> phones of the acoustic model.

    >>> arpabet("ɡˈeɪmɪŋ")
    'G EY M IH NG'

    Raises InvalidOption on a symbol that the model has no phone for.
    """
    symbols = phonemes.translate(_STRESS)
    found: list[str] = _PHONE.findall(symbols)
    if "".join(found) != symbols or not found:
        raise InvalidOption(f"the ASR model has no phones for all of {phonemes!r}; expected IPA of American English")
    return " ".join(_PHONES[symbol] for symbol in found)


def recogniser(words: Sequence[str]) -> Analysis:
    """The analysis of a signal as words of this vocabulary.

    {"text": the words, "begin", "end": seconds of each, "seconds": of the signal}. Raises InvalidOption (arpabet).
    """
    pronounced = {word: arpabet(word) for word in words}
    vocabulary = hashlib.sha256("\n".join(sorted(words)).encode()).hexdigest()[:12]
    return Analysis(
        name=f"words-{vocabulary}",
        version=1,
        run=_recognise,
        load=partial(_open, pronounced),
        signature="recogniser:pocketsphinx-en-us|grammar:loop",
        packages=("pocketsphinx",),
    )


class _Recogniser:
    """An opened decoder; its words have numbers for names, since it reads no IPA."""

    def __init__(self, decoder: Any, words: list[str]) -> None:
        self._decoder, self._words = decoder, words

    def words(self, waveform: Waveform) -> list[tuple[str, float, float]]:
        """[T] at 16 kHz -> words, with their begin and end in seconds.

        Of a signal that breaks off within a word, which no path through the grammar explains, the words before it.
        """
        self._decoder.start_utt()
        self._decoder.process_raw(np.round(waveform * 32767).astype("<i2").tobytes(), full_utt=True)
        begun = self._found()
        self._decoder.end_utt()
        return self._found() or begun

    def _found(self) -> list[tuple[str, float, float]]:
        if self._decoder.hyp() is None:
            return []
        return [
            (self._words[int(part.word[1:])], part.start_frame * FRAME, (part.end_frame + 1) * FRAME)
            for part in self._decoder.seg()
            if re.fullmatch(r"w[0-9]+", part.word)  # the others are silence and noise
        ]


def _open(pronounced: dict[str, str]) -> _Recogniser:
    pocketsphinx = needs("pocketsphinx")
    names = [f"w{number}" for number in range(len(pronounced))]
    with tempfile.TemporaryDirectory() as folder:
        dictionary, grammar = Path(folder) / "words.dict", Path(folder) / "words.jsgf"
        lines = (f"{name} {phones}\n" for name, phones in zip(names, pronounced.values(), strict=True))
        dictionary.write_text("".join(lines), encoding="utf-8")
        grammar.write_text(f"#JSGF V1.0;\ngrammar words;\npublic <words> = ( {' | '.join(names)} )+;\n", "utf-8")
        decoder = pocketsphinx.Decoder(
            hmm=str(Path(pocketsphinx.get_model_path()) / "en-us" / "en-us"),
            dict=str(dictionary),
            jsgf=str(grammar),
            samprate=SAMPLE_RATE,
            cmn="batch",  # of each signal by itself: what was heard before changes nothing
            loglevel="FATAL",
        )
    return _Recogniser(decoder, list(pronounced))


def _recognise(waveform: Waveform, sample_rate: int, clip: Clip, model: _Recogniser) -> Features:
    validate(waveform, sample_rate)
    found = model.words(waveform)
    return {
        "text": np.array(" ".join(word for word, _, _ in found)),
        "begin": np.array([begin for _, begin, _ in found]),
        "end": np.array([end for _, _, end in found]),
        "seconds": np.array(len(waveform) / sample_rate),
    }
