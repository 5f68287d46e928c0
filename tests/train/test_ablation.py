"""The table and the plot of a grid, from results made by hand."""

import pytest

from audiotok.models.mel_codec import CodecConfig
from audiotok.results.record import Estimate, Result, ScoredClip
from audiotok.results.statistics import estimate
from audiotok.train.ablation import compared, named, over_seeds, plot, report
from audiotok.train.teacher_probe import METRIC

CLIPS = 12


def result(tokenizer: str, values: list[float], metric: str = "estoi", **fields: str) -> Result:
    scores = tuple(ScoredClip(f"clip{i}", value, 1.0, "anne", "en") for i, value in enumerate(values))
    return Result(
        tokenizer=tokenizer,
        metric=metric,
        domain="speech",
        signature=f"ablation.v1|metric:{metric}.v1",
        estimate=estimate(scores, 0)[0],
        scores=scores,
        title=metric.upper(),
        question="signal",
        direction="higher",
        **fields,
    )


@pytest.fixture
def grid() -> list[Result]:
    plain = [0.5 + 0.01 * i for i in range(CLIPS)]
    return [
        result("rvq 8x16 none", plain),
        result("rvq 8x16 lmspt", [value + 0.3 + 0.001 * (i % 3) for i, value in enumerate(plain)]),
        result("svq 1x16 none", plain),
        result("svq 1x16 lmspt", plain[::-1], unranked="taught by its judge, ear"),
    ]


def test_a_cell_is_compared_with_the_plain_one_of_its_quantizer(grid) -> None:
    found = compared(grid)
    assert set(found) == {("rvq 8x16 lmspt", "estoi"), ("svq 1x16 lmspt", "estoi")}
    better, p = found["rvq 8x16 lmspt", "estoi"]
    assert better.difference == pytest.approx(0.301)
    assert p < 0.01
    same, p = found["svq 1x16 lmspt", "estoi"]
    assert same.difference == pytest.approx(0.0)
    assert p > 0.5


def test_the_table_has_values_differences_and_what_is_not_ranked(grid, tmp_path) -> None:
    report(grid, tmp_path / "table", "python recipes/ablation.py --steps 3")
    text = (tmp_path / "table.md").read_text()
    assert text.startswith("    python recipes/ablation.py --steps 3\n")
    assert "| rvq 8x16 lmspt | **0.30" in text
    assert "| svq 1x16 lmspt | 0.000 [" in text
    assert text.count("ESTOI: taught by its judge, ear") == 1
    assert (tmp_path / "table.csv").read_text().count("\n") == 5
    assert '"tokenizer": "svq 1x16 lmspt"' in (tmp_path / "table.json").read_text()


def test_seeds_are_averaged_clip_by_clip() -> None:
    one, other = result("x 1x2 none", [0.2] * 8 + [0.4]), result("x 1x2 none", [0.4] * 8 + [0.8])
    (mean,) = over_seeds([[one], [other]])
    assert [score.total for score in mean.scores] == pytest.approx([0.3] * 8 + [0.6])
    assert isinstance(mean.estimate, Estimate)
    assert mean.estimate.n == 9
    assert over_seeds([[one]]) == [one]


@pytest.mark.parametrize(("metric", "sign"), [("estoi", 1), ("estoi_first", 1), (METRIC.name, -1)])
def test_the_interval_of_a_mean_over_seeds_stays_in_the_range_of_the_metric(metric: str, sign: int) -> None:
    """The range of ESTOI ends at 1, that of what is left unexplained begins at 0."""
    near = [0.01 + 0.001 * i for i in range(CLIPS - 1)]
    seed = result("x 1x2 none", [(1 + sign) / 2 - sign * distance for distance in (*near, 0.4)], metric)
    assert max(estimate(seed.scores)[0].high - 1, -estimate(seed.scores)[0].low) > 0
    (mean,) = over_seeds([[seed], [seed]])
    assert 0 <= mean.estimate.low < mean.estimate.high <= 1


def test_dm_without_a_text_teacher_is_called_half() -> None:
    config = CodecConfig(codebooks=8, entries=1024)
    assert named("rvq", config, "dm") == "rvq 8x1024 dm (SM only)"
    assert named("rvq", config, "dm", "bert") == "rvq 8x1024 dm"


def test_the_plot_is_the_same_for_the_same_results(grid, tmp_path) -> None:
    for name in ("a.svg", "b.svg"):
        plot(grid, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert "lmspt" in (tmp_path / "a.svg").read_text()
