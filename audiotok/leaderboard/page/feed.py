"""An Atom feed (RFC 4287) of the board: a row that is new, and a row whose scores changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

ATOM = "http://www.w3.org/2005/Atom"
FILE = "feed.xml"
#: A feed tells of the newest; the whole history of a row stands on its page.
MOST_ENTRIES = 100


def write_feed(data: Mapping[str, Any], folder: Path) -> None:
    """`data`: `data.page_data`'s, with each entry's `history`. Without any there is no feed, nor an old one."""
    path = folder / FILE
    versions = sorted(
        (
            (version["date"], entry, version, version is entry["history"][-1])
            for entry in data["entries"]
            for version in entry.get("history", ())
        ),
        key=lambda one: (datetime.fromisoformat(one[0]), one[1]["id"]),
        reverse=True,
    )[:MOST_ENTRIES]
    if not versions:
        path.unlink(missing_ok=True)
        return
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(feed, "id", "tag:audiotok,2026:leaderboard")
    _add(feed, "title", "audiotok leaderboard: new rows and changed scores")
    _add(feed, "updated", versions[0][0])
    _add(_add(feed, "author"), "name", "audiotok")
    _add(feed, "link", rel="self", href=FILE)
    _add(feed, "link", href="index.html")
    for date, entry, version, new in versions:
        item = _add(feed, "entry")
        _add(item, "id", f"tag:audiotok,2026:leaderboard/{quote(entry['id'], safe='')}/{version['commit']}")
        _add(item, "title", f"{entry['name']}: {'new on the board' if new else 'scores changed'}")
        _add(item, "updated", date)
        _add(item, "link", href=f"index.html#/tokenizer/{quote(entry['id'], safe='')}")
        _add(item, "summary", f"{entry['id']}: {version['title']} ({', '.join(version['files'])})")
    ElementTree.indent(feed)
    path.write_bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True) + b"\n")


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text
    return element
