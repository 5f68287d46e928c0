"""Scores from answers: what both languages give away cancels, and a control off chance is no score."""

from dataclasses import replace

import pytest

from audiotok.leaderboard.submission.check_scores import Expected, check_results
from audiotok.results.record import Result
from audiotok.store import TokenStore
from audiotok.tasks.lexicon import OPTIONS, TASK
from audiotok.tasks.lexicon.asking import SCORERS, Answers
from audiotok.tasks.lexicon.options import WHOLE, LexiconOptions
from audiotok.tasks.lexicon.scoring import AllAnswers, results, shares
from audiotok.tasks.suites import SUITES

A, B = OPTIONS.languages()


def answers(
    known: dict[float, float], control: float, options: LexiconOptions = OPTIONS, wobble: float = 0.1
) -> AllAnswers:
    """Shares by minutes, the items' alternately a little higher and lower."""
    found = {}
    for language in options.languages():
        for minutes in options.minutes:
            for seed in options.seed:
                decided = {}
                for half in options.languages():
                    share = known[minutes] if half == language else control
                    order = {item: number for number, item in enumerate(sorted({p.item for p in half.asked()}))}
                    decided |= {p.decided: share + (-1) ** order[p.item] * wobble for p in half.asked()}
                found[language.half, minutes, seed] = Answers(dict.fromkeys(SCORERS, decided), {}, "")
    return found


def score(found: AllAnswers, store: TokenStore, options: LexiconOptions = OPTIONS) -> dict[str, Result]:
    return {result.metric: result for result in results(found, options, store, TASK.under(options))}


LEARNING = {2.0: 0.5, 8.0: 0.625, 35.0: 0.875}


def test_the_score_is_known_minus_control_item_by_item(small: TokenStore) -> None:
    found = score(answers(LEARNING, 0.5), small)
    learned = found["lexicon_learned"].estimate
    assert learned is not None
    assert learned.value == pytest.approx(37.5)
    assert learned.n == 40
    assert (found["lexicon_known"].estimate.value, found["lexicon_control"].estimate.value) == pytest.approx((87.5, 50))
    assert found["lexicon_known_after_8"].estimate.value == pytest.approx(62.5)
    assert found["lexicon_minutes"].estimate.value == pytest.approx((8 * 35) ** 0.5)


def test_what_an_item_gives_away_is_on_both_sides() -> None:
    """Items that anybody guesses are no words learned, in whichever half they are."""
    given = {pair.decided: 0.9 if half == A else 0.4 for half in (A, B) for pair in half.asked()}
    both = {(half.half, 35.0, 0): Answers({"lm_bits": given}, {}, "") for half in (A, B)}
    assert set(shares(both, (A, B), [0], "lm_bits", 35.0).learned.values()) == {0.0}


def test_a_control_off_chance_voids_the_scores_and_not_the_shares(small: TokenStore) -> None:
    found = score(answers(LEARNING, 0.6), small)
    for name in ("lexicon_learned", "lexicon_minutes", "lexicon_agreement"):
        assert found[name].estimate is None
        assert all("the control is off chance, 60.0 %" in why for why in found[name].failures.values())
    assert len(found["lexicon_learned"].failures) == 40
    assert len(found["lexicon_agreement"].failures) == 32
    assert found["lexicon_known"].estimate.value == pytest.approx(87.5)
    assert found["lexicon_control"].estimate.value == pytest.approx(60)


def test_a_control_without_an_interval_voids_the_scores_too(small: TokenStore) -> None:
    options = LexiconOptions(items=4, contexts=1)
    found = score(answers(LEARNING, 0.5, options), small, options)
    assert found["lexicon_agreement"].estimate is None
    assert "too few items" in found["lexicon_agreement"].failures["agreement-a-0-0"]


def test_words_that_are_not_reached_have_no_minutes(small: TokenStore) -> None:
    found = score(answers({2.0: 0.5, 8.0: 0.5, 35.0: 0.6}, 0.5), small)
    assert found["lexicon_minutes"].estimate is None
    assert found["lexicon_minutes"].failures == {
        WHOLE: "not within 35 minutes of speech, where at most 60.0 % were right"
    }


def test_an_item_that_could_not_be_encoded_is_a_failure_in_both_halves(small: TokenStore) -> None:
    found = answers(LEARNING, 0.5)
    for (half, *_), answer in found.items():
        if half == "b":
            answer.failures["lexicon-0000-basic-3"] = "its clip is broken"
    scored = score(found, small)
    for name in ("lexicon_learned", "lexicon_known", "lexicon_control"):
        assert scored[name].failures == {"lexicon-0000": "its clip is broken"}
        assert scored[name].estimate.n == 39
    assert scored["lexicon_minutes"].failures == {WHOLE: "after 2 minutes: 1 items have no share"}


def test_agreement_has_a_score_of_its_own_and_one_for_each_distance(small: TokenStore) -> None:
    """Words at chance, agreement right where the closer is the next word."""
    found = answers(dict.fromkeys(LEARNING, 0.5), 0.5)
    for (half, *_), answer in found.items():
        (own,) = (language for language in (A, B) if language.half == half)
        right = {p.decided: answer.shares["lm_bits"][p.decided] + 0.4 for p in own.asked() if p.distance == 1}
        answer.shares["lm_bits"] = answer.shares["lm_bits"] | right
    made = score(found, small)
    assert made["lexicon_learned"].estimate.value == pytest.approx(0, abs=1e-9)
    assert made["lexicon_agreement"].estimate.value == pytest.approx(40 / 3)
    assert made["lexicon_agreement"].estimate.n == 32
    over = [made[f"lexicon_agreement_known_over_{distance}"].estimate.value for distance in (1, 2, 3)]
    assert over == pytest.approx([90, 50, 50])
    assert made["lexicon_agreement_bigram"].estimate.value == pytest.approx(0, abs=1e-9)


def test_seeds_are_averaged_and_each_stands_beside(small: TokenStore) -> None:
    options = LexiconOptions(seed=[0, 1])
    found = answers(LEARNING, 0.5, options)
    better = {key: answer for key, answer in answers(dict.fromkeys(LEARNING, 0.775), 0.5, options).items() if key[2]}
    scored = score({**found, **better}, small, options)["lexicon_learned"]
    assert scored.estimate.value == pytest.approx((37.5 + 27.5) / 2)
    assert scored.provenance["lexicon_learned of seed 1"] == "27.5 points"
    assert scored.provenance["lexicon_agreement of seed 0"] == "37.5 points"
    assert "lm_seed:0+1" in scored.signature


@pytest.mark.parametrize("control", [0.5, 0.6])
def test_a_submission_may_hold_them(small: TokenStore, control: float) -> None:
    """Signatures, items and weights are those that the task declares, void or not."""
    made = list(score(answers(LEARNING, control), small).values())
    expected = Expected(SUITES["mini"], {}, tokens=True, audio=True)
    assert list(check_results("lexicon.jsonl", made, expected)) == []
    fewer = [replace(result, scores=result.scores[1:]) for result in made]
    assert len(list(check_results("lexicon.jsonl", fewer, expected))) >= len(made) - 2


def test_less_speech_is_another_signature(small: TokenStore) -> None:
    options = LexiconOptions(minutes=[2.0, 8.0])
    found = score(answers(LEARNING, 0.5, options), small, options)
    assert "|minutes:8|" in found["lexicon_learned"].signature
    assert "|minutes:2+8|" in found["lexicon_minutes"].signature
    assert "|minutes:2|" in found["lexicon_known_after_2"].signature
