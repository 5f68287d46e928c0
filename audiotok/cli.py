"""The `audiotok` command. Each subcommand is a few calls that a script could make as well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import audiotok
from audiotok.errors import AudiotokError
from audiotok.options import CORES, DataName, Device, Retry, RunsFolder, TokenizerName, TokenizerNames, Workers, start

app = typer.Typer(
    help="Which discrete audio tokens should a language model use?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
data_app = typer.Typer(help="Data sets: fetch the bundled ones, make a manifest of your own.", no_args_is_help=True)
app.add_typer(data_app, name="data")


@app.command("list")
def list_() -> None:
    """Names of the installed tokenizers and anchors."""
    from audiotok import registry

    for name in registry.available():
        typer.echo(name)
    typer.echo(f"anchors: {', '.join(registry.anchors())}")


@app.command()
def info(name: Annotated[str, typer.Argument(help="Identifier, as in codec2:mode=2400.")]) -> None:
    """Card, rates and options of one tokenizer, as YAML."""
    import yaml

    tokenizer = audiotok.load(name)
    spec = tokenizer.spec
    described = {
        "identifier": tokenizer.identifier,
        "sample_rate": spec.sample_rate,
        "frame_rate": round(spec.frame_rate, 4),
        "num_codebooks": spec.num_codebooks,
        "codebook_sizes": list(spec.codebook_sizes),
        "token_rate": spec.token_rate,
        "bitrate": spec.bitrate,
        "num_parameters": tokenizer.num_parameters,
        "card": tokenizer.card.to_dict(),
    }
    typer.echo(yaml.safe_dump(described, sort_keys=False, allow_unicode=True).rstrip())


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="Identifier of the tokenizer to check.")],
    device: Device = "cpu",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report as JSON.")] = None,
) -> None:
    """Does the tokenizer do what every tokenizer must? Exit status 1 if a check fails."""
    from audiotok import conformance

    report = conformance.check(audiotok.load(name, device))
    typer.echo(str(report))
    if output:
        output.write_text(report.to_json() + "\n", encoding="utf-8")
    if not report.passed:
        raise typer.Exit(1)


@app.command()
def encode(
    audio: Annotated[Path, typer.Argument(help="wav, flac, ogg, opus or mp3.")],
    tokenizer: TokenizerName,
    output: Annotated[Path, typer.Option("--output", "-o", help="The tokens file (safetensors).")],
    downmix: Annotated[bool, typer.Option("--downmix", help="Average the channels of stereo audio.")] = False,
    device: Device = "cpu",
) -> None:
    """Audio file -> tokens file."""
    tokens = audiotok.load(tokenizer, device).encode(audio, downmix=downmix)
    tokens.save(output)
    seconds = int(tokens.num_samples[0]) / tokens.spec.sample_rate  # type: ignore[index]  # encode always sets it
    rate = float(tokens.bits()[0]) / seconds
    typer.echo(f"{output}: codes {list(tokens.codes.shape)} of {tokens.tokenizer}, {seconds:.2f} s, {rate:.0f} bit/s")


@app.command()
def decode(
    tokens: Annotated[Path, typer.Argument(help="A tokens file; it knows its tokenizer.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The audio file (.wav, .flac, .ogg).")],
    device: Device = "cpu",
) -> None:
    """Tokens file -> audio file."""
    loaded = audiotok.Tokens.load(tokens)
    if loaded.tokenizer is None:
        raise AudiotokError(f"{tokens} does not say what encoded it; decode it in Python with its tokenizer")
    codec = audiotok.load(loaded.tokenizer, device)
    if not isinstance(codec, audiotok.Codec):
        raise AudiotokError(f"{loaded.tokenizer} is a semantic tokenizer: it has no decoder")
    decoded = codec.decode(loaded)
    decoded.save(output)
    typer.echo(f"{output}: {decoded.seconds:.2f} s at {decoded.sample_rate} Hz by {codec.identifier}")


@app.command()
def run(
    tokenizer: TokenizerNames,
    suite: Annotated[str, typer.Option(help="Named list of recipes and data sets.")] = "mini",
    recipe: Annotated[str | None, typer.Option(help="One recipe instead of the suite's.")] = None,
    data_name: Annotated[str | None, typer.Option("--data", help="One data set instead of the suite's.")] = None,
    runs: RunsFolder = Path("runs"),
    device: Device = "cpu",
    workers: Workers = CORES,
    retry: Retry = False,
) -> None:
    """Run recipes on tokenizers and print the results; goes on where it was stopped."""
    from audiotok import data
    from audiotok import recipe as recipes
    from audiotok.run import Run
    from audiotok.table import show

    chosen = recipes.suite(suite)
    results = []
    for name in [data_name] if data_name else chosen.datasets:
        manifest = data.load(name)
        for question in [recipe] if recipe else chosen.recipes:
            session = Run(manifest, recipes.recipe(question), runs, workers, device, retry)
            results += [result for identifier in tokenizer for result in session.evaluate(identifier)]
    show(results)


@app.command()
def compare(
    a: Annotated[str, typer.Argument(help="Identifier.")],
    b: Annotated[str, typer.Argument(help="Identifier.")],
    data_name: DataName = "mini",
    runs: RunsFolder = Path("runs"),
) -> None:
    """Pair two tokenizers clip by clip: difference, interval and corrected p of every metric that both have."""
    raise NotImplementedError


def main() -> None:
    start(app)
