"""Nothing that a tokenizer does in its process hangs, corrupts or outlives the one that asks."""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
import torch

import audiotok
from audiotok.core.tokenizer import Scalable
from audiotok.errors import InvalidAudio, MachineTrouble, MissingDependency, TokenizerFailed
from audiotok.isolated.environments import Environment
from audiotok.isolated.process import Worker, clean

RATE = 16000


@pytest.fixture(scope="module")
def _loaded() -> dict[str, Any]:
    return {}


@pytest.fixture
def faulty(environment: Environment, _loaded: dict[str, Any]) -> Any:
    """Does to its process what the length of a clip says: see plugin_package/pcm_codec/faulty.py."""
    if not _loaded:
        _loaded["faulty"] = audiotok.load("faulty")
    return _loaded["faulty"]


def encode(tokenizer: Any, samples: int) -> Any:
    return tokenizer.encode(torch.zeros(samples), RATE)


def test_one_without_a_decoder_has_none_here(faulty: Any) -> None:
    assert not isinstance(faulty, audiotok.Codec | Scalable)


def test_what_it_raises_names_what_and_where(faulty: Any) -> None:
    with pytest.raises(TokenizerFailed, match=r"ValueError: this length breaks me \(.*faulty\.py, line \d+\)"):
        encode(faulty, 101)


def test_what_audiotok_raises_there_is_raised_here(faulty: Any) -> None:
    with pytest.raises(InvalidAudio, match=r"^no clip may be so short$"):
        encode(faulty, 102)


def test_nonsense_is_told_apart_there(faulty: Any) -> None:
    with pytest.raises(TokenizerFailed, match="faulty returned tokens that do not match its spec"):
        encode(faulty, 105)


def test_what_it_prints_is_not_taken_for_an_answer(faulty: Any) -> None:
    assert encode(faulty, 104).codes.shape == (1, 1, 1)


def test_a_process_that_dies_says_its_last_words_and_the_next_call_has_another(faulty: Any) -> None:
    before = faulty._worker.pid
    with pytest.raises(
        TokenizerFailed, match=r"died in encode \(exit status 7\); its last output:\n(.|\n)*my last words"
    ):
        encode(faulty, 103)
    assert encode(faulty, 1).codes.shape == (1, 1, 1)
    assert faulty._worker.pid != before


@pytest.mark.parametrize("length", [107, 108], ids=["killed", "full disk"])
def test_trouble_of_the_machine_there_is_told_from_a_failure(faulty: Any, length: int) -> None:
    with pytest.raises(MachineTrouble, match=r"exit status -9|No space left on device"):
        encode(faulty, length)
    assert encode(faulty, 1).codes.shape == (1, 1, 1)


def test_an_interrupted_call_ends_the_process(faulty: Any) -> None:
    encode(faulty, 1)
    pid = faulty._worker.pid
    main = threading.main_thread().ident or 0
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        threading.Timer(0.5, signal.pthread_kill, (main, signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            encode(faulty, 106)
    finally:
        signal.signal(signal.SIGINT, before)
    assert gone(pid)


def test_it_ends_when_the_process_that_asks_is_killed(environment: Environment) -> None:
    """In the midst of an answer, too."""
    script = (
        "import threading, torch, audiotok\n"
        "t = audiotok.load('faulty')\n"
        "print(t._worker.pid, flush=True)\n"
        "t.encode(torch.zeros(106), 16000)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as asking:
        pid = int(asking.stdout.readline())  # type: ignore[union-attr]  # it is a pipe
        assert not gone(pid, seconds=0)
        asking.kill()
    assert gone(pid)


def test_an_environment_without_audiotok_says_how_to_make_it_again(tmp_path: Any) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho no such thing here >&2\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(MissingDependency, match=r"audiotok env make broken (.|\n)*no such thing here"):
        Worker(Environment("broken", tmp_path)).call("canonical", identifier="broken")
    python.unlink()
    with pytest.raises(MissingDependency, match="cannot be run"):
        Worker(Environment("broken", tmp_path)).call("canonical", identifier="broken")


def gone(pid: int, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while True:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat") as file:  # one that nobody waits for any more stays a zombie
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_that_does_not_answer_is_ended(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIOTOK_WORKER_TIMEOUT", "60")
    loaded = audiotok.load("faulty")
    encode(loaded, 104)
    monkeypatch.setenv("AUDIOTOK_WORKER_TIMEOUT", "1")
    worker = loaded._worker
    os.kill(worker.pid, signal.SIGSTOP)
    with pytest.raises(TokenizerFailed, match=r"no answer for 1 s in encode and was stopped; .* set AUDIOTOK"):
        encode(loaded, 104)
    monkeypatch.setenv("AUDIOTOK_WORKER_TIMEOUT", "60")
    assert encode(loaded, 104).codes.shape == (1, 1, 1)  # another one was started


def test_a_worker_gets_no_token_of_the_users() -> None:
    given = {
        "HF_TOKEN": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "GITHUB_PASSWORD": "x",
        "OPENAI_API_KEY": "x",
        "PATH": "/bin",
    }
    assert clean({**given, "AUDIOTOK_ASSETS": "/assets", "AUTHOR": "me"}) == {
        **{"PATH": "/bin", "AUDIOTOK_ASSETS": "/assets", "AUTHOR": "me"}
    }
