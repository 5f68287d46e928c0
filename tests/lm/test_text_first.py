"""Text stands before the codes, and only the codes are learnt and said."""

from dataclasses import replace

import pytest
import torch

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.lm import patterns
from audiotok.lm.config import ModelSize
from audiotok.lm.interleave import Interleave
from audiotok.lm.model import AcousticLM
from audiotok.lm.sampling import write_clip
from audiotok.lm.scoring import loss
from audiotok.lm.sequences import IGNORE
from audiotok.lm.text_first import BYTES, TextFirst, spelled
from audiotok.lm.vocabulary import EMPTY, END, PAD, START

TINY = ModelSize(width=16, layers=1, heads=2)
SPEC = TokenSpec(16000, 50.0, (3, 5))
CLIPS = Tokens.from_clips([torch.tensor([[0, 1, 2], [4, 3, 2]]), torch.tensor([[2], [0]])], SPEC)
TEXT = 4 + 3 + 5  # the first id of text: after the special ones and both codebooks


def test_a_text_is_read_and_the_codes_alone_are_learnt() -> None:
    sequences = TextFirst(patterns.Delay(SPEC)).apply(CLIPS, ["ab", "é"])
    a, b, end = TEXT + 97, TEXT + 98, TEXT + BYTES
    assert sequences.ids[0].tolist() == [
        [START, a, b, end, 4, 5, 6, END, EMPTY],
        [START, EMPTY, EMPTY, EMPTY, EMPTY, 11, 10, 9, END],
    ]
    assert sequences.labels[0].tolist() == [
        [IGNORE] * 4 + [4, 5, 6, END, IGNORE],
        [IGNORE] * 5 + [11, 10, 9, IGNORE],
    ]
    # The second text is one letter and two bytes, and its clip is shorter.
    assert sequences.ids[1, 0].tolist() == [START, TEXT + 0xC3, TEXT + 0xA9, end, 6, END, EMPTY, PAD, PAD]
    assert sequences.lengths.tolist() == [9, 7]


@pytest.mark.parametrize("name", patterns.names())
def test_what_is_learnt_is_what_the_pattern_alone_learns(name: str) -> None:
    pattern = patterns.get(name, SPEC)
    labels = TextFirst(pattern).apply(CLIPS, ["say this", "and this one"]).labels
    assert labels[labels >= 0].tolist() == (alone := pattern.apply(CLIPS).labels)[alone >= 0].tolist()


def test_no_code_is_less_likely_for_what_the_model_makes_of_text() -> None:
    layout = TextFirst(patterns.Delay(SPEC))
    sequences = layout.apply(CLIPS, ["ab", "c"])
    logits = torch.randn(2, sequences.ids.shape[2], layout.vocabulary.size, generator=torch.Generator().manual_seed(0))
    before = loss(logits, sequences, layout.pattern.heads)
    logits[:, :, layout.vocabulary.ids_of(layout.vocabulary.text)] = 100.0
    assert torch.equal(loss(logits, sequences, layout.pattern.heads), before)


def test_in_a_row_it_is_the_interleaved_order_without_turns() -> None:
    text = "ab"
    expected = Interleave(SPEC, text_size=BYTES).apply(CLIPS, [torch.tensor([*text.encode()])] * 2)
    found = TextFirst(patterns.Flatten(SPEC)).apply(CLIPS, [text] * 2)
    assert torch.equal(found.ids, expected.ids)


def test_a_text_too_few_is_refused() -> None:
    with pytest.raises(InvalidTokens, match="2 clips, 1 conditions"):
        TextFirst(patterns.Delay(SPEC)).apply(CLIPS, ["a"])


def test_how_a_text_is_written_makes_no_difference() -> None:
    assert spelled(" Press\n ONE", "en") == spelled("press one", "en") == "en press one"
    assert spelled("ﬁn", "fr") == "fr fin" != spelled("fin", "en")


class Certain(AcousticLM):
    """Knows one sequence, and is asked for what follows its text."""

    def __init__(self, layout: TextFirst, clip: Tokens, text: str) -> None:
        super().__init__(layout.pattern, TINY, layout.vocabulary)
        self.ids = layout.apply(clip, [text]).ids[0]

    def advance(self, ids: torch.Tensor, cache: object) -> torch.Tensor:
        assert torch.equal(ids[0], self.ids[:, : ids.shape[2]])
        logits = torch.full((1, self.llama.config.vocab_size), -100.0)
        logits[0, self.ids[:, ids.shape[2]]] = 100.0
        # Text would be likelier still, and cannot be said.
        logits[0, TEXT:] = 200.0
        return logits


@pytest.mark.parametrize("name", patterns.names())
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_an_oracle_says_the_clip_of_its_text_and_ends_it(name: str, temperature: float) -> None:
    layout, clip = TextFirst(patterns.get(name, SPEC)), CLIPS[0]
    said = write_clip(Certain(layout, clip, "en one"), layout, "en one", max_frames=20, seed=0, temperature=temperature)
    assert torch.equal(said.codes, clip.codes)


@pytest.mark.parametrize("name", ["flatten", "delay", "parallel"])
def test_a_model_may_end_a_clip_before_it_says_anything(name: str) -> None:
    layout = TextFirst(patterns.get(name, SPEC))
    nothing = Tokens.from_clips([torch.zeros(2, 0, dtype=torch.int64)], SPEC)
    assert write_clip(Certain(layout, nothing, "en"), layout, "en", max_frames=20, seed=0).lengths.tolist() == [0]


@pytest.mark.parametrize("name", patterns.names())
def test_seeds_decide_and_the_limit_holds(name: str) -> None:
    layout = TextFirst(patterns.get(name, replace(SPEC, global_sizes=(4,))))
    torch.manual_seed(0)
    model = AcousticLM(layout.pattern, TINY, layout.vocabulary).eval()

    def say(seed: int, temperature: float = 1.0, text: str = "en a") -> list[int]:
        said = write_clip(model, layout, text, max_frames=9, seed=seed, temperature=temperature)
        assert 1 <= int(said.lengths[0]) <= 9
        return [*said.codes.flatten().tolist(), -1, *said.global_codes.flatten().tolist()]  # type: ignore[union-attr]

    assert say(0) == say(0)
    assert len({tuple(say(seed)) for seed in range(8)}) > 4
    assert say(0, temperature=0) == say(1, temperature=0)
    with pytest.raises(InvalidOption, match="temperature and top_k must be at least 0 and 1"):
        say(0, temperature=-1.0)
