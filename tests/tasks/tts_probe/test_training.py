"""Clips are trained on whole with their texts, the same for every tokenizer, and a few of them are learnt by heart."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
import torch

from audiotok import data, registry
from audiotok.data import Manifest
from audiotok.errors import InvalidData, InvalidOption, TrainingFailed
from audiotok.lm import patterns
from audiotok.lm.config import LMConfig, ModelSize
from audiotok.lm.sampling import write_clip
from audiotok.lm.text_first import TextFirst, spelled
from audiotok.lm.train import fit
from audiotok.store import TokenStore, tokenize
from audiotok.tasks.language_model.conditioned import ClipLoader
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.language_model.training import TrainingData
from audiotok.tasks.tts_probe.texts import why_unusable
from audiotok.tasks.tts_probe.training import frames_a_second, text_of, train_tts, usable

TEXTS = ("one", "two three", None, "four")


@pytest.fixture
def speech(tmp_path: Path) -> Manifest:
    """Tones of 0.4, 0.5, 0.6 and 0.7 s that say a number, but for the third."""
    folder = tmp_path / "tones"
    folder.mkdir()
    lines = ["path,text,language"]
    for i, text in enumerate(TEXTS):
        t = torch.arange(3200 + 800 * i) / 8000
        wave = 0.3 * torch.sin(2 * math.pi * (100 + 40 * i) * t) * torch.sin(2 * math.pi * (2 + i) * t)
        soundfile.write(folder / f"tone{i}.wav", wave.numpy(), 8000)
        lines.append(f"tone{i}.wav,{text or ''},en")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n")
    return data.make(folder, "tones")[0]


def store_of(speech: Manifest, identifier: str, path: Path) -> TokenStore:
    tokenize(registry.load(identifier), speech, path)
    return TokenStore(path)


@pytest.fixture
def store(speech: Manifest, tmp_path: Path) -> TokenStore:
    return store_of(speech, "codec2:mode=700", tmp_path / "store")


def test_a_clip_is_usable_with_a_text_a_language_words_and_no_more_than_so_many_seconds(speech: Manifest) -> None:
    clip = speech.clips[0]
    assert why_unusable(clip, 1.0) == ""
    assert why_unusable(clip, 0.3) == "it is longer than 0.3 s"
    assert why_unusable(replace(clip, text=None), 1.0) == "the manifest has no text for it"
    assert why_unusable(replace(clip, language=None), 1.0) == "the manifest has no language for it"
    assert why_unusable(replace(clip, text="…!"), 1.0) == "its text has no words"


def test_clips_without_a_text_are_left_out(store: TokenStore) -> None:
    assert usable(store, 1.0) == [0, 1, 3]
    assert usable(store, 0.65) == [0, 1]
    with pytest.raises(InvalidData, match=r"no clip and its text can be used .* longer than 0\.1 s"):
        usable(store, 0.1)


def test_batches_hold_the_same_audio_for_every_tokenizer_and_as_much_as_was_asked(
    store: TokenStore, speech: Manifest, tmp_path: Path
) -> None:
    other = store_of(speech, "dedup(codec2:mode=700):max_duration=8", tmp_path / "other")
    found = []
    for own in (store, other):
        layout = TextFirst(patterns.Flatten(own.spec))
        batches = list(itertools.islice(ClipLoader(own, layout, text_of, [0, 1, 3], seconds=0.8, seed=3), 30))
        written = {tuple(layout.write(spelled(TEXTS[n], "en"))[0].tolist()): n for n in (0, 1, 3)}  # type: ignore[arg-type]
        clips = []
        for batch in batches:
            # Each row is one whole clip after its own text.
            texts = (batch.ids[row, 0, 1 : 1 + n].tolist() for row in range(len(batch)) for n in map(len, written))
            clips.append([written[text] for text in map(tuple, texts) if text in written])
            assert len(clips[-1]) == len(batch)
        found.append(clips)
    assert found[0] == found[1]
    heard = sum(0.4 + 0.1 * n for batch in found[0] for n in batch)
    assert 30 * 0.8 <= heard < 30 * 0.8 + 0.7


def test_a_loader_goes_on_where_it_was(store: TokenStore) -> None:
    layout = TextFirst(patterns.Delay(store.spec))
    loader = ClipLoader(store, layout, text_of, [0, 1, 3], seconds=0.5)
    list(itertools.islice(loader, 5))
    state = loader.state_dict()
    rest = [batch.ids for batch in itertools.islice(loader, 5)]
    resumed = ClipLoader(store, layout, text_of, [0, 1, 3], seconds=0.5)
    resumed.load_state_dict(state)
    again = [batch.ids for batch in itertools.islice(resumed, 5)]
    assert all(torch.equal(a, b) for a, b in zip(rest, again, strict=True))
    with pytest.raises(InvalidOption, match="seconds differ"):
        ClipLoader(store, layout, text_of, [0, 1, 3], seconds=0.6).load_state_dict(state)
    with pytest.raises(InvalidOption, match="seconds > 0"):
        ClipLoader(store, layout, text_of, [0, 1, 3], seconds=0.0)


def test_the_rate_of_merged_tokens_is_the_stores_own(store: TokenStore, speech: Manifest, tmp_path: Path) -> None:
    assert frames_a_second(store) == store.spec.frame_rate
    merged = store_of(speech, "dedup(codec2:mode=700):max_duration=8", tmp_path / "merged")
    frames = sum(int(tokens.lengths[0]) for tokens in merged)
    assert frames_a_second(merged) == pytest.approx(frames / merged.seconds)


@pytest.mark.parametrize("name", [pytest.param("flatten", marks=pytest.mark.slow), "delay"])
def test_three_clips_are_learnt_by_heart_and_told_apart_by_their_texts(
    store: TokenStore, tmp_path: Path, name: str
) -> None:
    layout = TextFirst(patterns.get(name, store.spec))
    clips = usable(store, 1.0)
    settings = LMConfig(ModelSize(64, 2, 2), 100 * 1.6 / 3600 - 1e-9, 1.6, learning_rate=4e-3)
    model = fit(
        lambda rank, world_size: ClipLoader(
            store, layout, text_of, clips, seconds=1.6, rank=rank, world_size=world_size
        ),
        layout.pattern,
        settings,
        tmp_path / "run",
        {"settings": settings},
        100,
        name="tones",
        vocabulary=layout.vocabulary,
    )
    for number in clips:
        text = spelled(str(TEXTS[number]), "en")
        said = write_clip(model, layout, text, max_frames=40, seed=0, temperature=0)
        assert torch.equal(said.codes, store[number].codes), text


def test_a_model_that_reads_out_is_trained_once(store: TokenStore, tmp_path: Path) -> None:
    options = LMOptions(hours=1e-4, context_seconds=1.0)
    training = TrainingData(store, options.order_codes(store.spec), tmp_path)
    layout = TextFirst(training.pattern)
    speaking = train_tts(training, layout, options, 0)
    assert speaking.max_frames == round(store.spec.frame_rate)
    assert speaking.run.name.startswith("tts-delay-3M-seed0-")
    before = (speaking.run / "checkpoint.pt").read_bytes()
    again = train_tts(training, layout, options, 0)
    assert (speaking.run / "checkpoint.pt").read_bytes() == before
    for a, b in zip(speaking.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(a, b)
    with pytest.raises(TrainingFailed, match="belongs to another run"):
        fit(
            lambda rank, world_size: ClipLoader(store, layout, text_of, [0], seconds=1.0),
            layout.pattern,
            options.config(1),
            speaking.run,
            {"settings": options.config(1)},
            100,
            name="tones",
            vocabulary=layout.vocabulary,
        )
