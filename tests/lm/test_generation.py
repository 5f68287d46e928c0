"""Whatever the model, what it samples can be inverted."""

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, LogitsProcessorList

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption
from audiotok.lm import patterns
from audiotok.lm.generation import ValidSequences, sample
from audiotok.lm.interleave import Interleave
from audiotok.lm.vocabulary import END, PAD, START

SPEC = TokenSpec(24000, 40.0, (5, 3, 4), strides=(4, 2, 1), global_sizes=(6,), max_duration=3)


def model(vocabulary: int) -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        bos_token_id=START,
        eos_token_id=END,
        pad_token_id=PAD,
    )
    return LlamaForCausalLM(config).eval()


@pytest.mark.parametrize("name", ["flatten", "coarse_first"])
def test_everything_a_random_llama_generates_inverts(name: str) -> None:
    pattern = patterns.get(name, SPEC)
    torch.manual_seed(1)
    generated = model(pattern.vocabulary.size).generate(
        torch.full((8, 1), START),
        logits_processor=LogitsProcessorList([ValidSequences(pattern, min_frames=2, max_frames=9)]),
        max_length=pattern.steps(9),
        do_sample=True,
    )
    tokens = pattern.invert(generated)
    assert len(tokens) == 8
    assert 2 <= int(tokens.lengths.min()) <= int(tokens.lengths.max()) <= 9


def test_a_model_with_more_outputs_than_ids_stays_within_the_ids() -> None:
    pattern = patterns.Flatten(SPEC)
    generated = model(64).generate(
        torch.full((2, 1), START),
        logits_processor=LogitsProcessorList([ValidSequences(pattern, max_frames=5)]),
        max_length=pattern.steps(5),
        do_sample=True,
    )
    assert len(pattern.invert(generated)) == 2


def test_a_prompt_is_continued() -> None:
    spec = TokenSpec(16000, 50.0, (4, 4))
    pattern = patterns.Flatten(spec)
    prompt = Tokens.from_clips([torch.tensor([[0, 1], [2, 3]])], spec)
    ids = pattern.apply(prompt).ids[:, 0, :-1]
    generated = model(pattern.vocabulary.size).generate(
        torch.nn.functional.pad(ids, (2, 0), value=PAD),
        attention_mask=torch.tensor([[0, 0, 1, 1, 1, 1, 1]]),
        logits_processor=LogitsProcessorList([ValidSequences(pattern, min_frames=4, max_frames=6)]),
        max_length=pattern.steps(6) + 2,
        do_sample=True,
    )
    tokens = pattern.invert(generated)
    assert torch.equal(tokens.codes[:, :, :2], prompt.codes)
    assert int(tokens.lengths[0]) >= 4


@pytest.mark.parametrize("name", ["flatten", "coarse_first", "delay", "parallel"])
def test_every_pattern_can_be_sampled_from_random_logits(name: str) -> None:
    pattern = patterns.get(name, SPEC)
    generator = torch.Generator().manual_seed(0)
    for _ in range(10):
        ids = sample(
            lambda ids: torch.randn(pattern.vocabulary.size, generator=generator),
            pattern,
            max_frames=7,
            generator=generator,
        )
        assert 1 <= int(pattern.invert(ids[None]).lengths[0]) <= 7


def test_generate_is_refused_for_patterns_of_several_streams() -> None:
    with pytest.raises(InvalidOption, match=r"use audiotok\.lm\.generation\.sample"):
        ValidSequences(patterns.Delay(SPEC))


def test_limits_that_contradict_each_other_are_refused() -> None:
    pattern = patterns.Flatten(SPEC)
    with pytest.raises(InvalidOption, match="min_frames <= max_frames"):
        pattern.allowed(pattern.vocabulary.size * torch.ones(1, 0, dtype=torch.int64), min_frames=3, max_frames=2)


@pytest.mark.parametrize("name", patterns.names())
def test_a_prompt_of_as_many_frames_as_asked_for_is_ended(name: str) -> None:
    spec = TokenSpec(16000, 50.0, (4, 4, 4))
    pattern = patterns.get(name, spec)
    clip = Tokens.from_clips([torch.randint(0, 4, (3, 6), generator=torch.Generator().manual_seed(0))], spec)
    whole = pattern.apply(clip).ids[0]
    given = whole[:, :-4]
    ids = sample(lambda _: torch.zeros(pattern.vocabulary.size), pattern, max_frames=6, min_frames=6, prompt=given)
    assert torch.equal(ids[:, : given.shape[1]], given)
    assert pattern.invert(ids[None]).lengths.tolist() == [6]


@pytest.mark.parametrize("name", patterns.names())
def test_a_prompt_longer_than_the_clip_may_be_is_refused(name: str) -> None:
    spec = TokenSpec(16000, 50.0, (4, 4, 4))
    pattern = patterns.get(name, spec)
    clip = Tokens.from_clips([torch.zeros(3, 40, dtype=torch.int64)], spec)
    prompt = pattern.apply(clip).ids[0, :, :-4]
    with pytest.raises(InvalidOption, match=r"max_frames=20 includes the prompt, which has \d+ frames"):
        sample(lambda _: torch.zeros(pattern.vocabulary.size), pattern, max_frames=20, prompt=prompt)


@pytest.mark.parametrize("name", ["delay", "parallel"])
def test_a_sequence_beyond_the_longest_clip_may_only_end(name: str) -> None:
    pattern = patterns.get(name, TokenSpec(16000, 50.0, (4, 4)))
    prefix = torch.full((2, 8), pattern.vocabulary.offsets[0])
    prefix[:, 0] = START
    assert pattern.allowed(prefix, max_frames=3)[0].nonzero().tolist() == [[END]]


