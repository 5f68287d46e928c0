"""The recogniser of given words: what a synthetic voice says is heard as what it said."""

from __future__ import annotations

import numpy as np
import pytest

from audiotok.core.audio import Audio
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidAudio, InvalidOption, MetricUndefined
from audiotok.metrics.analysis import Features, Waveform
from audiotok.metrics.closed_vocabulary import arpabet, recogniser
from audiotok.metrics.lexicon_speech import word_errors
from audiotok.tasks import synthetic_voice
from audiotok.tasks.lm_pairs import nonwords

pytest.importorskip("pocketsphinx")
CLIP = Clip("clip", "folder", "clip.wav", "0" * 64, 0.0, 1.0, 16_000, "speech")
WORDS = ["mˈæniə", "bˈæniə"]


@pytest.mark.parametrize(
    ("ipa", "phones"),
    [("tʃˈæləndʒˌɪŋ", "CH AE L AH N JH IH NG"), ("hˈɑːɹbɚ", "HH AA R B ER"), ("dɪskˈʌʃən", "D IH S K AH SH AH N")],
)
def test_phones_of_the_model(ipa: str, phones: str) -> None:
    assert arpabet(ipa) == phones


@pytest.mark.parametrize("ipa", ["", "ʁuː", "two words"])
def test_a_symbol_without_a_phone_is_named(ipa: str) -> None:
    with pytest.raises(InvalidOption, match="no phones for all of"):
        arpabet(ipa)


def test_every_word_and_non_word_of_the_list_has_phones_of_its_own() -> None:
    said = [word for item in nonwords.items() for _, *both in item for word in both]
    assert len({arpabet(word) for word in said}) == len(set(said)) == 160


def test_the_signature_does_not_name_the_words_but_what_is_kept_does() -> None:
    one, other = recogniser(WORDS), recogniser(WORDS[:1])
    assert one.signature == other.signature
    assert one.name != other.name


def hear(words: list[str], waveform: Waveform, rate: int = 16_000) -> Features:
    analysis = recogniser(words)
    assert analysis.load
    return analysis.run(waveform, rate, CLIP, analysis.load())


def say(sentence: str) -> Waveform:
    wave: Waveform = (
        Audio.from_array(synthetic_voice.say(sentence), synthetic_voice.RATE).resample(16_000).waveform[0, 0].numpy()
    )
    return wave


@pytest.mark.weights
def test_words_are_heard_whatever_was_heard_before() -> None:
    words, changed = zip(
        *((word, non_word) for item in nonwords.items()[:8] for _, word, non_word in item), strict=True
    )
    sentences = [" ".join(words[begin:end]) + "." for begin, end in ((0, 4), (4, 7), (7, 12))]
    waves = [say(sentence) for sentence in sentences]
    analysis = recogniser([*words, *changed])
    assert analysis.load
    model = analysis.load()
    heard = [analysis.run(wave, 16_000, CLIP, model) for wave in (*waves, *waves[::-1])]
    errors = [
        word_errors(sentence, str(first["text"])).total for sentence, first in zip(sentences, heard, strict=False)
    ]
    assert sum(errors) <= 1  # of 12 words, each of which has a non-word beside it
    for first, again in zip(heard[:3], heard[:2:-1], strict=True):
        assert {name: value.tolist() for name, value in first.items()} == {n: v.tolist() for n, v in again.items()}
        assert (np.diff(first["begin"]) > 0).all()
        assert (first["begin"] < first["end"]).all()
        assert first["end"][-1] <= float(first["seconds"]) + 0.02


def test_what_cannot_be_heard_is_refused() -> None:
    with pytest.raises(MetricUndefined, match="silent"):
        hear(WORDS, np.zeros(16_000, np.float32))
    with pytest.raises(InvalidAudio, match="8000 Hz"):
        hear(WORDS, np.full(16_000, 0.1, np.float32), 8_000)
