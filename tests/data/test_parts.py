"""A split that a recipe was asked for, and what a corpus has."""

import pytest

from audiotok import data
from audiotok.data.manifest import Manifest
from audiotok.data.parts import part
from audiotok.errors import InvalidData


@pytest.fixture(scope="module")
def small() -> Manifest:
    return data.load("small")


def test_valid_and_validation_are_the_same_split(small: Manifest) -> None:
    assert part(small, "valid").clips == part(small, "validation").clips == small.split("valid").clips


def test_a_split_that_is_not_there_is_refused_with_those_that_are(small: Manifest) -> None:
    with pytest.raises(InvalidData, match=r"no clips in its split 'dev'; it has .*train \(3458 clips\), valid"):
        part(small.domain("speech"), "dev")


def test_a_domain_that_is_not_there_is_said(small: Manifest) -> None:
    with pytest.raises(InvalidData, match="no clips of this domain"):
        part(small.domain("noise"), "train")
