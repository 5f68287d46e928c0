"""A model on the hub is named with its commit: it must not change under the same name."""

from pathlib import Path

import pytest

from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.files.hub_models import from_pretrained_arguments, with_content, without_commit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert from_pretrained_arguments(str(tmp_path)) == (str(tmp_path), {})


def test_a_commit_is_the_revision() -> None:
    assert from_pretrained_arguments(f"lab/hubert@{COMMIT}") == ("lab/hubert", {"revision": COMMIT})


@pytest.mark.parametrize("name", ["lab/hubert", "lab/hubert@main", f"lab/hubert@{COMMIT[:7]}", f"lab/hubert@{COMMIT}0"])
def test_a_name_that_may_come_to_mean_another_model_is_refused(name: str) -> None:
    with pytest.raises(InvalidOption, match="lab/hubert@COMMIT"):
        from_pretrained_arguments(name)


def test_a_path_to_no_folder_is_not_asked_of_the_hub(tmp_path: Path) -> None:
    with pytest.raises(AssetUnavailable, match="no such folder"):
        from_pretrained_arguments(str(tmp_path / "nowhere"))


def test_a_folder_with_other_files_has_another_name(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one")
    before = with_content(str(tmp_path))
    (tmp_path / "logs").mkdir()
    assert with_content(str(tmp_path)) == before
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert with_content(str(tmp_path)).startswith(f"{tmp_path}@")
    assert with_content(str(tmp_path)) != before


@pytest.mark.parametrize("name", ["", "whisper-base", f"lab/hubert@{COMMIT}"])
def test_a_name_that_fixes_its_content_stays(name: str) -> None:
    assert with_content(name) == name


def test_teachers_are_compared_without_their_commits() -> None:
    assert without_commit(f"lab/hubert@{COMMIT}") == "lab/hubert"
    assert without_commit("whisper-base") == "whisper-base"
    assert without_commit("/models/a@b") == "/models/a@b"
