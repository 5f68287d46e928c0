"""Download over https: whole or not at all, going on where it stopped, with a progress bar."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock

from audiotok.files.progress import progress_bar

TIMEOUT = 30  # seconds without an answer
MAX_BYTES = 32 << 30  # no file of ours is larger than a tenth of that
ATTEMPTS = 3  # connections that broke off are taken up again
ABSENT = (http.client.NOT_FOUND, http.client.GONE)


class SourceFailed(Exception):
    """This source has not got the file; the next one is asked."""


class NotThere(SourceFailed):
    """This source was asked, and has no such file."""


failed: dict[str, SourceFailed | None] = {}  # host or package -> why it is not asked again; for the life of the process


class OnlyHTTPS(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https addresses, no others."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        if urllib.parse.urlsplit(newurl).scheme != "https":
            raise SourceFailed(f"redirects to {newurl[:80]}, only https addresses are fetched")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


OPENER = urllib.request.build_opener(OnlyHTTPS)


def transient(cache: Path) -> Path:
    """Where downloads wait to be verified; what lies there is moved into the cache or removed."""
    folder = cache / "transient"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def lock(cache: Path, name: str) -> FileLock:
    """Held by one process at a time; the others wait."""
    (cache / "locks").mkdir(parents=True, exist_ok=True)
    return FileLock(cache / "locks" / name)


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def download(url: str, headers: Mapping[str, str], cache: Path) -> Path:
    """The file at an https address, whole, in the transient folder."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https":
        raise SourceFailed("only https addresses are fetched")
    if known := failed.get(parts.netloc):
        raise known.with_traceback(None)
    target = transient(cache) / key(url)
    partial = target.with_suffix(".part")
    with lock(cache, target.name):
        for attempt in range(ATTEMPTS):
            try:
                _download_rest(url, headers, partial, Path(parts.path).name)
                break
            except urllib.error.HTTPError as error:
                kind = NotThere if error.code in ABSENT else SourceFailed
                raise kind(f"HTTP {error.code} {error.reason}") from error
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, urllib.error.URLError):  # no connection at all, unlike one that broke off
                    failed[parts.netloc] = unreached = SourceFailed(
                        f"{parts.netloc} cannot be reached ({error.reason})"
                    )
                    raise unreached from error
                if attempt == ATTEMPTS - 1:
                    raise SourceFailed(f"was interrupted ({error}); the next call resumes from there") from error
        partial.replace(target)
    return target


def _download_rest(url: str, headers: Mapping[str, str], partial: Path, name: str) -> None:
    """Append to `partial` what it lacks."""
    have = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(url)
    for key, value in headers.items():
        request.add_unredirected_header(key, value)  # a token is for this host, not for where it sends us
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = OPENER.open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        partial.unlink()  # already as long as the file, or longer: start afresh rather than guess
        return _download_rest(url, headers, partial, name)
    with response:
        if response.status != http.client.PARTIAL_CONTENT:
            have = 0
        rest = response.headers.get("Content-Length")
        total = have + int(rest) if rest else None
        if total is not None and total > MAX_BYTES:
            raise SourceFailed(f"has {total} bytes according to the server, at most {MAX_BYTES} are fetched")
        with (
            partial.open("ab" if have else "wb") as file,
            progress_bar(desc=name, total=total, initial=have, unit="B", unit_scale=True, disable=None) as bar,
        ):
            while block := response.read(1 << 20):
                file.write(block)
                bar.update(len(block))
                have += len(block)
                if have > MAX_BYTES:
                    raise SourceFailed(f"has more than {MAX_BYTES} bytes")
    if total is not None and have < total:
        raise http.client.IncompleteRead(b"", total - have)
