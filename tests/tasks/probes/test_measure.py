"""The probes' loop on real tokens: scores, controls and references, kept and found again."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data, registry, tasks
from audiotok.core.tokens import Tokens
from audiotok.data import Manifest
from audiotok.errors import InvalidData, InvalidOption, UnknownName
from audiotok.metrics.probe import SCORES, beside, of_codebook
from audiotok.results.record import Result
from audiotok.runs.encode import encoded
from audiotok.runs.folder import open_folder
from audiotok.tasks.probes import TASK, logistic
from audiotok.tasks.probes.folds import check_official
from audiotok.tasks.probes.measure import results
from audiotok.tasks.probes.options import ProbeOptions
from audiotok.tasks.probes.rows import Probe, chosen
from audiotok.tasks.task import Context

TONE = Probe("tone", SCORES["letter"], one_out=True)
PITCHES = {"low": 120, "high": 240}


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Three groups that each have two takes of a low and of a high tone."""
    folder = tmp_path_factory.mktemp("tones")
    seconds = np.arange(9600) / 16000
    for group in range(3):
        for label, pitch in PITCHES.items():
            for take in range(2):
                tone = sum(np.sin(2 * np.pi * (pitch + 2 * group + take) * k * seconds) / k for k in range(1, 12))
                soundfile.write(folder / f"{label}-{group}-{take}.wav", 0.2 * tone, 16000)
    made, _ = data.make(folder, "tones", domain="speech")
    parts = [(clip, *Path(clip.path).stem.split("-")) for clip in made]
    clips = [replace(clip, label=f"tone/{label}", group=group) for clip, label, group, _ in parts]
    return Manifest.of("tones", clips, made.root)


def probed(system: str, manifest: Manifest, runs: Path) -> dict[str, Result]:
    found = results(TASK, (TONE,), registry.load_system(system), manifest, Context(runs))
    return {result.metric: result for result in found}


def test_pitch_is_read_from_tokens_and_nothing_from_shuffled_labels(tones: Manifest, tmp_path: Path) -> None:
    pytest.importorskip("pycodec2")
    found = probed("codec2:mode=3200", tones, tmp_path)
    assert found["probe_letter"].estimate.value == 100.0
    assert found["probe_letter_shuffled"].estimate.value < 90.0
    assert {"probe_letter_quarter", "probe_letter_half", "probe_letter_codebook_0"} <= set(found)
    assert found["probe_letter"].unranked == "" != found["probe_letter_shuffled"].unranked
    assert {score.speaker for score in found["probe_letter"].scores} == {"0", "1", "2"}


@pytest.mark.slow
def test_a_net_gives_scores_of_its_own_beside_those_of_the_bag(tones: Manifest, tmp_path: Path) -> None:
    pytest.importorskip("pycodec2")
    codec = registry.load_system("codec2:mode=3200")
    bag, net = (
        {result.metric: result for result in results(TASK, (TONE,), codec, tones, Context(tmp_path, options=options))}
        for options in (None, ProbeOptions(head="net", size=16, steps=150, seed=[0]))
    )
    assert set(net) == {"probe_letter_net", "probe_letter_net_shuffled"}
    assert net["probe_letter_net"].estimate.value > 80.0
    assert "head:net|" in net["probe_letter_net"].signature != bag["probe_letter"].signature
    assert net["probe_letter_net_shuffled"].title == "Letter, read by a net, shuffled labels"
    assert net["probe_letter_net"].unranked == "another head"
    again = results(TASK, (TONE,), codec, tones, Context(tmp_path))
    assert {result.metric: result for result in again} == bag


def quick(head: str) -> ProbeOptions:
    return ProbeOptions(head=head, size=4, steps=1, seed=[0]) if head == "net" else ProbeOptions(head=head)


def test_an_unknown_head_is_named() -> None:
    with pytest.raises(InvalidOption, match="head must be one of bag, net, ctc, map, verify, got 'knn'"):
        ProbeOptions(head="knn")


@pytest.mark.parametrize(
    ("system", "options", "what"),
    [
        ("mulaw", ProbeOptions(size=4), "--size: the head bag is not trained by gradient"),
        ("mulaw", ProbeOptions(steps=4, seed=[7]), "--steps, --seed: the head bag is not"),
        ("mulaw", ProbeOptions(head="net", pieces=4), "--pieces is an option of the head ctc, got it for net"),
        ("reference", ProbeOptions(head="net"), "reference has no tokens that the head net could read"),
    ],
)
def test_an_option_without_effect_is_refused(
    system: str, options: ProbeOptions, what: str, tones: Manifest, tmp_path: Path
) -> None:
    with pytest.raises(InvalidOption, match=what):
        results(TASK, (TONE,), registry.load_system(system), tones, Context(tmp_path, options=options))


