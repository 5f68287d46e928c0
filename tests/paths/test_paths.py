"""People who come to audiotok, each with a script (.sh) that starts from an empty folder and a few recordings."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

HERE = Path(__file__).parent
SUBMISSIONS = HERE.parents[1] / "leaderboard" / "submissions"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five recordings of two seconds."""
    (tmp_path / "recordings").mkdir()
    for i in range(5):
        seconds = np.arange(32000) / 16000
        phase = 2 * np.pi * (120 + 25 * i) * seconds + 3 * np.sin(4 * np.pi * seconds)
        tone = sum(np.sin(h * phase) / h for h in range(1, 8)) * np.sin(6 * np.pi * seconds) ** 2
        noise = np.random.default_rng(i).standard_normal(len(seconds))
        soundfile.write(tmp_path / "recordings" / f"clip{i}.wav", 0.1 * tone + 0.003 * noise, 16000)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("person", [script.stem for script in sorted(HERE.glob("*.sh"))])
def test_a_person_gets_from_nothing_to_an_answer(person: str, folder: Path) -> None:
    """What is printed, and how long it took, is in the test's output (pytest -s). By day tests/cli asks the same of
    each command, in one process.
    """
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    command = bin_folder / "audiotok"  # the checkout that is tested, whatever is on the PATH
    main = "from audiotok.cli.main import main\nif __name__ == '__main__':\n    main()\n"
    command.write_text(f"#!{sys.executable}\n{main}")
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(HERE.parents[1]),
        "SUBMISSIONS": str(SUBMISSIONS),
    }
    started = time.monotonic()
    script = ["bash", "-ex", HERE / f"{person}.sh"]
    done = subprocess.run(script, cwd=folder, env=environment, capture_output=True, text=True)
    print(f"{person}: {time.monotonic() - started:.0f} s\n{done.stdout}")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
