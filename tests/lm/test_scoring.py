"""Bits per second are the same codes' bits for every pattern: known answers from processes that are known exactly."""

import itertools
import math

import pytest
import torch

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.lm import patterns
from audiotok.lm.scoring import clip_bits, code_bits, loss
from audiotok.lm.sequences import Sequences

SPEC = TokenSpec(16000, 50.0, (3, 2))
CHAIN = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.25, 0.25, 0.5]], dtype=torch.float64)  # of codebook 0
OTHER = torch.tensor([[0.9, 0.1], [0.3, 0.7]], dtype=torch.float64)  # of codebook 1, where it is independent
FIRST = (torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64), torch.tensor([0.4, 0.6], dtype=torch.float64))


def every_clip(frames: int) -> torch.Tensor:
    """[3**T, T] all sequences of codebook 0."""
    return torch.tensor(list(itertools.product(range(3), repeat=frames)))


def probability(clips: torch.Tensor) -> torch.Tensor:
    p = FIRST[0][clips[:, 0]]
    for t in range(1, clips.shape[1]):
        p = p * CHAIN[clips[:, t - 1], clips[:, t]]
    return p


def oracle(pattern: patterns.Pattern, tokens: Tokens, of_code: dict[tuple[int, int], torch.Tensor]) -> torch.Tensor:
    """Logits that are the true log-probabilities; noise wherever nobody may look. of_code[k, t]: [B, size]."""
    fields, frames = pattern.layout(int(tokens.lengths[0]))
    generator = torch.Generator().manual_seed(0)
    shape = (len(tokens), fields.shape[1], pattern.vocabulary.size)
    logits = torch.randn(shape, generator=generator, dtype=torch.float64)
    for stream, step in itertools.product(range(fields.shape[0]), range(fields.shape[1])):
        field = int(fields[stream, step])
        if field >= 0:
            logits[:, step - 1, pattern.vocabulary.ids_of(field)] = of_code[field, int(frames[stream, step])].log()
    return logits


@pytest.mark.parametrize("name", ["flatten", "coarse_first", "delay", "parallel"])
def test_independent_codebooks_cost_the_same_in_every_pattern(name: str) -> None:
    torch.manual_seed(0)
    codes = torch.stack([torch.randint(3, (5, 6)), torch.randint(2, (5, 6))], dim=1)
    tokens = Tokens(codes, torch.full((5,), 6), SPEC)
    of_code = {}
    expected = torch.zeros(5, 2, dtype=torch.float64)
    for k, chain in enumerate((CHAIN, OTHER)):
        for t in range(6):
            of_code[k, t] = chain[codes[:, k, t - 1]] if t else FIRST[k].expand(5, -1)
            expected[:, k] -= of_code[k, t].gather(1, codes[:, k, t, None])[:, 0].log2()
    pattern = patterns.get(name, SPEC)
    bits = code_bits(oracle(pattern, tokens, of_code), pattern.apply(tokens))
    torch.testing.assert_close(bits, expected, rtol=1e-12, atol=0)


def test_parallel_pays_exactly_the_entropy_of_what_it_cannot_see() -> None:
    """q2 = f(q1): free where q1 is known, H(q2 | past) where it is not, in expectation over every clip there is."""
    clips = every_clip(4)
    weight = probability(clips)
    function = torch.tensor([0, 1, 1])
    merges = torch.nn.functional.one_hot(function).double()  # [3, 2]
    tokens = Tokens(torch.stack([clips, function[clips]], dim=1), torch.full((len(clips),), 4), SPEC)
    total = {}
    for name in ("flatten", "delay", "parallel"):
        of_code = {}
        entropy = 0.0
        for t in range(4):
            past = CHAIN[clips[:, t - 1]] if t else FIRST[0].expand(len(clips), -1)
            of_code[0, t] = past
            second = past @ merges
            entropy += float((weight * -(second * second.log2()).sum(dim=1)).sum())
            of_code[1, t] = second if name == "parallel" else merges[clips[:, t]]
        pattern = patterns.get(name, SPEC)
        bits = code_bits(oracle(pattern, tokens, of_code), pattern.apply(tokens))
        total[name] = float((weight[:, None] * bits).sum())
    assert total["delay"] == pytest.approx(total["flatten"], rel=1e-12)
    assert total["parallel"] - total["flatten"] == pytest.approx(entropy, rel=1e-12)


def test_uniform_logits_cost_the_nominal_bits() -> None:
    spec = TokenSpec(24000, 40.0, (8, 4), strides=(2, 1))
    tokens = Tokens(torch.zeros(2, 2, 5, dtype=torch.int64), torch.tensor([5, 3]), spec)
    for name in patterns.names():
        sequences = patterns.get(name, spec).apply(tokens)
        logits = torch.zeros(*sequences.ids.shape[::2], sequences.vocabulary.size)
        torch.testing.assert_close(code_bits(logits, sequences).sum(dim=1), tokens.bits())


