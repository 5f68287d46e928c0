"""Bars and notes, and how they are silenced."""

import pytest

from audiotok.files.progress import QUIET, note, progress_bar, said_to


def test_a_bar_and_a_note_are_on_stderr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(QUIET, raising=False)
    assert list(progress_bar([1, 2], desc="counting")) == [1, 2]
    note("compiling")
    out, err = capsys.readouterr()
    assert (out, "counting" in err, "compiling" in err) == ("", True, True)


def test_quiet_silences_both_whatever_a_bar_asks_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(QUIET, "1")
    for disable in (False, None):
        assert list(progress_bar([1, 2], desc="counting", disable=disable)) == [1, 2]
    note("compiling")
    assert capsys.readouterr() == ("", "")


def test_a_bar_whose_progress_is_said_is_not_drawn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(QUIET, raising=False)
    said: list[str] = []
    with said_to(said.append):
        assert list(progress_bar([1, 2], desc="train", disable=None, mininterval=0)) == [1, 2]
    assert (said[0], said[-1], "train 50%" in said) == ("train 0%", "train 100%", True)
    assert capsys.readouterr() == ("", "")
    list(progress_bar([1], desc="counting"))
    assert "counting" in capsys.readouterr().err
    assert said[-1] == "train 100%"
