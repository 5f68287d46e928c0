"""How far a model may continue a sentence."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.data.manifest import Manifest, whole_file
from audiotok.tasks.language_model.generated import GeneratedClip
from audiotok.tasks.lexicon_speech import scoring
from audiotok.tasks.lexicon_speech.options import LexiconSpeechOptions


def test_the_limit_of_a_continuation_does_not_depend_on_the_length_of_the_real_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codec, asked = registry.load("codec2:mode=3200"), []

    def generate(model: Any, pattern: Any, prompt: Any, clip: Any, sampling: Any, folder: Path, **limits: float) -> Any:
        asked.append(limits)
        return GeneratedClip(prompt.tokens, int(prompt.tokens.lengths[0]), folder / f"{clip.id}.wav")

    monkeypatch.setattr(scoring, "generate", generate)
    for name, seconds in (("short", 1.5), ("long", 4.0)):
        wave = 0.1 * torch.sin(torch.arange(round(16000 * seconds)) / 9)
        Audio.from_array(wave, 16000).save(tmp_path / f"{name}.wav")
        clip = whole_file(tmp_path / f"{name}.wav", len(wave), 16000, domain="speech")
        texts = Manifest.of("texts", [clip], tmp_path)
        test = SimpleNamespace(
            codec=codec, options=LexiconSpeechOptions(), texts=texts, speaking=SimpleNamespace(pattern=None)
        )
        scoring._continued(cast(Any, None), cast(scoring.SpeakingTest, test), clip, tmp_path)
    assert asked == [{"seconds": 2.0, "min_seconds": 0.0}] * 2
