import subprocess
import sys

import numpy as np
import pycodec2
import pytest
import torch

import audiotok
from audiotok.tokenizers.codec2 import _FIELDS, _pack, _unpack

MODES = sorted(_FIELDS)
SPARE = {2400: 2, 1200: 1}  # bits a frame that upstream always sends as 0


def speechlike(samples: int) -> torch.Tensor:
    """A pulse train through two resonances, voiced and unvoiced in turns."""
    rng = np.random.default_rng(0)
    t = np.arange(samples) / 8000
    voiced = sum(np.cos(2 * np.pi * 110 * k * t) * np.exp(-((110 * k - 600) ** 2) / 3e5) for k in range(1, 30))
    wave = np.where((t * 4).astype(int) % 2, rng.standard_normal(samples), voiced)
    return torch.from_numpy(0.1 * wave).float()[None, None]


@pytest.mark.parametrize("mode", MODES)
def test_codes_pack_to_the_bits_that_upstream_sends(mode: int) -> None:
    wave = speechlike(320 * 40)
    codec = pycodec2.Codec2(mode)
    pcm = (wave[0, 0] * 32768).round().numpy().astype(np.int16)
    upstream = [codec.encode(frame) for frame in pcm.reshape(-1, codec.samples_per_frame())]
    codes = audiotok.load(f"codec2:mode={mode}").encode(wave, 8000).codes[0]
    assert [frame.tobytes() for frame in _pack(codes.numpy(), mode)] == upstream


@pytest.mark.parametrize("mode", MODES)
def test_any_codes_survive_packing(mode: int) -> None:
    rng = np.random.default_rng(mode)
    codes = np.stack([rng.integers(0, 2**bits, 100) for bits in _FIELDS[mode]])
    assert np.array_equal(_unpack(_pack(codes, mode).reshape(-1), mode), codes)


@pytest.mark.parametrize("mode", MODES)
def test_bitrate_is_the_modes_without_its_spare_bits(mode: int) -> None:
    spec = audiotok.load(f"codec2:mode={mode}").spec
    assert spec.bitrate == pytest.approx(mode - SPARE.get(mode, 0) * spec.frame_rate)
    assert sum(_FIELDS[mode]) + SPARE.get(mode, 0) == pycodec2.Codec2(mode).bits_per_frame()


@pytest.mark.parametrize("mode", MODES)
def test_audio_is_what_upstream_decodes_in_a_new_process(mode: int) -> None:
    """In this process pycodec2's noise generator has gone on; only a new one starts where ours does."""
    tokenizer = audiotok.load(f"codec2:mode={mode}")
    tokens = tokenizer.encode(speechlike(320 * 20), 8000)
    tokenizer.decode(tokens)
    script = (
        "import sys, pycodec2, numpy as np\n"
        "codec = pycodec2.Codec2(int(sys.argv[1])); n = codec.bytes_per_frame(); sent = sys.stdin.buffer.read()\n"
        "sys.stdout.buffer.write(b''.join(codec.decode(sent[i:i+n]).tobytes() for i in range(0, len(sent), n)))\n"
    )
    sent = _pack(tokens.codes[0].numpy(), mode).tobytes()
    run = subprocess.run([sys.executable, "-c", script, str(mode)], input=sent, capture_output=True, check=True)
    expected = np.frombuffer(run.stdout, np.int16) / np.float32(32768)
    assert np.array_equal(tokenizer.decode(tokens).numpy()[0], expected)


def test_the_energy_index_climbs_with_the_level() -> None:
    """Gray coded, as upstream sends it, it would go up and down: 15, 16, 17 are sent as 8, 24, 25."""
    pulses = torch.zeros(1, 1, 16000)
    pulses[..., ::40] = 1
    wave = pulses * torch.logspace(-3, 0, 16000)
    energy = audiotok.load("codec2:mode=3200").encode(wave, 8000).codes[0, 3]
    assert (energy[10:-1].diff() >= -1).all()
    assert energy[-2] - energy[10] >= 20


def test_clips_decoded_in_turns_do_not_disturb_each_other() -> None:
    tokenizer = audiotok.load("codec2:mode=1300")
    tokens = tokenizer.encode(speechlike(320 * 10), 8000)
    alone = tokenizer.decode(tokens).waveform
    first, second = tokenizer.stream_decode(), tokenizer.stream_decode()
    pieces = []
    for i in range(int(tokens.lengths)):
        frame = audiotok.Tokens(tokens.codes[:, :, i : i + 1], torch.tensor([1]), tokenizer.spec)
        pieces.append(first.push(frame))
        second.push(frame)
    assert torch.equal(torch.cat(pieces, dim=2), alone)


def test_an_unknown_mode_is_refused_with_the_modes_there_are() -> None:
    with pytest.raises(audiotok.errors.InvalidOption, match="3200, 2400"):
        audiotok.load("codec2:mode=500")
