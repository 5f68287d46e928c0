"""Checkpoints at plain addresses whose publishers give no sha256 that an `Asset` could be fetched by."""

from __future__ import annotations

import re
from typing import Any

from audiotok.errors import AssetCorrupt
from audiotok.files.assets import file_sha256
from audiotok.files.first_use import fetch_address


def state_dict(url: str, *, check_hash: bool) -> dict[str, Any]:
    """The tensors of a checkpoint, and nothing else that a pickle can hold; downloaded once.

    check_hash: the file's name ends in the first digits of its sha256, as torch.hub has it. Raises AssetUnavailable,
    AssetCorrupt.
    """
    import torch

    path = fetch_address(url)
    if check_hash:
        [begins] = re.findall(r"-([0-9a-f]{8,})\.", url.rpartition("/")[2])
        if not (found := file_sha256(path)).startswith(begins):
            raise AssetCorrupt(f"{path}: its sha256 is {found}, expected one that begins with {begins}")
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
