"""`audiotok cite`: BibTeX of tokenizers, of metrics, and of audiotok."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Annotated

import typer


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
            metric = catalogue.get(one)
            if metric.reference in _references():
                entries.setdefault(metric.reference, _references()[metric.reference])
            elif metric.reference:  # the address of a paper that is not on record here, of another package's metric
                key, entry = _of_paper(one, metric.title, metric.reference)
                entries.setdefault(key, entry)
            else:
                typer.secho(f"{one}: no paper is on record for {metric.title}; cite audiotok", fg="yellow", err=True)
        else:
            catalogue.get(one)  # raises UnknownName with near names
    entries["audiotok"] = _misc(
        "audiotok",
        "audiotok: one API, recipes and a leaderboard for discrete audio tokenizers",
        "",
        f"Version {audiotok.__version__}",
    )
    typer.echo("\n".join(entries.values()))


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
