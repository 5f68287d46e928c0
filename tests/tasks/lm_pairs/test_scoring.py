"""A model that knows the right clips finds them all, one that knows nothing half of them."""

from dataclasses import replace

import pytest
import torch

from audiotok.data import Manifest
from audiotok.lm.ngram import NGram
from audiotok.lm.patterns import Flatten, Pattern
from audiotok.lm.sequences import Sequences
from audiotok.results.ranking import why_unranked
from audiotok.results.record import Result
from audiotok.store import TokenStore
from audiotok.tasks.lm_pairs import TASK, scoring
from audiotok.tasks.lm_pairs.scoring import Cost, Pair, PairSet


@pytest.fixture
def asked(small: TokenStore) -> PairSet:
    """Three pairs of six clips, of different lengths: clip0 against clip1 and so on."""
    manifest = Manifest.load(small.path / "corpus.jsonl")
    three = tuple(Pair(f"p{i}", f"p{i}", f"clip{2 * i}", f"clip{2 * i + 1}", "en") for i in range(3))
    return PairSet("toy", "Toy", three, manifest, "toy@sha256:00")


class Knowing:
    """Is nearly certain of every code of some clips, and knows nothing of the others."""

    def __init__(self, pattern: Pattern, store: TokenStore, known: set[str]) -> None:
        self.known = [pattern.apply(store[clip]).ids for clip in sorted(known)]

    def __call__(self, window: Sequences) -> torch.Tensor:
        logits = torch.zeros(1, window.ids.shape[2], window.vocabulary.size)
        if any(torch.equal(window.ids, ids) for ids in self.known):
            logits[0, :-1].scatter_(1, window.ids[0, 0, 1:, None], 20.0)
        return logits


def ask(asked: PairSet, store: TokenStore, known: set[str]) -> dict[str, Result]:
    pattern = Flatten(store.spec)
    costs = scoring.costs(Knowing(pattern, store, known), store, pattern, 10_000, NGram(pattern, store))
    return {r.metric: r for r in scoring.results(asked, costs, store, store, "lm_seed:0", TASK)}


@pytest.mark.parametrize("rule", scoring.RULES)
def test_who_knows_the_right_clips_gets_all_and_who_knows_the_wrong_ones_none(
    asked: PairSet, small: TokenStore, rule: str
) -> None:
    asked = replace(asked, rule=rule)
    knows_right = ask(asked, small, {pair.positive for pair in asked.pairs})["pairs_toy"]
    knows_wrong = ask(asked, small, {pair.negative for pair in asked.pairs})["pairs_toy"]
    assert (knows_right.estimate.value, knows_wrong.estimate.value) == (100.0, 0.0)
    assert [score.clip for score in knows_right.scores] == ["p0", "p1", "p2"]


def test_who_knows_nothing_gets_half_by_code_and_the_shorter_clips_by_total(asked: PairSet, small: TokenStore) -> None:
    found = ask(replace(asked, rule="code"), small, set())
    assert found["pairs_toy"].estimate.value == 50.0
    # Each positive is the shorter clip of its pair.
    assert found["pairs_toy_by_total"].estimate.value == 100.0


def test_each_rule_divides_by_its_own(asked: PairSet, small: TokenStore) -> None:
    """12 bits, 2 s, 4 codes against 10 bits, 1 s, 5 codes: dearer in total and by code, cheaper by second."""
    costs = {clip.id: Cost({"lm_bits": 1.0, "lm_order0": 1.0, "lm_bigram": 1.0}, 1.0, 1) for clip in asked.clips}
    costs["clip0"] = Cost({"lm_bits": 12.0, "lm_order0": 1.0, "lm_bigram": 2.0}, 2.0, 4)
    costs["clip1"] = Cost({"lm_bits": 10.0, "lm_order0": 2.0, "lm_bigram": 1.0}, 1.0, 5)
    one = replace(asked, pairs=asked.pairs[:1])
    found = scoring.results(one, costs, small, small, "lm_seed:0", TASK)
    assert {result.metric: result.estimate.value for result in found} == {
        "pairs_toy": 0.0,
        "pairs_toy_order0": 100.0,
        "pairs_toy_bigram": 0.0,
        "pairs_toy_by_second": 100.0,
        "pairs_toy_by_code": 0.0,
    }
    assert found[0].signature.startswith("lm_pairs.v1|data:toy@sha256:00|lm_seed:0|metric:pairs_toy.v1|")
    assert "|rule:total|" in found[0].signature
    assert "lm_seed" not in found[1].signature


