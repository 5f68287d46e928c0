"""Against its authors' class, whose output is in tests/golden; we open the weights in SpeechTokenizer's."""

import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import audiotok
from audiotok.errors import InvalidData
from audiotok.files.assets import file_sha256
from audiotok.tokenizers import speechtokenizer

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_dm_codec.py"))
golden = load_file(GOLDEN / "dm_codec.safetensors")
NUMBERS = range(1, made["CODEBOOKS"] + 1)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    path = tmp_path_factory.mktemp("downloaded") / "DM-Codec_checkpoint_LM_SM.pt"
    torch.save(made["seeded_state"](made["published_shapes"]()), path)
    return path


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(speechtokenizer, "DM_CODEC", made["small"](speechtokenizer.DM_CODEC))


@pytest.fixture
def tokenizer(checkpoint, small):
    return audiotok.load(f"dm-codec:checkpoint={checkpoint}")


def test_codes_and_audio_are_upstreams_for_every_number_of_codebooks(tokenizer, assert_same_signal):
    for number in NUMBERS:
        fewer = tokenizer.with_codebooks(number)
        tokens = fewer.encode(made["clip"](), 16000)
        assert torch.equal(tokens.codes[0].int(), golden[f"{number}.codes"])
        decoded = fewer.decode(tokens).waveform[0]
        expected = golden[f"{number}.audio"][:, : decoded.shape[1]]
        assert_same_signal(decoded, expected)


def test_codes_use_more_than_a_few_entries():
    assert all(codes.unique().numel() >= 8 for codes in golden["8.codes"])


def test_the_card_says_which_file(tokenizer, checkpoint):
    assert tokenizer.card.weights_sha256 == file_sha256(checkpoint)
    assert str(checkpoint) in tokenizer.identifier


def test_what_training_is_resumed_from_holds_the_same_model(tokenizer, checkpoint, small, tmp_path):
    whole = tmp_path / "resume.pt"
    state = torch.load(checkpoint, weights_only=True)
    torch.save({"generator": state, "discriminators": {}, "best_dev_mel_loss": 1.0}, whole)
    loaded = audiotok.load(f"dm-codec:checkpoint={whole}")
    assert torch.equal(loaded.encode(made["clip"](), 16000).codes, tokenizer.encode(made["clip"](), 16000).codes)


@pytest.mark.parametrize("content", [None, b"", {"generator": Path("more than tensors")}, {"generator": {}}])
def test_another_file_is_refused_with_where_the_right_one_is(tmp_path, content):
    path = tmp_path / "other.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    with pytest.raises(InvalidData, match=r"expected DM-Codec's checkpoint.*github.com/mubtasimahasan/DM-Codec"):
        audiotok.load(f"dm-codec:checkpoint={path}")