@pytest.fixture
def esc50(tmp_path: Path) -> Callable[[int], str]:
    """A folder laid out as ESC-50 is, of so many folds: loud and quiet noise in each."""

    def make(number: int) -> str:
        rng = np.random.default_rng(0)
        for name in ("audio", "meta"):
            (tmp_path / "ESC-50" / name).mkdir(parents=True)
        lines = ["filename,fold,target,category,esc10,src_file,take"]
        for fold in range(1, number + 1):
            for category, level in (("rain", 0.3), ("crickets", 0.01)):
                lines.append(f"{fold}-{category}.wav,{fold},0,{category},False,1,A")
                noise = level * rng.normal(size=1600)
                soundfile.write(tmp_path / "ESC-50" / "audio" / f"{fold}-{category}.wav", noise, 16000)
        (tmp_path / "ESC-50" / "meta" / "esc50.csv").write_text("\n".join(lines) + "\n")
        return f"esc50:{tmp_path / 'ESC-50'}"

    return make


def test_esc_50_is_scored_over_its_five_official_folds(esc50: Callable[[int], str], tmp_path: Path) -> None:
    context = Context(tmp_path / "runs", options=ProbeOptions(["esc50"]))
    found = {r.metric: r for r in TASK.run(registry.load_system("mulaw"), data.load(esc50(5)), context)}
    score = found["probe_esc50"]
    assert (score.estimate.value, score.domain, len(score.scores)) == (100.0, "audio", 10)
    assert {clip.speaker for clip in score.scores} == {f"fold{n}" for n in range(1, 6)}
    assert "folds:official-5" in score.signature
    assert {clip.clip for clip in score.scores} == set(TASK.items(score, data.load(f"esc50:{tmp_path / 'ESC-50'}")))


def test_a_fold_that_is_missing_is_named(esc50: Callable[[int], str], tmp_path: Path) -> None:
    context = Context(tmp_path / "runs", options=ProbeOptions(["esc50"]))
    with pytest.raises(InvalidData, match="ESC-50, esc50: no clip of fold5; a score is over all of fold1"):
        TASK.run(registry.load_system("mulaw"), data.load(esc50(4)), context)


def test_a_file_that_the_table_does_not_name_is_told_and_not_left_out(
    esc50: Callable[[int], str], tmp_path: Path
) -> None:
    name = esc50(5)
    soundfile.write(tmp_path / "ESC-50" / "audio" / "more.wav", np.full(1600, 0.1), 16000)
    context = Context(tmp_path / "runs", options=ProbeOptions(["esc50"]))
    with pytest.raises(InvalidData, match="ESC-50, esc50: 1 clips have no label"):
        TASK.run(registry.load_system("mulaw"), data.load(name), context)


def test_clips_of_no_official_fold_are_named() -> None:
    with pytest.raises(InvalidData, match="x: clips of foldNone, which is none of its folds a, b"):
        check_official(["a", "b", "foldNone"], ["a", "b"], "x")


def test_an_unknown_probe_is_named() -> None:
    with pytest.raises(UnknownName, match="no probe is called 'voices'; did you mean voice"):
        chosen(["voices"])


def test_the_same_is_found_again(tones: Manifest, tmp_path: Path) -> None:
    first = probed("mulaw", tones, tmp_path)
    kept = {path: path.read_bytes() for path in tmp_path.rglob("results/probes*")}
    assert kept
    assert probed("mulaw", tones, tmp_path) == first
    assert {path: path.read_bytes() for path in kept} == kept


def test_a_system_without_tokens_has_the_references(tones: Manifest, tmp_path: Path) -> None:
    found = probed("reference", tones, tmp_path)
    assert set(found) == {"probe_letter_logmel", "probe_letter_kmeans"}
    assert found["probe_letter_logmel"].estimate.value == 100.0


