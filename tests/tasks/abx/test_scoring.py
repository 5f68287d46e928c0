"""The whole way from an item file to errors that were worked out by hand, on levels that code to themselves."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from torch import Tensor

from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Embeddable, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidData
from audiotok.results.record import Result
from audiotok.store import TokenStore, tokenize
from audiotok.tasks.abx import TASK
from audiotok.tasks.abx.scoring import ABXData, score

pytest.importorskip("rapidfuzz")


class Levels(Tokenizer, Embeddable):
    """The mean of each 20 ms, in tenths; two codes are as many eighths of half a turn apart as they differ by."""

    card = TokenizerCard(
        title="Levels",
        summary="The mean of a frame.",
        paper="https://example.org/paper",
        code="https://example.org/code",
        licence="Apache-2.0",
        domains=("speech",),
        encoder="DSP",
        decoder="-",
        representation="T",
        quantizer="SQ",
        rate="fixed",
    )

    def __init__(self) -> None:
        self.spec = TokenSpec(16000, 50.0, (8,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        if bool((waveform < -0.01).any()):
            raise ValueError("below zero")
        codes = (10 * waveform[:, :, : waveform.shape[2] // 320 * 320].unflatten(2, (-1, 320)).mean(3)).round().long()
        return Tokens(codes, lengths // 320, self.spec)

    def embed(self, tokens: Tokens) -> Tensor:
        turn = tokens.codes[..., None] * torch.pi / 8
        return torch.cat([turn.cos(), turn.sin()], dim=-1)


#: Speaker -> (phone, context, level), 60 ms each.
SAID = {
    "s1": [("A", "x", 1), ("A", "x", 2), ("B", "x", 2), ("B", "x", 4), ("A", "y", 3), ("A", "y", 3), ("B", "y", 3)],
    "s2": [("A", "x", 1), ("A", "x", 1), ("B", "x", 4)],
}

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "abx.json").read_text())


class Listed(Tokenizer, Embeddable):
    """Frames that are known beforehand; the audio tells by its level which of them it holds."""

    card = replace(Levels.card, title="Listed")

    def __init__(self, units: list[int], vectors: list[list[float]]) -> None:
        self.spec = TokenSpec(16000, 50.0, (max(units) + 1,))
        self._units, self._vectors = torch.tensor(units), torch.tensor(vectors)

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        numbers = (1000 * waveform.unflatten(2, (-1, 320)).mean(3)).round().long()
        return Tokens(self._units[numbers], lengths // 320, self.spec)

    def embed(self, tokens: Tokens) -> Tensor:
        return self._vectors[tokens.codes]


@pytest.mark.parametrize(("theirs", "ours", "items"), [("angular", "dtw", "items"), ("identical", "edit", "short")])
def test_errors_are_those_of_fastabx(theirs: str, ours: str, items: str, tmp_path: Path) -> None:
    """Every pair of phones and speaker alike, to the float32 that it computes in."""
    vectors = [vector for recording in GOLDEN["vectors"].values() for vector in recording]
    units = [unit for recording in GOLDEN["units"].values() for unit in recording]
    number = 0
    for recording, frames in GOLDEN["units"].items():
        levels = np.repeat(np.arange(number, number + len(frames)) / 1000, 320)
        soundfile.write(tmp_path / f"{recording}.wav", levels, 16000, subtype="FLOAT")
        number += len(frames)
    (tmp_path / "task.item").write_text("\n".join(GOLDEN[items]) + "\n")
    task = ABXData.load(tmp_path / "task.item", tmp_path, group=0, voices=0)
    # Embeddings are looked up by code, so that there each frame needs a code of its own.
    tokenizer = Listed(units if ours == "edit" else list(range(len(units))), vectors)
    tokenize(tokenizer, task.clips, tmp_path / "store")
    found = {result.metric: result for result in score(tokenizer, task, TokenStore(tmp_path / "store"), TASK)}
    for speakers, expected in GOLDEN[theirs].items():
        result = found[f"abx_{speakers}_{ours}"]
        rows = {row.clip: row.total / row.weight for row in result.scores}
        assert rows == pytest.approx({name: value for name, value in expected.items() if name != "all"}, abs=1e-6)
        assert result.estimate.value == pytest.approx(100 * expected["all"], abs=1e-4)


def write(folder: Path, said: dict[str, list[tuple[str, str, float]]]) -> Path:
    lines = ["#file onset offset #phone prev-phone next-phone speaker"]
    for speaker, items in said.items():
        levels = np.repeat([level / 10 for *_, level in items], 960)
        soundfile.write(folder / f"{speaker}-1.wav", levels, 16000, subtype="FLOAT")
        for i, (phone, context, _) in enumerate(items):
            lines.append(f"{speaker}-1 {0.06 * i:.2f} {0.06 * (i + 1):.2f} {phone} {context} z {speaker}")
    path = folder / "mine.item"
    path.write_text("\n".join(lines) + "\n")
    return path


def measured(folder: Path, task: ABXData, store: str = "store") -> dict[str, Result]:
    tokenizer = Levels()
    tokenize(tokenizer, task.clips, folder / store)
    return {result.metric: result for result in score(tokenizer, task, TokenStore(folder / store), TASK)}


def test_errors_are_averaged_over_contexts_then_speakers_then_pairs(tmp_path: Path) -> None:
    found = measured(tmp_path, ABXData.load(write(tmp_path, SAID), tmp_path))
    values = {name: result.estimate.value for name, result in found.items()}
    # Codes differ or do not. Within, A not B: s1 has 2.5 wrong of 4 beside x and ties beside y, s2 nothing wrong;
    # B not A: s1 alone has two of B, and 2.5 of 4 wrong.
    a_not_b = ((0.625 + 0.5) / 2 + 0) / 2
    assert values["abx_within_edit"] == pytest.approx(100 * (a_not_b + 0.625) / 2)
    # Embeddings know how far levels are apart: of those 4 triples 1.5 are wrong, and 2.5.
    a_not_b = ((0.375 + 0.5) / 2 + 0) / 2
    assert values["abx_within_dtw"] == pytest.approx(100 * (a_not_b + 0.625) / 2)
    # Across, there are two speakers beside x only, and of every cell's triples half are ties of a half.
    assert values["abx_across_edit"] == pytest.approx(25)
    assert set(values) == {"abx_within_edit", "abx_across_edit", "abx_within_dtw", "abx_across_dtw"}
    rows = {row.clip: (row.total / row.weight, row.weight, row.speaker) for row in found["abx_within_edit"].scores}
    assert rows == {
        "A not B, by s1": (0.5625, 0.5, "s1"),
        "A not B, by s2": (0.0, 0.5, "s2"),
        "B not A, by s1": (0.625, 1.0, "s1"),
    }
    assert found["abx_within_edit"].estimate.n == 3
    assert found["abx_within_edit"].signature.startswith("abx.v1|data:mine@sha256:")
    assert "|group:10|metric:abx_within_edit.v2|resample:soxr_hq|seed:0|voices:5" in found["abx_within_edit"].signature


def test_a_recording_without_tokens_fails_what_needs_it(tmp_path: Path) -> None:
    said = {**SAID, "s3": [("A", "x", -2), ("A", "x", 1), ("B", "x", 1)]}
    found = measured(tmp_path, ABXData.load(write(tmp_path, said), tmp_path))
    within, across = found["abx_within_edit"], found["abx_across_edit"]
    assert set(within.failures) == {"A not B, by s3"}
    assert "below zero" in within.failures["A not B, by s3"]
    assert within.coverage == 3 / 4
    assert within.estimate.value == pytest.approx(100 * (0.28125 + 0.625) / 2)
    assert across.estimate is None  # every pair has s3 on one side or the other
    assert len(across.failures) == 6


def test_limits_are_drawn_alike_every_time_and_are_in_the_signature(tmp_path: Path) -> None:
    said = {f"s{i}": [("A", "x", 1 + (i + j) % 3) for j in range(6)] + [("B", "x", 4)] for i in range(5)}
    path = write(tmp_path, said)
    whole = ABXData.load(path, tmp_path, group=0, voices=0)
    assert len(list(whole.cells("across"))) == 5 * 4 * 2
    assert "|group:all|" in measured(tmp_path, whole)["abx_within_edit"].signature
    few = ABXData.load(path, tmp_path, group=3, voices=2)
    assert len(list(few.cells("across"))) == 5 * 2 * 2
    assert all(len(cell.a) == 3 for cell in few.cells("within"))
    assert list(few.cells("across")) == list(few.cells("across"))
    assert ABXData.load(path, tmp_path, group=3, voices=2).contexts == few.contexts


def test_a_file_without_triples_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"s1": [("A", "x", 1), ("B", "x", 2), ("A", "y", 1), ("A", "y", 2)]})
    with pytest.raises(InvalidData, match="so there are no triples"):
        ABXData.load(path, tmp_path)
