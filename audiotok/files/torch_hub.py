"""Checkpoints at plain addresses whose publishers give no sha256 that an `Asset` could be fetched by."""

from __future__ import annotations

from typing import Any

from audiotok.errors import AssetUnavailable
from audiotok.files.assets import cache_folder


def state_dict(url: str, *, check_hash: bool) -> dict[str, Any]:
    """The tensors of a checkpoint, and nothing else that a pickle can hold; downloaded once.

    check_hash: the file's name ends in the first digits of its sha256, as torch.hub has it. Raises AssetUnavailable.
    """
    import torch

    folder, name = cache_folder() / "files", url.rpartition("/")[2]
    try:
        state: dict[str, Any] = torch.hub.load_state_dict_from_url(
            url, str(folder), map_location="cpu", check_hash=check_hash, weights_only=True, progress=False
        )
    except (OSError, RuntimeError) as error:
        raise AssetUnavailable(
            f"{name} could not be had from {url} ({error}); with a network elsewhere, put it into {folder}"
        ) from error
    return state
