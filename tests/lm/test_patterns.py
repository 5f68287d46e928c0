"""Patterns are lossless, and say which codes stand where."""

import pickle
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, InvalidTokens, UnknownName
from audiotok.lm import patterns
from audiotok.lm.vocabulary import EMPTY, END, PAD, START

NAMES = ("flatten", "coarse_first", "delay", "parallel")
SMALL = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4, 4))
TWO_FRAMES = Tokens.from_clips([torch.tensor([[0, 1], [2, 3]])], SMALL)


@st.composite
def batches(draw: st.DrawFn) -> Tokens:
    """Ragged batches with strides, codes of the whole clip and durations, or without."""
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
    strides = draw(st.lists(st.integers(1, 4), min_size=len(sizes) - 1, max_size=len(sizes) - 1))
    whole = draw(st.lists(st.integers(1, 9), max_size=2))
    longest = draw(st.sampled_from([0, 5]))
    spec = TokenSpec(16000, 50.0, tuple(sizes), (*strides, 1), tuple(whole), max_duration=longest)
    frames = draw(st.lists(st.integers(1 if whole else 0, 11), min_size=1, max_size=3))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**31)))
    clips = []
    for count in frames:
        rows = [torch.randint(size, (count,), generator=generator) for size in sizes]
        clips.append(
            torch.stack([row[torch.arange(count) // spec.stride(k) * spec.stride(k)] for k, row in enumerate(rows)])
        )
    tokens_spec = replace(spec, max_duration=0)
    tokens = Tokens.from_clips(clips, replace(tokens_spec, global_sizes=()))
    durations = torch.randint(1, 6, (len(frames), max(frames)), generator=generator) * tokens.mask
    global_codes = (
        torch.stack([torch.randint(size, (len(frames),), generator=generator) for size in whole], 1) if whole else None
    )
    return Tokens(
        tokens.codes, tokens.lengths, spec, durations=durations if longest else None, global_codes=global_codes
    )


def same(a: Tokens, b: Tokens) -> bool:
    pairs = [(a.codes, b.codes), (a.lengths, b.lengths), (a.durations, b.durations), (a.global_codes, b.global_codes)]
    return all(x is y is None or (x is not None and y is not None and torch.equal(x, y)) for x, y in pairs)


@pytest.mark.parametrize("name", NAMES)
@given(tokens=batches())
@settings(max_examples=60, deadline=None)
def test_a_ragged_batch_comes_back_exactly(name: str, tokens: Tokens) -> None:
    pattern = patterns.get(name, tokens.spec)
    assert same(pattern.invert(pattern.apply(tokens)), tokens)


@pytest.mark.parametrize("name", NAMES)
@given(tokens=batches())
@settings(max_examples=30, deadline=None)
def test_every_code_stands_once_and_every_step_is_counted(name: str, tokens: Tokens) -> None:
    pattern = patterns.get(name, tokens.spec)
    sequences = pattern.apply(tokens)
    durations = tokens.lengths if tokens.durations is not None else torch.zeros_like(tokens.lengths)
    expected = [tokens.spec.num_codes(n) + d for n, d in zip(tokens.lengths.tolist(), durations.tolist(), strict=True)]
    assert sequences.is_code.sum(dim=(1, 2)).tolist() == expected
    assert sequences.lengths.tolist() == [pattern.steps(n) for n in tokens.lengths.tolist()]


@pytest.mark.parametrize("name", NAMES)
@given(tokens=batches())
@settings(max_examples=30, deadline=None)
def test_each_id_lies_in_the_range_of_its_field(name: str, tokens: Tokens) -> None:
    sequences = patterns.get(name, tokens.spec).apply(tokens)
    assert torch.equal(sequences.vocabulary.field_of(sequences.ids), sequences.fields)


@pytest.mark.parametrize("name", NAMES)
@given(tokens=batches())
@settings(max_examples=20, deadline=None)
def test_what_comes_next_in_a_sequence_is_always_allowed(name: str, tokens: Tokens) -> None:
    pattern = patterns.get(name, tokens.spec)
    sequences = pattern.apply(tokens)
    for clip, steps, frames in zip(sequences.ids, sequences.lengths.tolist(), tokens.lengths.tolist(), strict=True):
        for step in range(steps):
            allowed = pattern.allowed(clip[:, :step], min_frames=0, max_frames=frames, first=int(clip[0, step]))
            assert all(allowed[stream, clip[stream, step]] for stream in range(pattern.streams))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("flatten", [[START, 4, 10, 5, 11, END]]),
        ("coarse_first", [[START, 4, 5, 10, 11, END]]),
        ("parallel", [[START, 4, 5, END], [START, 10, 11, END]]),
        ("delay", [[START, 4, 5, END, EMPTY], [START, EMPTY, 10, 11, END]]),
    ],
)
def test_two_frames_are_written_as_drawn(name: str, expected: list[list[int]]) -> None:
    assert patterns.get(name, SMALL).apply(TWO_FRAMES).ids[0].tolist() == expected


def test_a_held_code_is_written_once_per_stride() -> None:
    spec = TokenSpec(24000, 40.0, (4, 4), strides=(2, 1))
    tokens = Tokens.from_clips([torch.tensor([[3, 3, 1], [0, 1, 2]])], spec)
    assert patterns.Flatten(spec).apply(tokens).ids[0, 0].tolist() == [START, 7, 8, 9, 5, 10, END]


def test_padding_may_stand_on_either_side() -> None:
    pattern = patterns.Flatten(SMALL)
    ids = pattern.apply(TWO_FRAMES).ids[:, 0]
    padded = torch.nn.functional.pad(ids, (3, 2), value=PAD)
    assert same(pattern.invert(padded), TWO_FRAMES)


def test_the_first_streams_end_is_learnt_and_holes_are_not() -> None:
    labels = patterns.Delay(SMALL).apply(TWO_FRAMES).labels
    assert labels[0].tolist() == [[-100, 4, 5, END, -100], [-100, -100, 10, 11, -100]]


def test_a_pattern_survives_pickling() -> None:
    pattern = pickle.loads(pickle.dumps(patterns.Delay(SMALL)))
    assert same(pattern.invert(pattern.apply(TWO_FRAMES)), TWO_FRAMES)


def test_a_cut_sequence_is_refused() -> None:
    pattern = patterns.Flatten(SMALL)
    with pytest.raises(InvalidTokens, match="was it cut"):
        pattern.invert(pattern.apply(TWO_FRAMES).ids[:, :, :-1])


def test_a_code_of_another_codebook_is_refused_with_its_place() -> None:
    pattern = patterns.Flatten(SMALL)
    ids = pattern.apply(TWO_FRAMES).ids.clone()
    ids[0, 0, 2] = 4
    with pytest.raises(InvalidTokens, match="step 2, stream 0: expected codebook_1, ids 8 to 11, got 4"):
        pattern.invert(ids)


def test_an_id_beyond_the_vocabulary_is_refused() -> None:
    pattern = patterns.Flatten(SMALL)
    ids = pattern.apply(TWO_FRAMES).ids.clone()
    ids[0, 0, 2] = 12
    with pytest.raises(InvalidTokens, match="got 12"):
        pattern.invert(ids)


def test_tokens_of_another_spec_are_refused() -> None:
    with pytest.raises(InvalidTokens, match="this pattern is for tokens of"):
        patterns.Flatten(replace(SMALL, frame_rate=75.0)).apply(TWO_FRAMES)


def test_a_run_longer_than_can_be_written_is_refused() -> None:
    tokens = replace(TWO_FRAMES, durations=torch.tensor([[1, 9]]))
    with pytest.raises(InvalidTokens, match="a run of 9 frames"):
        patterns.Flatten(SMALL, max_duration=8).apply(tokens)


def test_durations_that_decode_needs_cannot_be_left_out() -> None:
    with pytest.raises(InvalidOption, match="would drop durations"):
        patterns.Flatten(replace(SMALL, max_duration=8), max_duration=0)


def test_a_row_needs_a_code_in_every_frame() -> None:
    with pytest.raises(InvalidOption, match="some frames have no code"):
        patterns.Flatten(TokenSpec(24000, 40.0, (4, 4), strides=(2, 2)))


def test_an_unknown_pattern_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="flatten, coarse_first, delay, parallel"):
        patterns.get("zigzag", SMALL)


