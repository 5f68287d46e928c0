"""A split that a recipe was asked for, and what a corpus has."""

import warnings
from dataclasses import replace

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


def test_audio_that_two_splits_share_is_said(small: Manifest) -> None:
    one = small.clips[0]
    clips = [
        replace(one, id="train", split="train", start=0.0, end=2.0),
        replace(one, id="beside", split="test", start=2.0, end=3.0),
        replace(one, id="inside", split="valid", start=1.0, end=1.5),
    ]
    with pytest.warns(UserWarning, match=r"1 clips have audio in common .*: train \(train\) and inside \(valid\)"):
        part(Manifest.of("mine", clips), "train")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        part(Manifest.of("mine", clips), "test")
