"""Checkpoints at plain addresses whose publishers give no sha256 that an `Asset` could be fetched by."""

from __future__ import annotations

import re
from typing import Any

from audiotok.errors import AssetCorrupt, AssetUnavailable
from audiotok.files.assets import file_sha256
from audiotok.files.first_use import fetch_first_use
from audiotok.files.sources import Url


def state_dict(url: str, *, check_hash: bool) -> dict[str, Any]:
    """The tensors of a checkpoint, and nothing else that a pickle can hold; downloaded once.

    check_hash: the file's name ends in the first digits of its sha256, as torch.hub has it. Raises AssetUnavailable,
    AssetCorrupt.
    """
    import torch

    name = url.rpartition("/")[2]
    try:
        path = fetch_first_use(name, Url(url))
    except AssetUnavailable as error:
        raise AssetUnavailable(
            f"{name} could not be had from {url} ({error}); with a network elsewhere, put it into a folder and set "
            "AUDIOTOK_ASSETS to that"
        ) from error
    if check_hash:
        [begins] = re.findall(r"-([0-9a-f]{8,})\.", name)
        if not (found := file_sha256(path)).startswith(begins):
            raise AssetCorrupt(f"{path}: its sha256 is {found}, expected one that begins with {begins}")
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state
