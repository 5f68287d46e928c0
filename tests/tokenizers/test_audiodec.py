"""Against upstream's own classes, whose output is in tests/golden (they are in no package)."""

import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import audiotok
from audiotok.tokenizers import audiodec
from audiotok.tokenizers.audiodec.layers import Model, Sizes, Vocoder, load_state, mirror

GOLDEN = Path(__file__).parents[1] / "golden"
made = runpy.run_path(str(GOLDEN / "make_audiodec.py"))
golden = load_file(GOLDEN / "audiodec.safetensors")
CLIPS = range(len(made["LENGTHS"]))


def unloaded(decoder):
    sizes, kernels = Sizes(**made["SIZES"]), made["KERNELS"][decoder]
    return Model(Vocoder(kernels, sizes) if kernels else mirror(sizes), sizes)


@pytest.fixture(scope="module", params=made["KERNELS"])
def decoder(request):
    return request.param


@pytest.fixture(scope="module")
def tokenizer(decoder):
    model = unloaded(decoder)
    load_state(model, *made["states"](decoder))
    return audiodec.AudioDec.of(model, 24000)


@pytest.fixture(scope="module")
def tokens(tokenizer):
    return tokenizer.encode(audiotok.Audio.from_clips(made["clips"](), 24000))


@pytest.mark.parametrize("i", CLIPS)
def test_codes_are_upstreams(tokens, i):
    assert torch.equal(tokens[i].codes[0].int(), golden[f"{i}.codes"])


@pytest.mark.parametrize("i", CLIPS)
def test_audio_is_upstreams(tokenizer, tokens, decoder, i, assert_same_signal):
    audio = tokenizer.decode(tokens[i]).waveform[0]
    assert_same_signal(audio, golden[f"{decoder}.{i}.audio"][:, : audio.shape[1]])


@pytest.mark.parametrize("i", CLIPS)
def test_embeddings_sum_to_what_upstream_decodes(tokenizer, tokens, i, assert_same_signal):
    assert_same_signal(tokenizer.embed(tokens[i])[0].sum(dim=0), golden[f"{i}.quantized"])


def test_a_clip_begins_as_if_silence_had_come_before(tokenizer, tokens):
    clip = made["clips"]()[1]
    after_silence = torch.nn.functional.pad(clip, (30 * 300, 0))
    assert torch.equal(tokenizer.encode(after_silence, 24000).codes[:, :, 30:], tokens[1].codes)


@pytest.mark.parametrize("sizes", [[300], [100, 5000, 1], [1, 299, 2000]])
def test_codes_of_a_stream_are_those_of_the_whole(tokenizer, tokens, sizes, pushed):
    assert torch.equal(pushed(tokenizer.stream(), made["clips"]()[2][None], sizes), tokens[2].codes)


@pytest.mark.parametrize("frames", [1, 3, 100])
def test_audio_of_a_stream_is_that_of_the_whole(tokenizer, tokens, frames, heard):
    whole = tokens[2]
    streamed = heard(tokenizer.stream_decode(), whole, frames)[:, :, :4003]
    # Convolutions over pieces of another length add in another order.
    torch.testing.assert_close(streamed, tokenizer.decode(whole).waveform, rtol=1e-5, atol=1e-5)


def test_streams_do_not_hear_each_other(tokenizer, tokens):
    clip = made["clips"]()[1][None]
    stream = tokenizer.stream(batch_size=2)
    stream.push(clip.expand(2, -1, -1))
    stream.reset(torch.tensor([False, True]))
    codes = stream.push(clip.expand(2, -1, -1)).codes
    assert torch.equal(codes[1], tokens[1].codes[0])
    assert not torch.equal(codes[0], codes[1])


def test_what_is_published_loads_with_tensors_alone(tokens, decoder, tmp_path, monkeypatch):
    coder, decoding = made["states"](decoder)
    coder["encoder.conv.pad_buffer"] = torch.zeros(1, 1, 6)  # upstream has its past among the weights
    about = audiodec.Variant(24000, "coder/a.pkl", "decoder/a.pkl", made["KERNELS"][decoder], "noise")
    for state, name in ((coder, about.coder), (decoding, about.decoder)):
        path = tmp_path / audiodec.REPOSITORY / name
        path.parent.mkdir(parents=True)
        torch.save({"model": {"generator": state}, "steps": 5}, path)
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path))
    monkeypatch.setitem(audiodec.VARIANTS, "vctk_sym", about)
    monkeypatch.setattr(audiodec.Variant, "model", lambda _: unloaded(decoder))
    loaded = audiotok.load("audiodec:variant=vctk_sym")
    assert torch.equal(loaded.encode(made["clips"]()[2], 24000).codes, tokens[2].codes)
    assert loaded.card.training_data == "noise"


@pytest.mark.parametrize(("variant", "megabytes"), [("vctk_v0", 52.3), ("vctk_v1", 78.6), ("libritts_v1", 78.6)])
def test_vocoders_are_as_large_as_what_is_published(variant, megabytes):
    with torch.device("meta"):
        vocoder = audiodec.VARIANTS[variant].model().decoder
    values = sum(value.numel() for value in (*vocoder.parameters(), *vocoder.buffers()))
    assert 4 * values / 1e6 == pytest.approx(megabytes, abs=0.2)  # the rest are names


@pytest.mark.parametrize("variant", audiodec.VARIANTS)
def test_cards_name_the_files_that_are_loaded(variant):
    card = audiodec.card(variant)
    assert audiodec.REVISION in card.weights
    assert card.weights_sha256 == audiodec.SHA256.get(audiodec.VARIANTS[variant].decoder, "")
