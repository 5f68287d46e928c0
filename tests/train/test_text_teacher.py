"""Hidden states of a text model over the frames of a clip, with a BERT of random weights."""

import pytest
import torch

from audiotok.errors import AssetUnavailable
from audiotok.train.text_teacher import TextTeacher


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> TextTeacher:
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "press", "the", "star", "key"]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    BertModel(BertConfig(vocab_size=len(words), **shape)).save_pretrained(folder)
    return TextTeacher(str(folder))


def test_each_token_gets_an_equal_share_of_the_clip(teacher):
    states = teacher("press the star key", 0.8)
    assert states.shape == (40, 8)
    changes = (states.diff(dim=0).abs().sum(1) > 0).nonzero().flatten().tolist()
    assert changes == [9, 19, 29]


def test_no_text_gives_zeros(teacher):
    assert torch.equal(teacher(None, 0.1), torch.zeros(5, 8))
    assert torch.equal(teacher("  ", 0.1), torch.zeros(5, 8))


def test_a_clip_of_any_length_has_a_frame(teacher):
    assert len(teacher("press", 0.001)) == 1


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AssetUnavailable, match="no-model-here"):
        TextTeacher(str(tmp_path / "no-model-here"))
