import os
import stat

import pytest

from audiotok.files.atomic import atomic_write, remove_partials


def test_a_file_is_there_when_the_block_has_ended(tmp_path):
    path = tmp_path / "numbers.json"
    with atomic_write(path) as partial:
        partial.write_text("[1]")
        assert not path.exists()
    assert path.read_text() == "[1]"
    assert os.listdir(tmp_path) == ["numbers.json"]


def test_an_error_leaves_the_file_before_and_nothing_else(tmp_path):
    path = tmp_path / "numbers.json"
    path.write_text("[1]")

    def fail() -> None:
        with atomic_write(path, ".json") as partial:
            partial.write_text("[2")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_text() == "[1]"
    assert os.listdir(tmp_path) == ["numbers.json"]


def test_files_have_the_rights_that_files_are_given_here(tmp_path):
    usual = tmp_path / "usual"
    usual.touch()
    with atomic_write(tmp_path / "own") as partial:
        partial.unlink()
        partial.touch(0o600)  # as safetensors does
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


def test_a_pipe_is_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="a file is expected under this name"), atomic_write(pipe):
        pass
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_name_of_the_longest_length_can_be_written(tmp_path):
    path = tmp_path / ("n" * 250 + ".json")
    with atomic_write(path) as partial:
        partial.write_text("[1]")
    assert os.listdir(tmp_path) == [path.name]


def test_what_a_killed_writer_left_can_be_removed(tmp_path):
    (tmp_path / "numbers.json").write_text("[1]")
    pid = os.fork()
    if not pid:
        with atomic_write(tmp_path / "numbers.json"):
            os._exit(0)
    os.waitpid(pid, 0)
    assert len(os.listdir(tmp_path)) == 2
    remove_partials(tmp_path)
    assert os.listdir(tmp_path) == ["numbers.json"]


def test_a_second_writer_of_a_new_file_is_refused(tmp_path):
    path = tmp_path / "numbers.json"

    def both() -> None:
        with atomic_write(path, new=True) as one, atomic_write(path, ".other", new=True) as other:
            one.write_text("[1]")
            other.write_text("[2]")

    with pytest.raises(FileExistsError):
        both()
    assert path.read_text() == "[2]"
    assert os.listdir(tmp_path) == ["numbers.json"]
