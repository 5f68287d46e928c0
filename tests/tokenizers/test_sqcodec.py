"""Against upstream's own classes, whose output is in tests/golden (they are in no package)."""

import runpy
import zipfile
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

import audiotok
from audiotok.tokenizers import sqcodec

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_sqcodec.py"))
golden = load_file(GOLDEN / "sqcodec.safetensors")
CLIPS = range(len(made["LENGTHS"]))


@pytest.fixture(scope="module", params=made["CONFIGS"])
def config(request):
    return request.param


@pytest.fixture(scope="module")
def tokenizer(config):
    model = sqcodec.Model(**made["CONFIGS"][config])
    model.load_state_dict(made["state"](config))
    return sqcodec.SQCodec.of(model)


@pytest.fixture(scope="module")
def tokens(tokenizer):
    return tokenizer.encode(audiotok.Audio.from_clips(made["clips"](), 16000))


@pytest.mark.parametrize("i", CLIPS)
def test_codes_are_upstreams(tokens, config, i):
    assert torch.equal(tokens[i].codes[0].int(), golden[f"{config}.{i}.codes"])


@pytest.mark.parametrize("i", CLIPS)
def test_audio_is_upstreams(tokenizer, tokens, config, i, assert_same_signal):
    audio = tokenizer.decode(tokens[i]).waveform[0]
    expected = golden[f"{config}.{i}.audio"][:, : audio.shape[1]]
    assert_same_signal(audio[:, : expected.shape[1]], expected)
    assert not audio[:, expected.shape[1] :].any()  # what upstream does not hear is silence here


@pytest.mark.parametrize("i", CLIPS)
def test_embeddings_sum_to_what_upstream_decodes(tokenizer, tokens, config, i):
    vectors = tokenizer.embed(tokens[i])
    assert vectors.shape[:3] == tokens[i].codes.shape
    assert torch.equal(vectors.sum(dim=1)[0], golden[f"{config}.{i}.quantized"])


def test_a_code_is_nine_digits_of_which_the_first_counts_least(tokenizer):
    digits = tokenizer._model.digits(torch.tensor([[[0, 1, 3, 3**9 - 1]]]))[0, 0]
    assert digits.tolist() == [[-1.0] * 9, [0.0] + [-1.0] * 8, [-1.0, 0.0] + [-1.0] * 7, [1.0] * 9]


def test_what_is_published_loads_with_tensors_alone(tokens, config, tmp_path, monkeypatch):
    checkpoint = sqcodec.CHECKPOINT
    folder = tmp_path / checkpoint.repository
    folder.mkdir(parents=True)
    torch.save({"codec_model": made["state"](config), "discriminator": {}}, tmp_path / "saved.pth")
    with zipfile.ZipFile(folder / "SQ-Codec.zip", "w") as archive:
        archive.write(tmp_path / "saved.pth", sqcodec.WEIGHTS)
        archive.writestr(sqcodec.CONFIG, yaml.safe_dump({"generator": {"config": made["CONFIGS"][config]}}))
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    unhashed = sqcodec.Checkpoint(checkpoint.repository, checkpoint.revision, (("SQ-Codec.zip", ""),))
    monkeypatch.setattr(sqcodec, "CHECKPOINT", unhashed)
    loaded = audiotok.load("sqcodec")
    assert torch.equal(loaded.encode(made["clips"]()[2], 16000).codes, tokens[2].codes)


def test_four_codebooks_are_2853_bits_a_second():
    # DATES rounds to 3 kbit/s.
    assert sqcodec.SPEC.bitrate == pytest.approx(2853, abs=1)
