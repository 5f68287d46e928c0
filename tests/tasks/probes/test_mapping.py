"""The map from tokens to tokens: it learns what there is to learn, whatever the order of two voices, and says what it
cannot be asked.
"""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data, registry
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidData, InvalidOption
from audiotok.metrics import catalogue
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.results.record import Result
from audiotok.tasks.probes import TASK
from audiotok.tasks.probes.frames import Frames, tables_of
from audiotok.tasks.probes.mapping import MappedBatch, Mapper, Mixture, mapped, mixtures
from audiotok.tasks.probes.options import ProbeOptions, TrainedOptions
from audiotok.tasks.probes.parts import over_speakers
from audiotok.tasks.task import Context

pytest.importorskip("accelerate")
SPEC = TokenSpec(sample_rate=16000, frame_rate=25.0, codebook_sizes=(12, 6))
QUICK = TrainedOptions(size=32, steps=80, seeds=(0,), head="map")
FRAMES = 60


def clip(group: str, label: str, split: str = "train") -> Clip:
    known = {"split": split, "label": label, "group": group, "language": "en"}
    return Clip(f"{group}-{label}", "folder", f"{group}-{label}.wav", "0" * 64, 0.0, 2.4, 16000, "speech", **known)


def tokens(codes: np.ndarray) -> Tokens:
    return Tokens(torch.from_numpy(codes)[None], torch.tensor([codes.shape[1]]), SPEC)


@pytest.fixture(scope="module")
def corpus() -> tuple[list[Mixture], dict[str, Tokens]]:
    """A mixture's codes say both parts' codes: the first of each half of the alphabet, parts in a random order."""
    rng = np.random.default_rng(0)
    made, of = [], {}
    for number in range(40):
        low, high = rng.integers(0, 3, FRAMES), rng.integers(3, 6, FRAMES)
        parts = [np.stack([part, part]) for part in (low, high)][:: rng.choice([1, -1])]
        one = Mixture(clip(f"m{number}", "mixture"), (clip(f"m{number}", "first"), clip(f"m{number}", "second")))
        of[one.mixture.id] = tokens(np.stack([low * 3 + high - 3, low]))
        of |= {part.id: tokens(codes) for part, codes in zip(one.parts, parts, strict=True)}
        made.append(one)
    return made, of


def equal(found: dict[str, list[list[Tokens]]], corpus: tuple[list[Mixture], dict[str, Tokens]]) -> float:
    """Share of codes that are named right."""
    made, of = corpus
    parts = {one.mixture.id: one.parts for one in made}
    return float(
        torch.stack(
            [
                (named.codes == of[part.id].codes).float().mean()
                for mixture, (of_seed,) in found.items()
                for named, part in zip(of_seed, parts[mixture], strict=True)
            ]
        ).mean()
    )


@pytest.mark.slow
def test_parts_are_named_right_in_whatever_order_they_stand(corpus, tmp_path: Path) -> None:
    made, of = corpus
    found, failed = mapped(of, None, made[:32], made[32:], False, QUICK, tmp_path, "mine")
    assert failed == {}
    assert {len(of_seed) for (of_seed,) in found.values()} == {2}
    assert equal(found, corpus) > 0.9
    assert equal(mapped(of, None, made[:32], made[32:], True, QUICK, tmp_path, "mine")[0], corpus) < 0.7


def test_the_loss_does_not_depend_on_the_order_of_the_parts(corpus) -> None:
    codes = torch.stack([corpus[1][f"m0-{part}"].codes[0] for part in ("mixture", "first", "second")])
    mask = torch.ones(1, FRAMES, dtype=torch.bool)
    there = torch.ones(1, 2, dtype=torch.bool)
    batch, swapped = (MappedBatch(codes[None, 0], mask, codes[None, order], there) for order in ([1, 2], [2, 1]))
    for ordered, alike in ((False, True), (True, False)):
        model = Mapper(Frames(tables_of(SPEC, None), 8), 8, SPEC, 2, ordered).eval()
        one, other = (float(model(part)["total"].detach()) for part in (batch, swapped))
        assert (one == pytest.approx(other, abs=1e-6)) == alike
    assert model.by_order(batch).shape == (1, 1)


