"""Language codes as people write them (EN, en-US, eng) -> ISO 639-1, or 639-3 where there is no shorter one."""

from __future__ import annotations

import re

from audiotok.errors import InvalidData

#: Three letters of ISO 639-2 or -3 : two; Whisper's languages, and codes that were replaced.
_SHORTER = """
afr:af amh:am ara:ar asm:as aze:az bak:ba bel:be bul:bg ben:bn bod:bo tib:bo bre:br bos:bs cat:ca ces:cs cze:cs
cym:cy wel:cy dan:da deu:de ger:de ell:el gre:el eng:en epo:eo spa:es est:et eus:eu baq:eu fas:fa per:fa fin:fi
fao:fo fra:fr fre:fr gle:ga glg:gl guj:gu hau:ha heb:he iw:he hin:hi hrv:hr hat:ht hun:hu hye:hy arm:hy ind:id
in:id isl:is ice:is ita:it jpn:ja jv:jw jav:jw kat:ka geo:ka kaz:kk khm:km kan:kn kor:ko lat:la ltz:lb lin:ln
lao:lo lit:lt lav:lv mlg:mg mri:mi mao:mi mkd:mk mac:mk mal:ml mon:mn mar:mr msa:ms may:ms mlt:mt mya:my bur:my
nep:ne nld:nl dut:nl nno:nn nob:no nor:no nb:no oci:oc pan:pa pol:pl pus:ps por:pt ron:ro rum:ro rus:ru san:sa
snd:sd sin:si slk:sk slo:sk slv:sl sna:sn som:so sqi:sq alb:sq srp:sr sun:su swe:sv swa:sw tam:ta tel:te tgk:tg
tha:th tuk:tk tgl:tl fil:tl tur:tr tat:tt ukr:uk urd:ur uzb:uz vie:vi yid:yi ji:yi yor:yo zho:zh chi:zh cmn:zh
"""
_TWO_LETTERS = dict(pair.split(":") for pair in _SHORTER.split())


def language_code(written: str) -> str:
    """The language that a code or locale names; its region and script are dropped.

    >>> language_code("en-US"), language_code("DEU"), language_code("zh_Hant_TW")
    ('en', 'de', 'zh')

    Raises InvalidData where it is no code of two or three letters.
    """
    language = re.split("[-_]", written.strip().lower())[0]
    if not re.fullmatch("[a-z]{2,3}", language):
        raise InvalidData(f"language must be an ISO 639 code such as 'en' or a locale such as 'en-US', got {written!r}")
    return _TWO_LETTERS.get(language, language)
