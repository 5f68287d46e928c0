"""A class stands before the codes, as one id."""

import pytest
import torch

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, UnknownName
from audiotok.lm import patterns
from audiotok.lm.class_first import ClassFirst
from audiotok.lm.sequences import IGNORE
from audiotok.lm.vocabulary import EMPTY, END, START

SPEC = TokenSpec(16000, 50.0, (3, 5))
CLIPS = Tokens.from_clips([torch.tensor([[0, 1, 2], [4, 3, 2]])], SPEC)
CLASS = 4 + 3 + 5  # the first id of classes: after the special ones and both codebooks


def test_a_class_is_one_id_that_is_read_and_never_learnt() -> None:
    layout = ClassFirst(patterns.Delay(SPEC), ("kick", "snare"))
    sequences = layout.apply(CLIPS, ["snare"])
    assert sequences.ids[0].tolist() == [
        [START, CLASS + 1, 4, 5, 6, END, EMPTY],
        [START, EMPTY, EMPTY, 11, 10, 9, END],
    ]
    assert sequences.labels[0].tolist() == [
        [IGNORE, IGNORE, 4, 5, 6, END, IGNORE],
        [IGNORE, IGNORE, IGNORE, 11, 10, 9, IGNORE],
    ]
    assert layout.write("kick").tolist() == [[CLASS], [EMPTY]]


def test_a_class_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownName, match="no class is called 'sname'; did you mean snare"):
        ClassFirst(patterns.Delay(SPEC), ("kick", "snare")).write("sname")
    with pytest.raises(InvalidOption, match="each there once"):
        ClassFirst(patterns.Delay(SPEC), ("kick", "kick"))
    with pytest.raises(InvalidOption, match="one class or more"):
        ClassFirst(patterns.Delay(SPEC), ())
