"""The rows of a folder of submissions: those that pass, and why others do not."""

import runpy
import shutil
from pathlib import Path

from audiotok.leaderboard.page.build import build
from audiotok.leaderboard.submission.rows import admit

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))


def test_the_board_is_built_without_what_is_refused_and_says_so(good: Path, tmp_path: Path) -> None:
    submissions = tmp_path / "submissions"
    shutil.copytree(good, submissions / good.name)
    shutil.copytree(good, submissions / "hostile")
    made["card"](title="<script>alert(1)</script>")(submissions / "hostile")
    shutil.copytree(good, submissions / "twice")
    entries, refused = admit(submissions)
    assert [entry.tokenizer for entry in entries] == [made["NAME"]]
    assert "card.yaml: title" in refused["hostile"]
    assert "taken" in refused["twice"]
    page = build(entries, tmp_path / "board", refused=refused).read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "card.yaml: title" in page
