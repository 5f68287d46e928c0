"""Two good submissions, and copies to tamper with: tampering.py beside this file."""

from __future__ import annotations

import runpy
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen
from audiotok.leaderboard.submission.token_set import FILE, write_set
from audiotok.metrics import catalogue
from audiotok.metrics.base import TokenSetMetric
from audiotok.results import record
from audiotok.results.record import Estimate

made = runpy.run_path(str(Path(__file__).with_name("made_up.py")))
NAME = made["NAME"]
SPEC = made["SPEC"]
SLOW = made["SLOW"]
MINI = made["MINI"]
write_tokens = made["write_tokens"]
codes_of = made["codes_of"]
make_submission = made["make_submission"]


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the tokens of a few clips, each in a file of its own."""
    folder = make_submission(tmp_path_factory.mktemp("submissions") / "squeeze-levels-4", SPEC)
    (folder / "tokens").mkdir()
    for i, clip in enumerate(chosen(MINI, VERIFIED_CLIPS)):
        write_tokens(folder / "tokens" / f"{clip.id}.safetensors", clip.duration, i)
    return folder


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the tokens of all clips in one file, and the scores that are a function of them."""
    folder = make_submission(tmp_path_factory.mktemp("whole") / "squeeze-levels-4", SLOW)
    tokens = {clip.id: codes_of(clip, SLOW, i) for i, clip in enumerate(MINI)}
    write_set(folder / FILE, tokens, SLOW, NAME)
    results = record.read(folder / "results.jsonl")
    for i, one in enumerate(results):
        metric, clips = catalogue.get(one.metric), MINI.domain(one.domain).clips
        if isinstance(metric, TokenSetMetric):
            value = metric.scale * metric.score([tokens[c.id] for c in clips], [c.duration for c in clips])
            results[i] = replace(one, estimate=Estimate(value, None, None, len(clips)), failures={})
    record.write(folder / "results.jsonl", results)
    return folder


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return shutil.copytree(good, tmp_path / good.name)


@pytest.fixture
def refused(folder: Path) -> Callable[[Callable[[Path], Any], str, str, str], None]:
    """Tampers with a copy of the good submission, which is then refused for this file, field and reason."""

    def assert_refused(tamper: Callable[[Path], Any], file: str, field: str, reason: str) -> None:
        tamper(folder)
        problems = check(folder)
        assert any(p.file == file and p.field.startswith(field) and reason in p.reason for p in problems), problems
        assert not any("cannot be checked" in problem.reason for problem in problems), problems
        assert not (Path.cwd() / "pwned").exists()

    return assert_refused