def test_padding_costs_nothing() -> None:
    pattern = patterns.Flatten(SPEC)
    tokens = Tokens(torch.zeros(2, 2, 6, dtype=torch.int64), torch.tensor([6, 2]), SPEC)
    batch, alone = pattern.apply(tokens), pattern.apply(tokens[1])
    logits = torch.randn(2, batch.ids.shape[2], pattern.vocabulary.size)
    torch.testing.assert_close(code_bits(logits, batch)[1:], code_bits(logits[1:, : alone.ids.shape[2]], alone))


def test_in_a_row_the_loss_is_the_usual_one() -> None:
    pattern = patterns.Flatten(SPEC)
    sequences = pattern.apply(Tokens(torch.zeros(2, 2, 6, dtype=torch.int64), torch.tensor([6, 2]), SPEC))
    logits = torch.randn(2, sequences.ids.shape[2], pattern.vocabulary.size)
    usual = torch.nn.functional.cross_entropy(
        logits[:, :-1].reshape(-1, pattern.vocabulary.size), sequences.labels[:, 0, 1:].reshape(-1)
    )
    torch.testing.assert_close(loss(logits, sequences, torch.ones(1, pattern.vocabulary.size, dtype=torch.bool)), usual)


@pytest.mark.parametrize("name", ["flatten", "coarse_first", "delay", "parallel"])
def test_the_loss_and_its_gradient_are_those_of_a_softmax_over_each_streams_head(name: str) -> None:
    pattern = patterns.get(name, SPEC)
    codes = torch.stack([torch.randint(3, (2, 6)), torch.randint(2, (2, 6))], dim=1)
    sequences = pattern.apply(Tokens(codes, torch.tensor([6, 4]), SPEC))
    more = 5  # ids that no stream may give, as those of a text
    logits = torch.randn(2, sequences.ids.shape[2], pattern.vocabulary.size + more, requires_grad=True)
    nats = []
    for clip, stream, step in (sequences.labels >= 0).nonzero().tolist():
        among = logits[clip, step - 1, :-more].masked_fill(~pattern.heads[stream], -math.inf)
        nats.append(-among.log_softmax(dim=0)[sequences.labels[clip, stream, step]])
    expected = torch.stack(nats).mean()
    found = loss(logits, sequences, pattern.heads)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(*(torch.autograd.grad(value, logits)[0] for value in (found, expected)))


def test_a_label_outside_of_its_streams_head_is_refused() -> None:
    pattern = patterns.get("delay", SPEC)
    sequences = pattern.apply(Tokens(torch.zeros(1, 2, 6, dtype=torch.int64), torch.tensor([6]), SPEC))
    logits = torch.zeros(1, sequences.ids.shape[2], pattern.vocabulary.size)
    with pytest.raises(IndexError, match="out of bounds"):
        loss(logits, sequences, pattern.heads.flip(0))


def test_uniform_logits_in_a_grid_cost_the_size_of_each_head() -> None:
    pattern = patterns.Parallel(SPEC)
    sequences = pattern.apply(Tokens(torch.zeros(1, 2, 6, dtype=torch.int64), torch.tensor([6]), SPEC))
    logits = torch.zeros(1, sequences.ids.shape[2], pattern.vocabulary.size)
    expected = (6 * math.log(3 + 1) + math.log(3 + 1) + 6 * math.log(2)) / 13  # codes and end, codes of the other
    assert float(loss(logits, sequences, pattern.heads)) == pytest.approx(expected, rel=1e-6)


def test_logits_of_another_vocabulary_are_refused() -> None:
    sequences = patterns.Flatten(SPEC).apply(Tokens(torch.zeros(1, 2, 6, dtype=torch.int64), torch.tensor([6]), SPEC))
    with pytest.raises(InvalidTokens, match="logits must be"):
        code_bits(torch.zeros(1, 3, 4), sequences)


def test_a_code_that_nothing_predicts_is_refused() -> None:
    whole = patterns.Flatten(SPEC).apply(Tokens.from_clips([torch.zeros(2, 4, dtype=torch.int64)], SPEC))
    cut = Sequences(whole.ids[:, :, 1:], whole.lengths - 1, whole.fields[:, :, 1:], whole.vocabulary)
    logits = torch.zeros(1, cut.ids.shape[2], cut.vocabulary.size)
    with pytest.raises(InvalidTokens, match="begins with a code, which nothing predicts"):
        code_bits(logits, cut)


@pytest.mark.parametrize("context", [1, 0, -1])
def test_a_context_in_which_nothing_comes_before_a_code_is_refused(context: int) -> None:
    sequences = patterns.Flatten(SPEC).apply(Tokens.from_clips([torch.zeros(2, 4, dtype=torch.int64)], SPEC))
    with pytest.raises(InvalidOption, match="at least 2 steps"):
        clip_bits(lambda window: torch.zeros(1, window.ids.shape[2], 9), sequences, context)
