"""Sets of sounds by their embeddings, here made up: scores of clips, numbers of sets, and what has none."""

import numpy as np
import pytest
import torch

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.tasks.language_model.sounds import EMBEDDED, SoundSet, compared, distances, hear, merged, unavailable


def a_set(name: str, number: int, seed: int, shift: float = 0.0) -> SoundSet:
    rows = np.random.default_rng(seed).normal(size=(number, 4)) + shift
    return SoundSet(rows, tuple(f"{name}{i}" for i in range(number)))


def test_rows_of_a_clip_are_summed() -> None:
    rows = SoundSet(np.zeros((4, 2)), ("a", "b", "a", "a"))
    assert rows.scores(np.array([True, False, True, False])) == {"a": ClipScore(2.0, 3.0), "b": ClipScore(0.0, 1.0)}


def test_rows_are_taken_evenly() -> None:
    assert a_set("r", 9, 0).evenly(3).clips == ("r0", "r3", "r6")
    assert a_set("r", 2, 0).evenly(3).clips == ("r0", "r1")


def test_a_model_that_repeats_its_training_is_told_by_its_copies_alone() -> None:
    recordings, held_out = a_set("train", 100, 0), a_set("other", 100, 1)
    again = SoundSet(recordings.rows + 1e-6, tuple(f"made{i}" for i in range(100)))
    found = compared(recordings, recordings, held_out, again)
    assert set(found) == set(EMBEDDED)
    assert all(score.value == 1 for score in found["coverage"].scores.values())
    assert found["kad"].value == pytest.approx(found["kad_real"].value, abs=0.02)
    assert {score.value for score in found["copies"].scores.values()} == {1.0}
    assert found["fad"].value is not None
    assert found["fad_real"].n == 100


def test_distances_by_another_embedding_have_names_of_their_own() -> None:
    train, other, made = a_set("train", 60, 0), a_set("other", 60, 1), a_set("made", 60, 2, shift=1.0)
    found = distances(train, other, made, "_musicnn")
    assert set(found) == {"fad_musicnn", "kad_musicnn", "fad_musicnn_real", "kad_musicnn_real"}
    assert found["kad_musicnn"].value == compared(train, train, other, made)["kad"].value
    assert found["kad_musicnn"].value > 0.1 > found["kad_musicnn_real"].value


def test_a_model_that_makes_one_sound_covers_little_and_is_far_away() -> None:
    recordings, held_out = a_set("train", 60, 0), a_set("other", 60, 1)
    one = SoundSet(np.tile(np.full(4, 0.5), (60, 1)), tuple(f"made{i}" for i in range(60)))
    found = compared(recordings, recordings, held_out, one)
    covered = [
        np.mean([score.value for score in found[name].scores.values()]) for name in ("coverage", "coverage_real")
    ]
    assert covered[0] < 0.3 < 0.9 < covered[1]
    assert found["kad"].value > 0.15 > 0.05 > found["kad_real"].value
    assert found["coverage"].scores.keys() == set(recordings.clips)


def test_what_is_undefined_is_so_for_every_clip_that_was_asked_for_and_is_no_number() -> None:
    found = compared(a_set("train", 15, 0), a_set("train", 15, 0), a_set("other", 9, 1), a_set("m", 2, 2))
    assert found["fad"].value is None
    assert found["fad"].undefined.keys() == {"m0", "m1"}
    assert "15 segments of the reference are too few for 4 dimensions" in found["fad"].undefined["m0"]
    assert found["fad_real"].undefined.keys() == {"other0", "other4"}
    assert "9 held-out sounds" in found["copies"].undefined["m0"]
    assert found["kad"].value is not None


def test_models_are_averaged_only_where_each_has_a_number() -> None:
    one, other = ClipOutcomes(value=1.0, n=3), ClipOutcomes(value=2.0, n=4)
    assert (merged([one, other]).value, merged([one, other]).n) == (1.5, 7)
    assert merged([one, ClipOutcomes(undefined={"a": "too few"})]).value is None
    both = merged([ClipOutcomes({"a": ClipScore(1.0)}), ClipOutcomes({"b": ClipScore(0.0)}, {"c": "refused"})])
    assert (set(both.scores), both.failures, both.value) == ({"a", "b"}, {"c": "refused"}, None)


def test_without_the_embedding_every_clip_fails_with_the_reason() -> None:
    found = unavailable(["kad"], ["m0", "m1"], "no network")
    assert found["kad"].failures == {"m0": "no network", "m1": "no network"}


@pytest.mark.parametrize("name", ["mulaw", "codec2:mode=700", "codec2:mode=3200", "audiotok-rvq"])
def test_a_codecs_own_codes_of_silence_are_no_sound(name: str) -> None:
    """Each decodes them to some noise, and none to zeros."""
    codec = registry.load(name)
    assert isinstance(codec, Codec)
    rate = codec.spec.sample_rate
    silence = codec.encode(Audio.from_array(torch.zeros(1, rate), rate))
    assert codec.decode(silence).waveform.any()
    assert hear(codec, silence, 1.0) == (None, "")
    tone = codec.encode(Audio.from_array(0.05 * torch.sin(torch.arange(rate) / 10)[None], rate))
    sound, failure = hear(codec, tone, 1.0)
    assert sound is not None
    assert failure == ""