def test_only_the_set_under_its_own_rule_is_ranked(asked: PairSet, small: TokenStore) -> None:
    found = ask(asked, small, {"clip0"})
    ranked = [metric for metric, result in found.items() if not why_unranked(result)]
    assert ranked == ["pairs_toy"]
    sane = ask(replace(asked, unranked="a sanity check"), small, {"clip0"})
    assert why_unranked(sane["pairs_toy"]) == "a sanity check"
    assert sane["pairs_toy"].estimate.value == pytest.approx(100.0)


def test_pairs_of_one_item_count_as_one(asked: PairSet, small: TokenStore) -> None:
    together = replace(asked, pairs=(*(replace(p, item="word") for p in asked.pairs[:2]), asked.pairs[2]), rule="code")
    found = ask(together, small, {"clip0", "clip3", "clip4"})["pairs_toy"]
    assert {score.clip: score.total for score in found.scores} == {"word": 0.5, "p2": 1.0}
    assert (found.estimate.value, found.estimate.n) == (75.0, 2)


def test_decided_together_a_small_effect_is_found_below_a_large_preference(small: TokenStore, asked: PairSet) -> None:
    """a1 a2, a1 b2, b1 b2, b1 a2: a second half of b costs 100 bits more, a switch 1 bit."""
    bits = {"clip0": 200.0, "clip1": 301.0, "clip2": 400.0, "clip3": 301.0}
    costs = {clip: Cost(dict.fromkeys(("lm_bits", "lm_order0", "lm_bigram"), of), 1.0, 1) for clip, of in bits.items()}
    both_ways = tuple(replace(pair, item="quad") for pair in asked.pairs[:2])
    found = scoring.results(replace(asked, pairs=both_ways, together=True), costs, small, small, "lm_seed:0", TASK)
    value = {result.metric: result.estimate.value for result in found}
    assert (value["pairs_toy"], value["pairs_toy_singly"]) == (100.0, 50.0)
    assert "rule:total, together|" in found[0].signature


def test_a_clip_without_codes_fails_its_item_and_is_no_number(asked: PairSet, small: TokenStore) -> None:
    known = {pair.positive for pair in asked.pairs}
    found = ask(replace(asked, broken={"clip3": "not readable as audio"}), small, known)["pairs_toy"]
    assert found.failures == {"p1": "p1: clip3: not readable as audio"}
    assert (found.estimate.n, found.coverage) == (2, pytest.approx(2 / 3))
    everything = {clip.id: "mute" for clip in asked.clips}
    none = ask(replace(asked, broken=everything), small, known)["pairs_toy"]
    assert none.estimate is None
    assert set(none.failures) == {"p0", "p1", "p2"}


def test_codes_that_the_pattern_cannot_write_are_a_failure(small: TokenStore) -> None:
    writes_durations = Flatten(small.spec, max_duration=4)
    knows_nothing = Knowing(writes_durations, small, set())
    found = scoring.costs(knows_nothing, small, writes_durations, 10_000, NGram(Flatten(small.spec), small))
    assert set(found.values()) == {"InvalidTokens: durations are missing, and this pattern writes them"}


def test_a_probability_of_nought_is_a_failure(small: TokenStore) -> None:
    pattern = Flatten(small.spec)

    def impossible(window: Sequences) -> torch.Tensor:
        logits = torch.zeros(1, window.ids.shape[2], window.vocabulary.size)
        return logits.scatter_(2, window.ids[0, 0].roll(-1)[None, :, None], -torch.inf)

    found = scoring.costs(impossible, small, pattern, 10_000, NGram(pattern, small))
    assert set(found.values()) == {"its lm_bits is not finite"}
