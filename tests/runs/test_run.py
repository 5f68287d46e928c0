"""The runner: complete, resumable, honest about failures."""

import importlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from audiotok import Tokens, registry
from audiotok.data import Manifest
from audiotok.errors import AssetUnavailable, TokenizerFailed
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.recipe import Recipe
from audiotok.runs.code import code
from audiotok.runs.folder import open_folder
from audiotok.runs.run import Run
from audiotok.tokenizers.mulaw import MuLaw


@pytest.fixture
def run(vowels: Manifest, cheap: Recipe, tmp_path: Path) -> Run:
    return Run(vowels, cheap, tmp_path / "runs", workers=2)


def test_every_metric_has_a_result_over_all_clips(run: Run) -> None:
    results = {result.metric: result for result in run.evaluate("mulaw")}
    assert set(results) == set(run.recipe.metrics)
    for name in ("si_sdr", "mel_distance", "bitrate"):
        assert results[name].estimate is not None
        assert results[name].estimate.n == len(run.manifest)
        assert results[name].coverage == 1.0
    assert results["bitrate"].estimate.value == pytest.approx(8 * 16000, rel=1e-3)  # 8 bit a sample


def test_a_second_run_computes_nothing_and_gives_the_same_bytes(run: Run) -> None:
    run.evaluate("mulaw")
    before = _contents(run.folder)
    run.evaluate("mulaw")
    assert _contents(run.folder) == before


def test_an_anchor_without_timings_is_found_again(run: Run) -> None:
    assert run.evaluate("lowpass") == run.evaluate("lowpass")


def test_a_clip_of_the_reference_is_scored_before_the_others_are_read(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded = []

    def kept(system, clips, root, folder, **how):
        scored = {clip.id for clip in run.manifest if folder.read_scores(clip.id)["scores"]}
        coded.append((system.identifier, {clip.id for clip in clips}, scored))
        code(system, clips, root, folder, **how)

    monkeypatch.setattr("audiotok.runs.run.code", kept)
    run.evaluate("mulaw")
    clips = {clip.id for clip in run.manifest}
    shortest = min(run.manifest, key=lambda clip: clip.duration).id
    ours = coded.pop()
    assert coded == [("reference", {shortest}, set()), ("reference", clips, {shortest})]
    assert ours[1:] == (clips, set())  # of a tokenizer, which is timed, nothing is scored meanwhile


@pytest.mark.parametrize(("samples", "words"), [(-8, "comes 8 samples early"), (8, "")])
def test_a_ratio_that_reads_an_early_output_as_noise_does_not_rank_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, samples: int, words: str
) -> None:
    """The lag is measured for it, also where no metric is aligned."""
    decode = MuLaw._decode
    monkeypatch.setattr(MuLaw, "_decode", lambda self, tokens: decode(self, tokens).roll(samples, dims=-1))
    run = replace(run, recipe=Recipe("ratios", 1, ("si_sdr", "sdr", "ci_sdr")))
    unranked = {result.metric: result.unranked for result in run.evaluate("mulaw")}
    assert unranked["si_sdr"] == ""
    assert words in unranked["sdr"] == unranked["ci_sdr"]
    assert bool(words) == bool(unranked["sdr"])
    assert {result.unranked for result in run.evaluate("lowpass")} == {"an anchor"}


THEIRS = """
from audiotok.metrics.base import TokenMetric
from audiotok.metrics.outcomes import ClipScore
FRAMES = TokenMetric(name="their_frames", version=1, title="Frames", question="rate", unit="", direction="none",
                     range=(0, 1e9), domains=("speech",), score=lambda tokens, seconds: ClipScore(1.0))
"""


def test_a_metric_of_another_package_is_scored_again_when_its_source_has_changed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "their_metrics-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their_metrics\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[audiotok.metrics]\ntheir_frames = their_metrics:FRAMES\n")
    monkeypatch.syspath_prepend(tmp_path)
    run = replace(run, recipe=Recipe("theirs", 1, ("their_frames",)))
    values = []
    for value in ("1.0", "2.00"):
        (tmp_path / "their_metrics.py").write_text(THEIRS.replace("1.0", value))
        for read in (catalogue._offered, catalogue._of_other_package):
            read.cache_clear()
        monkeypatch.delitem(sys.modules, "their_metrics", raising=False)
        importlib.invalidate_caches()
        values += [result.estimate and result.estimate.value for result in run.evaluate("mulaw")]
    catalogue._offered.cache_clear()
    assert values[1] == pytest.approx(2 * values[0])


def test_a_metric_of_tokens_alone_has_its_clips_coded(run: Run) -> None:
    (result,) = replace(run, recipe=Recipe("rate", 1, ("bitrate",))).evaluate("mulaw")
    assert result.estimate is not None
    assert result.estimate.n == len(run.manifest)


