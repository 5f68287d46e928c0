"""`audiotok cite`: BibTeX of tokenizers, of metrics, and of audiotok."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Annotated

import typer

_NAMED_ALIKE = (
    *("pesq", "stoi", "estoi", "visqol", "distillmos", "dnsmos", "mcd", "nisqa", "plcmos", "scoreq", "singmos"),
    *("speech_bert_score", "squim", "utmos", "utmosv2", "warp_q", "fad", "ci_sdr", "log_spectral_distance", "abx"),
    *("kad", "coverage", "copies", "clap"),
)
#: Beginnings of the names of metrics that a task makes of others.
_TASKS = (
    *("continuation_", "drums_", "music_", "tts_"),
    *("probe_enhance_", "probe_separate_", "probe_sounds_", "probe_stems_"),
)
#: Beginning of a metric's name, without its task's -> key in references.bib; the longest that fits counts.
_OF_METRICS = {
    **{name: name for name in _NAMED_ALIKE},
    "si_s": "si_sdr",
    "sdr": "bss_eval",
    **dict.fromkeys(("mel_distance", "stft_distance"), "dac"),
    **dict.fromkeys(("wer", "cer", "dwer", "words_again"), "whisper"),
    **dict.fromkeys(("wer_wav2vec2", "cer_wav2vec2", "dwer_wav2vec2"), "wav2vec2"),
    "speaker_ge2e": "ge2e",
    "speaker_ecapa": "ecapa",
    "speaker_wavlm": "wavlm",
    **dict.fromkeys(("f0_", "log_f0", "voicing"), "pyin"),
    "kld_passt": "passt",
    "kld_panns": "panns",
}


def cite(
    name: Annotated[list[str] | None, typer.Argument(help="Tokenizers and metrics, for example mimi pesq_wb.")] = None,
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
                key, entry = _of_paper(family, card.title, card.paper)
                said = f"% {family}: code {card.code}, licence {card.licence}\n"
                entries[key] = said + entries.get(key, entry)
        elif one in catalogue.names():
            if (reference := _key(one)) is None:
                title = catalogue.get(one).title
                typer.secho(f"{one}: no paper is on record for {title}; cite audiotok", fg="yellow", err=True)
            else:
                entries.setdefault(reference, _references()[reference])
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
    fitting = [beginning for beginning in _OF_METRICS if _without_task(metric).startswith(beginning)]
    return _OF_METRICS[max(fitting, key=len)] if fitting else None


def _without_task(metric: str) -> str:
    return metric.removeprefix(next((task for task in _TASKS if metric.startswith(task)), ""))


def _of_paper(family: str, title: str, paper: str) -> tuple[str, str]:
    """Key and entry of the paper at an address; one of its own where references.bib has none."""
    for key, entry in _references().items():
        if f"url = {{{paper}}}" in entry:
            return key, entry
    return family, _misc(family, title, paper, "")


def _references() -> dict[str, str]:
    """Key -> entry."""
    text = (files("audiotok.cli") / "references.bib").read_text(encoding="utf-8")
    return {entry[1]: entry[0] for entry in re.finditer(r"^@\w+\{(\w+),\n.*?^\}", text, re.DOTALL | re.MULTILINE)}


def _misc(key: str, title: str, url: str, note: str) -> str:
    fields = {"title": f"{{{title}}}", "url": url, "note": note.replace("_", r"\_")}
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"
