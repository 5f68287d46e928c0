import copy
import importlib.util
from pathlib import Path

import pytest
import torch

import audiotok
from audiotok.errors import AssetUnavailable, InvalidOption, MissingDependency
from audiotok.tokenizers import semanticodec

COMMIT = "0123456789abcdef" * 2 + "01234567"
NEEDED = "needs semanticodec: audiotok env make semanticodec"
here = importlib.util.find_spec("semanticodec") is not None


@pytest.fixture(scope="module")
def tokenizer(small_semanticodec):
    torch.manual_seed(0)
    return semanticodec.SemantiCodec.of(small_semanticodec(100))


@torch.no_grad()
@pytest.mark.parametrize("token_rate", [100, 50, 25])
def test_codes_are_upstreams_at_every_rate(small_semanticodec, encode_with_semanticodec, token_rate):
    model = small_semanticodec(token_rate)
    tokenizer = semanticodec.SemantiCodec.of(model)
    assert tokenizer.spec.frame_rate == token_rate / 2
    # A sample; whole patches; a whole segment, to which upstream adds one; a sample more.
    for samples in (1, 7680, semanticodec.SEGMENT, semanticodec.SEGMENT + 1):
        clip = 0.1 * torch.randn(samples, generator=torch.Generator().manual_seed(samples))
        tokens = tokenizer.encode(clip, 16000)
        assert torch.equal(tokens.codes[0], encode_with_semanticodec(model, clip))
        assert tokens.codes.shape[2] >= samples / 16000 * token_rate / 2


def test_another_seed_decodes_otherwise_and_leaves_the_callers_alone(tokenizer):
    tokens = tokenizer.encode(0.1 * torch.randn(4000), 16000)
    another = copy.copy(tokenizer)
    another._seed = 1
    torch.manual_seed(5)
    drawn = torch.rand(1)
    torch.manual_seed(5)
    audio = tokenizer.decode(tokens).waveform
    assert torch.equal(torch.rand(1), drawn)
    assert not torch.equal(another.decode(tokens).waveform, audio)


@pytest.mark.parametrize("token_rate", [100, 50, 25])
def test_what_is_published_lies_where_upstream_looks_for_it(small_semanticodec, tmp_path, monkeypatch, token_rate):
    upstream = pytest.importorskip("semanticodec", reason=NEEDED)
    from semanticodec.config import get_config

    model = small_semanticodec(token_rate)
    checkpoint = semanticodec._checkpoint(token_rate, 8192, COMMIT)
    for name, _ in checkpoint.files:
        path = tmp_path / checkpoint.repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))

    def constructed(rate, vocabulary, *, ddim_sample_step, cfg_scale, checkpoint_path):
        _, folder, _, _, centroids = get_config(rate, vocabulary, checkpoint_path)
        found = [Path(centroids), Path(folder, "encoder.ckpt"), Path(folder, "decoder.ckpt")]
        assert [path.read_text() for path in found] == [name for name, _ in checkpoint.files]
        assert (ddim_sample_step, cfg_scale) == (7, 1.5)
        return model

    monkeypatch.setattr(upstream, "SemantiCodec", constructed)
    options = f"token_rate={token_rate},semantic_vocab=8192,steps=7,guidance=1.5,seed=3,revision={COMMIT}"
    loaded = audiotok.load(f"semanticodec:{options}")
    assert (loaded._model, loaded._seed, loaded.card.weights) == (model, 3, checkpoint.url)


def test_the_bits_are_those_its_authors_name():
    bits = [rate / 2 * (size.bit_length() - 1 + 13) for rate, size in ((100, 32768), (50, 16384), (25, 4096))]
    assert bits == [1400, 675, 312.5]


def test_a_commit_must_be_named():
    with pytest.raises(InvalidOption, match="commit of haoheliu/SemantiCodec"):
        semanticodec._checkpoint(100, 16384, "main")


@pytest.mark.skipif(here, reason="semanticodec is installed")
def test_without_its_package_it_says_how_to_get_it():
    with pytest.raises(MissingDependency, match="audiotok env make semanticodec"):
        audiotok.load(f"semanticodec:revision={COMMIT}")


@pytest.mark.skipif(not here, reason=NEEDED)
def test_without_weights_it_says_which_and_how(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(AssetUnavailable, match=f"hf download haoheliu/SemantiCodec .*--revision {COMMIT}"):
        audiotok.load(f"semanticodec:token_rate=25,revision={COMMIT}")
