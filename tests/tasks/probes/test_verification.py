"""Speakers verified from tokens, on small folders of noise laid out as VoxCeleb1's publisher does."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data, registry
from audiotok.cli.main import app
from audiotok.cli.options import start
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data import Manifest
from audiotok.errors import InvalidData, InvalidOption
from audiotok.results.record import Result
from audiotok.runs.encode import encoded
from audiotok.runs.folder import open_folder
from audiotok.tasks.probes import TASK
from audiotok.tasks.probes.options import ProbeOptions
from audiotok.tasks.probes.verification import _crops
from audiotok.tasks.task import Context

TRAINED_ON, TESTED = ("id10001", "id10002", "id10003"), ("id10270", "id10271", "id10309")
FIVE = (*TESTED, "id10272", "id10308")


def trials_of(tested: tuple[str, ...]) -> list[str]:
    """Of each speaker one with their own voice and one with the next."""
    following = tested[1:] + tested[:1]
    own = [f"1 {speaker}/aaa/00001.wav {speaker}/bbb/00001.wav" for speaker in tested]
    other = [f"0 {one}/aaa/00001.wav {two}/bbb/00001.wav" for one, two in zip(tested, following, strict=True)]
    return own + other


TRIALS = trials_of(TESTED)


def corpus(folder: Path, *more: str, trials: list[str] = TRIALS, tested: tuple[str, ...] = TESTED) -> Path:
    """Noise as loud as its speaker's number, which every tokenizer hears."""
    for number, speaker in enumerate((*TRAINED_ON, *tested)):
        level = 0.4 * 0.2 ** (number % 3)
        for video in ("aaa", "bbb"):
            path = folder / "wav" / speaker / video / "00001.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, level * np.random.default_rng(ord(video[0])).normal(size=6400), 16000)
    (folder / "veri_test.txt").write_text("".join(line + "\n" for line in (*trials, *more)))
    return folder


def verified(manifest: Manifest, runs: Path, system: str = "mulaw", steps: int = 60) -> dict[str, Result]:
    options = ProbeOptions(["verification"], size=16, steps=steps, seed=[0])
    found = TASK.run(registry.load_system(system), manifest, Context(runs, options=options))
    return {result.metric: result for result in found}


def test_speakers_who_were_not_heard_before_are_told_apart(tmp_path: Path) -> None:
    manifest = data.load(corpus(tmp_path / "corpus"))
    found = verified(manifest, tmp_path / "runs")
    assert set(found) == {"probe_verification", "probe_verification_min_dcf"}
    error = found["probe_verification"]
    assert (error.estimate.value, error.estimate.n, error.direction, error.unit) == (0.0, 6, "lower", "%")
    assert (error.scores, error.failures, error.coverage) == ((), {}, 1.0)
    assert len(TASK.items(error, manifest)) == 6
    assert {"head:verify", "size:16", "steps:60", "seeds:0"} <= set(error.signature.split("|"))
    assert "|trials:6@sha256:" in error.signature
    assert verified(manifest, tmp_path / "runs") == found