def test_the_references_of_many_clips_take_no_products_of_all_pairs(
    tones: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(rows: object) -> None:
        raise AssertionError("products of all pairs")

    monkeypatch.setattr(logistic, "MANY", 4)
    monkeypatch.setattr(logistic, "rotated", refused)
    monkeypatch.setattr(import_module("audiotok.tasks.probes.heads"), "rotated", refused, raising=False)
    assert probed("reference", tones, tmp_path)["probe_letter_logmel"].estimate.value == 100.0


def without_a_frame(manifest: Manifest, runs: Path, *numbers: int) -> None:
    """Tokens of mu-law, of no frame for some of the clips, where a run would look for them."""
    mulaw = registry.load_system("mulaw")
    list(encoded(mulaw, manifest, runs))
    folder = open_folder(runs, mulaw, manifest)
    for number in numbers:
        clip = manifest.clips[number].id
        tokens = Tokens.load(folder.tokens(clip))
        empty = Tokens(tokens.codes[..., :0], torch.zeros_like(tokens.lengths), tokens.spec)
        empty.save(folder.tokens(clip))
        folder.seal(clip, "tokens")


@pytest.mark.parametrize("head", ["bag", "net"])
def test_a_clip_without_a_frame_is_named_and_not_counted_as_wrong(head: str, tones: Manifest, tmp_path: Path) -> None:
    without_a_frame(tones, tmp_path, 3)
    options = quick(head)
    found = results(TASK, (TONE,), registry.load_system("mulaw"), tones, Context(tmp_path, options=options))
    for result in found:
        assert result.failures == {tones.clips[3].id: "the clip is shorter than a frame"}
        assert len(result.scores) == len(tones) - 1


def test_a_clip_to_train_on_without_a_frame_is_no_failure_of_a_test(tones: Manifest, tmp_path: Path) -> None:
    split = replace(TONE, one_out=False, split=lambda clip: "test" if clip.group == "0" else "train")
    number = next(number for number, clip in enumerate(tones) if clip.group == "1")
    without_a_frame(tones, tmp_path, number)
    (found, *_) = results(TASK, (split,), registry.load_system("mulaw"), tones, Context(tmp_path))
    assert (found.failures, len(found.scores)) == ({}, 4)
    assert found.provenance["training_clips"] == "7 of 8"


@pytest.mark.parametrize("head", ["bag", "net"])
def test_a_class_whose_clips_to_train_on_have_no_frame_is_named(head: str, tones: Manifest, tmp_path: Path) -> None:
    split = replace(TONE, one_out=False, split=lambda clip: "test" if clip.group == "0" else "train")
    low = [n for n, clip in enumerate(tones) if clip.group != "0" and clip.label == "tone/low"]
    without_a_frame(tones, tmp_path, *low)
    context = Context(tmp_path, options=quick(head))
    with pytest.raises(InvalidData, match="without 4 clips that have no tokens: a probe needs two classes or more to"):
        results(TASK, (split,), registry.load_system("mulaw"), tones, context)


@pytest.mark.parametrize("head", ["bag", "net"])
def test_without_a_frame_in_any_clip_to_test_there_is_no_score(head: str, tones: Manifest, tmp_path: Path) -> None:
    split = replace(TONE, one_out=False, split=lambda clip: "test" if clip.group == "0" else "train")
    without_a_frame(tones, tmp_path, *(n for n, clip in enumerate(tones) if clip.group == "0"))
    context = Context(tmp_path, options=quick(head))
    (found,) = results(TASK, (split,), registry.load_system("mulaw"), tones, context)
    assert (found.estimate, len(found.failures)) == (None, 4)


def test_a_clip_without_a_group_is_refused_before_anything_is_encoded(tones: Manifest, tmp_path: Path) -> None:
    clips = [replace(tones.clips[0], group=None), *tones.clips[1:]]
    with pytest.raises(InvalidData, match="have no group"):
        probed("mulaw", Manifest.of("tones", clips, tones.root), tmp_path)


def test_the_bundled_probes_allow_their_folds_and_hold_no_file_twice() -> None:
    manifest = data.load("probes-mini")
    assert len({clip.sha256 for clip in manifest}) == len(manifest) == 754
    names = [str(clip.label).partition("/")[0] for clip in manifest]
    assert {name: names.count(name) for name in sorted(set(names))} == {"drum": 248, "letter": 156, "voice": 350}


def test_what_is_scored_is_declared() -> None:
    task = tasks.get("probes")
    manifest = data.load("probes-mini")
    made = Result("mulaw", "probe_voice_shuffled", "speech", "", None)
    expected = task.items(made, manifest)
    assert len(expected) == 350
    assert {item.speaker for item in expected.values()} >= {"Hello", "Ow"}
    assert set(task.weights(list(expected)).values()) == {1.0}


def test_more_clips_and_classes_than_the_bag_can_take_are_refused(
    tones: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("audiotok.tasks.probes.measure"), "MOST", 23)
    with pytest.raises(InvalidOption, match=r"12 clips of 2 classes are too many for the head bag, .* --head net"):
        probed("mulaw", tones, tmp_path)
    assert not list(tmp_path.rglob("*.safetensors"))


def test_signatures_of_parts_and_references_say_how_they_are_scored() -> None:
    voice = SCORES["voice"]
    assert voice.conditions.endswith("|draws:3")
    assert of_codebook(voice, 0).conditions == "head:bag|penalty:l2|c:30-by-k|folds:group-5|draws:1"
    assert beside(voice, "logmel").conditions == "head:logmel-moments|penalty:l2|c:30|folds:group-5|draws:3"
    assert beside(voice, "shuffled").conditions == beside(voice, "kmeans").conditions == voice.conditions