def test_a_mixture_of_no_frame_is_a_failure_and_one_that_is_short_is_not_trained_on(corpus, tmp_path: Path) -> None:
    made, of = corpus
    empty = tokens(np.zeros((2, 0), dtype=np.int64))
    few = replace(QUICK, steps=1)
    found, failed = mapped({**of, "m39-first": empty}, None, made[:32], made[38:], False, few, tmp_path, "mine")
    assert (list(found), failed) == (["m38-mixture"], {"m39-mixture": "the clip is shorter than a frame"})
    short = {name: tokens(one.codes[0, :, :20].numpy()) for name, one in of.items()}
    with pytest.raises(InvalidData, match="mine: no mixture to train on is as long as a crop of 2 s"):
        mapped(short, None, made[:32], made[32:], False, few, tmp_path, "mine")


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (["mixture", "first"], "the mixture train/g has no clip called 'second'"),
        (["first", "second"], "the mixture train/g has no clip called 'mixture'"),
        (["mixture", "first", "first"], "the mixture g has two clips called 'first'"),
    ],
)
def test_a_mixture_that_lacks_a_part_is_named(labels: list[str], what: str) -> None:
    with pytest.raises(InvalidData, match=what):
        mixtures([clip("g", label) for label in labels], ("first", "second"), "mine")


def test_a_part_that_is_not_there_counts_in_no_order_and_its_output_is_free(corpus) -> None:
    codes = torch.stack([corpus[1][f"m0-{part}"].codes[0] for part in ("mixture", "first", "second")])
    mask, lacks = torch.ones(1, FRAMES, dtype=torch.bool), torch.tensor([[True, False]])
    model = Mapper(Frames(tables_of(SPEC, None), 8), 8, SPEC, 2, False).eval()
    one, other = (MappedBatch(codes[None, 0], mask, codes[None, order], lacks) for order in ([1, 2], [1, 0]))
    assert torch.equal(model.by_order(one), model.by_order(other))
    both = MappedBatch(codes[None, 0], mask, codes[None, 1:], torch.ones(1, 2, dtype=torch.bool))
    alone = model.by_order(one)[0]  # of the first part by either output
    second = MappedBatch(codes[None, 0], mask, codes[None, [2, 1]], lacks)
    expected = (alone + model.by_order(second)[0].flip(0)) / 2
    torch.testing.assert_close(model.by_order(both)[0], expected)


def test_optional_parts_may_lack_but_not_all_of_them() -> None:
    names = ("background", "foreground0")
    made = mixtures([clip("g", label) for label in ("mixture", "background")], names, "mine", optional=True)
    assert [part.label for part in made[0].parts] == ["background"]
    for labels in (["mixture"], ["background", "foreground0"]):
        with pytest.raises(InvalidData, match="the mixture train/g has no clip called"):
            mixtures([clip("g", label) for label in labels], names, "mine", optional=True)


