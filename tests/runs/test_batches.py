"""What goes together, and that one bad item costs only itself."""

from collections.abc import Sequence

import pytest

from audiotok.runs.batches import together_or_alone


def test_what_succeeds_is_done_at_once() -> None:
    calls: list[Sequence[int]] = []
    assert list(together_or_alone(lambda items: calls.append(items) or sum(items), [1, 2, 3])) == [([1, 2, 3], 6)]
    assert calls == [[1, 2, 3]]


def test_where_a_batch_fails_each_item_is_done_alone_and_one_bad_one_costs_only_itself() -> None:
    def reciprocals(items: Sequence[int]) -> list[float]:
        return [1 / item for item in items]

    (first, bad, last) = together_or_alone(reciprocals, [1, 0, 2])
    assert (first, last) == (([1], [1.0]), ([2], [0.5]))
    assert bad[0] == [0]
    assert isinstance(bad[1], ZeroDivisionError)


def test_an_interrupt_is_no_failure_of_an_item() -> None:
    def interrupted(items: Sequence[int]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(together_or_alone(interrupted, [1, 2]))