@pytest.mark.parametrize("name", ["delay", "parallel"])
def test_each_streams_distribution_runs_over_its_codebook_and_the_firsts_also_over_global_codes_and_the_end(
    name: str,
) -> None:
    """Ids: 0 to 3 are special (2 the end), then codes of 4 and 2 entries, then a global code of 3."""
    heads = patterns.get(name, TokenSpec(16000, 50.0, (4, 2), global_sizes=(3,))).heads
    assert [row.nonzero()[:, 0].tolist() for row in heads] == [[2, 4, 5, 6, 7, 10, 11, 12], [8, 9]]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("low", "high"), [(-1, None), (3, 2)])
def test_limits_of_a_clips_length_that_no_clip_has_are_refused(name: str, low: int, high: int | None) -> None:
    pattern = patterns.get(name, SMALL)
    start = torch.full((pattern.streams, 1), START)
    with pytest.raises(InvalidOption, match=rf"0 <= min_frames <= max_frames, got {low} and {high}"):
        pattern.allowed(start, min_frames=low, max_frames=high)


HELD = replace(SMALL, strides=(2, 1))  # the first codebook has a code for every two frames
FIRST, SECOND = [4, 5, 6, 7], [8, 9, 10, 11]


def next_ids(pattern: patterns.Pattern, *prefix: list[int], **limits: int) -> list[list[int]]:
    return [row.nonzero()[:, 0].tolist() for row in pattern.allowed(torch.tensor(prefix), **limits)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([], FIRST),
        ([4], SECOND),
        ([4, 8], FIRST),  # one frame is too few
        ([4, 8, 5], SECOND),
        ([4, 8, 5, 9], [END, *FIRST]),
        ([4, 8, 5, 9, 6], SECOND),  # no end within a frame
        ([4, 8, 5, 9, 6, 10], [END]),  # three are enough
        ([4, 8, 5, 9, 6, 10, 7, 11], [END]),  # and these are too many
        ([4, 8, 5, 9, END], [PAD]),
        ([4, 8, 5, 9, END, PAD], [PAD]),
    ],
)
def test_frame_after_frame_a_clip_of_two_or_three_goes_on_and_ends(written: list[int], expected: list[int]) -> None:
    assert next_ids(patterns.Flatten(SMALL), [START, *written], min_frames=2, max_frames=3) == [expected]