def test_batches_hold_crops_of_their_speakers_and_all_of_shorter_clips() -> None:
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(64,), strides=(2,))
    clips = [
        Tokens((16 * speaker + torch.arange(frames) // 2)[None, None], torch.tensor([frames]), spec)
        for speaker, frames in enumerate((30, 20, 4))
    ]
    batch = _crops(clips, torch.arange(3), 10)(torch.Generator().manual_seed(0), 0.0)
    assert batch.codes.shape == (32, 1, 10)
    assert set(batch.speakers.tolist()) == {0, 1, 2}
    for codes, mask, speaker in zip(batch.codes[:, 0], batch.mask, batch.speakers, strict=True):
        assert int(mask.sum()) == (4 if speaker == 2 else 10)
        assert set((codes[mask] // 16).tolist()) == {int(speaker)}
        assert set(codes[~mask].tolist()) <= {0}


def test_other_trials_of_the_same_clips_are_another_score(tmp_path: Path) -> None:
    manifest = data.load(corpus(tmp_path / "corpus"))
    first = verified(manifest, tmp_path / "runs", steps=1)["probe_verification"]
    fewer = data.load(corpus(tmp_path / "corpus", trials=TRIALS[1:]))
    second = verified(fewer, tmp_path / "runs", steps=1)["probe_verification"]
    assert fewer == manifest
    assert first.signature != second.signature
    assert (first.estimate.n, second.estimate.n) == (6, 5)


def test_trials_of_one_kind_are_failures_and_no_number(tmp_path: Path) -> None:
    found = verified(data.load(corpus(tmp_path / "corpus", trials=TRIALS[:3])), tmp_path / "runs", steps=1)
    for result in found.values():
        assert result.estimate is None
        assert set(result.failures.values()) == {
            "all of 3 trials are of one speaker; an error rate needs trials of both kinds"
        }


def test_a_clip_without_a_frame_is_a_failure_of_its_trials(tmp_path: Path) -> None:
    manifest = data.load(corpus(tmp_path / "corpus"))
    mulaw = registry.load_system("mulaw")
    list(encoded(mulaw, manifest, tmp_path / "runs"))
    folder = open_folder(tmp_path / "runs", mulaw, manifest)
    clip = "wav_id10270_aaa_00001"
    tokens = Tokens.load(folder.tokens(clip))
    Tokens(tokens.codes[..., :0], torch.zeros_like(tokens.lengths), tokens.spec).save(folder.tokens(clip))
    folder.seal(clip, "tokens")
    error = verified(manifest, tmp_path / "runs", steps=1)["probe_verification"]
    assert error.failures == {
        f"line {line}: {clip}, wav_{other}_bbb_00001": "the clip is shorter than a frame"
        for line, other in ((1, "id10270"), (4, "id10271"))
    }
    assert error.estimate.n == 4


def test_a_speaker_who_is_trained_on_is_not_tested(tmp_path: Path) -> None:
    line = "0 id10270/aaa/00001.wav id10002/bbb/00001.wav"
    with pytest.raises(InvalidData, match=r"line 7: .*: id10002 is in the training data and cannot be tested as well"):
        verified(data.load(corpus(tmp_path / "corpus", line)), tmp_path / "runs")
    assert not list((tmp_path / "runs").rglob("*.safetensors"))  # before anything is encoded


def test_a_folder_without_trials_or_without_speakers_to_train_on_is_named(tmp_path: Path) -> None:
    manifest = data.load(corpus(tmp_path / "corpus"))
    alone = Manifest.of("few", [clip for clip in manifest if clip.speaker in TESTED], manifest.root)
    with pytest.raises(InvalidData, match="few, verification: no clip of the split 'train'"):
        verified(alone, tmp_path / "runs")
    one = [clip for clip in manifest if clip.speaker not in TRAINED_ON[1:]]
    with pytest.raises(InvalidData, match="two speakers or more are needed to train on, got id10001"):
        verified(Manifest.of("few", one, manifest.root), tmp_path / "runs")
    (tmp_path / "corpus" / "veri_test.txt").unlink()
    with pytest.raises(InvalidData, match=r"no veri_test\.txt in .* or in its meta/; VoxCeleb1's page"):
        verified(manifest, tmp_path / "runs")


def test_the_lists_may_lie_in_meta_and_both_may_be_there(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "corpus")
    (folder / "meta").mkdir()
    (folder / "veri_test.txt").rename(folder / "meta" / "veri_test.txt")
    names = sorted(path.relative_to(folder / "wav").as_posix() for path in folder.rglob("*.wav"))
    (folder / "meta" / "iden_split.txt").write_text("".join(f"1 {name}\n" for name in names))
    manifest = data.load(folder)
    assert {clip.split for clip in manifest} == {"train"}
    assert verified(manifest, tmp_path / "runs", steps=1)["probe_verification"].estimate.n == 6


def test_systems_without_tokens_and_other_heads_are_refused(tmp_path: Path) -> None:
    manifest = data.load(corpus(tmp_path / "corpus"))
    with pytest.raises(InvalidOption, match="reference has no tokens, and verification needs tokens"):
        verified(manifest, tmp_path / "runs", "reference")
    options = replace(ProbeOptions(["verification"]), head="bag")
    with pytest.raises(InvalidOption, match="verification has the heads verify, not bag"):
        TASK.run(registry.load_system("mulaw"), manifest, Context(tmp_path / "runs", options=options))


def test_two_tokenizers_are_compared_by_the_scores_that_their_runs_have_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, runs = corpus(tmp_path / "corpus", trials=trials_of(FIVE), tested=FIVE), tmp_path / "runs"
    options = ProbeOptions(["verification"], size=16, steps=1, seed=[0, 1])
    monkeypatch.setitem(TASK.budgets, "verify-gpu", options)
    asked = ["--recipe", "probes", "--budget", "verify-gpu", "--data", str(folder), "--runs", str(runs), "--json"]
    monkeypatch.setattr("sys.argv", ["audiotok", "compare", "mulaw", "mulaw:sample_rate=8000", *asked])
    with pytest.raises(SystemExit):
        start(app)
    told = json.loads(capsys.readouterr().out)
    assert [Path(file).name for file in told["files"]] == ["probes-verify-verification.jsonl"] * 2
    rows = {row["metric"]: row for row in told["comparisons"]}
    assert set(rows) == {"probe_verification", "probe_verification_min_dcf"}
    for side, name in (("value_a", "mulaw"), ("value_b", "mulaw:sample_rate=8000")):
        found = TASK.run(registry.load_system(name), data.load(folder), Context(runs, options=options))
        for result in found:
            assert rows[result.metric][side] == pytest.approx(result.estimate.value)
    assert [row["n"] for row in rows.values()] == [10, 10]
    assert all(row["p"] is not None and not row["verdict"].startswith("not ranked") for row in rows.values())


def test_too_few_speakers_and_runs_that_kept_nothing_leave_two_uncompared(tmp_path: Path) -> None:
    manifest = data.load(corpus(tmp_path / "corpus"))
    context = Context(tmp_path / "runs", options=ProbeOptions(["verification"], size=16, steps=1, seed=[0]))
    mulaw = registry.load_system("mulaw")
    assert TASK.set_items(mulaw, manifest, context) is None
    verified(manifest, tmp_path / "runs", steps=1)
    kept = TASK.set_items(mulaw, manifest, context)
    assert sorted(kept.scores) == [1, 2, 3, 4, 5, 6]
    assert kept.against(kept) == {}
    assert TASK.set_items(mulaw, manifest, replace(context, options=ProbeOptions())) is None  # no probe of trials
