"""From the scores of clips to a result."""

from audiotok.metrics import catalogue
from audiotok.results.record import ScoredClip
from audiotok.runs.result import of_clips


def test_scores_that_all_weigh_nothing_are_undefined_with_the_reason() -> None:
    rows = [ScoredClip(name, 0.0, 0.0, language="de") for name in "ab"]
    result = of_clips(
        catalogue.get("wer"), rows, tokenizer="a", domain="speech", signature="s", provenance={}, failures={}
    )
    assert (result.estimate, result.scores, result.groups) == (None, (), {})
    assert result.undefined == dict.fromkeys("ab", "every clip weighs 0, so there is nothing to divide by")