@pytest.mark.parametrize(
    ("spec", "written", "expected"),
    [
        (SMALL, [], FIRST),
        (SMALL, [4], FIRST),  # one frame is too few
        (SMALL, [4, 5], [*FIRST, *SECOND]),
        (SMALL, [4, 5, 6], SECOND),  # three are enough
        (SMALL, [4, 5, 8], SECOND),  # the first codebook has said that there are two
        (SMALL, [4, 5, 8, 9], [END]),
        (SMALL, [4, 5, 8, 9, END], [PAD]),
        (HELD, [4], [*FIRST, *SECOND]),  # there are two frames, or three with another code
        (HELD, [4, 8], SECOND),
        (HELD, [4, 8, 9], [END]),
        (HELD, [4, 5], SECOND),
        (HELD, [4, 5, 8, 9], SECOND),  # the second code of the first began a third frame
        (HELD, [4, 5, 8, 9, 10], [END]),
    ],
)
def test_codebook_after_codebook_a_clip_of_two_or_three_frames_goes_on_and_ends(
    spec: TokenSpec, written: list[int], expected: list[int]
) -> None:
    assert next_ids(patterns.CoarseFirst(spec), [START, *written], min_frames=2, max_frames=3) == [expected]


def test_without_limits_a_clip_has_a_frame_and_as_many_as_it_likes() -> None:
    flat, coarse = patterns.Flatten(SMALL), patterns.CoarseFirst(SMALL)
    assert next_ids(flat, [START]) == next_ids(coarse, [START]) == [FIRST]
    assert next_ids(flat, [START, 4, 8]) == next_ids(flat, [START, *100 * [4, 8]]) == [[END, *FIRST]]
    assert next_ids(coarse, [START, 4]) == next_ids(coarse, [START, *100 * [4]]) == [[*FIRST, *SECOND]]
    assert next_ids(patterns.CoarseFirst(HELD), [START, 4, 5, 8, 9, 10]) == [[END, *SECOND]]  # perhaps a fourth frame
    streams = patterns.Parallel(SMALL)
    assert next_ids(streams, [START], [START]) == [FIRST, SECOND]
    assert next_ids(streams, [START, 4], [START, 8]) == [[END, *FIRST], SECOND]
    assert next_ids(streams, [START, 4, 5, 6], [START, 8, 9, 10]) == [[END, *FIRST], SECOND]


