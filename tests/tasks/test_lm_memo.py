"""Results are made once, and again where what they were made from is another."""

from pathlib import Path

import torch

from audiotok.results.record import Result
from audiotok.tasks.lm_memo import digest, kept, weights


def test_results_are_made_again_only_where_they_would_be_others(tmp_path: Path) -> None:
    made = []

    def make() -> list[Result]:
        made.append(1)
        return [Result("codec2", "lm_bits", "speech", "acoustic_lm.v1", None, title=f"{len(made)}")]

    path = tmp_path / "run" / "scores.jsonl"
    assert [kept(path, inputs, make)[0].title for inputs in ("a", "a", "b", "b")] == ["1", "1", "2", "2"]
    path.unlink()
    assert kept(path, "b", make)[0].title == "3"
    path.with_suffix(".inputs").unlink()  # by a run that was killed before it was done
    assert kept(path, "b", make)[0].title == "4"


def test_weights_are_told_apart_to_the_bit() -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    before = weights(model)
    assert weights(model) == before
    with torch.no_grad():
        model.bias[0] = torch.nextafter(model.bias[0], torch.tensor(9.0))
    assert weights(model) != before
    assert weights(model.bfloat16()) != weights(model.half())


def test_a_digest_knows_where_a_part_ends() -> None:
    assert digest("ab", "c") != digest("a", "bc")
