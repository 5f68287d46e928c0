"""The board as a page that opens from disk and asks the network for nothing: a folder with index.html in it.

index.html          the board's first view, with all that it needs but libraries
vendor/<library>.js the libraries
scores/<hash>.js    clip scores and languages of one tokenizer (pack.py), when they are asked for
samples/<hash>.js   audio, when it is played
board.*, badges/    for other programs and pages (downloads.py)
feed.xml            new rows and changed scores, where their history is known (feed.py)
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audiotok.core.identifier import slug
from audiotok.errors import AudiotokError
from audiotok.files.provenance import commit
from audiotok.leaderboard.page import published
from audiotok.leaderboard.page.data import page_data
from audiotok.leaderboard.page.downloads import plain_table, write_downloads
from audiotok.leaderboard.page.feed import write_feed
from audiotok.leaderboard.page.history import Version
from audiotok.leaderboard.page.loudness import gains
from audiotok.leaderboard.page.pack import packed
from audiotok.leaderboard.page.unscored import unscored
from audiotok.leaderboard.submission.entry import Entry

STATIC = Path(__file__).parents[1] / "web"
#: Libraries: those that the first view needs, and those that figures load (js/libraries.js).
FIRST = ("table-core.min.js",)
VENDOR = (*FIRST, "d3.min.js", "plot.umd.min.js")
#: The page's own modules (js/), bundled: a page opened from disk may not import files. `npm run bundle` renews it.
BUNDLE = STATIC / "page.js"

_SAMPLE = re.compile(r"[0-9a-f]{24}")


def build(
    entries: Iterable[Entry],
    output: str | Path,
    *,
    clips: Mapping[str, Mapping[str, Any]] | None = None,
    refused: Mapping[str, str] | None = None,
    history: Mapping[str, Sequence[Version]] | None = None,
) -> Path:
    """Write <output>/index.html and what lies beside it, and return the page's path.

    `clips` tells what there is to hear in a sample (name -> {"text", "language", "domain"}, each optional; where a
    language model made it `listening.SampleClip.described`), `refused` names submissions that are left out and why
    (`rows.admit`), `history` has the versions of rows by their folders' names (`history.history`). A row that cannot
    be shown is left out too, named on the page and warned of.
    """
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    entries, broken = showable(entries, clips or {})
    for name, reason in broken.items():
        warnings.warn(f"left out {name}: {reason}", stacklevel=2)
    data = page_data(entries, clips or {}, {**(refused or {}), **broken})
    data["dates"] = published.dates()
    data["unscored"] = unscored(entries)
    data["built"] = {"date": _today(), "commit": commit()}
    _remove_old(output)
    _add_samples(data["entries"], entries, output / "samples")
    for shown in data["entries"]:
        known = history or {}
        shown["history"] = list(known.get(slug(shown["id"]), ())) if shown["origin"] == "submission" else []
    first, details = packed(data)
    for shown, own in zip(first["entries"], details, strict=True):
        shown["details"] = _write_details(own, output / "scores")
    _write_vendor(output / "vendor")
    write_downloads(data, output)
    write_feed(data, output)
    page = output / "index.html"
    page.write_text(_html(data, first), encoding="utf-8")
    return page


def _remove_old(output: Path) -> None:
    """Remove what an earlier build wrote into its folders; other files there are the user's."""
    for folder in (output / "samples", output / "scores"):
        for old in folder.glob("*.js"):
            if _SAMPLE.fullmatch(old.stem):
                old.unlink()


def _add_samples(shown: Sequence[dict[str, Any]], entries: Sequence[Entry], folder: Path) -> None:
    """Write every row's samples, and say where they are and by how much each is played louder."""
    for entry, own, gain in zip(entries, shown, gains([entry.samples for entry in entries]), strict=True):
        own["samples"] = {clip: _write_sample(path, folder) for clip, path in sorted(entry.samples.items())}
        own["gains"] = gain


def _html(data: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    """The page. `first`: the part of `data` that stands in it."""
    import jinja2

    scripts = [BUNDLE.read_text(encoding="utf-8")]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(STATIC), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("page.html").render(
        style=(STATIC / "style.css").read_text(encoding="utf-8"),
        scripts=scripts,
        script_hashes=[_csp_hash(script) for script in scripts],
        vendor=FIRST,
        plain=plain_table(data),
        data=_embedded_json(first),
        built=data["built"],
        feed=any(shown["history"] for shown in data["entries"]),
        count=sum(shown["kind"] == "tokenizer" for shown in data["entries"]),
    )


def showable(entries: Iterable[Entry], clips: Mapping[str, Mapping[str, Any]]) -> tuple[list[Entry], dict[str, str]]:
    """The rows that can be shown, in the page's order, and the others by identifier, with the reason.

    What `check` accepts can be shown; rows that were made here are not checked.
    """
    kept, broken = [], {}
    for entry in sorted(entries, key=_order):
        try:
            _embedded_json(page_data([entry], clips, {}))
            for path in entry.samples.values():
                _playable(path)
            kept.append(entry)
        except (AudiotokError, ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
            broken[entry.tokenizer[:80]] = f"cannot be shown: {type(error).__name__}: {str(error)[:200]}"
    return kept, broken


def _order(entry: Entry) -> tuple[Any, ...]:
    """The reference first among the anchors, mode 700 before mode 1200."""
    words = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"([0-9]+)", entry.tokenizer)]
    return entry.kind, entry.tokenizer != "reference", words, entry.origin


def _today() -> str:
    """The day of the build in UTC; that of SOURCE_DATE_EPOCH where a build is to be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return now.date().isoformat()


def _vendored(name: str) -> str:
    source = (STATIC / "vendor" / name).read_text(encoding="utf-8")
    return re.sub(r"^//# sourceMappingURL=.*$", "", source, flags=re.MULTILINE)


def _embedded_json(data: Any) -> str:
    """JSON that no text in it can close the script element of, nor open a comment in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _csp_hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()


def _as_flac(path: Path) -> bytes:
    """A run's float32 WAV at a quarter of its size: 16 bits, clipped as it was scored."""
    import soundfile

    waveform, sample_rate = soundfile.read(path, dtype="float32")
    content = io.BytesIO()
    soundfile.write(content, waveform.clip(-1.0, 1.0), sample_rate, format="FLAC", subtype="PCM_16")
    return content.getvalue()


def _playable(path: Path) -> bytes:
    return _as_flac(path) if path.suffix == ".wav" else path.read_bytes()


def _write_vendor(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name in VENDOR:
        (folder / name).write_text(_vendored(name), encoding="utf-8")


def _write_details(details: Mapping[str, Any], folder: Path) -> str:
    """An entry's details as a script, named by their content; returns the name."""
    content = _embedded_json(details)
    name = hashlib.sha256(content.encode()).hexdigest()[:24]
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.js").write_text(f'audiotokScores("{name}",{content});\n', encoding="utf-8")
    return name


def _write_sample(path: Path, folder: Path) -> str:
    """The audio as a script that hands its bytes to the page, named by its content; returns its relative URL.

    A page opened from disk may load a script beside it but may not fetch a file, and without the bytes there is
    neither a spectrogram nor switching between two decodings at the same sample.
    """
    content = _playable(path)
    name = hashlib.sha256(content).hexdigest()[:24]
    folder.mkdir(exist_ok=True)
    script = f'audiotokSample("{name}","{base64.b64encode(content).decode()}");\n'
    (folder / f"{name}.js").write_text(script, encoding="ascii")
    return name