@pytest.mark.parametrize(
    ("name", "spec", "written", "first", "expected"),
    [
        ("parallel", SMALL, ([], []), 4, (FIRST, SECOND)),
        ("parallel", SMALL, ([4], [8]), 4, (FIRST, SECOND)),  # one frame is too few
        ("parallel", SMALL, ([4, 5], [8, 9]), 4, ([END, *FIRST], SECOND)),
        ("parallel", SMALL, ([4, 5], [8, 9]), END, ([END], [END])),
        ("parallel", SMALL, ([4, 5, 6], [8, 9, 10]), END, ([END], [END])),
        ("parallel", SMALL, ([4, 5, END], [8, 9, END]), PAD, ([PAD], [PAD])),
        ("parallel", SMALL, ([4, 5, END, PAD], [8, 9, END, PAD]), PAD, ([PAD], [PAD])),
        ("parallel", HELD, ([4], [8]), EMPTY, ([EMPTY], SECOND)),
        ("parallel", HELD, ([4, EMPTY], [8, 9]), 4, ([END, *FIRST], SECOND)),
        ("delay", SMALL, ([], []), 4, (FIRST, [EMPTY])),
        ("delay", SMALL, ([4], [EMPTY]), 4, (FIRST, SECOND)),
        ("delay", SMALL, ([4, 5], [EMPTY, 8]), 4, ([END, *FIRST], SECOND)),
        ("delay", SMALL, ([4, 5], [EMPTY, 8]), END, ([END], SECOND)),
        ("delay", SMALL, ([4, 5, END], [EMPTY, 8, 9]), EMPTY, ([EMPTY], [END])),
        ("delay", SMALL, ([4, 5, END, EMPTY], [EMPTY, 8, 9, END]), PAD, ([PAD], [PAD])),
        ("delay", HELD, ([4, EMPTY], [EMPTY, 8]), 4, ([END, *FIRST], SECOND)),
    ],
)
def test_streams_of_a_clip_of_two_or_three_frames_go_on_and_end_together(
    name: str, spec: TokenSpec, written: tuple[list[int], list[int]], first: int, expected: tuple[list[int], list[int]]
) -> None:
    prefix = [[START, *stream] for stream in written]
    assert next_ids(patterns.get(name, spec), *prefix, min_frames=2, max_frames=3, first=first) == list(expected)


@pytest.mark.parametrize("delays", [(0,), (0, 1, 2), (0, -1), (1, 0)])
def test_delays_are_one_for_each_stream_and_none_for_the_first(delays: tuple[int, ...]) -> None:
    with pytest.raises(InvalidOption, match="delays must be 2 numbers of steps, the first one 0"):
        patterns.Delay(SMALL, delays=delays)


def test_streams_may_not_go_on_beyond_the_longest_clip() -> None:
    assert next_ids(patterns.Parallel(SMALL), [START, 4], [START, 8], max_frames=1) == [[END], SECOND]
    assert next_ids(patterns.Delay(SMALL), [START, 4], [START, EMPTY], max_frames=1) == [[END], SECOND]


