"""Ray makes the same bytes, and a worker that is killed costs nothing but time."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from audiotok import registry
from audiotok.data import Manifest
from audiotok.store import TokenStore, tokenize

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
    """The actors that tokenise; processes of this test and no others."""
    return [child for child in psutil.Process().children(recursive=True) if "MapWorker" in " ".join(child.cmdline())]


def test_a_killed_worker_changes_no_byte(vowels: Manifest, tmp_path: Path, cluster: None) -> None:
    clips = [replace(clip, id=f"{clip.id}-{i}") for i in range(30) for clip in vowels]
    corpus = Manifest.of("many", clips, vowels.root)
    killed: list[int] = []

    def kill_one() -> None:
        deadline = time.monotonic() + 100
        while len(list((tmp_path / "ray" / "shards").glob("*.json"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        for worker in workers()[:1]:
            worker.kill()
            killed.append(worker.pid)

    killer = threading.Thread(target=kill_one)
    killer.start()
    tokenizer = registry.load("mulaw")
    failures = tokenize(tokenizer, corpus, tmp_path / "ray", shard_hours=SHARD, engine="ray", workers=1)
    killer.join()
    tokenize(tokenizer, corpus, tmp_path / "local", shard_hours=SHARD)
    assert not failures
    assert killed
    assert len(TokenStore(tmp_path / "ray")) == len(corpus)
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")
