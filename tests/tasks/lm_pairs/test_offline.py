"""What two clips of a pair have in common, and what not."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data, registry
from audiotok.data import Manifest
from audiotok.errors import InvalidData, UnknownName
from audiotok.lm.ngram import NGram
from audiotok.lm.patterns import Flatten
from audiotok.lm.sequences import Sequences
from audiotok.store import TokenStore, tokenize
from audiotok.tasks.lm_pairs import TASK, nonwords, offline, scoring, splicing
from audiotok.tasks.lm_pairs.scoring import PairSet
from audiotok.tasks.lm_pairs.splicing import FADE, GAP, HALF, LEVEL, RATE

PITCH = {"ann": 120, "bob": 210, "eve": 60}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Three who hum, ann in two languages and heard in training; and sounds of two kinds."""
    folder = tmp_path_factory.mktemp("voices")
    rng = np.random.default_rng(0)
    lines = ["path,speaker,language,label,split"]
    cast = [("ann", "en", "train", 3), ("ann", "en", "test", 4), ("ann", "es", "test", 4), ("bob", "en", "test", 5)]
    for speaker, language, split, number in [*cast, ("eve", "en", "test", 4)]:
        for i in range(number):
            t = np.arange(int((3.3 + 0.1 * i) * RATE)) / RATE
            wave = sum(np.sin(2 * np.pi * (PITCH[speaker] + 4 * i) * k * t) / k for k in range(1, 9))
            wave = wave * (0.02 + 0.02 * i) * (0.7 + 0.3 * np.sin(2 * np.pi * (2 + i) * t))
            name = f"{speaker}-{language}-{split}-{i}.wav"
            soundfile.write(folder / name, wave + 0.001 * rng.standard_normal(len(t)), RATE)
            lines.append(f"{name},{speaker},{language},,{split}")
    for label, pitch in (("bell", 900), ("drone", 333)):
        wave = 0.1 * np.sin(2 * np.pi * pitch * np.arange(2 * RATE) / RATE)
        soundfile.write(folder / f"{label}.wav", wave, RATE)
        lines.append(f"{label}.wav,,,{label},test")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n")
    made, _ = data.make(folder, "voices")
    clips = [replace(clip, domain="audio") if clip.label else clip for clip in made]
    return Manifest.of("voices", clips, folder)


def made(name: str, corpus: Manifest, runs: Path, **options: int) -> PairSet:
    return offline.make(name, corpus, corpus.domain("speech").split("train"), runs, **options)


def waves(pair_set: PairSet) -> dict[str, torch.Tensor]:
    return {clip.id: data.read(clip, pair_set.clips.root).waveform[0, 0] for clip in pair_set.clips}


CUT_FROM_CLIPS = [name for name in offline.OFFLINE if name != nonwords.NAME]


@pytest.mark.parametrize("name", CUT_FROM_CLIPS)
def test_both_clips_of_a_pair_are_equally_long_and_loud(name: str, corpus: Manifest, tmp_path: Path) -> None:
    pair_set = made(name, corpus, tmp_path)
    wave = waves(pair_set)
    assert pair_set.pairs
    assert {len(samples) for samples in wave.values()} == {2 * HALF - FADE}
    for pair in pair_set.pairs:
        for part in (slice(None), slice(0, HALF - FADE), slice(HALF, None)):
            positive, negative = (splicing.decibel(wave[clip][part]) for clip in (pair.positive, pair.negative))
            if name != "reversal" or part == slice(None):
                assert positive == pytest.approx(negative, abs=0.3)


@pytest.mark.parametrize("name", ["speaker", "language", "background"])
def test_a_switch_begins_alike_and_is_asked_both_ways(name: str, corpus: Manifest, tmp_path: Path) -> None:
    pair_set = made(name, corpus, tmp_path)
    wave = waves(pair_set)
    before, after = slice(0, HALF - FADE), slice(HALF, None)
    items = {pair.item for pair in pair_set.pairs}
    assert len(pair_set.pairs) == 2 * len(items)
    for item in items:
        a1a2, a1b2, b1b2, b1a2 = (
            wave[f"{item}{letter}-{side}"] for letter in "ab" for side in ("positive", "negative")
        )
        assert torch.equal(a1a2[before], a1b2[before])
        assert torch.equal(b1b2[before], b1a2[before])
        assert torch.equal(a1a2[after], b1a2[after])
        assert torch.equal(b1b2[after], a1b2[after])
        assert not torch.allclose(a1a2[after], a1b2[after], atol=1e-2)


def test_the_positive_is_joined_of_two_different_clips(corpus: Manifest, tmp_path: Path) -> None:
    """One pitch a clip: the halves of a positive differ by a few Hz, those of a negative by a voice."""
    pair_set = made("speaker", corpus, tmp_path)
    wave = waves(pair_set)
    for pair in pair_set.pairs:
        steps = []
        for clip in (pair.positive, pair.negative):
            first, second = (strongest(wave[clip][part]) for part in (slice(0, HALF - FADE), slice(HALF, None)))
            steps.append(abs(first - second))
        assert 2 < steps[0] < 20 < steps[1]


def strongest(wave: torch.Tensor) -> float:
    return float(torch.fft.rfft(wave).abs().argmax()) * RATE / len(wave)


def test_the_cut_leaves_all_but_the_fade_alone() -> None:
    a, b = torch.randn(1000), torch.randn(900)
    joined = splicing.splice(a, b)
    assert len(joined) == 1900 - FADE
    assert torch.equal(joined[: 1000 - FADE], a[:-FADE])
    assert torch.equal(joined[1000:], b[FADE:])
    assert (float(joined[1000 - FADE]), float(joined[999])) == (float(a[-FADE]), float(b[FADE - 1]))


