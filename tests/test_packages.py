from pathlib import Path

import pytest

from audiotok import packages


def test_a_package_of_no_index_counts_with_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "focalcodec-0.0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: focalcodec\nVersion: 0.0.1\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert packages.versions("focalcodec") == {"focalcodec": "0.0.1"}
    (info / "direct_url.json").write_text(f'{{"url": "https://a/b", "vcs_info": {{"commit_id": "{"c0" * 20}"}}}}')
    assert packages.versions("dedup(focalcodec)") == {"focalcodec": "0.0.1+c0c0c0c0c0c0"}


def test_what_installs_a_tokenizers_packages_is_its_extra_or_its_environment() -> None:
    assert packages.install_command("codec2") == 'pip install "audiotok[codec2]"'
    assert packages.install_command("focalcodec") == "audiotok env make focalcodec"


def test_packages_that_are_here_are_not_missing() -> None:
    assert packages.missing("codec2") == []
    assert packages.missing("semanticodec")[0] == "semanticodec"
