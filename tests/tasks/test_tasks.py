"""A task says everything of itself, and says it of every row that is on the board."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from audiotok import tasks
from audiotok.errors import InvalidData, InvalidOption, UnknownName
from audiotok.metrics import catalogue
from audiotok.registry import load_system
from audiotok.results import record, signature
from audiotok.tasks.suites import SUITES, VERSIONS, suite
from audiotok.tasks.task import Context

ROWS = Path(__file__).parents[2] / "leaderboard" / "submissions"
QUESTIONS = {
    "abx",
    "acoustic_lm",
    "continuations",
    "dates",
    "lm_pairs",
    "reconstruction",
    "stability",
    "tts_probe",
    "wer",
}


def test_a_task_is_found_by_its_name() -> None:
    assert set(tasks.names()) >= QUESTIONS
    for name in tasks.names():
        task = tasks.get(name)
        assert task.name == name
        assert task.question.endswith("?")
        assert task.cost
    with pytest.raises(UnknownName, match="no task is called 'recontruction'; did you mean reconstruction"):
        tasks.get("recontruction")


def test_what_a_task_costs_is_said_by_its_declaration_alone() -> None:
    """A line of the guide to submissions that runs a recipe gives no time beside it."""
    guide = (ROWS.parent / "README.md").read_text(encoding="utf-8")
    lines = [line for line in guide.splitlines() if "python recipes/" in line]
    assert len(lines) > 5
    assert [line for line in lines if re.search(r"\b(minutes?|hours?|cores?)\b", line)] == []


def test_declarations_of_tasks_and_metrics_import_no_model() -> None:
    """The board reads all of them, where only its own packages are installed."""
    script = (
        "import sys, audiotok.tasks.suites; from audiotok.metrics import catalogue\n"
        "audiotok.tasks.names(); catalogue.names(); print({'transformers', 'accelerate', 'faster_whisper', 'librosa', "
        "'rapidfuzz', 'speechbrain', 'ctranslate2', 'pesq', 'pystoi', 'visqol'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_scores_on_the_board_are_of_the_items_and_weights_that_their_task_expects() -> None:
    for path in sorted(ROWS.glob("*/*_*.jsonl")):  # acoustic_lm, lm_pairs, tts_probe
        for result in record.read(path):
            signed = signature.parse(result.signature)
            task = tasks.get(signed.recipe.partition(".v")[0])
            items = task.items(result, task.clips(signed.data))
            for score in result.scores:
                assert (items[score.clip].speaker, items[score.clip].language) == (score.speaker, score.language)
            weights = task.weights([score.clip for score in result.scores])
            assert all(weights.get(score.clip, score.weight) == score.weight for score in result.scores)


def test_phones_count_alike_however_many_speakers_say_them() -> None:
    weights = tasks.get("abx").weights(["a not e, by s1", "a not e, by s2", "e not a, by s1"])
    assert weights == {"a not e, by s1": 0.5, "a not e, by s2": 0.5, "e not a, by s1": 1.0}


def test_a_system_that_cannot_be_judged_is_refused_with_the_reason() -> None:
    with pytest.raises(InvalidOption, match="reference cannot be evaluated by acoustic_lm: it has no tokens"):
        tasks.get("acoustic_lm").require(load_system("reference"))
    with pytest.raises(InvalidOption, match="reference cannot be evaluated by tts_probe: it has no decoder"):
        tasks.get("tts_probe").require(load_system("reference"))
    assert tasks.get("reconstruction").cannot_judge(load_system("reference")) == ""


def test_data_without_what_a_task_needs_of_a_clip_is_refused(tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    from audiotok import data

    soundfile.write(tmp_path / "a.wav", 0.1 * np.sin(np.arange(16000) / 9), 16000)
    unlabelled, _ = data.make(tmp_path, "unlabelled")
    with pytest.raises(InvalidData, match="unlabelled: tts_probe needs clips with a text, and none has one"):
        tasks.get("tts_probe").run(load_system("codec2:mode=700"), unlabelled, Context(tmp_path))


def test_every_column_of_a_suite_is_a_metric_of_its_task_and_has_data() -> None:
    for one in VERSIONS.values():
        for part in one.parts:
            task = tasks.get(part.task)
            assert set(part.columns) <= set(task.metrics)
            for metric in task.metrics:
                assert catalogue.get(metric).name == metric


def test_what_a_suite_withdrew_it_asks_of_nobody_and_its_task_still_knows() -> None:
    (part,) = (part for part in suite("mini").optional if part.withdrawn)
    assert set(part.withdrawn) == {"pairs_language", "pairs_language_bigram"}
    assert not set(part.withdrawn) & set(part.columns)
    assert set(part.withdrawn) <= set(tasks.get(part.task).metrics)
    assert "language" not in tasks.get(part.task).options.pairs


def test_a_suite_is_its_newest_version_unless_one_is_named() -> None:
    assert suite("mini") is SUITES["mini"] is suite("mini.v1")
    assert suite("mini").signature == "mini.v1"
    with pytest.raises(UnknownName, match="no suite is called 'mimi'; did you mean mini"):
        suite("mimi")
