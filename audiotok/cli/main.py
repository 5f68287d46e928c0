"""The `audiotok` command. Each subcommand is a few calls that a script could make as well."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import audiotok
from audiotok.cli.check import check
from audiotok.cli.cite import cite
from audiotok.cli.data import data_app
from audiotok.cli.env import env_app
from audiotok.cli.inventory import datasets, metrics, tasks
from audiotok.cli.leaderboard import SUBMISSIONS, Source, leaderboard_app
from audiotok.cli.new import new
from audiotok.cli.options import Device, Quiet, Retry, TokenizerName, spread, start
from audiotok.cli.results import results
from audiotok.cli.run import compare, run, submit
from audiotok.cli.score import score
from audiotok.cli.tokenizers import info, list_
from audiotok.errors import AudiotokError, InvalidOption

app = typer.Typer(
    help="Encode, evaluate and compare discrete audio tokenizers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Environment variables: AUDIOTOK_CACHE (folder for downloads; ~/.cache/audiotok), AUDIOTOK_ASSETS "
    "(folder searched for weights and audio, by name or SHA-256, before downloading), AUDIOTOK_DATA (folder of your "
    "corpora), AUDIOTOK_ENVS (environments of tokenizers), AUDIOTOK_QUIET (hide progress). Shell completion: audiotok "
    "--install-completion.",
)
app.add_typer(data_app, name="data")
app.add_typer(env_app, name="env")
app.add_typer(leaderboard_app, name="leaderboard")
app.command("list")(list_)
app.command()(info)
app.command()(metrics)
app.command()(tasks)
app.command()(datasets)
app.command()(check)
app.command()(spread(run))
app.command()(spread(compare))
app.command()(spread(submit))
app.command()(results)
app.command()(score)
app.command()(new)
app.command()(cite)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"audiotok {audiotok.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Encode, evaluate and compare discrete audio tokenizers."""


@app.command()
def encode(
    audio: Annotated[
        Path, typer.Argument(help="Audio file: wav, flac, ogg, opus, mp3 or another format that FFmpeg reads.")
    ],
    tokenizer: TokenizerName,
    output: Annotated[Path, typer.Option("--output", "-o", help="Tokens file to write (safetensors).")],
    downmix: Annotated[bool, typer.Option("--downmix", help="Average the channels of stereo audio.")] = False,
    device: Device = "cpu",
) -> None:
    """Encode an audio file to a tokens file."""
    tokens = audiotok.load(tokenizer, device).encode(audio, downmix=downmix)
    tokens.save(output)
    seconds = int(tokens.num_samples[0]) / tokens.spec.sample_rate  # type: ignore[index]  # encode always sets it
    rate = float(tokens.bits()[0]) / seconds
    typer.echo(f"{output}: codes {list(tokens.codes.shape)} of {tokens.tokenizer}, {seconds:.2f} s, {rate:.0f} bit/s")


@app.command()
def decode(
    tokens: Annotated[Path, typer.Argument(help="Tokens file; it names its tokenizer.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Audio file to write (.wav, .flac, .ogg).")],
    tokenizer: Annotated[str, typer.Option("--tokenizer", "-t", help="Use another decoder for the same tokens.")] = "",
    device: Device = "cpu",
) -> None:
    """Decode a tokens file to an audio file."""
    from audiotok import registry

    loaded = audiotok.Tokens.load(tokens)
    decoder = tokenizer or loaded.tokenizer
    if decoder is None:
        raise AudiotokError(f"{tokens} does not name the tokenizer that encoded it; name it with --tokenizer")
    if not tokenizer and (why := registry.unasked(decoder)):
        raise AudiotokError(
            f"{tokens} names {decoder[:200]}, {why}. If you trust it, name it: --tokenizer '{decoder[:200]}'"
        )
    codec = audiotok.load(decoder, device)
    if not isinstance(codec, audiotok.Codec):
        raise AudiotokError(f"{decoder} is a semantic tokenizer: it has no decoder")
    decoded = codec.decode(loaded)
    decoded.save(output)
    typer.echo(f"{output}: {decoded.seconds:.2f} s at {decoded.sample_rate} Hz by {codec.identifier}")


