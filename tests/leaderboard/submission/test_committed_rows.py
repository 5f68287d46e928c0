"""The rows of the board are what the metrics declare today: a changed signature or title would void them in silence."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from audiotok import registry, tasks
from audiotok.data.manifest import Manifest
from audiotok.errors import AssetUnavailable
from audiotok.files.json import read_json
from audiotok.leaderboard.submission.entry import read_entry
from audiotok.leaderboard.submission.older_signatures import earlier
from audiotok.leaderboard.submission.protocol import signature_of
from audiotok.leaderboard.submission.rows import rows
from audiotok.leaderboard.submission.verify import unlike_cards
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.early import lags_of, why_early
from audiotok.results.signature import parse

ROWS = sorted((Path(__file__).parents[3] / "leaderboard" / "submissions").iterdir())


@cache
def manifest(task: str, name: str) -> Manifest | None:
    return tasks.get(task).clips(name)


def test_every_row_is_on_the_board() -> None:
    """Scores that were computed again also need their hash in `older.json` (see `submission.version`)."""
    found, refused = rows(ROWS[0].parent)
    assert refused == {}
    assert len(found) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_signed_and_described_as_its_metrics_are_today(row: Path) -> None:
    card = row / "card.yaml"
    taught = yaml.safe_load(card.read_text("utf-8")).get("trained_with", ()) if card.exists() else None
    lags = lags_of(read_json(row / "environment.json"))
    files = sorted(row.glob("*.jsonl"))
    assert files
    for result in (result for path in files for result in record.read(path)):
        metric, signed = catalogue.get(result.metric), parse(result.signature)
        task = tasks.get(signed.recipe.rpartition(".v")[0])
        today = signature_of(task, metric, manifest(task.name, signed.data), signed)
        assert result.signature in (today, *earlier(today))
        assert (metric.title, metric.question, metric.unit, metric.direction, metric.scale) == (
            *(result.title, result.question, result.unit, result.direction, result.scale),
        )
        reason = "an anchor" if taught is None else metric.why_unranked(taught)
        assert result.unranked in (reason, reason or why_early(metric, lags.get(result.domain)))


@pytest.mark.parametrize("row", [row for row in ROWS if (row / "card.yaml").exists()], ids=lambda row: row.name)
def test_a_rows_card_is_that_of_the_tokenizer_today(row: Path) -> None:
    entry = read_entry(row)
    try:
        card = registry.load(entry.tokenizer).card
    except AssetUnavailable as error:
        pytest.skip(str(error))
    assert unlike_cards(entry.card or {}, card) == {}
