"""Cards that are not what a card is: their YAML, their fields, their text and their links."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
card = made["card"]
write = made["write"]
append = made["append"]

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"
RLO = chr(0x202E)
#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
    "an entity": (card(summary="&lt;script&gt;"), "card.yaml", "summary", "HTML"),
    "a script in the card": (card(title="<script>alert(1)</script>"), "card.yaml", "title", "HTML"),
    "a script as a scheme": (card(summary="javascript:alert(1)"), "card.yaml", "summary", "script"),
    "text turned around": (card(title=f"{RLO}gnp.exe"), "card.yaml", "title", "U+202E"),
    "a control character": (card(summary="\x1b[2J"), "card.yaml", "summary", "U+001B"),
    "a text without end": (card(summary="a" * 10**4), "card.yaml", "summary", "4000 characters"),
    "no licence": (card(licence=""), "card.yaml", "licence", "filled in"),
    "no paper": (card(paper=None), "card.yaml", "paper", "missing"),
    "no code": (card(code=" "), "card.yaml", "code", "filled in"),
    "weights verified by hearsay": (
        card(weights_verified="by the maintainers"),
        *("card.yaml", "weights_verified", "expected '', as in audiotok/golden"),
    ),
    "a title that nobody sees": (card(title="\u3164\u3164"), "card.yaml", "title", "blank"),
    "a title of spaces and dashes": (card(title=" - "), "card.yaml", "title", "letters or digits"),
    "a title under 1500 marks": (card(title="S" + "\u0301" * 1500), "card.yaml", "title", "combining marks"),
    "a title of marks within the limit": (card(title="S\u0301\u0301\u0301queeze"), "card.yaml", "title", "NFC"),
    "a title of two lines": (card(title="Squeeze\n\nbest of all"), "card.yaml", "title", "one line"),
    "a title without end": (card(title="Squeeze " * 20), "card.yaml", "title", "80 characters"),
    "a link to a host that looks like another": (
        *(card(paper="https://\u0430rxiv.org/abs/1"), "card.yaml", "paper", "in ASCII"),
    ),
    "a link to a host in Punycode": (card(paper="https://xn--rxiv-53d.org/"), "card.yaml", "paper", "in ASCII"),
    "a link to the reader's own machine": (card(code="https://localhost/x"), "card.yaml", "code", "public host"),
    "a link to the reader's own network": (card(code="https://router.lan/x"), "card.yaml", "code", "public host"),
    "a link to an address": (card(code="https://127.0.0.1/x"), "card.yaml", "code", "public host"),
    "a link to an address of six": (card(code="https://[::1]/x"), "card.yaml", "code", "public host"),
    "a link to a number": (card(code="https://2130706433/x"), "card.yaml", "code", "public host"),
    "a link to another port": (card(code="https://example.org:8443/x"), "card.yaml", "code", "public host"),
    "a link without encryption": (card(paper="http://example.org"), "card.yaml", "paper", "got http"),
    "a link that runs": (card(code="javascript:alert(1)"), "card.yaml", "code", "script"),
    "a link to a file": (card(paper="file:///etc/passwd"), "card.yaml", "paper", "got file"),
    "a link without a scheme": (card(paper="//example.org"), "card.yaml", "paper", "got none"),
    "a link with a host before an @": (
        card(paper="https://arxiv.org@evil.example"),
        "card.yaml",
        "paper",
        "user",
    ),
    "a link that leaves its attribute": (card(paper='https://a.example/"onclick='), "card.yaml", "paper", "quotes"),
    "a taxonomy of its own": (card(quantizer="magic"), "card.yaml", "quantizer", "RVQ"),
    "a number for a title": (card(title=7), "card.yaml", "title", "expected text, got int"),
    "a text for a list": (card(domains="speech"), "card.yaml", "domains", "list"),
    "an unknown field of the card": (card(stars="5"), "card.yaml", "stars", "unknown field"),
    "a key of the card twice": (append("card.yaml", "licence: GPL-3.0-only\n"), "card.yaml", "licence", "duplicate"),
    "a YAML bomb": (append("card.yaml", BOMB), "card.yaml", "", "anchors"),
    "YAML that makes an object": (
        append("card.yaml", "training_data: !!python/object/apply:os.system ['touch pwned']\n"),
        *("card.yaml", "", "tags"),
    ),
    "YAML nested without end": (write("card.yaml", "[" * 16000), "card.yaml", "", "at most 3 levels"),
    "YAML of lists in lists": (write("card.yaml", "- " * 8000), "card.yaml", "", "at most 3 levels"),
    "YAML of keys in keys": (write("card.yaml", "? " * 8000), "card.yaml", "", "at most 3 levels"),
    "YAML that is a list": (write("card.yaml", "- a\n"), "card.yaml", "", "fields"),
    "a card that is not UTF-8": (write("card.yaml", b"title: \xff\xfe\n"), "card.yaml", "", "UTF-8"),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])