def tone(path: Path, *pitches: int, seconds: float = 2.2, sounds: float = 60.0) -> None:
    """sounds: seconds after which it is silent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(int(seconds * 16000)) / 16000
    wave = sum(0.1 * np.sin(2 * np.pi * pitch * time) for pitch in pitches)
    soundfile.write(path, np.where(time < sounds, wave, 0.0), 16000)


def voicebank(folder: Path) -> str:
    for part, name in (("trainset_28spk", "p226_001"), ("trainset_28spk", "p227_001"), ("testset", "p232_001")):
        tone(folder / f"clean_{part}_wav" / f"{name}.wav", 200)
        tone(folder / f"noisy_{part}_wav" / f"{name}.wav", 200, 2000)
    return f"voicebank:{folder}"


def libri2mix(folder: Path) -> str:
    for subset, name in (("train-100", "1-1-0_2-2-0"), ("train-100", "3-1-0_4-2-0"), ("test", "5-1-0_6-2-0")):
        for kind, pitches in (("mix_clean", (200, 300)), ("s1", (200,)), ("s2", (300,))):
            tone(folder / subset / kind / f"{name}.wav", *pitches)
    return f"libri2mix:{folder}"


def musdb(folder: Path) -> str:
    """One song has no voice in its second piece."""
    for split, song in (("train", "A - B"), ("train", "C - D"), ("test", "E - F")):
        stems = {"vocals": 200, "drums": 300, "bass": 400, "other": 500}
        tone(folder / split / song / "mixture.wav", *stems.values(), seconds=10.0)
        for stem, pitch in stems.items():
            silent = (song, stem) == ("E - F", "vocals")
            tone(folder / split / song / f"{stem}.wav", pitch, seconds=10.0, sounds=5.0 if silent else 10.0)
    return f"musdb-stems:{folder}"


def fuss(folder: Path) -> str:
    for split, example, sources in (
        ("train", "example00000", 4),
        ("train", "example00001", 2),
        ("eval", "example00000", 3),
    ):
        names = ("background0", "foreground0", "foreground1", "foreground2")[:sources]
        tone(folder / split / f"{example}.wav", *(200 + 100 * n for n in range(sources)))
        for n, name in enumerate(names):
            tone(folder / split / f"{example}_sources" / f"{name}_sound.wav", 200 + 100 * n)
    return f"fuss:{folder}"


@pytest.mark.parametrize(
    ("probe", "make", "parts"),
    [
        ("enhance", voicebank, [1]),
        ("separate", libri2mix, [2]),
        ("stems", musdb, [4, 3]),
        ("sounds", fuss, [3]),
    ],
)
def test_a_corpus_is_mapped_and_heard_beside_its_ceiling_and_floor(
    probe: str, make, parts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pycodec2")
    # The models that hear speech take minutes.
    module = import_module("audiotok.tasks.probes.heads")
    monkeypatch.setattr(module, "scored_by", lambda probe: (catalogue.get("si_sdr"),))
    manifest = data.load(make(tmp_path / "corpus"))
    options = ProbeOptions([probe], size=8, steps=1, seed=[0])
    results = TASK.run(registry.load_system("codec2:mode=3200"), manifest, Context(tmp_path / "runs", options=options))
    found = {result.metric.removeprefix(f"probe_{probe}_si_sdr"): result for result in results}
    assert set(found) == {"", "_ceiling", "_floor"}
    for result in results:
        assert result.failures == {}
        assert {score.clip for score in result.scores} == set(TASK.items(result, manifest))
        assert [score.weight for score in result.scores] == [float(count) for count in parts]
    assert len({result.estimate.value for result in results}) == 3
    assert {"head:map", "steps:1"} <= set(found[""].signature.split("|"))
    assert not {"head:map", "steps:1"} & set(found["_floor"].signature.split("|"))
    assert [found[kind].unranked for kind in ("", "_ceiling")] == ["", "the ceiling of a score"]


@pytest.mark.parametrize(
    ("probe", "make", "units"),
    [("enhance", voicebank, ["p232"]), ("separate", libri2mix, [None]), ("stems", musdb, ["E - F"] * 2)],
)
def test_intervals_are_over_speakers_or_songs_and_not_over_mixtures(probe: str, make, units, tmp_path: Path) -> None:
    manifest = data.load(make(tmp_path))
    name = f"probe_{probe}"
    assert [one.speaker for one in TASK.items(Result("x", name, "speech", "", None), manifest).values()] == units


def test_the_interval_of_two_voices_is_over_both_speakers_of_a_mixture() -> None:
    voices = [(str(n % 6), str((n + 1 + n // 6) % 6)) for n in range(24)]
    made = [
        Mixture(
            clip(f"m{n}", "mixture"),
            tuple(replace(clip(f"m{n}", part), speaker=of) for part, of in zip("ab", who, strict=True)),
        )
        for n, who in enumerate(voices)
    ]
    outcomes = ClipOutcomes({one.mixture.id: ClipScore(float(n % 5), 2.0) for n, one in enumerate(made)})
    over_speakers(catalogue.get("si_sdr"), made, outcomes)
    assert outcomes.uncertainty == "1000 resamples of 6 speakers"
    assert outcomes.value == sum(n % 5 for n in range(24)) / 48
    assert outcomes.n == 24
    low, high = outcomes.interval
    assert low < outcomes.value < high
    few = ClipOutcomes({one.mixture.id: outcomes.scores[one.mixture.id] for one in made[:3]})
    over_speakers(catalogue.get("si_sdr"), made, few)
    assert (few.value, few.interval) == (None, None)


@pytest.mark.parametrize(
    ("system", "what"),
    [
        ("whisper-units", "it has no decoder"),
        ("mulaw", "its frames are finer than 10 ms"),
        ("audiotok-vectok", "its tokens have a variable rate"),
    ],
)
def test_tokens_that_cannot_be_mapped_are_refused_before_anything_is_encoded(system: str, what: str, tmp_path) -> None:
    manifest = data.load(voicebank(tmp_path / "corpus"))
    context = Context(tmp_path / "runs", options=ProbeOptions(["enhance"]))
    with pytest.raises(InvalidOption, match=what):
        TASK.run(registry.load_system(system), manifest, context)
    assert not list((tmp_path / "runs").rglob("*.safetensors"))


def test_a_size_that_attention_cannot_divide_is_refused_before_anything_is_encoded(tmp_path: Path) -> None:
    manifest = data.load(voicebank(tmp_path / "corpus"))
    context = Context(tmp_path / "runs", options=ProbeOptions(["enhance"], size=6))
    with pytest.raises(InvalidOption, match="the size of map must be a multiple of 4, got 6"):
        TASK.run(registry.load_system("audiotok-rvq"), manifest, context)
    assert not list((tmp_path / "runs").rglob("*.safetensors"))
