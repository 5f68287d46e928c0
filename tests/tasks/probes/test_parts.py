"""The parts of a mixture that are scored: those that sound, and on which the metric is defined."""

from pathlib import Path

import numpy as np
import soundfile

from audiotok import data, registry
from audiotok.data.manifest import Manifest
from audiotok.metrics.outcomes import ClipOutcomes
from audiotok.metrics.probe import STEMS, scored_by
from audiotok.tasks.probes.mapping import Mixture
from audiotok.tasks.probes.parts import scored

RATE = 44100
RNG = np.random.default_rng(0)
NOISE = 0.1 * RNG.standard_normal(RATE)
OTHER = 0.1 * RNG.standard_normal(RATE)
QUIET = RNG.choice([0, 2.0**-17], RATE)  # a file of 16 bit would hold zeros
CONSTANT = np.full(RATE, 0.1)


def outcomes(folder: Path, *parts: np.ndarray, failed: bool = False) -> dict[str, ClipOutcomes]:
    """Scores of a map that names the clean parts, or has failed, by the name of the metric."""
    (folder / "parts").mkdir()
    for name, samples in {"mixture": sum(parts), **{f"part{n}": part for n, part in enumerate(parts)}}.items():
        soundfile.write(folder / "parts" / f"{name}.wav", samples, RATE, subtype="FLOAT")
    manifest: Manifest = data.make(folder / "parts", "parts", domain="music")[0]
    clips = {clip.id: clip for clip in manifest}
    codec = registry.load("mulaw")
    tokens = {name: codec.encode(data.read(clip, manifest.root)) for name, clip in clips.items()}
    mixture = Mixture(clips["mixture"], tuple(clips[f"part{n}"] for n in range(len(parts))))
    named = {"mixture": [[tokens[part.id] for part in mixture.parts]]}
    why = {"mixture": "the encoder raised"} if failed else {}
    found = scored(scored_by(STEMS), codec, manifest, [mixture], tokens, named, why, folder / "runs")
    return {metric: one for (metric, kind), one in found.items() if kind == ""}


def test_a_part_that_is_silent_but_for_rounding_is_left_out(tmp_path: Path) -> None:
    with_quiet, without = tmp_path / "with", tmp_path / "without"
    for folder in (with_quiet, without):
        folder.mkdir()
    quiet, loud = outcomes(with_quiet, NOISE, QUIET), outcomes(without, NOISE)
    assert quiet["si_sdr"].scores["mixture"].total == loud["si_sdr"].scores["mixture"].total
    assert quiet["si_sdr"].failures == quiet["si_sdr"].undefined == {}


def test_a_mixture_with_a_part_on_which_a_metric_is_undefined_is_undefined_for_it(tmp_path: Path) -> None:
    found = outcomes(tmp_path, NOISE, CONSTANT)
    assert "of the reference: the reference is a constant" in found["si_sdr"].undefined["mixture"]
    assert found["si_sdr"].failures == {}
    assert found["mel_distance"].scores["mixture"].weight == 2


def test_it_is_undefined_also_where_the_tokenizer_failed(tmp_path: Path) -> None:
    found = outcomes(tmp_path, NOISE, CONSTANT, failed=True)
    assert (found["si_sdr"].failures, list(found["si_sdr"].undefined)) == ({}, ["mixture"])
    assert found["mel_distance"].failures == {"mixture": "the encoder raised"}


def test_a_mixture_of_silence_is_undefined(tmp_path: Path) -> None:
    assert outcomes(tmp_path, QUIET)["mel_distance"].undefined == {"mixture": "all of its parts are silent"}


def test_parts_that_sound_are_summed(tmp_path: Path) -> None:
    assert outcomes(tmp_path, NOISE, OTHER)["si_sdr"].scores["mixture"].weight == 2
