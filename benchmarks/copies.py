"""How much worse do honest codecs score on copies of clips, which are cut elsewhere and played at another speed?

    python benchmarks/copies.py --draws 3 -t codec2:mode=700 -t mulaw

What `audiotok leaderboard verify` allows them (WORSE in leaderboard/submission/unknown.py) is set by this. Rows of the
board are scored on copies of the clips that are verified, in several draws; the worst draw of each metric and domain is
printed and added to benchmarks/copies.json.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer

from audiotok import data, registry
from audiotok.cli.options import start
from audiotok.core.identifier import slug
from audiotok.core.tokenizer import Codec
from audiotok.leaderboard.submission.entry import read_entry
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen
from audiotok.leaderboard.submission.unknown import on_copies

ROWS = Path(__file__).parents[1] / "leaderboard" / "submissions"
TABLE = Path(__file__).with_suffix(".json")


def main(
    tokenizer: Annotated[list[str], typer.Option("--tokenizer", "-t", help="Rows of the board; repeat.")],
    draws: Annotated[int, typer.Option(min=1, help="Sets of copies for each.")] = 3,
    runs: Annotated[Path, typer.Option(help="Where analyses of references are kept.")] = Path("runs"),
) -> None:
    """Score copies and print what was claimed of the clips beside the worst draw."""
    manifest = data.load("mini")
    table = json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    for name in tokenizer:
        codec = registry.load(name)
        if not isinstance(codec, Codec):
            sys.exit(f"{name} does not decode")
        entry = read_entry(ROWS / slug(codec.identifier))
        found: dict[str, list[list[float]]] = defaultdict(list)
        for draw in range(draws):
            clips = chosen(manifest, VERIFIED_CLIPS, f"{draw}")
            for one in on_copies(entry, codec, clips, manifest, runs, 1, f"draw {draw}"):
                found[f"{one.metric.removesuffix(' of copies')} {one.domain}"].append(
                    [round(one.claimed, 4), round(one.measured, 4)]
                )
        table[codec.identifier] = dict(sorted(found.items()))
        for key, pairs in table[codec.identifier].items():
            typer.echo(f"{codec.identifier:32} {key:22} {'  '.join(f'{old:.3f} {new:.3f}' for old, new in pairs)}")
        TABLE.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    start(main)