def test_the_background_has_the_stated_level_below_the_speech(corpus: Manifest, tmp_path: Path) -> None:
    """In the second halves speech cancels: what is left of two unlike tones is 3 dB above each."""
    wave = waves(made("background", corpus, tmp_path))
    difference = (wave["background-0000a-positive"] - wave["background-0000a-negative"])[HALF:]
    assert splicing.decibel(difference) == pytest.approx(LEVEL - offline.SNR + 3.01, abs=0.2)


def test_order_swaps_the_halves_and_reversal_turns_time_around(corpus: Manifest, tmp_path: Path) -> None:
    order, reversal = (waves(made(name, corpus, tmp_path)) for name in ("order", "reversal"))
    positive, negative = order["order-0000a-positive"], order["order-0000a-negative"]
    assert torch.equal(positive[HALF : 2 * HALF - 2 * FADE], negative[FADE : HALF - FADE])
    assert torch.equal(reversal["reversal-0000a-positive"].flip(0), reversal["reversal-0000a-negative"])
    for name in ("order", "reversal"):
        assert "sanity check" in made(name, corpus, tmp_path).unranked


def test_what_asks_for_new_voices_has_none_that_was_heard(corpus: Manifest, tmp_path: Path) -> None:
    for name in ("background", "order", "reversal"):
        assert {pair.speaker for pair in made(name, corpus, tmp_path).pairs} == {"bob", "eve"}
    assert {pair.speaker for pair in made("language", corpus, tmp_path).pairs} == {"ann"}


def test_a_file_that_was_trained_on_is_in_no_pair(corpus: Manifest, tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match=r"voices gives no speaker pairs: they need two speakers of one language"):
        offline.make("speaker", corpus, corpus.domain("speech"), tmp_path)


def test_the_same_data_gives_the_same_pairs(corpus: Manifest, tmp_path: Path) -> None:
    backwards = replace(corpus, clips=corpus.clips[::-1])
    first, second = (made("speaker", corpus, tmp_path / folder) for folder in ("a", "b"))
    assert first.pairs == second.pairs
    assert first.clips.sha256 == second.clips.sha256
    assert made("speaker", backwards, tmp_path / "c").clips.sha256 == first.clips.sha256


def test_items_are_at_most_as_many_as_asked_for(corpus: Manifest, tmp_path: Path) -> None:
    assert len({pair.item for pair in made("speaker", corpus, tmp_path, limit=3).pairs}) == 3
    assert len({pair.item for pair in made("speaker", corpus, tmp_path, limit=2).pairs}) == 2
    assert len(made("order", corpus, tmp_path, limit=2).pairs) == 2


def test_pairs_that_were_cut_off_are_made_again(corpus: Manifest, tmp_path: Path) -> None:
    whole = made("order", corpus, tmp_path)
    (done,) = tmp_path.rglob("pairs.json")
    done.unlink()
    next(done.parent.glob("*.flac")).write_bytes(b"")
    assert made("order", corpus, tmp_path) == whole
    assert all(len(wave) for wave in waves(whole).values())


def test_a_silent_clip_is_passed_over(tmp_path: Path, corpus: Manifest) -> None:
    source = splicing.SpliceSource(corpus, frozenset(), 5)
    soundfile.write(tmp_path / "silent.wav", np.zeros(2 * RATE), RATE)
    silent = data.make(tmp_path, "silent")[0]
    mute = splicing.SpliceSource(silent, frozenset(), 5)
    assert mute.stretches(list(silent), HALF, 5) == []
    assert len(source.stretches(source.voices(HALF)["en", "bob"], HALF, 3)) == 3


def test_a_wider_band_is_cut_to_the_narrower_one(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "noise.wav", 0.1 * np.random.default_rng(0).standard_normal(2 * RATE), RATE)
    (clip,) = data.make(tmp_path, "noise")[0]
    whole, narrow = (torch.fft.rfft(splicing.read(clip, tmp_path, rate)).abs().square() for rate in (RATE, 8000))
    above = len(whole) * 4100 // 8000
    assert float(whole[above:].sum() / whole.sum()) > 0.4
    assert float(narrow[above:].sum() / narrow.sum()) < 1e-4


def test_who_does_not_look_across_the_cut_is_right_half_of_the_time(corpus: Manifest, tmp_path: Path) -> None:
    pair_set = made("speaker", corpus, tmp_path)
    tokenize(registry.load("codec2:mode=2400"), pair_set.clips, tmp_path / "store")
    store = TokenStore(tmp_path / "store")
    pattern = Flatten(store.spec)
    preferences = torch.randn(pattern.vocabulary.size, generator=torch.Generator().manual_seed(0))

    def context_free(window: Sequences) -> torch.Tensor:
        return preferences.expand(1, window.ids.shape[2], -1)

    costs = scoring.costs(context_free, store, pattern, 10_000, NGram(pattern, store))
    found = {r.metric: r for r in scoring.results(pair_set, costs, store, store, "", TASK)}
    assert found["pairs_speaker_singly"].estimate.value == 50.0
    assert all(score.total == 0.5 for score in found["pairs_speaker_singly"].scores)


def test_an_unknown_name_lists_those_there_are(corpus: Manifest, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=re.escape("no pairs are called 'accent'; offline there are speaker, ")):
        made("accent", corpus, tmp_path)
    assert GAP > FADE  # else the halves of one clip would be joined as they were
