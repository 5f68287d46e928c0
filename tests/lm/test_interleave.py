"""Text and audio in one row come apart again exactly."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidTokens
from audiotok.lm.interleave import Interleave
from audiotok.lm.vocabulary import END, START

SPEC = TokenSpec(24000, 40.0, (4, 4), strides=(2, 1), global_sizes=(3,))


def clip(frames: int, seed: int) -> Tokens:
    codes = torch.randint(4, (1, 2, frames), generator=torch.Generator().manual_seed(seed))
    codes[:, 0] = codes[:, 0, torch.arange(frames) // 2 * 2]
    return Tokens(codes, torch.tensor([frames]), SPEC, global_codes=torch.tensor([[seed % 3]]))


chunks = st.one_of(st.none(), st.integers(1, 4))


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=3), chunks, chunks)
@settings(max_examples=80, deadline=None)
def test_text_and_audio_come_back(
    sizes: list[tuple[int, int]], text_chunk: int | None, frame_chunk: int | None
) -> None:
    pattern = Interleave(SPEC, text_size=7, text_chunk=text_chunk, frame_chunk=frame_chunk)
    tokens = Tokens.collate([clip(frames, seed) for seed, (frames, _) in enumerate(sizes)])
    texts = [torch.arange(words) % 7 for _, words in sizes]
    found, said = pattern.invert(pattern.apply(tokens, texts))
    assert torch.equal(found.codes, tokens.codes)
    assert torch.equal(found.global_codes, tokens.global_codes)
    assert all(torch.equal(a, b) for a, b in zip(said, texts, strict=True))


def test_they_take_turns_as_drawn() -> None:
    spec = TokenSpec(16000, 50.0, (4,))
    tokens = Tokens.from_clips([torch.tensor([[0, 1, 2]])], spec)
    pattern = Interleave(spec, text_size=5, text_chunk=2, frame_chunk=1)
    ids = pattern.apply(tokens, [torch.tensor([3, 4])]).ids[0, 0].tolist()
    assert ids == [START, 11, 12, 4, pattern.vocabulary.text_end, 5, 6, END]


def test_another_order_is_refused() -> None:
    spec = TokenSpec(16000, 50.0, (4,))
    tokens = Tokens.from_clips([torch.tensor([[0, 1, 2]])], spec)
    ids = Interleave(spec, text_size=5, text_chunk=1, frame_chunk=1).apply(tokens, [torch.tensor([3, 4])]).ids[:, 0]
    with pytest.raises(InvalidTokens, match="do not take turns"):
        Interleave(spec, text_size=5).invert(ids)


def test_a_text_id_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidTokens, match="0 <= id < 5"):
        Interleave(SPEC, text_size=5).apply(clip(2, 0), [torch.tensor([5])])


def test_the_default_device_is_not_that_of_the_ids() -> None:
    pattern, text, tokens = (
        Interleave(SPEC, text_size=7, text_chunk=2, frame_chunk=1),
        torch.tensor([1, 2, 3]),
        clip(4, 0),
    )
    expected = pattern.apply(tokens, [text])
    with torch.device("meta"):
        found = pattern.apply(tokens, [text])
        again, texts = pattern.invert(found)
    assert torch.equal(found.ids, expected.ids)
    assert torch.equal(again.codes, tokens.codes)
    assert torch.equal(texts[0], text)


def test_text_ids_may_be_lists_as_text_tokenizers_return_them() -> None:
    pattern, tokens = Interleave(SPEC, text_size=7), Tokens.collate([clip(2, 0), clip(3, 1)])
    expected = pattern.apply(tokens, [torch.tensor([1, 6]), torch.tensor([], dtype=torch.int64)]).ids
    assert torch.equal(pattern.apply(tokens, [[1, 6], []]).ids, expected)
    assert torch.equal(pattern.apply(tokens, [np.array([1, 6]), ()]).ids, expected)  # type: ignore[list-item]


@pytest.mark.parametrize("text", [[0.5], "spoken", [[1, 2]], torch.tensor(1), None, [True]])
def test_what_is_no_list_of_text_ids_is_refused(text: object) -> None:
    with pytest.raises(InvalidTokens, match=r"text ids must be integers \[N\], 0 <= id < 7"):
        Interleave(SPEC, text_size=7).apply(clip(2, 0), [text])  # type: ignore[list-item]


def test_codes_that_are_no_tokens_are_refused() -> None:
    with pytest.raises(InvalidTokens, match="Interleave takes Tokens"):
        Interleave(SPEC, text_size=7).apply(clip(2, 0).codes, [[1]])  # type: ignore[arg-type]
