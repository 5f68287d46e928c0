"""A stage arrives at a worker elsewhere with the system that it was given."""

import pickle
from pathlib import Path

import pytest

from audiotok import registry
from audiotok.data import Manifest
from audiotok.runs.code import CodeBatches
from audiotok.runs.folder import open_folder


@pytest.mark.parametrize("identifier", ["mulaw:sample_rate=8000", "opus:kbps=24", "folder"])
def test_a_tokenizer_an_anchor_and_recordings_arrive(identifier: str, vowels: Manifest, tmp_path: Path) -> None:
    if identifier == "folder":
        identifier = str(registry.load_system(f"folder:{vowels.root}").identifier)
    system = registry.load_system(identifier)
    stage = CodeBatches(system, vowels.root, open_folder(tmp_path, system, vowels))
    arrived = pickle.loads(pickle.dumps(stage))
    assert arrived.system.identifier == system.identifier
    jobs = [list(vowels)[:2]]
    assert list(arrived.run(jobs)) == [2]
