"""Against upstream's own classes, whose output is in tests/golden (their package does not install here)."""

import runpy
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from encodec.msstftd import MultiScaleSTFTDiscriminator
from safetensors.torch import load_file

import audiotok
from audiotok.tokenizers import funcodec
from audiotok.tokenizers._levels import level_of

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_funcodec.py"))
golden = load_file(GOLDEN / "funcodec.safetensors")
CLIPS = range(len(made["LENGTHS"]))


Model = funcodec.Model


def small(ratios) -> Model:
    return Model(ratios, made["FILTERS"], made["LATENT"], made["ENTRIES"], made["CODEBOOKS"])


@pytest.fixture(scope="module", params=made["RATIOS"])
def variant(request):
    return request.param


@pytest.fixture(scope="module")
def tokenizer(variant):
    model = small(funcodec.VARIANTS[variant].ratios)
    funcodec.load_state(model, made["seeded_state"](made["published_shapes"](variant)))
    return funcodec.FunCodec.of(model, made["CODEBOOKS"])


@pytest.mark.parametrize("number", made["NUMBERS"])
def test_codes_are_upstreams_for_every_number_of_codebooks(tokenizer, variant, number):
    tokens = tokenizer.with_codebooks(number).encode(audiotok.Audio.from_clips(made["clips"](), 16000))
    for i in CLIPS:
        assert torch.equal(tokens[i].codes[0].int(), golden[f"{variant}.{i}.{number}.codes"])


@pytest.mark.parametrize("number", made["NUMBERS"])
def test_audio_is_upstreams_at_the_level_of_the_clip(tokenizer, variant, number, assert_same_signal):
    fewer = tokenizer.with_codebooks(number)
    tokens = fewer.encode(audiotok.Audio.from_clips(made["clips"](), 16000))
    for i in CLIPS:
        audio = fewer.decode(tokens[i]).waveform[0] / level_of(tokens[i].global_codes)
        expected = golden[f"{variant}.{i}.{number}.audio"][:, : audio.shape[1]]
        assert_same_signal(audio, expected)


@pytest.mark.parametrize("i", CLIPS)
def test_the_level_is_upstreams_to_a_fifth_of_a_decibel(tokenizer, variant, i):
    tokens = tokenizer.encode(made["clips"]()[i], 16000)
    error = 20 * (level_of(tokens.global_codes) / golden[f"{variant}.{i}.level"]).log10()
    assert abs(float(error)) <= 0.2 + 1e-4


@pytest.mark.parametrize("i", CLIPS)
def test_embeddings_sum_to_what_upstream_decodes(tokenizer, variant, i, assert_same_signal):
    vectors = tokenizer.embed(tokenizer.encode(made["clips"]()[i], 16000)).sum(dim=1)[0]
    assert_same_signal(vectors, golden[f"{variant}.{i}.embedded"])


def test_the_level_is_decoded_and_counted(tokenizer):
    tokens = tokenizer.encode(made["clips"]()[1], 16000)
    louder = replace(tokens, global_codes=tokens.global_codes + 25)  # 10 dB
    quiet, loud = (tokenizer.decode(each).waveform for each in (tokens, louder))
    torch.testing.assert_close(loud, quiet * 10**0.5, rtol=1e-5, atol=1e-6)
    assert tokens.bits().tolist() == [int(tokens.lengths) * made["CODEBOOKS"] * 6 + 8]


def test_silence_has_a_level(tokenizer):
    tokens = tokenizer.encode(torch.zeros(1, 3000), 16000)
    assert tokens.global_codes.tolist() == [[0]]
    assert tokenizer.decode(tokens).waveform.abs().max() < 1e-3


def test_what_is_published_loads_with_tensors_alone(tokenizer, variant, tmp_path, monkeypatch):
    checkpoint = funcodec.VARIANTS[variant].checkpoint
    folder = tmp_path / checkpoint.repository
    folder.mkdir(parents=True)
    state = made["seeded_state"](made["published_shapes"](variant))
    torch.save(
        state | {"discriminator.x": torch.ones(1), "mel_spec_transforms.0.window": torch.ones(1)}, folder / "model.pth"
    )
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    monkeypatch.setattr(funcodec, "Model", small)
    loaded = audiotok.load(f"funcodec:variant={variant},num_codebooks=2")
    assert loaded.card.weights == checkpoint.url
    clip = made["clips"]()[1]
    assert torch.equal(loaded.encode(clip, 16000).codes, tokenizer.encode(clip, 16000).codes[:, :2])


@pytest.mark.parametrize(("variant", "megabytes"), [("libritts-25hz", 266), ("general-50hz", 95.1)])
def test_it_is_as_large_as_what_is_published(variant, megabytes):
    """With EnCodec's discriminator, and six mel filterbanks and windows for the losses."""
    with torch.device("meta"):
        held = [funcodec.Model(funcodec.VARIANTS[variant].ratios), MultiScaleSTFTDiscriminator(filters=32)]
    tensors = [value for module in held for value in module.state_dict().values()]
    size = sum(value.numel() * value.element_size() for value in tensors)
    size += 4 * (6 * 64 * 513 + sum(2**power for power in range(5, 11)))
    assert size / 1e6 == pytest.approx(megabytes, rel=1e-3)
