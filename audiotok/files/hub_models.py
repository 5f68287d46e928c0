"""Models that a user names: a folder, or a repository of the Hugging Face hub at a commit, `NAME@COMMIT`.

A repository's newest commit is not taken: what was trained or encoded with the model would change with it, under the
same name.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.files.sealed import file_sha256

_COMMIT = re.compile("[0-9a-f]{40}")


def from_pretrained_arguments(name: str) -> tuple[str, dict[str, str]]:
    """Arguments of `from_pretrained` of a class of `transformers`, for the model of this name.

    >>> from_pretrained_arguments("lab/hubert@0123456789abcdef0123456789abcdef01234567")
    ('lab/hubert', {'revision': '0123456789abcdef0123456789abcdef01234567'})

    Raises AssetUnavailable where a path leads to no folder, InvalidOption where a repository is named without its
    commit.
    """
    if Path(name).is_dir():
        return name, {}
    if name.startswith(("/", ".", "~")):
        raise AssetUnavailable(f"the model {name} could not be opened: there is no such folder")
    repository, _, commit = name.partition("@")
    if not _COMMIT.fullmatch(commit):
        raise InvalidOption(
            f"{name} is no folder here; a model on the hub is named with the commit to load, {repository}@COMMIT, 40 "
            "hexadecimal digits as the hub shows them under Files, History"
        )
    return repository, {"revision": commit}


def with_content(name: str) -> str:
    """A name that means the same weights for ever: a folder's has a hash of its files behind it, FOLDER@0123456789ab.

    Any other is unchanged: a commit, or a hash in audiotok, fixes what it means. Files in subfolders are left out, as
    `from_pretrained` reads none of them.
    """
    if not name or not Path(name).is_dir():
        return name
    digest = hashlib.sha256()
    for path in sorted(Path(name).iterdir()):
        if path.is_file():
            digest.update(f"{path.name} {file_sha256(path)}\n".encode())
    return f"{name}@{digest.hexdigest()[:12]}"


def without_commit(name: str) -> str:
    """`NAME@COMMIT` -> NAME, by which evaluation models and teachers are compared; anything else as it is.

    >>> without_commit("lab/hubert@0123456789abcdef0123456789abcdef01234567")
    'lab/hubert'
    """
    repository, _, commit = name.partition("@")
    return repository if _COMMIT.fullmatch(commit) else name
