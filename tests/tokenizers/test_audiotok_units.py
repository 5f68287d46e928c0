"""audiotok's units that speak: what is shipped belongs together, says what made it, and can be understood."""

from importlib.metadata import entry_points

import pytest
import torch

import audiotok
from audiotok.errors import AssetUnavailable, InvalidOption
from audiotok.files.assets import file_sha256
from audiotok.metrics.stoi import stoi
from audiotok.models.inverse import Inverse
from audiotok.tokenizers.audiotok_units import CENTROIDS, INVERSE, MERGES, AudiotokVecTok
from audiotok.tokenizers.bpe import BUNDLED
from audiotok.tokenizers.speak import PROMPTS
from audiotok.units.bpe import UnitBPE, unmerge
from audiotok.units.centroids import Centroids, nearest


def test_the_centroids_are_of_a_layer_without_each_clip_s_mean() -> None:
    centroids = Centroids.load(CENTROIDS)
    assert centroids.vectors.shape == (300, 512)
    assert (centroids.encoder, centroids.layer, centroids.remove_mean) == ("whisper-base", 4, True)
    assert centroids.command.startswith("python recipes/train_units.py")
    assert torch.equal(nearest(centroids.vectors, centroids.vectors)[0], torch.arange(300))


def test_the_inverse_is_of_these_centroids_and_says_what_made_it() -> None:
    inverse, metadata = Inverse.load(INVERSE)
    assert inverse.config.dim == 512
    assert metadata["units_sha256"] == f"centroids:{file_sha256(CENTROIDS)}"
    assert metadata["command"].startswith("python recipes/train_inverse.py")
    assert "sha256:" in metadata["data"]
    assert INVERSE.stat().st_size < 3_500_000


def test_the_merges_are_of_as_many_units() -> None:
    bpe = UnitBPE.load(BUNDLED / f"{MERGES}.json")
    assert (bpe.alphabet, bpe.vocab_size) == (300, 2048)


def test_vec_tok_and_units_under_bpe_are_one() -> None:
    points = entry_points(group="audiotok.tokenizers")
    assert {points[name].load() for name in ("audiotok-vectok", "audiotok-units-bpe")} == {AudiotokVecTok}


def loaded(identifier: str) -> audiotok.Codec:
    try:
        codec = audiotok.load(identifier)
    except AssetUnavailable as error:
        pytest.skip(str(error))
    assert isinstance(codec, audiotok.Codec)
    return codec


@pytest.fixture(scope="module")
def units() -> audiotok.Codec:
    return loaded("audiotok-units")


@pytest.fixture(scope="module")
def vectok() -> audiotok.Codec:
    return loaded("audiotok-vectok")


@pytest.fixture(scope="module")
def speech() -> audiotok.Audio:
    return audiotok.Audio.load(PROMPTS / "allison.flac").mono()


@pytest.mark.weights
def test_there_is_a_unit_per_started_20_ms(units, speech) -> None:
    tokens = units.encode(speech)
    assert tokens.lengths.tolist() == [-(-int(speech.lengths[0]) * 50 // speech.sample_rate)]
    assert units.spec.bitrate == pytest.approx(50 * 8.228819)  # log2(300)


@pytest.mark.weights
def test_its_own_prompt_can_be_understood_again(units, speech) -> None:
    decoded = units.decode(units.encode(speech))
    reference = speech.resample(16000).numpy()[0]
    assert stoi(reference, decoded.numpy()[0], 16000, extended=True) > 0.4


@pytest.mark.weights
def test_merged_tokens_say_the_same_to_the_sample(units, vectok, speech) -> None:
    codes, merged = units.encode(speech), vectok.encode(speech)
    assert merged.codes.shape[2] < codes.codes.shape[2]
    assert merged.durations.sum(dim=1).tolist() == codes.lengths.tolist()
    assert torch.equal(unmerge(merged, vectok._bpe, units.spec).codes, codes.codes)
    assert torch.equal(vectok.decode(merged).waveform, units.decode(codes).waveform)


@pytest.mark.weights
@pytest.mark.parametrize("name", ["audiotok-units", "audiotok-vectok"])
def test_tokens_say_nothing_of_the_prompt_and_are_spoken_in_any(name, speech) -> None:
    one, other = loaded(f"{name}:prompt=june"), loaded(f"{name}:prompt={PROMPTS / 'carlo.flac'}")
    tokens = one.encode(speech)
    assert torch.equal(tokens.codes, other.encode(speech).codes)
    assert not torch.allclose(one.decode(tokens).waveform, other.decode(tokens).waveform)


@pytest.mark.weights
def test_a_prompt_that_is_not_there_is_refused(units) -> None:
    with pytest.raises(InvalidOption, match="allison, carlo, ivrvoice, june"):
        audiotok.load("audiotok-units:prompt=nobody")


@pytest.mark.weights
@pytest.mark.parametrize("name", ["audiotok-units", "audiotok-vectok"])
def test_its_card_names_whisper_and_what_was_learned_from(name) -> None:
    card = loaded(name).card
    assert card.trained_with == ("whisper-base",)
    assert card.title.startswith("audiotok")
    assert "sha256:" in card.training_data
    assert card.weights_verified