def test_a_prompt_of_another_shape_is_refused() -> None:
    pattern = patterns.Flatten(TokenSpec(16000, 50.0, (4,)))
    with pytest.raises(InvalidOption, match=r"ids \[S=1, n\], got \[1\]"):
        sample(lambda _: torch.zeros(pattern.vocabulary.size), pattern, max_frames=3, prompt=torch.tensor([START]))


@pytest.mark.parametrize("name", patterns.names())
def test_the_default_device_is_not_that_of_the_ids(name: str) -> None:
    pattern = patterns.get(name, TokenSpec(16000, 50.0, (4, 4), global_sizes=(3,)))
    logits = torch.randn(pattern.vocabulary.size, generator=torch.Generator().manual_seed(0))
    expected = sample(lambda _: logits, pattern, max_frames=5, generator=torch.Generator().manual_seed(1))
    with torch.device("meta"):
        found = sample(lambda _: logits, pattern, max_frames=5, generator=torch.Generator().manual_seed(1))
        again = pattern.apply(pattern.invert(found[None])).ids[0]
        heads = pattern.heads
    assert torch.equal(found, expected)
    assert torch.equal(again, expected)
    assert torch.equal(heads, pattern.heads)


def test_only_a_pattern_can_be_sampled() -> None:
    interleave = Interleave(TokenSpec(16000, 50.0, (4,)), text_size=4)
    with pytest.raises(InvalidOption, match="only a Pattern says which ids may follow, got Interleave"):
        ValidSequences(interleave)  # type: ignore[arg-type]
    with pytest.raises(InvalidOption, match="only a Pattern says which ids may follow, got Interleave"):
        sample(lambda _: torch.zeros(9), interleave, max_frames=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [(9,), (7,), (1, 8), (1, 4, 8)])
def test_logits_of_other_ids_than_the_patterns_are_refused(shape: tuple[int, ...]) -> None:
    pattern = patterns.Flatten(TokenSpec(16000, 50.0, (4,)))
    with pytest.raises(InvalidOption, match=r"must return the logits \[V=8\].*first : first \+ 8"):
        sample(lambda _: torch.zeros(shape), pattern, max_frames=3)


def test_logits_that_are_not_numbers_are_refused() -> None:
    pattern = patterns.Flatten(TokenSpec(16000, 50.0, (4,)))
    for temperature in (0.0, 1.0):
        with pytest.raises(InvalidOption, match="returned NaN"):
            sample(lambda _: torch.full((8,), torch.nan), pattern, max_frames=3, temperature=temperature)


@pytest.mark.parametrize("name", ["flatten", "coarse_first"])
def test_a_text_model_writes_audio_after_prompts_of_several_lengths(name: str) -> None:
    pattern = patterns.get(name, SPEC)
    first, text_pad = 300, 7
    texts = [[11, 12, 13, 14], [15, 16]]  # padded on the left
    prompts = torch.tensor([[text_pad] * (4 - len(text)) + text + [first + START] for text in texts])
    torch.manual_seed(1)
    written = model(first + pattern.vocabulary.size + 5).generate(
        prompts,
        attention_mask=(prompts != text_pad).long(),
        logits_processor=LogitsProcessorList([ValidSequences(pattern, min_frames=2, max_frames=9, first=first)]),
        max_new_tokens=pattern.steps(9) - 1,
        do_sample=True,
        eos_token_id=first + END,
        pad_token_id=first + PAD,
    )
    tokens = pattern.invert(written[:, 4:] - first)
    assert 2 <= int(tokens.lengths.min()) <= int(tokens.lengths.max()) <= 9


def test_audio_in_the_prompt_of_a_text_model_is_continued_and_ends() -> None:
    pattern = patterns.Flatten(TokenSpec(16000, 50.0, (4, 4)))
    valid = ValidSequences(pattern, max_frames=2, first=300)
    scores = torch.zeros(1, 300 + pattern.vocabulary.size)

    def may_follow(*audio: int) -> list[int]:
        return (valid(torch.tensor([[5, *(300 + id for id in audio)]]), scores)[0] == 0).nonzero()[:, 0].tolist()

    assert may_follow(START) == [304, 305, 306, 307]
    assert may_follow(START, 5, 9) == [300 + END, 304, 305, 306, 307]
    assert may_follow(START, 5, 9, 5, 9) == [300 + END]
    assert may_follow(START, 5, 9, END, PAD) == [300 + PAD]
    assert may_follow(START, 5, 9, END, START, 5) == [308, 309, 310, 311]  # an earlier clip is only read


def test_a_prompt_without_the_start_and_a_model_of_too_few_outputs_are_refused() -> None:
    pattern = patterns.Flatten(TokenSpec(16000, 50.0, (4, 4)))
    with pytest.raises(InvalidOption, match="must hold the start of the audio, id 301"):
        ValidSequences(pattern, first=300)(torch.tensor([[5, START]]), torch.zeros(1, 312))
    with pytest.raises(InvalidOption, match=r"has 311 outputs, .* from 300 on need 312"):
        ValidSequences(pattern, first=300)(torch.tensor([[5, 301]]), torch.zeros(1, 311))
    with pytest.raises(InvalidOption, match="first must be 0 or more"):
        ValidSequences(pattern, first=-1)
