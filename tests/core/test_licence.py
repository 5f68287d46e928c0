"""Commercial use is allowed only where every licence is known to allow it."""

from __future__ import annotations

import pytest

from audiotok.core.licence import ALLOWED, FORBIDDEN, UNCLEAR, commercial_use


@pytest.mark.parametrize(
    ("expressions", "expected"),
    [
        (("MIT", "Apache-2.0"), ALLOWED),
        (("LGPL-2.1-only", "CC-BY-SA-4.0"), ALLOWED),  # under conditions, but for a price too
        (("Apache-2.0 AND MIT",), ALLOWED),
        (("GPL-2.0-only WITH Classpath-exception-2.0",), ALLOWED),
        (("MIT", "CC-BY-NC-4.0"), FORBIDDEN),
        (("CC-BY-NC-SA-4.0", "LicenseRef-none-stated"), FORBIDDEN),
        (("MIT AND CC-BY-NC-4.0",), FORBIDDEN),
        (("MIT OR CC-BY-NC-4.0",), UNCLEAR),
        (("MIT", "LicenseRef-none-stated"), UNCLEAR),
        (("MIT", ""), UNCLEAR),
        (("LicenseRef-MIT",), UNCLEAR),
        (("Mitsubishi",), UNCLEAR),
    ],
)
def test_the_strictest_licence_decides(expressions: tuple[str, ...], expected: str) -> None:
    assert commercial_use(*expressions) == expected