@pytest.mark.parametrize(("name", "others"), [("flatten", []), ("parallel", [[EMPTY]]), ("delay", [[EMPTY]])])
def test_codes_of_the_whole_clip_come_first_in_the_first_stream(name: str, others: list[list[int]]) -> None:
    pattern = patterns.get(name, TokenSpec(16000, 50.0, (4, 2), global_sizes=(3, 2)))
    prefix = [[START, 10], *([START, EMPTY] for _ in others)]
    assert next_ids(pattern, *(stream[:1] for stream in prefix)) == [[10, 11, 12], *others]
    assert next_ids(pattern, *prefix) == [[13, 14], *others]


@pytest.mark.parametrize("name", NAMES)
def test_every_stream_begins_with_the_start(name: str) -> None:
    pattern = patterns.get(name, SMALL)
    assert next_ids(pattern, *([] for _ in range(pattern.streams))) == [[START]] * pattern.streams


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("flatten", {2: 0, 3: 0, 4: 1, 5: 1, 6: 2}),
        ("coarse_first", {2: 0, 3: 0, 4: 1, 5: 1, 6: 2}),
        ("delay", {3: 0, 4: 1, 5: 2, 6: 3}),
        ("parallel", {2: 0, 3: 1, 4: 2, 5: 3}),
    ],
)
def test_the_longest_clip_of_so_many_steps(name: str, frames: dict[int, int]) -> None:
    pattern = patterns.get(name, SMALL)
    assert {steps: pattern.max_frames(steps) for steps in frames} == frames
    shortest = min(frames)
    with pytest.raises(InvalidOption, match=f"{shortest - 1} steps hold no clip; the shortest sequence has {shortest}"):
        pattern.max_frames(shortest - 1)


@pytest.mark.parametrize("shape", [(1, 2, 6), (0, 1, 6), (6,), (1, 1, 1, 6)])
def test_ids_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidTokens, match=r"ids must be \[B, 1, L\], got"):
        patterns.Flatten(SMALL).invert(torch.full(shape, START))


@pytest.mark.parametrize("streams", [1, 3])
def test_each_codebook_has_its_stream(streams: int) -> None:
    with pytest.raises(InvalidTokens, match=rf"ids must be \[B, 2, L\], got \[1, {streams}, 5\]"):
        patterns.Delay(SMALL).invert(torch.full((1, streams, 5), START))


@pytest.mark.parametrize("near", [7, 12])
def test_an_id_just_outside_of_its_codebook_is_refused(near: int) -> None:
    with pytest.raises(InvalidTokens, match=f"step 2, stream 0: expected codebook_1, ids 8 to 11, got {near}"):
        patterns.Flatten(SMALL).invert(torch.tensor([[START, 4, near, 5, 8, END]]))


def test_of_two_wrong_ids_the_first_is_named() -> None:
    with pytest.raises(InvalidTokens, match="clip 0, step 2, stream 0: expected codebook_1, ids 8 to 11, got 5"):
        patterns.Flatten(SMALL).invert(torch.tensor([[START, 4, 5, 5, 6, END]]))
    ids = patterns.Delay(SMALL).apply(TWO_FRAMES).ids.clone()
    ids[0, 0, 2], ids[0, 1, 1] = 9, 9
    with pytest.raises(InvalidTokens, match="clip 0, step 2, stream 0: expected codebook_0, ids 4 to 7, got 9"):
        patterns.Delay(SMALL).invert(ids)


def test_only_codebook_after_codebook_settles_a_clips_length_before_most_of_it() -> None:
    settled = {name: patterns.get(name, SMALL).settles_length_first for name in NAMES}
    assert settled == {"flatten": False, "coarse_first": True, "delay": False, "parallel": False}


