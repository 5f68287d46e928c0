"""The process in an environment, called without the process."""

import functools

import pytest
from torch import Tensor, nn

from audiotok.core.tokenizer import Scalable, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.isolated import wire, worker
from audiotok.tokenizers.mulaw import MuLaw


class Modelled(Tokenizer, Scalable):
    card = MuLaw.card

    def __init__(self) -> None:
        self._model = nn.Linear(1, 1)
        self._set_codebooks(2)

    def _set_codebooks(self, num_codebooks: int) -> None:
        self.spec = TokenSpec(16000, 50.0, (8,) * num_codebooks)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        raise NotImplementedError


def test_all_numbers_of_codebooks_share_one_model_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_loaded", functools.cache(lambda identifier: Modelled()))
    found = {}
    for count, device in ((None, "cpu"), (1, "cpu"), (1, "meta"), (2, "meta")):
        header = {"identifier": "modelled", "num_codebooks": count, "device": device}
        found[count, device] = worker._asked_for(wire.Message(header, {}))
    assert found[2, "meta"]._model is found[1, "meta"]._model
    assert found[2, "meta"].spec.num_codebooks == 2
