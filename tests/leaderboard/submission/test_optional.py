"""What a submission finds of the recipes that models were trained for: by signature, all of it or nothing."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from audiotok import data, registry
from audiotok.core.tokenizer import Tokenizer
from audiotok.data import Manifest
from audiotok.leaderboard.submission import optional
from audiotok.leaderboard.submission.files import listened
from audiotok.metrics import catalogue
from audiotok.metrics.base import Declaration
from audiotok.metrics.outcomes import ClipScore
from audiotok.results import record
from audiotok.results.record import Result
from audiotok.tasks import abx, continuations, tts_probe
from audiotok.tasks.continuations import ContinuationOptions
from audiotok.tasks.continuations.scoring import results as continued
from audiotok.tasks.language_model.folder import lm_folder
from audiotok.tasks.language_model.speech_scoring import ClipOutcomes
from audiotok.tasks.tts_probe.scoring import results as spoken

NAME = "codec2:mode=700"
PROMPTS, TEXTS = data.load("small-new-voices-prompts"), data.load("small-new-texts")


@pytest.fixture
def system() -> Tokenizer:
    return registry.load(NAME)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def judged(metrics: Sequence[str], asked: Manifest) -> dict[str, ClipOutcomes]:
    return {
        metric: ClipOutcomes({clip.id: ClipScore(float(i % 2)) for i, clip in enumerate(asked)}) for metric in metrics
    }


def leave(results: Sequence[Result], folder: Path, asked: Manifest) -> None:
    """As a recipe does: results, and audio of every clip."""
    folder.mkdir(parents=True)
    record.write(folder / "results.jsonl", results)
    for clip in listened(asked, 5):
        soundfile.write(folder / f"{clip.id}.wav", 0.1 * np.sin(np.arange(16000) / 20), 16000)


def leave_continuations(runs: Path, system: Tokenizer, hours: float = 2.0, without: str = "") -> None:
    asked = continuations.TASK.under(ContinuationOptions(hours=hours))
    made = continued(judged(asked.metrics, PROMPTS), system, PROMPTS, asked)
    folder = lm_folder(runs, data.load("small").domain("speech"), NAME) / f"a-model-{hours}" / "continuations"
    leave([result for result in made if result.metric != without], folder, PROMPTS)


def added(runs: Path, system: Tokenizer, tmp_path: Path) -> Path:
    folder = tmp_path / "submission"
    folder.mkdir()
    optional.add(folder, system, runs)
    return folder


def test_what_the_recipe_gives_by_default_is_what_the_board_asks_for(
    runs: Path, system: Tokenizer, tmp_path: Path
) -> None:
    leave_continuations(runs, system)
    leave_continuations(runs, system, hours=20.0)
    judgements = judged(tts_probe.TASK.metrics, TEXTS)
    said = spoken(judgements, system, TEXTS, {"another": "it is longer than 10.0 s"}, tts_probe.TASK)
    leave(said, lm_folder(runs, data.load("small").domain("speech"), NAME) / "tts-model" / "said", TEXTS)
    folder = added(runs, system, tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == [
        *("continuations", "continuations.jsonl", "tts_probe", "tts_probe.jsonl"),
    ]
    for recipe in (continuations.TASK, tts_probe.TASK):
        found = {result.metric: result for result in record.read(folder / f"{recipe.name}.jsonl")}
        assert set(found) == set(recipe.metrics)
        for name, result in found.items():
            metric = catalogue.get(name)
            assert (result.title, result.question, result.unit, result.direction, result.scale) == (
                *(metric.title, metric.question, metric.unit, metric.direction, metric.scale),
            )
            assert result.unranked == metric.why_unranked(system.card.trained_with)
            assert result.undefined == {}
            assert "hours:20.0" not in result.signature
    heard = {path.stem for path in (folder / "continuations").glob("*.ogg")}
    assert heard == {clip.id for clip in listened(PROMPTS, 3)}


def test_a_recipe_of_which_something_is_missing_is_left_out_and_named(
    runs: Path, system: Tokenizer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave_continuations(runs, system, without="continuation_length")
    folder = added(runs, system, tmp_path)
    assert list(folder.iterdir()) == []
    assert "left out continuations.jsonl: no continuation_length" in capsys.readouterr().err


def test_models_that_were_trained_otherwise_are_left_out(runs: Path, system: Tokenizer, tmp_path: Path) -> None:
    leave_continuations(runs, system, hours=20.0)
    assert list(added(runs, system, tmp_path).iterdir()) == []


def sign(metric: Declaration, name: str, sha256: str) -> str:
    return abx.TASK.sign(f"{metric.name}.v{metric.version}", name, sha256, "group:10|voices:5")


def test_phones_are_added_from_each_published_item_file(runs: Path, system: Tokenizer, tmp_path: Path) -> None:
    for name, sha256 in (("dev-clean", "ab" * 32), ("dev-other", "cd" * 32), ("mine", "ef" * 32)):
        folder = runs / "abx" / f"{name}-{sha256[:12]}" / "codec2-mode-700"
        folder.mkdir(parents=True)
        made = [
            Result(NAME, metric.name, "speech", sign(metric, name, sha256), None)
            for metric in map(catalogue.get, abx.TASK.metrics)
        ]
        record.write(folder / "results-10-5.jsonl", made)
    found = record.read(added(runs, system, tmp_path) / "abx.jsonl")
    assert {(r.metric, r.signature.split("|")[1].partition("@")[0]) for r in found} == {
        (metric, f"data:{name}") for metric in abx.TASK.metrics for name in ("dev-clean", "dev-other")
    }


def test_adding_again_puts_the_new_scores_in_place_of_the_old(runs: Path, system: Tokenizer, tmp_path: Path) -> None:
    leave_continuations(runs, system)
    folder = added(runs, system, tmp_path)
    once = (folder / "continuations.jsonl").read_text()
    optional.add(folder, system, runs)
    assert (folder / "continuations.jsonl").read_text() == once
