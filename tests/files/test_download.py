"""What is not fetched: plain http, wherever it is met, and files without end."""

import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from audiotok.files.download import OnlyHTTPS, SourceFailed, download


@pytest.mark.parametrize(
    "address", ["http://example.org/model.bin", "ftp://example.org/model.bin", "file:///etc/passwd"]
)
def test_a_redirect_to_anything_but_https_is_not_followed(address: str) -> None:
    request = urllib.request.Request("https://example.org/model.bin")
    with pytest.raises(SourceFailed, match="only https addresses are fetched"):
        OnlyHTTPS().redirect_request(request, None, 302, "Found", Message(), address)
    followed = OnlyHTTPS().redirect_request(request, None, 302, "Found", Message(), "https://example.org/other")
    assert followed is not None
    assert followed.full_url == "https://example.org/other"


def test_an_address_of_another_kind_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="only https"):
        download("http://example.org/model.bin", {}, tmp_path)
