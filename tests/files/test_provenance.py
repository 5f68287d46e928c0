"""Which machine a number came from."""

import pytest
import torch

from audiotok.files.provenance import hardware


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU, which this machine need not have."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device=None: f"NVIDIA H200 {device or ''}".strip())


@pytest.mark.usefixtures("gpu")
def test_the_processor_computes_on_the_cpu_also_where_there_is_a_gpu() -> None:
    assert "torch threads" in hardware()
    assert hardware(torch.device("cpu")) == hardware()
    assert hardware("cuda:1") == "NVIDIA H200 cuda:1"


def test_the_threads_are_those_of_the_moment() -> None:
    before = torch.get_num_threads()
    try:
        for threads in (2, 1):
            torch.set_num_threads(threads)
            assert hardware().endswith(f", {threads} torch threads")
    finally:
        torch.set_num_threads(before)