@app.command()
def tokenize(
    corpus: Annotated[
        str, typer.Argument(help="mini, small, speech:FOLDER, or the path or URL (s3://…, hf://…) of a manifest.")
    ],
    tokenizer: TokenizerName,
    out: Annotated[str, typer.Option("--out", "-o", help="Folder or URL (s3://…) of the token store.")],
    split: Annotated[str, typer.Option(help="Only this split of the corpus.")] = "",
    shard_hours: Annotated[
        float, typer.Option(help="Hours of audio per shard; a killed run loses at most one shard.")
    ] = 1.0,
    engine: Annotated[
        str, typer.Option("--engine", help="Engine that encodes: local, ray, or one from an installed package.")
    ] = "local",
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Number of worker processes, for engines that support several.")
    ] = 1,
    readers: Annotated[
        int | None,
        typer.Option(
            "--readers", min=0, help="Number of processes that read clips; by default 0 on a CPU, otherwise cores - 1."
        ),
    ] = None,
    rank: Annotated[
        int, typer.Option("--rank", min=0, help="Rank of this process among --world-size; $SLURM_PROCID under Slurm.")
    ] = 0,
    world_size: Annotated[
        int, typer.Option("--world-size", min=1, help="Number of processes that write this store, each its own shards.")
    ] = 1,
    batching: Annotated[
        str,
        typer.Option(
            help="exact; or padded, which is faster on a GPU but changes some codes (the store records how many)."
        ),
    ] = "exact",
    batch_seconds: Annotated[
        float | None,
        typer.Option(
            help="Seconds of audio per batch, including padding; by default 60, or what fits into GPU memory."
        ),
    ] = None,
    device: Device = "cpu",
    retry: Retry = False,
    quiet: Quiet = False,
) -> None:
    """Encode a corpus to a token store, as mono. An interrupted run resumes."""
    from audiotok import store

    system = audiotok.load(tokenizer, device)
    failures = store.tokenize(
        system,
        store.open_corpus(corpus, split),
        out,
        shard_hours=shard_hours,
        engine=engine,
        workers=workers,
        readers=readers,
        rank=rank,
        world_size=world_size,
        batching=batching,  # type: ignore[arg-type]  # any other is refused
        batch_seconds=batch_seconds,
        retry=retry,
    )
    for clip, reason in failures.items():
        typer.secho(f"left out {clip}: {reason}", fg="yellow", err=True)
    if failures:
        typer.secho("--retry tries these clips again", fg="yellow", err=True)
    if world_size > 1:
        typer.echo(f"{out}: the shards of rank {rank} of {world_size} are done")
        return
    made = store.TokenStore(out)
    clips = made.description["corpus"]["clips"]
    typer.echo(f"{out}: {len(made)} of {clips} clips, {made.seconds / 3600:.2f} h of {made.tokenizer}")


@app.command()
def export(
    folder: Annotated[str, typer.Argument(help="Folder or URL of a token store.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="File (parquet) or folder to write.")],
    to: Annotated[
        str, typer.Option(help="parquet, webdataset, or training (token ids of a single vocabulary).")
    ] = "parquet",
    pattern: Annotated[
        str,
        typer.Option(
            help="Pattern of the codebooks for --to training: flatten, coarse_first, delay, parallel.",
            show_default="flatten",
        ),
    ] = "",
) -> None:
    """Convert a token store to another format."""
    from audiotok.lm import patterns
    from audiotok.lm.export import to_training
    from audiotok.store import TokenStore, export

    if pattern and to != "training":
        raise InvalidOption(f"--pattern is for --to training, got --to {to}; leave it out")
    store = TokenStore(folder)
    store.verify()
    if to == "training":
        to_training(store, patterns.get(pattern or "flatten", store.spec), out)
    elif to in ("parquet", "webdataset"):
        (export.to_parquet if to == "parquet" else export.to_webdataset)(store, out)
    else:
        raise InvalidOption(f"--to must be parquet, webdataset or training, got {to!r}")
    typer.echo(f"{out}: {len(store)} clips of {store.tokenizer}")


@app.command()
def plot(
    metric: Annotated[str, typer.Argument(help="Metric, for example pesq_wb.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Figure to write: .svg, .pdf or .png.")],
    source: Source = SUBMISSIONS,
    domain: Annotated[str, typer.Option(help="speech, music or audio.")] = "speech",
    axis: Annotated[str, typer.Option(help="bitrate or token_rate.")] = "bitrate",
) -> None:
    """Plot a metric against the rate, one line per family, with the Pareto front."""
    from audiotok.results.frame import read_all
    from audiotok.results.plot import rate_distortion

    points = rate_distortion(read_all(source), metric, domain, output, axis)
    typer.echo(f"{output}: {len(points)} systems")


def main() -> None:
    start(app)