def test_metrics_of_tokens_are_absent_for_an_anchor(run: Run) -> None:
    metrics = {result.metric for result in run.evaluate("lowpass")}
    assert "si_sdr" in metrics
    assert not metrics & {"bitrate", "codebook_use", "rtf_encode"}


def test_a_clip_that_fails_is_recorded_counted_and_costs_no_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    encode, bad = MuLaw._encode, run.manifest.clips[2]

    def broken(self, waveform, lengths):  # type: ignore[no-untyped-def]
        if round(bad.duration * self.spec.sample_rate) in lengths.tolist():
            raise RuntimeError("this length breaks me")
        return encode(self, waveform, lengths)

    monkeypatch.setattr(MuLaw, "_encode", broken)
    (result,) = [result for result in run.evaluate("mulaw") if result.metric == "si_sdr"]
    assert result.failures == {bad.id: "RuntimeError: this length breaks me"}
    assert result.estimate is not None
    assert result.estimate.n == len(run.manifest) - 1
    assert result.coverage < 1


def test_retry_forgets_recorded_failures(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self, waveform, lengths):  # type: ignore[no-untyped-def]
        raise TokenizerFailed("out of luck")

    with monkeypatch.context() as patch:
        patch.setattr(MuLaw, "_encode", broken)
        mulaw = registry.load("mulaw")
        code(mulaw, run.manifest.clips, run.manifest.root, open_folder(run.folder, mulaw, run.manifest))
    (result,) = [result for result in run.evaluate("mulaw") if result.metric == "si_sdr"]
    assert result.estimate is None
    assert len(result.failures) == len(run.manifest)
    (result,) = [result for result in replace(run, retry=True).evaluate("mulaw") if result.metric == "si_sdr"]
    assert result.failures == {}


def test_a_clip_whose_file_was_altered_is_left_out_for_every_system(run: Run) -> None:
    clip = run.manifest.clips[0]
    assert run.manifest.root is not None
    path = run.manifest.root / clip.path
    path.write_bytes(path.read_bytes()[:-2] + b"\1\1")
    with pytest.warns(UserWarning, match=clip.id):
        results = run.evaluate("mulaw")
    (result,) = [result for result in results if result.metric == "si_sdr"]
    assert list(result.undefined) == [clip.id]
    assert result.failures == {}
    assert result.estimate is not None
    assert result.estimate.n == len(run.manifest) - 1


def test_no_clip_at_all_is_one_clear_error(run: Run) -> None:
    assert run.manifest.root is not None
    for clip in run.manifest:
        (run.manifest.root / clip.path).unlink()
    with pytest.raises(AssetUnavailable, match="no clip of vowels could be obtained"):
        run.evaluate("mulaw")


@pytest.mark.slow
def test_a_run_killed_again_and_again_ends_with_the_results_of_an_undisturbed_one(run: Run) -> None:
    script = (
        "import sys; from pathlib import Path; from audiotok.data import Manifest\n"
        "from audiotok.results.recipe import Recipe\n"
        "from audiotok.runs.run import Run\n"
        "if __name__ == '__main__':\n"
        f"    recipe = Recipe('cheap', 1, {run.recipe.metrics!r})\n"
        "    Run(Manifest.load(sys.argv[1]), recipe, Path(sys.argv[2]), workers=2).evaluate('mulaw')\n"
    )
    assert run.manifest.root is not None
    disturbed = run.folder.parent / "disturbed"
    program = run.folder.parent / "program.py"
    program.write_text(script)
    command = [sys.executable, str(program), str(run.manifest.root / "vowels.jsonl"), str(disturbed)]
    seed = random.randrange(10**6)
    print(f"moments of death drawn with seed {seed}")
    moments = random.Random(seed)
    for _ in range(3):
        victim = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(2, 9))
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
    subprocess.run(command, check=True, capture_output=True)
    run.evaluate("mulaw")
    assert _results(disturbed) == _results(run.folder)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _results(folder: Path) -> dict[str, bytes]:
    """All but what time it took, and tokens as their codes: safetensors writes its header in any order."""
    contents = {name: content for name, content in _contents(folder).items() if "timings" not in name}
    for path in folder.rglob("*.safetensors"):
        contents[str(path.relative_to(folder))] = Tokens.load(path).codes.numpy().tobytes()
    return contents


def test_results_can_be_read_back(run: Run) -> None:
    results = run.evaluate("mulaw")
    (path,) = run.folder.glob("*/mulaw-*/results/cheap.jsonl")
    assert {result.metric for result in record.read(path)} == {r.metric for r in results} - {"rtf_encode"}
