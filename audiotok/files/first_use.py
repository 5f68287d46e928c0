"""Files whose sha256 no publisher gives: what came first is kept, and its hash is from then on what must come.

cache/first-use/<key of the source>.json   {"source", "sha256"}
cache/files/<sha256><suffix>               the file, as any asset (audiotok.files.assets)
"""

from __future__ import annotations

from pathlib import Path

from audiotok.errors import AssetUnavailable
from audiotok.files.assets import Asset, assets_folders, cache_folder, fetch, file_sha256, keep, locked
from audiotok.files.download import SourceFailed, key
from audiotok.files.json import read_json, write_json
from audiotok.files.sources import Source, Url


def fetch_first_use(place: str, source: Source) -> Path:
    """The file, from a folder of `AUDIOTOK_ASSETS` where it is at `place` in one, else from the cache or the source.

    Raises AssetUnavailable where it cannot be had, AssetCorrupt where what comes is not what came first.
    """
    for folder in assets_folders():
        if (folder / place).is_file():
            return folder / place
    name, cache = Path(place).name, cache_folder()
    recorded = cache / "first-use" / f"{key(str(source))}.json"
    if not recorded.is_file():
        with locked(f"first-use-{recorded.stem}"):
            if not recorded.is_file():
                try:
                    path = source.get(cache)
                except SourceFailed as error:
                    raise AssetUnavailable(str(error)) from error
                sha256 = file_sha256(path)
                keep(path, Asset(name, sha256))
                recorded.parent.mkdir(exist_ok=True)
                write_json(recorded, {"source": str(source), "sha256": sha256})
    return fetch(Asset(name, read_json(recorded)["sha256"], (source,)))


def fetch_address(url: str) -> Path:
    """The file at an address, which a folder of `AUDIOTOK_ASSETS` may have under its name there.

    Raises AssetUnavailable, which says where it would be and where to put it, AssetCorrupt.
    """
    name = url.rpartition("/")[2]
    try:
        return fetch_first_use(name, Url(url))
    except AssetUnavailable as error:
        raise AssetUnavailable(
            f"{name} could not be obtained from {url} ({error}); download it on a machine with network access, copy "
            "it into a folder here and set AUDIOTOK_ASSETS to that folder"
        ) from error