def test_what_is_wrong_is_said_of_its_clip_and_place() -> None:
    pattern = patterns.Flatten(SMALL)
    good = pattern.apply(TWO_FRAMES).ids[:, 0]
    with pytest.raises(InvalidTokens, match="clip 1: no clip has a sequence of 5 steps"):
        pattern.invert(torch.stack([good[0], torch.nn.functional.pad(good[0, :-1], (1, 0), value=PAD)]))
    with pytest.raises(InvalidTokens, match="clip 0: no clip has a sequence of 0 steps"):
        pattern.invert(torch.full((1, 4), PAD))
    with pytest.raises(InvalidTokens, match="clip 0, step 0, stream 0: expected a special token, ids 1 to 1, got 2"):
        pattern.invert(torch.tensor([[END, 4, 10, 5, 11, END]]))


def test_a_clip_without_frames_has_no_codes_of_the_whole() -> None:
    spec = replace(SMALL, global_sizes=(3,))
    pattern = patterns.Flatten(spec)
    assert pattern.invert(torch.tensor([[START, 12, 4, 8, END]])).global_codes.tolist() == [[0]]
    with pytest.raises(InvalidTokens, match="a clip without frames has no place"):
        pattern.invert(torch.tensor([[START, 12, END]]))
    empty = Tokens(
        torch.zeros(1, 2, 0, dtype=torch.int64),
        torch.tensor([0]),
        spec,
        global_codes=torch.zeros(1, 1, dtype=torch.int64),
    )
    with pytest.raises(InvalidTokens, match="a clip without frames has no place"):
        pattern.apply(empty)


def test_a_run_as_long_as_can_be_written_comes_back() -> None:
    tokens = replace(TWO_FRAMES, durations=torch.tensor([[1, 8]]))
    pattern = patterns.Flatten(SMALL, max_duration=8)
    ids = pattern.apply(tokens).ids
    assert ids[0, 0].tolist() == [START, 4, 10, 12, 5, 11, 19, END]
    assert pattern.invert(ids).durations.tolist() == [[1, 8]]
    with pytest.raises(InvalidTokens, match="durations are missing"):
        pattern.apply(TWO_FRAMES)


@pytest.mark.parametrize("name", patterns.names())
def test_common_mistakes_are_refused_with_what_to_do(name: str) -> None:
    pattern = patterns.get(name, TWO_FRAMES.spec)
    with pytest.raises(InvalidTokens, match=rf"the pattern {name} takes Tokens, got torch\.int64 .*Tokens\.from_clips"):
        pattern.apply(TWO_FRAMES.codes)  # type: ignore[arg-type]
    with pytest.raises(InvalidTokens, match=r"Sequences or a tensor \[B, \d, L\], got ndarray"):
        pattern.invert(pattern.apply(TWO_FRAMES).ids.numpy())  # type: ignore[arg-type]
    for spec in (TWO_FRAMES, None):
        with pytest.raises(InvalidOption, match=r"made for a TokenSpec, got \w+; pass codec\.spec"):
            patterns.get(name, spec)  # type: ignore[arg-type]


def test_sequences_may_be_copied_without_waiting() -> None:
    sequences = patterns.Flatten(TWO_FRAMES.spec).apply(TWO_FRAMES)
    assert torch.equal(sequences.to("cpu", non_blocking=True).ids, sequences.ids)


def test_a_data_loader_pins_every_tensor_of_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch.utils.data._utils.pin_memory import pin_memory

    pinned: list[torch.Tensor] = []

    def pin(tensor: torch.Tensor) -> torch.Tensor:  # pinning itself needs a GPU
        pinned.append(tensor)
        return tensor.clone()

    monkeypatch.setattr(torch.Tensor, "pin_memory", pin)
    sequences = replace(patterns.Flatten(TWO_FRAMES.spec).apply(TWO_FRAMES), positions=torch.zeros(1, 6).long())
    found = pin_memory(sequences)
    tensors = (sequences.ids, sequences.lengths, sequences.fields, sequences.positions)
    assert {id(tensor) for tensor in pinned} == {id(tensor) for tensor in tensors}
    assert torch.equal(found.ids, sequences.ids)
    assert found.ids is not sequences.ids
