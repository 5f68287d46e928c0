"""Versions of a row come from its commits; the feed tells of them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from audiotok.leaderboard.page.feed import ATOM, FILE, write_feed
from audiotok.leaderboard.page.history import history

WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """Row a: added, a sample added, scores changed; row b: added with a title that holds markup."""
    folder = tmp_path / "board" / "submissions"
    git(tmp_path, "init", "-q")
    for title, path in (
        ("Row a", "a/results.jsonl"),
        ("A sample", "a/samples/x.ogg"),
        ("Row <b> & co", "b/results.jsonl"),
        ("Row \x08\x1ba again", "a/results.jsonl"),
    ):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(file.read_text("utf-8") + "x" if file.exists() else "x", "utf-8")
        git(tmp_path, "add", "-A")
        git(tmp_path, *WHO, "commit", "-q", "-m", title)
    return folder


def test_a_row_has_a_version_for_each_commit_of_its_scores(submissions: Path) -> None:
    found = history(submissions)
    assert [one["title"] for one in found["a"]] == ["Row a again", "Row a"]
    assert [one["title"] for one in found["b"]] == ["Row <b> & co"]
    assert found["a"][0]["files"] == ["results.jsonl"]


def test_a_folder_that_no_checkout_holds_has_no_history(tmp_path: Path) -> None:
    assert history(tmp_path) == {}


def test_the_feed_tells_new_rows_from_changed_scores(submissions: Path, tmp_path: Path) -> None:
    found = history(submissions)
    entries = [{"id": f"{row}:mode=1", "name": row.upper(), "history": found[row]} for row in ("a", "b")]
    write_feed({"entries": entries}, tmp_path)
    feed = ElementTree.parse(tmp_path / FILE).getroot()
    items = feed.findall(f"{{{ATOM}}}entry")
    titles = sorted(item.findtext(f"{{{ATOM}}}title", "") for item in items)
    assert titles == ["A: new on the board", "A: scores changed", "B: new on the board"]
    assert len({item.findtext(f"{{{ATOM}}}id") for item in items}) == 3
    links = {item.find(f"{{{ATOM}}}link").get("href") for item in items}  # type: ignore[union-attr]
    assert "index.html#/tokenizer/a%3Amode%3D1" in links
    assert all(feed.findtext(f"{{{ATOM}}}{name}") for name in ("id", "title", "updated"))


def test_without_any_history_there_is_no_feed(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("old", "utf-8")
    write_feed({"entries": [{"id": "a", "name": "A"}]}, tmp_path)
    assert not (tmp_path / FILE).exists()


def test_the_feed_is_sorted_by_time_whatever_the_zone(tmp_path: Path) -> None:
    dates = ("2026-05-01T09:00:00+02:00", "2026-05-01T08:00:00Z", "2026-04-30T23:30:00-09:00")
    entries = [
        {"id": f"r{i}", "name": f"R{i}", "history": [{"date": date, "commit": "0", "title": "t", "files": []}]}
        for i, date in enumerate(dates)
    ]
    write_feed({"entries": entries}, tmp_path)
    feed = ElementTree.parse(tmp_path / FILE).getroot()
    updated = [item.findtext(f"{{{ATOM}}}updated") for item in feed.findall(f"{{{ATOM}}}entry")]
    assert updated == [dates[2], dates[1], dates[0]]
