"""`audiotok cite`: BibTeX of tokenizers, of metrics, and of audiotok."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Annotated

import typer

#: Beginning of a metric's name -> key in references.bib; the longest that fits counts.
_OF_METRICS = {
    **{name: name for name in ("pesq", "stoi", "estoi", "visqol", "distillmos", "dnsmos")},
    **{name: name for name in ("mcd", "nisqa", "plcmos", "scoreq", "singmos", "speech_bert_score", "squim")},
    **{name: name for name in ("utmos", "utmosv2", "warp_q")},
    "si_s": "si_sdr",
    **dict.fromkeys(("wer", "cer", "dwer"), "whisper"),
    "fad": "fad",
    "speaker_ge2e": "ge2e",
    "speaker_ecapa": "ecapa",
    "speaker_wavlm": "wavlm",
    **dict.fromkeys(("f0_", "log_f0", "voicing"), "pyin"),
}


def cite(
    name: Annotated[list[str] | None, typer.Argument(help="Tokenizers and metrics, as in mimi pesq_wb.")] = None,
) -> None:
    """Print BibTeX for tokenizers and metrics, and for audiotok itself."""
    import audiotok
    from audiotok import registry
    from audiotok.metrics import catalogue

    entries: dict[str, str] = {}
    for one in name or []:
        family = registry.parse(one).name
        if family in registry.available():
            card = registry.card(family)
            if card is None:
                typer.secho(f"{family} is applied to another tokenizer: cite that one", fg="yellow", err=True)
            else:
                entries[family] = _misc(family, card.title, card.paper, f"Code: {card.code}; licence: {card.licence}")
        elif one in catalogue.names():
            if (key := _key(one)) is None:
                title = catalogue.get(one).title
                typer.secho(f"{one}: no paper is on record for {title}; cite audiotok", fg="yellow", err=True)
            else:
                entries[key] = _references()[key]
        else:
            catalogue.get(one)  # raises UnknownName with near names
    entries["audiotok"] = _misc(
        "audiotok",
        "audiotok: one API, recipes and a leaderboard for discrete audio tokenizers",
        "",
        f"Version {audiotok.__version__}",
    )
    typer.echo("\n".join(entries.values()))


def _key(metric: str) -> str | None:
    fitting = [beginning for beginning in _OF_METRICS if metric.startswith(beginning)]
    other_asr = re.match(r"(d?wer|cer)_wav2vec2", metric)
    return _OF_METRICS[max(fitting, key=len)] if fitting and not other_asr else None


def _references() -> dict[str, str]:
    """Key -> entry."""
    text = (files("audiotok.cli") / "references.bib").read_text(encoding="utf-8")
    return {entry[1]: entry[0] for entry in re.finditer(r"^@\w+\{(\w+),\n.*?^\}", text, re.DOTALL | re.MULTILINE)}


def _misc(key: str, title: str, url: str, note: str) -> str:
    fields = {"title": f"{{{title}}}", "url": url, "note": note.replace("_", r"\_")}
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"
