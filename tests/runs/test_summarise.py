"""Real-time factors name the machines that clips were timed on."""

from dataclasses import replace
from pathlib import Path

import pytest

from audiotok import registry
from audiotok.data import Manifest
from audiotok.files.provenance import hardware
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.run import Run


@pytest.fixture
def run(vowels: Manifest, cheap: Recipe, tmp_path: Path) -> Run:
    return Run(vowels, replace(cheap, metrics=("si_sdr", "rtf_encode")), tmp_path / "runs", workers=1)


def _timed(run: Run) -> Result:
    (found,) = (result for result in run.evaluate("mulaw") if result.metric == "rtf_encode")
    return found


def _change(run: Run, *clips: str, **changes: str | None) -> None:
    """Timings as another machine, or an earlier version, would have written them; None leaves a field out."""
    folder: RunFolder = open_folder(run.folder, registry.load_system("mulaw"), run.manifest)
    for clip in clips:
        timing = folder.read("timings", clip) | changes
        folder.write("timings", clip, {name: value for name, value in timing.items() if value is not None})


def test_the_machine_that_coded_a_clip_is_named_and_not_the_one_that_summarises(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _timed(run).provenance["machine"] == hardware()
    _change(run, *(clip.id for clip in run.manifest), machine="a faster one")
    found = _timed(run)
    assert (found.provenance["machine"], found.unranked) == ("a faster one", "")


def test_a_time_on_several_machines_names_all_of_them_and_is_not_ranked(run: Run) -> None:
    _timed(run)
    _change(run, run.manifest.clips[0].id, machine="another one")
    found = _timed(run)
    assert found.provenance["machine"] == " / ".join(sorted(["another one", hardware()]))
    assert found.unranked == "its clips were timed on several machines"
    assert {result.metric: result.unranked for result in run.evaluate("mulaw")}["si_sdr"] == ""


def test_times_that_were_kept_without_their_machine_count_as_timed_here(run: Run) -> None:
    _timed(run)
    _change(run, *(clip.id for clip in run.manifest), machine=None)
    found = _timed(run)
    assert (found.provenance["machine"], found.unranked) == (hardware(), "")
