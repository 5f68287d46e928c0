"""docs/dates.md: VERSA's average of clips, by the page's own lines and by VERSA's pattern."""

import re
from pathlib import Path

import pytest

from audiotok.results import record
from audiotok.results.record import Result, ScoredClip
from audiotok.tasks import dates
from audiotok.tasks.suites import suite

PAGE = (Path(__file__).parents[2] / "docs" / "dates.md").read_text(encoding="utf-8")
CLIPS = {"a": 12.25, "b": -3.5, "c": 0.75, "d": -20.0}  # dB


def test_the_page_averages_clips_as_versa_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    scores = tuple(ScoredClip(clip, value, 1.0) for clip, value in CLIPS.items())
    signature = f"{dates.TASK.signature}|data:own@sha256:0123456789ab|metric:sdr.v1|resample:soxr_hq|seed:0"
    Path("results").mkdir()
    record.write(Path("results/dates.jsonl"), [Result("mulaw", "sdr", "speech", signature, None, scores=scores)])
    exec(block, {})
    log = "".join(f"{ {'key': clip, 'sdr': value} }\n" for clip, value in CLIPS.items())
    theirs = [float(value) for _, value in re.findall(r"'(\w+)': ([\d.]+|inf)", log)]
    assert capsys.readouterr().out == f"sdr {sum(theirs) / len(theirs):.2f} dB over {len(theirs)} of 4 clips\n"
    assert theirs == [12.25, 0.75]


def test_the_page_names_every_column_of_the_suite_and_no_other() -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    columns = {column for part in suite("dates").required for column in part.columns}
    assert columns - {"bitrate", "token_rate"} <= named
    assert columns == set(dates.TASK.metrics)
