"""The recogniser: it learns what is said, from tokens that say it, and what it cannot learn from is named."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from audiotok import data, registry
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data.manifest import Clip
from audiotok.errors import InvalidData, InvalidOption
from audiotok.metrics.probe import WORDS
from audiotok.metrics.text import NORMALISER
from audiotok.tasks.probes import TASK
from audiotok.tasks.probes.ctc import Recogniser, recognised, repeats
from audiotok.tasks.probes.frames import Frames, padded
from audiotok.tasks.probes.options import ProbeOptions, TrainedOptions
from audiotok.tasks.task import Context

pytest.importorskip("accelerate")
SPEC = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(16, 8))
LETTERS = "abcd "
QUICK = TrainedOptions(size=32, steps=150, seeds=(0,), head="ctc")


def clip(number: int, text: str | None = "ab cd", language: str | None = "fr") -> Clip:
    return Clip(
        f"c{number}", "folder", f"{number}.wav", "0" * 64, 0.0, 1.0, 16000, "speech", text=text, language=language
    )


def spoken(text: str, rng: np.random.Generator) -> Tokens:
    """A character is two to four frames of a code of its own, and a frame of code 15 after it."""
    codes = []
    for character in text:
        codes += [LETTERS.index(character)] * int(rng.integers(2, 5)) + [15]
    stacked = torch.tensor([codes, rng.integers(0, 8, len(codes)).tolist()])
    return Tokens(stacked[None], torch.tensor([len(codes)]), SPEC)


@pytest.fixture(scope="module")
def corpus() -> tuple[list[Clip], dict[str, Tokens]]:
    rng = np.random.default_rng(0)
    clips = [clip(n, " ".join("".join(rng.choice(list("abcd"), 2)) for _ in range(2))) for n in range(60)]
    return clips, {one.id: spoken(str(one.text), rng) for one in clips}


@pytest.mark.slow
def test_what_the_codes_say_is_read_from_clips_that_were_not_trained_on(corpus, tmp_path: Path) -> None:
    clips, tokens = corpus
    errors = recognised(tokens, None, clips[:50], clips[50:], QUICK, tmp_path, "mine")
    assert {score.weight for score in errors["wer"].scores.values()} == {2.0}
    total = sum(score.total for score in errors["cer"].scores.values())
    assert total / sum(score.weight for score in errors["cer"].scores.values()) < 0.05


@pytest.mark.slow
def test_pieces_of_words_are_read_as_well(corpus, tmp_path: Path) -> None:
    clips, tokens = corpus
    by_pieces = replace(QUICK, pieces=8)  # five characters and three pieces of two or three
    errors = recognised(tokens, None, clips[:50], clips[50:], by_pieces, tmp_path, "mine")
    total = sum(score.total for score in errors["cer"].scores.values())
    assert total / sum(score.weight for score in errors["cer"].scores.values()) < 0.1


def test_pieces_belong_to_the_signature_and_characters_do_not() -> None:
    asked = ProbeOptions(pieces=100)
    assert asked.trained("ctc", "cpu").conditions.endswith("|seeds:0+1+2|pieces:100")
    assert ProbeOptions().trained("ctc", "cpu").conditions.endswith("|seeds:0+1+2")
    assert asked.trained("net", "cpu") == ProbeOptions().trained("net", "cpu")


def test_a_training_that_is_there_is_not_made_again_and_gives_the_same(corpus, tmp_path: Path) -> None:
    clips, tokens = corpus
    few = replace(QUICK, steps=5)
    first = recognised(tokens, None, clips[:50], clips[50:], few, tmp_path, "mine")
    made = {path: path.read_bytes() for path in tmp_path.rglob("checkpoint.pt")}
    assert len(made) == 1
    assert recognised(tokens, None, clips[:50], clips[50:], few, tmp_path, "mine") == first
    assert {path: path.read_bytes() for path in made} == made
    assert recognised(tokens, None, clips[:50], clips[50:], few, tmp_path / "elsewhere", "mine") == first


def test_a_language_without_spaces_is_learned_without_them(tmp_path: Path) -> None:
    clips = [clip(n, text, "zh") for n, text in enumerate(("今天 天气很好", "天气好"))]
    # Eight frames are enough for six characters, but not for the five spaces between them.
    codes = torch.arange(8).expand(1, 2, 8) % 8
    tokens = {one.id: Tokens(codes, torch.tensor([8]), SPEC) for one in clips}
    few = replace(QUICK, steps=2)
    errors = recognised(tokens, None, clips, clips, few, tmp_path, "mine")
    assert [score.weight for score in errors["cer"].scores.values()] == [6.0, 3.0]
    [kept] = (torch.load(path, weights_only=False) for path in tmp_path.rglob("checkpoint.pt"))
    assert kept["identity"]["symbols"] == "今天好很气"
    assert kept["identity"]["normaliser"] == NORMALISER  # by another one, the texts can be others


def test_coarse_frames_are_repeated_so_that_every_clip_can_be_trained_on(corpus, tmp_path: Path) -> None:
    coarse = replace(SPEC, frame_rate=12.5)
    clips = [clip(n, "abcd ab") for n in range(4)]  # seven characters in two to five frames
    tokens = {
        one.id: Tokens(torch.arange(n)[None, None].expand(1, 2, n), torch.tensor([n]), coarse)
        for n, one in enumerate(clips, start=2)
    }
    found = recognised(tokens, None, clips, clips, replace(QUICK, steps=1), tmp_path, "mine")
    assert found["wer"].provenance == {"training_clips": "4 of 4"}
    lengths = (
        Recogniser(Frames([16, 8], 8), 8, 5, repeats(coarse)).eval().log_probabilities(*padded([*tokens.values()]))[1]
    )
    assert lengths.tolist() == [8, 12, 16, 20]


def test_padding_changes_nothing(corpus) -> None:
    tokens = list(corpus[1].values())[:4]
    model = Recogniser(Frames([16, 8], 8), 8, 5).eval()
    codes, mask = padded(tokens)
    frames = int(mask[0].sum())
    alone, _ = model.log_probabilities(*padded(tokens[:1]))
    together, lengths = model.log_probabilities(codes, mask)
    assert lengths.tolist() == [int(one.lengths[0]) for one in tokens]
    assert torch.allclose(together[:1, :frames], alone, atol=1e-6)


def test_a_clip_shorter_than_a_frame_is_a_failure_and_a_clip_without_words_is_undefined(corpus, tmp_path: Path) -> None:
    clips, tokens = corpus
    empty = Tokens(torch.zeros(1, 2, 0, dtype=torch.int64), torch.tensor([0]), SPEC)
    silent, mark = clip(98), clip(99, "…")
    more = {**tokens, silent.id: empty, mark.id: tokens["c0"]}
    few = replace(QUICK, steps=2)
    found = recognised(more, None, clips[:50], [silent, mark], few, tmp_path, "mine")["wer"]
    assert found.failures == {silent.id: "the clip is shorter than a frame"}
    assert "no words to compare with" in found.undefined[mark.id]
    assert not found.scores


@pytest.mark.parametrize(("changes", "what"), [({"text": None}, "text"), ({"language": None}, "language")])
def test_a_text_or_a_language_that_is_missing_is_named(corpus, changes: dict, what: str, tmp_path: Path) -> None:
    clips, tokens = corpus
    clips = [replace(clips[0], **changes), *clips[1:]]
    with pytest.raises(InvalidData, match=f"mine: the clip c0 has no {what}"):
        recognised(tokens, None, clips[:50], clips[50:], QUICK, tmp_path, "mine")


def test_texts_longer_than_their_clips_are_named(corpus, tmp_path: Path) -> None:
    clips, tokens = corpus
    long = [replace(one, text="abcd " * 40) for one in clips[:50]]
    with pytest.raises(InvalidData, match="no clip to train on has a frame for each character"):
        recognised(tokens, None, long, clips[50:], QUICK, tmp_path, "mine")


def tones(folder: Path, names: list[str]) -> None:
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / name, 0.2 * np.sin(np.arange(16000) * (0.05 + number / 100)), 16000)


def librispeech(folder: Path) -> str:
    for subset, speakers in (("train-clean-100", (1, 2)), ("test-clean", (3,)), ("test-other", (4,))):
        for speaker in speakers:
            chapter = folder / subset / str(speaker) / "7"
            tones(chapter, [f"{speaker}-7-000{n}.flac" for n in range(2)])
            lines = "".join(f"{speaker}-7-000{n} GO ON\n" for n in range(2))
            (chapter / f"{speaker}-7.trans.txt").write_text(lines)
    return f"librispeech:{folder}"


def common_voice(folder: Path) -> str:
    tones(folder / "clips", [f"cv_{n}.wav" for n in range(4)])
    for name, numbers in (("train", (0, 1)), ("test", (2, 3))):
        rows = "".join(f"{name}-voice-{n}\tcv_{n}.wav\tBore da\tcy\n" for n in numbers)
        (folder / f"{name}.tsv").write_text("client_id\tpath\tsentence\tlocale\n" + rows)
    return f"commonvoice:{folder}"


@pytest.mark.parametrize(
    ("probe", "make", "tested"),
    [
        ("words_clean", librispeech, ["test-clean_3_7_3-7-0000", "test-clean_3_7_3-7-0001"]),
        ("words_other", librispeech, ["test-other_4_7_4-7-0000", "test-other_4_7_4-7-0001"]),
        ("words_common_voice", common_voice, ["clips_cv_2", "clips_cv_3"]),
    ],
)
def test_a_corpus_is_scored_over_its_own_test_part(probe: str, make, tested: list[str], tmp_path: Path) -> None:
    pytest.importorskip("pycodec2")
    manifest = data.load(make(tmp_path / "corpus"))
    options = ProbeOptions([probe], size=8, steps=2, seed=[0])
    found = TASK.run(registry.load_system("codec2:mode=3200"), manifest, Context(tmp_path / "runs", options=options))
    words, characters = sorted(found, key=lambda result: len(result.metric))
    assert (words.metric, characters.metric) == (f"probe_{probe}", f"probe_{probe}_characters")
    assert {score.clip for score in words.scores} == set(TASK.items(words, manifest)) == set(tested)
    assert {score.weight for score in words.scores} == {2.0}
    assert {"head:ctc", "size:8", "steps:2", "seeds:0", "folds:official-split"} <= set(words.signature.split("|"))


@pytest.mark.parametrize(("budget", "make"), [("ctc-gpu", librispeech), ("ctc-common-voice-gpu", common_voice)])
def test_the_probes_of_a_budget_are_scored_on_one_corpus(budget: str, make, tmp_path: Path) -> None:
    pytest.importorskip("pycodec2")
    manifest, asked = data.load(make(tmp_path / "corpus")), TASK.budgets[budget]
    options = replace(asked, size=8, steps=2, seed=[0])
    found = TASK.run(registry.load_system("codec2:mode=3200"), manifest, Context(tmp_path / "runs", options=options))
    assert {f"probe_{probe}" for probe in asked.probe} < {result.metric for result in found}


def test_two_probes_with_the_same_training_clips_share_a_training(corpus, tmp_path: Path) -> None:
    clips, tokens = corpus
    few = replace(QUICK, steps=2)
    for name in ("words_clean", "words_other"):
        recognised(tokens, None, clips[:50], clips[50:], few, tmp_path, name)
    assert len(list(tmp_path.rglob("checkpoint.pt"))) == 1


def test_every_probe_of_words_has_a_budget() -> None:
    assert {probe for asked in TASK.budgets.values() for probe in asked.probe} >= set(WORDS)


def test_words_are_read_by_their_own_head_alone(tmp_path: Path) -> None:
    manifest = data.load(librispeech(tmp_path / "corpus"))
    for system, head, what in (
        ("mulaw", "net", "words_clean has the heads ctc, not net"),
        ("reference", "", "reference has no tokens, and words_clean needs tokens"),
    ):
        options = ProbeOptions(["words_clean"], head=head)
        with pytest.raises(InvalidOption, match=what):
            TASK.run(registry.load_system(system), manifest, Context(tmp_path / "runs", options=options))
