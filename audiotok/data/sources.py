"""Where the files of a named source come from. A clip names its file by source, path and sha256; the hash decides.

Publishers' addresses are pinned to a release or commit. Debian packages carry the same files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from audiotok.data.manifest import Clip
from audiotok.errors import UnknownName
from audiotok.files.assets import Asset
from audiotok.files.sources import Debian, Source, Url

_ASTERISK_URL = "https://downloads.asterisk.org/pub/telephony/sounds/releases"
_SONIC_PI_URL = "https://raw.githubusercontent.com/sonic-pi-net/sonic-pi/c0002065a976b1355e7889f4aa96a1804e2b8119"
_WESNOTH_URL = "https://raw.githubusercontent.com/wesnoth/wesnoth/1.16.9"
_KLETTRES_URL = "https://raw.githubusercontent.com/KDE/klettres/e8815fc2e6214e29c958e05530640f2fc4378317"
_POCKETSPHINX_URL = "https://raw.githubusercontent.com/cmusphinx/pocketsphinx/511126b492dcb267cf30d49d631946d7b61a9530"


@dataclass(frozen=True)
class AudioSource:
    """A published collection: its Debian package, and its publisher's address where there is one."""

    package: str
    folder: str  # of the package, that paths are relative to
    licence: str  # SPDX
    publisher: Callable[[str], Url] | None = None  # path -> address

    def places(self, path: str) -> tuple[Source, ...]:
        debian = Debian(self.package, f"{self.folder}/{path}")
        return (self.publisher(path), debian) if self.publisher else (debian,)


def _asterisk(language: str, voice: str, licence: str = "CC-BY-SA-3.0") -> AudioSource:
    archive = f"{_ASTERISK_URL}/asterisk-core-sounds-{language}-g722-1.6.1.tar.gz"
    return AudioSource(
        f"asterisk-core-sounds-{language}-g722",
        f"usr/share/asterisk/sounds/{voice}",
        licence,
        lambda path: Url(archive, path),
    )


SOURCES = {
    "asterisk-en": _asterisk("en", "en_US_f_Allison"),
    "asterisk-es": _asterisk("es", "es_MX_f_Allison"),
    "asterisk-fr": _asterisk("fr", "fr_CA_f_June"),
    "asterisk-it": _asterisk("it", "it_IT_m_Carlo", "CC-BY-3.0"),
    "asterisk-ru": _asterisk("ru", "ru_RU_f_IvrvoiceRU", "CC-BY-3.0"),
    "asterisk-es-co": AudioSource("asterisk-prompt-es-co", "usr/share/asterisk/sounds/es", "GPL-2.0-only"),
    "asterisk-fr-armelle": AudioSource(
        "asterisk-prompt-fr-armelle", "usr/share/asterisk/sounds/fr", "LicenseRef-BSD-like"
    ),
    "asterisk-it-menardi": AudioSource(
        "asterisk-prompt-it-menardi-wav", "usr/share/asterisk/sounds/it_IT_f_Menardi", "CC-BY-SA-3.0"
    ),
    "fillets-cs": AudioSource("fillets-ng-data-cs", "usr/share/games/fillets-ng/sound", "GPL-2.0-only"),
    "fillets-nl": AudioSource("fillets-ng-data-nl", "usr/share/games/fillets-ng/sound", "GPL-2.0-only"),
    "hedgewars": AudioSource("hedgewars-data", "usr/share/games/hedgewars/Data/Sounds/voices", "GFDL-1.3-or-later"),
    "hydrogen-drumkits": AudioSource(
        "hydrogen-drumkits", "usr/share/hydrogen/data/drumkits", "LicenseRef-each-kit-GPL-or-CC"
    ),
    "klettres": AudioSource(
        "klettres-data",
        "usr/share/klettres",
        "GPL-2.0-or-later",
        lambda path: Url(f"{_KLETTRES_URL}/sounds/{path}"),
    ),
    "librivox": AudioSource(
        "pocketsphinx-testdata",
        "usr/share/pocketsphinx/test/data/librivox",
        "BSD-2-Clause",
        lambda path: Url(f"{_POCKETSPHINX_URL}/test/data/librivox/{path}"),
    ),
    "sonic-pi": AudioSource(
        "sonic-pi-samples",
        "usr/share/sonic-pi/samples",
        "CC0-1.0",
        lambda path: Url(f"{_SONIC_PI_URL}/etc/samples/{path}"),
    ),
    "tuxpaint": AudioSource("tuxpaint-stamps-default", "usr/share/tuxpaint/stamps", "GPL-2.0-or-later"),
    "wesnoth": AudioSource(
        "wesnoth-1.16-music",
        "usr/share/games/wesnoth/1.16/data/core/music",
        "GPL-2.0-or-later",
        lambda path: Url(f"{_WESNOTH_URL}/data/core/music/{path}"),
    ),
}


def asset(clip: Clip) -> Asset:
    """The file that a clip is cut from. Raises UnknownName where its source is not one of SOURCES."""
    if clip.source not in SOURCES:
        raise UnknownName(f"clip {clip.id}: no source {clip.source!r}; there are folder, {', '.join(SOURCES)}")
    return Asset(PurePosixPath(clip.path).name, clip.sha256, SOURCES[clip.source].places(clip.path))
