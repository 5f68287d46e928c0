"""Ray makes the same bytes, and a worker that is killed costs nothing but time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from audiotok import registry
from audiotok.data import Manifest
from audiotok.errors import InvalidAudio
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result
from audiotok.runs import engines
from audiotok.runs.encode import encoded
from audiotok.runs.folder import open_folder
from audiotok.runs.run import Run
from audiotok.runs.score import Job, ScoreClips
from audiotok.store import TokenStore, tokenize
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.language_model.side_by_side import train_side_by_side
from audiotok.tasks.language_model.training import TrainingData, train_lm, weights
from audiotok.tasks.task import Context

psutil = pytest.importorskip("psutil")
ray = pytest.importorskip("ray")
SHARD = 1.0 / 3600  # hours


@pytest.fixture
def cluster() -> None:
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100_000_000)
    yield
    ray.shutdown()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def workers() -> list[psutil.Process]:
    """The actors at work; processes of this test and no others."""
    return [child for child in psutil.Process().children(recursive=True) if "MapWorker" in " ".join(child.cmdline())]


@contextmanager
def killing_one_when(begun: Callable[[], bool]) -> Iterator[list[int]]:
    """Kill a worker as soon as `begun`; gives the list of whom it killed."""
    killed: list[int] = []

    def kill_one() -> None:
        deadline = time.monotonic() + 100
        while not begun() and time.monotonic() < deadline:
            time.sleep(0.02)
        for worker in workers()[:1]:
            worker.kill()
            killed.append(worker.pid)

    killer = threading.Thread(target=kill_one)
    killer.start()
    yield killed
    killer.join()


def test_a_killed_worker_changes_no_byte(vowels: Manifest, tmp_path: Path, cluster: None) -> None:
    clips = [replace(clip, id=f"{clip.id}-{i}") for i in range(30) for clip in vowels]
    corpus = Manifest.of("many", clips, vowels.root)
    with killing_one_when(lambda: len(list((tmp_path / "ray" / "shards").glob("*.json"))) >= 3) as killed:
        tokenizer = registry.load("mulaw")
        failures = tokenize(tokenizer, corpus, tmp_path / "ray", shard_hours=SHARD, engine="ray", workers=1)
    tokenize(tokenizer, corpus, tmp_path / "local", shard_hours=SHARD)
    assert not failures
    assert killed
    assert len(TokenStore(tmp_path / "ray")) == len(corpus)
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")


def test_a_run_on_ray_gives_the_bytes_of_one_in_this_process(vowels: Manifest, tmp_path: Path, cluster: None) -> None:
    recipe = Recipe("cheap", 1, ("si_sdr", "stoi", "bitrate", "empirical_bitrate"))
    clips = Manifest.of("many", [replace(c, id=f"{c.id}-{i}") for i in range(20) for c in vowels], vowels.root)

    def evaluate(engine: str) -> list[Result]:
        return Run(clips, recipe, tmp_path / engine, workers=1, engine=engine).evaluate("mulaw")

    def coded() -> bool:
        return len(list((tmp_path / "ray").glob("*/mulaw*/coded/*.json"))) >= 10

    with killing_one_when(coded) as killed:
        found = evaluate("ray")
    assert killed
    assert found == evaluate("local")
    kinds = {"tokens", "audio", "coded", "scores", "results"}  # the times of two runs differ
    of_ray, of_local = (
        {name: content for name, content in contents(tmp_path / engine).items() if kinds & set(Path(name).parts)}
        for engine in ("ray", "local")
    )
    assert of_ray == of_local
    assert sum("/scores/" in name for name in of_ray) == 2 * len(clips)  # the reference's, too


def test_tokens_that_ray_encodes_are_those_of_one_process(vowels: Manifest, tmp_path: Path, cluster: None) -> None:
    clips = Manifest.of("many", [replace(c, id=f"{c.id}-{i}") for i in range(20) for c in vowels], vowels.root)
    mulaw = registry.load("mulaw")
    with killing_one_when(lambda: len(list((tmp_path / "ray").glob("*/mulaw*/coded/*.json"))) >= 5) as killed:
        found = [clip.id for clip, _ in encoded(mulaw, clips, tmp_path / "ray", "ray", 1)]
    assert killed
    assert found == [clip.id for clip, _ in encoded(mulaw, clips, tmp_path / "local")]
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")


def test_models_that_are_trained_side_by_side_have_the_weights_of_one_after_another(
    small: TokenStore, tmp_path: Path, cluster: None
) -> None:
    options = LMOptions(size="1M", hours=0.001, context_seconds=1.0)

    def trained(engine: str) -> list[str]:
        training = TrainingData(small, options.order_codes(small.spec), tmp_path / engine)
        jobs = [partial(train_lm, training, options, seed) for seed in (0, 1)]
        train_side_by_side(jobs, Context(tmp_path, engine=engine, workers=2), options)
        return [weights(job().model) for job in jobs]

    with killing_one_when(lambda: any((tmp_path / "ray").rglob("*"))) as killed:
        found = trained("ray")
    assert killed
    assert found == trained("local")
    assert found[0] != found[1]


def test_what_a_job_raises_arrives_as_it_is(vowels: Manifest, tmp_path: Path, cluster: None) -> None:
    folder = open_folder(tmp_path, registry.load("mulaw"), vowels)
    job = Job(vowels.clips[0], folder.absolute(), ("si_sdr",), {"scores": {}, "lags": {}}, None, vowels.root, tmp_path)
    with pytest.raises(InvalidAudio, match="no such file"):
        list(engines.get("ray")(ScoreClips("mulaw"), [job], 1))
