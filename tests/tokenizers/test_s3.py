import sys

import pytest
import torch

import audiotok
from audiotok.errors import MissingDependency
from audiotok.tokenizers.s3 import S3, VARIANTS, card


@pytest.mark.parametrize("name", [variant.name for variant in VARIANTS.values()])
def test_clips_beyond_30_seconds_are_cut_as_upstream_does(small_s3, name):
    torch.manual_seed(0)
    model = small_s3(name)
    from s3tokenizer import log_mel_spectrogram, padding

    tokenizer = S3.of(model)
    clip = 0.3 * torch.randn(round(31.003 * 16000))
    expected, lengths = model.quantize(*padding([log_mel_spectrogram(clip)]))
    tokens = tokenizer.encode(clip, 16000)
    assert torch.equal(tokens.codes[0], expected[:, : int(lengths[0])].long())
    assert abs(int(tokens.lengths) - 31 * tokenizer.spec.frame_rate) <= 1


def test_every_variant_has_a_card_of_its_own():
    assert len({card(variant).weights_sha256 for variant in VARIANTS}) == len(VARIANTS)
    assert card("v1-50hz").quantizer == "SVQ"


def test_a_missing_package_says_which_extra_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "s3tokenizer", None)
    with pytest.raises(MissingDependency, match=r'pip install "audiotok\[s3\]"'):
        audiotok.load("s3")
