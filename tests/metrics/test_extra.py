"""Opening packages: what is missing is said, and what compiles itself is used first by one process at a time."""

import pytest
from filelock import FileLock, Timeout

from audiotok.errors import MissingDependency
from audiotok.metrics.extra import compiling, needs


def test_a_missing_package_names_its_extra():
    with pytest.raises(MissingDependency, match=r"no_such_package.*audiotok\[metrics\]"):
        needs("no_such_package")


def test_other_processes_wait_for_the_first_use_only(monkeypatch, tmp_path):
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    others = FileLock(tmp_path / "locks" / "compiling", timeout=0)
    with compiling("something"), pytest.raises(Timeout):
        others.acquire()
    with compiling("something"), others:
        pass


def test_a_first_use_that_fails_is_no_use(monkeypatch, tmp_path):
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    others = FileLock(tmp_path / "locks" / "compiling", timeout=0)
    with pytest.raises(ZeroDivisionError), compiling("another"):
        raise ZeroDivisionError
    with compiling("another"), pytest.raises(Timeout):
        others.acquire()


def test_what_is_used_inside_another_first_use_does_not_wait_for_it(monkeypatch, tmp_path):
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path))
    others = FileLock(tmp_path / "locks" / "compiling", timeout=0)
    with compiling("an outer"):
        with compiling("an inner"):
            pass
        with pytest.raises(Timeout):
            others.acquire()
