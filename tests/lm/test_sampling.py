"""A clip is continued by what the model says, its prompt untouched, in every pattern."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.lm import patterns
from audiotok.lm.config import ModelSize
from audiotok.lm.generation import sample
from audiotok.lm.model import AcousticLM
from audiotok.lm.patterns.base import Pattern
from audiotok.lm.sampling import Reader, continue_clip, write_clips
from audiotok.lm.sequences import Sequences

TINY = ModelSize(width=16, layers=2, heads=2)
SPEC = TokenSpec(16000, 50.0, (8, 6, 5), strides=(2, 1, 1), global_sizes=(4,), max_duration=3)
PLAIN = TokenSpec(16000, 50.0, (8, 8))


def a_clip(frames: int, spec: TokenSpec = SPEC) -> Tokens:
    generator = torch.Generator().manual_seed(1)
    codes = torch.stack([torch.randint(size, (frames,), generator=generator) for size in spec.codebook_sizes])
    for k in range(spec.num_codebooks):
        codes[k] = codes[k, torch.arange(frames) // spec.stride(k) * spec.stride(k)]
    tokens = Tokens.from_clips([codes], replace(spec, global_sizes=(), max_duration=0))
    return replace(
        tokens,
        spec=spec,
        durations=torch.randint(1, 4, (1, frames), generator=generator) if spec.max_duration else None,
        global_codes=torch.tensor([[2]]) if spec.global_sizes else None,
    )


def random_model(pattern: Pattern) -> AcousticLM:
    torch.manual_seed(0)
    model = AcousticLM(pattern, TINY).eval()
    with torch.no_grad():  # far from uniform, so that what a step reads decides what is drawn
        for parameter in model.parameters():
            parameter.mul_(4)
    return model


@pytest.mark.parametrize("name", patterns.names())
def test_reading_each_step_once_samples_what_reading_all_again_does(name: str) -> None:
    pattern = patterns.get(name, SPEC)
    model = random_model(pattern)

    def all_again(ids: Tensor) -> Tensor:
        nothing = torch.full_like(ids, -1)
        with torch.no_grad():
            return model(Sequences(ids, torch.tensor([ids.shape[2]]), nothing, pattern.vocabulary))[0, -1]

    once, again = (
        sample(read, pattern, min_frames=30, max_frames=40, generator=torch.Generator().manual_seed(5))
        for read in (Reader(model), all_again)
    )
    assert torch.equal(once, again)
    # It depends on what was read: another beginning goes on otherwise.
    other = sample(Reader(model), pattern, min_frames=30, max_frames=40, generator=torch.Generator().manual_seed(6))
    assert not torch.equal(once[:, :30], other[:, :30])


@pytest.mark.parametrize("name", patterns.names())
@pytest.mark.parametrize("frames", [1, 7])
def test_a_continuation_begins_with_the_prompt_and_has_the_length_asked(name: str, frames: int) -> None:
    pattern, prompt = patterns.get(name, SPEC), a_clip(frames)
    model = random_model(pattern)
    tokens = continue_clip(model, pattern, prompt, 0.3, seed=0, min_seconds=0.1)
    assert frames + 5 <= int(tokens.lengths[0]) <= frames + 15
    assert torch.equal(tokens.codes[:, :, :frames], prompt.codes)
    assert tokens.durations is not None
    assert torch.equal(tokens.durations[:, :frames], prompt.durations)
    assert torch.equal(tokens.global_codes, prompt.global_codes)
    assert torch.equal(tokens.codes, continue_clip(model, pattern, prompt, 0.3, seed=0, min_seconds=0.1).codes)


@pytest.mark.parametrize("name", patterns.names())
def test_other_seeds_continue_otherwise(name: str) -> None:
    pattern = patterns.get(name, PLAIN)
    model, prompt = random_model(pattern), a_clip(5, PLAIN)
    said = [continue_clip(model, pattern, prompt, 0.4, min_seconds=0.4, seed=seed).codes for seed in range(4)]
    assert len({tuple(codes.flatten().tolist()) for codes in said}) == 4


class Oracle(AcousticLM):
    """Is certain of one clip."""

    def __init__(self, pattern: Pattern, clip: Tokens) -> None:
        super().__init__(pattern, TINY)
        self.ids = pattern.apply(clip).ids[0]

    def advance(self, ids: Tensor, cache: object) -> Tensor:
        logits = torch.full((1, self.llama.config.vocab_size), -100.0)
        logits[0, self.ids[:, ids.shape[2]]] = 100.0
        return logits


@pytest.mark.parametrize("name", patterns.names())
def test_an_oracle_continues_a_periodic_clip_exactly(name: str) -> None:
    pattern = patterns.get(name, PLAIN)
    period = torch.stack([torch.arange(30) % 3, torch.arange(30) % 5])
    clip = Tokens.from_clips([period], PLAIN)
    prompt = Tokens.from_clips([period[:, :10]], PLAIN)
    assert torch.equal(continue_clip(Oracle(pattern, clip), pattern, prompt, 0.4, seed=0).codes, clip.codes)


@pytest.mark.parametrize("name", ["flatten", "delay", "parallel"])
def test_a_clip_ends_where_the_model_ends_it(name: str) -> None:
    pattern, clip = patterns.get(name, PLAIN), a_clip(14, PLAIN)
    prompt = Tokens.from_clips([clip.codes[0, :, :10]], PLAIN)
    assert int(continue_clip(Oracle(pattern, clip), pattern, prompt, 0.4, seed=0).lengths[0]) == 14


def test_where_the_rate_varies_seconds_are_reckoned_at_the_prompts_rate() -> None:
    spec = TokenSpec(16000, 50.0, (8,), variable_rate=True)
    pattern = patterns.Flatten(spec)
    prompt = replace(a_clip(10, spec), num_samples=torch.tensor([16000]))
    tokens = continue_clip(random_model(pattern), pattern, prompt, 2.0, min_seconds=2.0, seed=0)
    assert int(tokens.lengths[0]) == 30
    with pytest.raises(InvalidTokens, match="num_samples"):
        continue_clip(random_model(pattern), pattern, a_clip(10, spec), 2.0, seed=0)


def test_the_likeliest_code_alone_is_drawn_with_top_k_1() -> None:
    pattern = patterns.Flatten(PLAIN)
    model = random_model(pattern)
    first, *others = (
        continue_clip(model, pattern, a_clip(5, PLAIN), 0.4, seed=seed, top_k=1).codes for seed in range(5)
    )
    assert all(torch.equal(first, other) for other in others)
    greedy = continue_clip(model, pattern, a_clip(5, PLAIN), 0.4, seed=9, temperature=0).codes
    assert torch.equal(greedy, first)


def test_what_cannot_be_continued_is_refused() -> None:
    pattern = patterns.Flatten(PLAIN)
    model, prompt = random_model(pattern), a_clip(5, PLAIN)
    empty = Tokens.from_clips([torch.zeros(2, 0, dtype=torch.int64)], PLAIN)
    with pytest.raises(InvalidTokens, match="one clip of a frame or more"):
        continue_clip(model, pattern, empty, 1.0, seed=0)
    with pytest.raises(InvalidTokens, match="one clip of a frame or more"):
        continue_clip(model, pattern, Tokens.collate([prompt, prompt]), 1.0, seed=0)
    with pytest.raises(InvalidTokens, match="this pattern is for tokens of"):
        continue_clip(model, pattern, a_clip(5), 1.0, seed=0)
    with pytest.raises(InvalidOption, match="min_seconds <= seconds"):
        continue_clip(model, pattern, prompt, 1.0, min_seconds=2.0, seed=0)
    with pytest.raises(InvalidOption, match="at least 0 and 1"):
        continue_clip(model, pattern, prompt, 1.0, top_k=0, seed=0)
    with pytest.raises(InvalidOption, match="got -1 and None"):
        continue_clip(model, pattern, prompt, 1.0, temperature=-1, seed=0)


@pytest.mark.parametrize("name", patterns.names())
def test_clips_side_by_side_are_those_that_are_drawn_one_by_one(name: str) -> None:
    pattern = patterns.get(name, SPEC)
    model = random_model(pattern)
    made = write_clips(model, pattern, 5, [7, 8, 9], top_k=3)
    for seed, tokens in zip((7, 8, 9), made, strict=True):
        alone = sample(
            Reader(model),
            pattern,
            min_frames=5,
            max_frames=5,
            top_k=3,
            generator=torch.Generator().manual_seed(seed),
        )
        assert torch.equal(tokens.codes, pattern.invert(alone[None]).codes)
        assert tokens.lengths.tolist() == [5]
    greedy = write_clips(model, pattern, 5, [1, 2], temperature=0)
    assert torch.equal(greedy[0].codes, greedy[1].codes)
    with pytest.raises(InvalidOption, match="a seed or more, got 5 and 0 seeds"):
        write_clips(model, pattern, 5, [])
