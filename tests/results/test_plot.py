from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiotok.errors import InvalidOption, InvalidResult
from audiotok.results.plot import Point, pareto_front, rate_distortion
from audiotok.results.record import Estimate

coordinates = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=12)


def points_of(pairs):
    return [Point(f"t{i}", float(rate), Estimate(float(v), None, None, 1), True) for i, (rate, v) in enumerate(pairs)]


@pytest.fixture
def results(make_wer, make_rate):
    modes = {"codec2:mode=700": (0.4, 700), "codec2:mode=1400": (0.2, 1400), "opus": (0.1, 6000)}
    return [r for name, (errors, rate) in modes.items() for r in (make_wer(name, errors), make_rate(name, rate))]


@given(coordinates, st.sampled_from(["higher", "lower"]))
def test_nothing_on_the_front_is_beaten_and_everything_off_it_is_matched(pairs, direction):
    points = points_of(pairs)
    front = pareto_front(points, direction)
    sign = 1 if direction == "higher" else -1

    def as_good(a, b):
        return a.rate <= b.rate and sign * a.estimate.value >= sign * b.estimate.value

    assert not any(as_good(a, b) for a in front for b in front if a is not b)
    assert all(any(as_good(a, b) for a in front) for b in points)


def test_a_mode_that_failed_somewhere_is_not_on_the_front():
    failing = Point("cheap", 1.0, Estimate(9.0, None, None, 1), sound=False)
    assert failing not in pareto_front([failing, *points_of([(2, 5)])], "higher")


@pytest.mark.parametrize("reason", ["taught by its judge, whisper", "an anchor"])
def test_what_may_not_be_ranked_is_hollow_and_not_on_the_front(results, make_wer, make_rate, tmp_path, reason):
    drawn = rate_distortion(
        [*results, make_wer("taught", 0.01, unranked=reason), make_rate("taught", 500)],
        "wer",
        "speech",
        tmp_path / "a.svg",
    )
    assert {point.tokenizer for point in drawn if not point.sound} == {"taught"}
    front = [point.tokenizer for point in pareto_front(drawn, "lower")]
    assert front == ["codec2:mode=700", "codec2:mode=1400", "opus"]


@pytest.mark.parametrize(
    ("tokenizer", "family"),
    [("mimi", "mimi"), ("mimi:num_codebooks=8", "mimi"), ("bpe(mimi:num_codebooks=8):vocab=512", "bpe(mimi)")],
)
def test_all_modes_of_a_tokenizer_are_one_family(tokenizer, family):
    assert Point(tokenizer, 1, Estimate(1, None, None, 1), True).family == family


def test_the_figure_is_a_whole_svg_and_the_same_bytes_each_time(results, tmp_path):
    drawn = rate_distortion(results, "wer", "speech", tmp_path / "one.svg")
    rate_distortion(results, "wer", "speech", tmp_path / "two.svg")
    assert {(p.tokenizer, p.rate) for p in drawn} == {("codec2:mode=700", 0.7), ("codec2:mode=1400", 1.4), ("opus", 6)}
    assert ElementTree.parse(tmp_path / "one.svg").getroot().tag.endswith("svg")
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_the_figure_can_be_a_pdf(results, tmp_path):
    rate_distortion(results, "wer", "speech", tmp_path / "figure.pdf")
    assert (tmp_path / "figure.pdf").read_bytes().startswith(b"%PDF")


def test_the_figure_can_be_a_png_of_the_same_bytes_each_time(results, tmp_path):
    for name in ("one.png", "two.png"):
        rate_distortion(results, "wer", "speech", tmp_path / name)
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_a_name_with_a_dollar_is_no_formula(make_wer, make_rate, tmp_path):
    results = [make_wer(r"a$\undefined$", 0.1), make_rate(r"a$\undefined$", 700)]
    assert rate_distortion(results, "wer", "speech", tmp_path / "figure.svg")


def test_a_tokenizer_without_a_value_is_not_a_point(results, make_wer, make_rate, tmp_path):
    more = [make_wer("broken", 0.1, estimate=None, scores=(), failures={"a": "why"}), make_rate("broken", 500)]
    drawn = rate_distortion([*results, *more], "wer", "speech", tmp_path / "figure.svg")
    assert "broken" not in {point.tokenizer for point in drawn}


def test_what_cannot_be_drawn_is_said(results, make_wer, tmp_path):
    with pytest.raises(InvalidResult, match="there are bitrate, wer"):
        rate_distortion(results, "pesq", "speech", tmp_path / "figure.svg")
    with pytest.raises(InvalidResult, match="measured token_rate"):
        rate_distortion(results, "wer", "speech", tmp_path / "figure.svg", axis="token_rate")
    with pytest.raises(InvalidOption, match=r"\.svg, \.pdf, \.png"):
        rate_distortion(results, "wer", "speech", tmp_path / "figure.jpg")
    with pytest.raises(InvalidOption, match="axis"):
        rate_distortion(results, "wer", "speech", tmp_path / "figure.svg", axis="price")
