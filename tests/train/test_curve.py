import json

from audiotok.train.curve import Curve


def steps(folder) -> list[int]:
    return [json.loads(line)["step"] for line in (folder / "curves.jsonl").read_text().splitlines()]


def test_what_a_killed_run_recorded_after_its_last_checkpoint_is_dropped(tmp_path):
    curve = Curve(tmp_path, 0, main=True, tensorboard=False)
    for step in (1, 2, 3):
        curve.add(step, 0.5 * step, {"total": 1.0})
    resumed = Curve(tmp_path, 2, main=True, tensorboard=False)
    resumed.add(3, 1.75, {"total": 0.25})
    assert steps(tmp_path) == [1, 2, 3]
    last = json.loads((tmp_path / "curves.jsonl").read_text().splitlines()[-1])
    assert last == {"step": 3, "total": 0.25, "seconds": 1.75}


def test_other_processes_than_the_main_one_write_nothing(tmp_path):
    curve = Curve(tmp_path, 0, main=False, tensorboard=True)
    curve.add(1, 0.5, {"total": 1.0})
    curve.close()
    assert not list(tmp_path.iterdir())
