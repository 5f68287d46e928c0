"""`audiotok list` and `info`: the tokenizers there are, without running them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from audiotok.cli.inventory import AsJson, Domain, tasks
from audiotok.cli.options import print_json
from audiotok.core.licence import ALLOWED, commercial_use
from audiotok.errors import AssetCorrupt, AssetUnavailable, InvalidOption, MissingDependency


def list_(
    long: Annotated[
        bool, typer.Option("--long", "-l", help="Show titles, domains, licences and missing packages.")
    ] = False,
    domain: Domain = "",
    quantizer: Annotated[str, typer.Option(help="Only this kind of quantizer, for example RVQ or FSQ.")] = "",
    licence: Annotated[
        str, typer.Option(help="Only weights whose licence contains this text, for example MIT or NC.")
    ] = "",
    commercial: Annotated[
        bool, typer.Option("--commercial", help="Only tokenizers whose code and weights allow commercial use.")
    ] = False,
    installed: Annotated[
        bool, typer.Option("--installed", help="Only tokenizers whose packages are installed.")
    ] = False,
    recipes: Annotated[bool, typer.Option("--recipes", help="List recipes instead, like `audiotok tasks`.")] = False,
    as_json: AsJson = False,
) -> None:
    """List tokenizers and anchors; with --long, --json or a filter, also their properties."""
    from audiotok import doors, registry
    from audiotok.isolated import environments

    if recipes:
        if domain or quantizer or licence or commercial or installed:
            raise InvalidOption("--recipes lists recipes, for which there are no filters; leave them out")
        tasks(as_json=as_json)
        return
    if long or domain or quantizer or licence or commercial or installed or as_json:
        found = [known for _, known in doors.usable(registry.available(), _known)]
        fitting = [one for one in found if _fits(one, domain, quantizer, licence, installed)]
        _show_tokenizers([one for one in fitting if not commercial or one["commercial_use"] == ALLOWED], as_json)
        return
    for name in registry.available():
        typer.echo(name)
    if elsewhere := [environment.name for environment in environments.installed()]:
        typer.echo(f"in isolated environments: {', '.join(elsewhere)}")
    typer.echo(f"anchors: {', '.join(registry.anchors())}")


def info(
    name: Annotated[str, typer.Argument(help="Tokenizer, for example codec2:mode=2400.")], as_json: AsJson = False
) -> None:
    """Show card, rates and options of a tokenizer as YAML; only the card if its package or weights are missing."""
    import yaml

    import audiotok
    from audiotok import packages, registry
    from audiotok.conformance import checks
    from audiotok.conformance.macs import CONVENTION, count

    family = registry.parse(name).name
    try:
        tokenizer = audiotok.load(name)
    except (MissingDependency, AssetUnavailable, AssetCorrupt) as error:
        described: dict[str, Any] = {"identifier": name, "not_loaded": str(error)}
        described["published"] = registry.published_costs().get(name)  # None: not counted
        card = registry.card(family)
        card_values = card.to_dict() if card else None
    else:
        spec = tokenizer.spec
        (latency,) = (check(tokenizer) for check in checks() if check.name == "latency")
        macs = count(tokenizer)
        card_values = tokenizer.card.to_dict()
        described = {
            "identifier": tokenizer.identifier,
            "sample_rate": spec.sample_rate,
            "frame_rate": round(spec.frame_rate, 4),
            "num_codebooks": spec.num_codebooks,
            "codebook_sizes": list(spec.codebook_sizes),
            "token_rate": spec.token_rate,
            "bitrate": spec.bitrate,
            "num_parameters": tokenizer.num_parameters,
            "macs_per_second": macs and asdict(macs),  # None: a part cannot be counted
            "latency": latency.message,
        }
    described["macs_counted_on"] = CONVENTION
    here = family in registry.available()  # else it is only in an environment of its own, which knows its options
    if here:
        described["options"] = registry.options(family)
        described["missing_packages"] = packages.missing(family)
    described["card"] = card_values
    if as_json:
        print_json(described)
    else:
        typer.echo(yaml.safe_dump(described, sort_keys=False, allow_unicode=True).rstrip())


def _known(name: str) -> dict[str, Any]:
    """The card of a tokenizer, and the packages that it lacks."""
    from audiotok import packages, registry

    card = registry.card(name)
    missing = packages.missing(name)
    rates = registry.published_rates().get(name, {})
    return {
        "name": name,
        "title": card.title if card else "applied to another tokenizer",
        "domains": list(card.domains) if card else [],
        "quantizer": card.quantizer if card else "",
        "rate": card.rate if card else "",
        **{kind: rates.get(kind, []) for kind in ("sample_rates", "frame_rates", "token_rates", "bitrates")},
        "streamable": card.streamable if card else False,
        "licence": card.licence if card else "",
        "code_licence": card.code_licence if card else "",
        "commercial_use": commercial_use(card.code_licence, card.licence) if card else "",
        "missing_packages": missing,
        "install": packages.install_command(name) if missing else "",
    }


def _span(values: Sequence[float], scale: float = 1.0) -> str:
    """
    >>> _span([1500, 6000, 24000], 1000), _span([50]), _span([])
    ('1.5-24', '50', '')
    """
    shown = [f"{value / scale:.3g}" if value < 1000 * scale else f"{value / scale:.0f}" for value in values]
    return "-".join(dict.fromkeys(shown[:1] + shown[-1:]))


def _fits(one: dict[str, Any], domain: str, quantizer: str, licence: str, installed: bool) -> bool:
    return (
        (not domain or domain in one["domains"])
        and (not quantizer or quantizer.lower() == one["quantizer"].lower())
        and (not licence or licence.lower() in one["licence"].lower())
        and not (installed and one["missing_packages"])
    )


def _show_tokenizers(found: Sequence[dict[str, Any]], as_json: bool) -> None:
    from audiotok.results.table import align

    if as_json:
        print_json(found)
        return
    lines = [
        [
            *(one["name"], one["title"], ", ".join(one["domains"])),
            *(_span(one["frame_rates"]), _span(one["bitrates"], 1000)),
            *(one["quantizer"], one["licence"], one["code_licence"], one["install"] or "here"),
        ]
        for one in found
    ]
    heads = ["name", "title", "domains", "frames/s", "kbit/s", "quantizer", "licence", "code's licence", "installed"]
    typer.echo(align([heads, *lines], words=range(len(heads))), nl=False)
