"""The inverse of units: its loss, shapes and files, what it is trained on, and that a run resumes exactly."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data
from audiotok.errors import InvalidData, TrainingFailed
from audiotok.models.inverse import Inverse, InverseConfig
from audiotok.models.mel import BANDS, FLOOR
from audiotok.train.inverse_loop import InverseLearner, InverseSettings, start, train_inverse
from audiotok.train.losses import ssim
from audiotok.train.training import Budget
from audiotok.train.voices import Voices, voices

CONFIG = InverseConfig(dim=6, prompt=5, channels=16, layers=1, heads=2, hidden=24, kernel=5)
SETTINGS = InverseSettings(batch=3, seconds=0.3, warmup=4, augment=False)


@pytest.fixture
def source(stream) -> Voices:
    """Two voices of the fixture's vowel; a unit is the loudest band of its frames."""
    frames = stream.frames[: len(stream.frames) // 2 * 2]
    units = frames.unflatten(0, (-1, 2)).float().mean(1).argmax(-1) % 8
    vectors = torch.randn(8, 6, generator=torch.Generator().manual_seed(0))
    half = len(units) // 2
    return Voices(frames, units, {"ann": (0, half), "bob": (half, len(units))}, vectors, 2, 5, "vowel@sha256:00")


def test_a_spectrogram_is_wholly_similar_to_itself():
    frames = torch.randn(2, 20, BANDS) - 2
    assert float(ssim(frames, frames)) == pytest.approx(1.0, abs=1e-5)


def test_a_constant_against_another_is_the_luminance_term_alone():
    # 0.3 and 0.5 of the range, no variance: (2 · 0.3 · 0.5 + 0.0001) / (0.09 + 0.25 + 0.0001)
    low, high = (torch.full((1, 15, BANDS), FLOOR + 10 * level) for level in (0.3, 0.5))
    assert float(ssim(low, high)) == pytest.approx(0.3001 / 0.3401, abs=1e-4)


def test_an_image_against_its_negative_is_dissimilar():
    frames = FLOOR + 5 + torch.randn(1, 20, BANDS)
    assert float(ssim(frames, 2 * (FLOOR + 5) - frames)) < -0.5


def test_the_similarity_is_the_same_where_the_model_has_less_precision():
    low, high = (torch.randn(2, 20, BANDS, generator=torch.Generator().manual_seed(i)) - 3 for i in range(2))
    with torch.autocast("cpu", torch.bfloat16):
        lower = ssim(low, high)
    assert float(lower) == float(ssim(low, high))


def test_the_similarity_of_one_window_is_that_of_its_weighted_means_and_variances():
    """Worked out with NumPy: 11 frames have one row of windows, each over 11 of the 128 bands."""
    x, y = (torch.randn(1, 11, BANDS, generator=torch.Generator().manual_seed(i)) - 3 for i in range(2))
    side = np.exp(-(np.arange(-5, 6) ** 2) / 4.5)
    window = np.outer(side, side) / side.sum() ** 2
    found = []
    for band in range(BANDS - 10):
        a, b = ((image[0, :, band : band + 11].double().numpy() - FLOOR) / 10 for image in (x, y))
        means = [(window * value).sum() for value in (a, b)]
        spread = [(window * value**2).sum() - mean**2 for value, mean in zip((a, b), means, strict=True)]
        shared = (window * a * b).sum() - means[0] * means[1]
        luminance = (2 * means[0] * means[1] + 1e-4) / (means[0] ** 2 + means[1] ** 2 + 1e-4)
        found.append(luminance * (2 * shared + 9e-4) / (sum(spread) + 9e-4))
    assert float(ssim(x, y)) == pytest.approx(np.mean(found), abs=1e-5)


def test_a_crop_shorter_than_the_window_has_no_similarity():
    with pytest.raises(InvalidData, match="at least 11 frames, got 10"):
        ssim(torch.zeros(1, 10, BANDS), torch.zeros(1, 10, BANDS))


@pytest.mark.parametrize("units", [1, 7, 420])
def test_a_clip_of_any_length_is_spoken_in_as_many_frames(units):
    model = Inverse(CONFIG).eval()
    with torch.no_grad():
        assert model.speak(torch.randn(10, BANDS), torch.randn(units, 6)).shape == (2 * units, BANDS)


def test_a_window_says_what_the_whole_clip_would():
    """A model that hears no further than the context of a window: attention is what could."""
    model = Inverse(CONFIG).eval()
    for layer in model.conformer.conformer_layers:
        torch.nn.init.zeros_(layer.self_attn.out_proj.weight)
    prompt, vectors = torch.randn(10, BANDS), torch.randn(430, 6)
    with torch.no_grad():
        whole = model(prompt[None], vectors[None])[0]
        assert torch.allclose(model.speak(prompt, vectors), whole, atol=1e-4)


def test_what_is_spoken_depends_on_the_prompt():
    model = Inverse(CONFIG).eval()
    vectors = torch.randn(1, 9, 6)
    first, other = (model(torch.randn(1, 10, BANDS), vectors) for _ in range(2))
    assert not torch.allclose(first, other)


def test_a_perfect_estimate_costs_nothing(source):
    model = Inverse(CONFIG)
    start(model, source.sample())
    batch = source.crops(2, 12, torch.Generator().manual_seed(0))
    learner = InverseLearner(model)
    model.forward = lambda prompt, vectors: batch.frames[:, -24:]
    parts = learner(batch)
    assert float(parts["mse"]) == 0
    assert float(parts["total"]) == pytest.approx(0, abs=1e-5)


def test_a_shift_by_one_deviation_has_a_squared_error_of_one(source):
    model = Inverse(CONFIG)
    start(model, source.sample())
    batch = source.crops(2, 12, torch.Generator().manual_seed(0))
    model.forward = lambda prompt, vectors: batch.frames[:, -24:] + model.std
    assert float(InverseLearner(model)(batch)["mse"]) == pytest.approx(1, abs=1e-4)


def test_a_prompt_is_of_the_clip_s_voice_and_not_of_the_clip(source):
    numbered = torch.arange(len(source.frames))[:, None].expand(-1, BANDS).float()
    small = Voices(numbered[:120], source.units[:60], {"ann": (0, 30), "bob": (30, 60)}, source.vectors, 2, 5, "x")
    batch = small.crops(64, 20, torch.Generator().manual_seed(1))
    for frames, vectors in zip(batch.frames[..., 0], batch.teachers["units"], strict=True):
        prompt, clip = (frames[:10] // 2).int().tolist(), frames[10:]
        places = (clip[::2] // 2).int()
        assert len({place >= 30 for place in (*prompt, *places.tolist())}) == 1
        assert not set(prompt) & set(places.tolist())
        assert torch.equal(vectors, small.vectors[small.units[places]])


def test_a_voice_shorter_than_a_prompt_and_a_crop_is_not_drawn(source):
    short = Voices(source.frames, source.units, {"ann": (0, 17)}, source.vectors, 2, 5, "short")
    assert short.crops(2, 12, torch.Generator()).frames.shape == (2, 34, BANDS)
    with pytest.raises(InvalidData, match=r"no voice has the 0\.36 s"):
        short.crops(2, 13, torch.Generator())


def test_voices_that_are_all_shorter_than_a_prompt_are_refused(source):
    short = Voices(source.frames, source.units, {"ann": (0, 4), "bob": (4, 9)}, source.vectors, 2, 5, "short")
    with pytest.raises(InvalidData, match="use a shorter prompt"):
        short.sample()


def test_what_is_linear_in_the_units_is_known_at_the_start():
    generator = torch.Generator().manual_seed(0)
    vectors, weight = torch.randn(60, 20, 6, generator=generator), torch.randn(6, 2 * BANDS, generator=generator)
    spoken = (vectors @ weight).reshape(60, 40, BANDS) - 2
    prompt = torch.randn(60, 10, BANDS, generator=generator)
    model = Inverse(CONFIG)
    model.start(torch.cat([prompt, spoken], dim=1), vectors)
    with torch.no_grad():
        estimate = model.eval()(prompt, vectors)
    assert float((estimate - spoken).square().mean()) < 0.01 * float(spoken.var())


def test_the_loss_falls(source, tmp_path):
    torch.manual_seed(0)
    model = Inverse(CONFIG)
    start(model, source.sample())
    batch = source.crops(8, 15, torch.Generator().manual_seed(9))
    before = float(InverseLearner(model)(batch)["total"].detach())
    train_inverse(model, source, tmp_path, Budget(steps=60), replace(SETTINGS, learning_rate=1e-2), device="cpu")
    assert float(InverseLearner(model)(batch)["total"].detach()) < 0.9 * before  # it starts from least squares


def test_an_interrupted_run_ends_with_the_weights_of_an_undisturbed_one(source, tmp_path):
    def trained(folder, interrupted_at=-1) -> Inverse:
        torch.manual_seed(0)
        model = Inverse(CONFIG)
        forward, count = model.forward, 0

        def interrupting(prompt, vectors):
            nonlocal count
            count += 1
            if count == interrupted_at:
                os.kill(os.getpid(), signal.SIGINT)
            return forward(prompt, vectors)

        model.forward = interrupting
        return train_inverse(model, source, folder, Budget(steps=6), SETTINGS, device="cpu")

    whole = trained(tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "parts", interrupted_at=3)
    torch.rand(7)
    parts = trained(tmp_path / "parts")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, parts.state_dict()[name]), name


def test_a_checkpoint_of_another_shape_is_refused(source, tmp_path):
    train_inverse(Inverse(CONFIG), source, tmp_path, Budget(steps=1), SETTINGS, device="cpu")
    wider = InverseConfig(dim=6, prompt=5, channels=20, layers=1, heads=2, hidden=24, kernel=5)
    with pytest.raises(TrainingFailed, match=r"inverse\.\w+ was"):
        train_inverse(Inverse(wider), source, tmp_path, Budget(steps=2), SETTINGS, device="cpu")


def test_a_checkpoint_of_other_units_is_refused(source, tmp_path):
    train_inverse(Inverse(CONFIG), source, tmp_path, Budget(steps=1), SETTINGS, device="cpu")
    others = replace(source, vectors=source.vectors + 1)
    with pytest.raises(TrainingFailed, match="units was sha256:"):
        train_inverse(Inverse(CONFIG), others, tmp_path, Budget(steps=2), SETTINGS, device="cpu")


def test_a_saved_model_speaks_the_same_in_half_the_bytes(tmp_path):
    model = Inverse(CONFIG).half().float().eval()
    path = tmp_path / "inverse.safetensors"
    model.save(path, {"units": "mine"})
    loaded, metadata = Inverse.load(path)
    assert metadata["units"] == "mine"
    assert loaded.config == CONFIG
    prompt, vectors = torch.randn(10, BANDS), torch.randn(30, 6)
    with torch.no_grad():
        assert torch.equal(loaded.speak(prompt, vectors), model.speak(prompt, vectors))
    assert path.stat().st_size < 2.2 * sum(value.numel() for value in model.state_dict().values()) + 8000
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(InvalidData, match="cut in the middle"):
        Inverse.load(path)


def test_a_prompt_is_long_enough_and_not_silent():
    model = Inverse(CONFIG)
    assert model.prompt_of(torch.zeros(25, BANDS)).shape == (10, BANDS)
    with pytest.raises(InvalidData, match=r"needs 0\.1 s, got 0\.09 s"):
        model.prompt_of(torch.zeros(9, BANDS))
    with pytest.raises(InvalidData, match="silent"):
        model.prompt_of(torch.full((25, BANDS), FLOOR))


@pytest.fixture
def manifest(tmp_path) -> data.Manifest:
    rng = np.random.default_rng(0)
    for i in range(3):
        soundfile.write(tmp_path / f"{i}.wav", rng.normal(0, 0.1, 4000 + 160 * i), 16000)
    return data.make(tmp_path, "noises", domain="speech")[0]


def given(manifest: data.Manifest, unit: int = 0) -> dict[str, torch.Tensor]:
    return {clip.id: torch.full((-(-round(16000 * clip.duration) // 320),), unit) for clip in manifest}


def test_a_clip_without_a_speaker_is_a_voice_of_its_own(manifest, tmp_path: Path):
    found = voices(manifest, given(manifest), torch.zeros(4, 6), 2, 5, tmp_path / "features")
    assert sorted(end - start for start, end in found.spans.values()) == [12, 13, 13]
    assert len(found.frames) == 2 * len(found.units) == 2 * 38


@pytest.mark.parametrize("unit", [-1, 4])
def test_a_unit_without_a_vector_is_refused(manifest, tmp_path, unit):
    with pytest.raises(InvalidData, match=r"units must lie in 0\.\.3"):
        voices(manifest, given(manifest, unit), torch.zeros(4, 6), 2, 5, tmp_path / "features")


def test_a_split_without_clips_is_refused(manifest, tmp_path):
    with pytest.raises(InvalidData, match="no clips to train on"):
        voices(manifest.split("nowhere"), {}, torch.zeros(4, 6), 2, 5, tmp_path / "features")
