"""The shipped codec with semantic distillation: what its weights say of its teacher."""

import torch

import audiotok
from audiotok.tokenizers.own_codecs import WEIGHTS
from audiotok.train.model import MelCodec

DISTILLED = WEIGHTS / "distilled.safetensors"


def test_its_weights_say_who_taught_it():
    card = audiotok.load("audiotok-distilled").card
    assert card.trained_with == ("whisper-base",)
    assert card.auxiliary == ("SD",)
    assert "sha256:" in card.training_data


def test_it_is_audiotok_rvq_but_for_the_teaching():
    taught, taught_by = MelCodec.load(DISTILLED)
    plain, alone = MelCodec.load(WEIGHTS / "rvq.safetensors")
    assert taught.config == plain.config
    assert "--distill speechtokenizer" in taught_by["command"]
    assert taught_by["data"] == alone["data"]


def test_both_decode_their_own_tokens_only(voice):
    taught, plain = audiotok.load("audiotok-distilled"), audiotok.load("audiotok-rvq")
    tokens = taught.encode(voice, 16000)
    assert tokens.spec == plain.spec
    assert not torch.equal(tokens.codes, plain.encode(voice, 16000).codes)
    assert taught.decode(tokens).lengths.tolist() == [len(voice)]


def test_both_are_small_enough_to_ship():
    assert DISTILLED.stat().st_size < 6_000_000
