"""Links in texts, and that no text holds up the check."""

from __future__ import annotations

import time

import pytest

from audiotok.leaderboard.submission.text import MAX_CHARACTERS, fault


@pytest.mark.parametrize(
    ("shown", "scheme"),
    [
        ("see https://example.org and HTTPS://example.org", ""),
        ("the scale 1://2, and ://", ""),
        ("https://example.org, http://example.org", "http"),
        ("git+ssh://example.org", "git+ssh"),
        ("(ftp://example.org)", "ftp"),
        ("x" * 50 + "https://example.org", "x" * 35 + "https"),
    ],
)
def test_links_have_the_scheme_https(shown: str, scheme: str) -> None:
    assert fault(shown) == (f"expected links with https, got {scheme}" if scheme else "")


@pytest.mark.parametrize("shown", ["a." * (MAX_CHARACTERS // 2), "a://" * (MAX_CHARACTERS // 4)])
def test_no_text_takes_quadratic_time(shown: str) -> None:
    start = time.process_time()
    for i in range(20):
        fault(shown[: -1 - i])  # another one each time, since answers are cached
    assert time.process_time() - start < 0.3
