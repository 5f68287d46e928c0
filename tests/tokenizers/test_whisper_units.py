"""Whisper units: 50 a second, each clip as if it were alone, from centroids that tell where they come from."""

from functools import partial

import pytest
import torch
from torch.utils.data import DataLoader

import audiotok
from audiotok.core.tokenizer import Codec
from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.tokenizers.bpe import BUNDLED
from audiotok.tokenizers.whisper_units import CENTROIDS
from audiotok.units.bpe import UnitBPE, unmerge
from audiotok.units.centroids import Centroids, nearest


def test_the_bundled_centroids_say_what_made_them() -> None:
    centroids = Centroids.load(CENTROIDS / "whisper_base_500.safetensors")
    assert centroids.vectors.shape == (500, 512)
    assert centroids.encoder == "whisper-base"
    assert centroids.command.startswith("python recipes/train_units.py")
    assert centroids.data.startswith("small/train@sha256:")


def test_no_two_bundled_centroids_are_one() -> None:
    vectors = Centroids.load(CENTROIDS / "whisper_base_500.safetensors").vectors
    assert torch.equal(nearest(vectors, vectors)[0], torch.arange(500))


def test_a_number_of_units_that_is_not_bundled_is_refused() -> None:
    with pytest.raises(InvalidOption, match="k must be one of"):
        audiotok.load("whisper-units:k=7")


@pytest.fixture(scope="module")
def tokenizer() -> audiotok.Tokenizer:
    try:
        return audiotok.load("whisper-units")
    except AssetUnavailable as error:
        pytest.skip(str(error))


def noise(samples: int, seed: int = 0) -> torch.Tensor:
    return 0.05 * torch.randn(1, samples, generator=torch.Generator().manual_seed(seed))


@pytest.mark.weights
def test_it_has_no_decoder(tokenizer) -> None:
    assert not isinstance(tokenizer, Codec)


@pytest.mark.weights
def test_there_is_a_unit_per_started_20_ms(tokenizer) -> None:
    audio = audiotok.Audio.from_clips([noise(1), noise(320), noise(321), noise(16000)], 16000)
    tokens = tokenizer.encode(audio)
    assert tokens.lengths.tolist() == [1, 1, 2, 50]
    assert tokens.spec.bitrate == pytest.approx(50 * 8.965784)  # log2(500)


@pytest.mark.weights
def test_a_batch_gives_what_its_clips_give_alone(tokenizer) -> None:
    clips = [noise(20000, 1), noise(7001, 2), noise(3, 3)]
    batch = tokenizer.encode(audiotok.Audio.from_clips(clips, 16000))
    for i, clip in enumerate(clips):
        assert torch.equal(batch[i].codes, tokenizer.encode(clip, 16000).codes)


@pytest.mark.weights
@pytest.mark.parametrize("start", ["fork", pytest.param("spawn", marks=pytest.mark.slow)])
def test_workers_of_a_data_loader_encode_with_models_of_their_own(tokenizer, start: str) -> None:
    """In the parent, the model is open and has been used; its threads are not there in a fork."""
    encode = partial(tokenizer.encode, sample_rate=16000)
    clips = [noise(9000, 1), noise(5001, 2)]
    expected = [encode(clip).codes for clip in clips]
    workers = {"num_workers": 2, "multiprocessing_context": start, "timeout": 100}
    loader = DataLoader(clips, batch_size=None, collate_fn=encode, **workers)
    assert all(torch.equal(tokens.codes, codes) for tokens, codes in zip(loader, expected, strict=True))


@pytest.mark.weights
def test_its_numbers_are_those_of_encoder_and_centroids(tokenizer) -> None:
    assert tokenizer.num_parameters == 20_593_664 + 500 * 512


@pytest.mark.weights
def test_its_bundled_merges_give_back_the_units(tokenizer) -> None:
    audio = audiotok.Audio.from_clips([noise(20000, 1), noise(7001, 2)], 16000)
    bpe = UnitBPE.load(BUNDLED / "whisper-units-2048.json")
    merged = audiotok.load("bpe(whisper-units):model=whisper-units-2048").encode(audio)
    units = tokenizer.encode(audio)
    assert merged.durations.sum(dim=1).tolist() == units.lengths.tolist()
    assert torch.equal(unmerge(merged, bpe, tokenizer.spec).codes, units.codes)
