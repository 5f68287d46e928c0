"""BPE over units: exact round trips over all codes, the merges and tokens of `tokenizers`, and what is refused."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidData, InvalidOption, InvalidTokens
from audiotok.units.bpe import FIRST, UnitBPE, bpe_spec, merge, unmerge
from audiotok.units.deduplicate import deduplicate


def units(clips: int, alphabet: int, seed: int = 0) -> list[np.ndarray]:
    """Sequences with structure: each code has few successors, and is held for a while."""
    rng = np.random.default_rng(seed)
    successors = rng.integers(0, alphabet, (alphabet, 4))
    sequences = []
    for length in rng.integers(1, 120, clips):
        sequence = [int(rng.integers(alphabet))]
        while len(sequence) < length:
            held = rng.random() < 0.5
            sequence.append(sequence[-1] if held else int(successors[sequence[-1], rng.integers(4)]))
        sequences.append(np.array(sequence))
    return sequences


def reference(clips: list[np.ndarray], alphabet: int, vocab_size: int):
    """The same, by `tokenizers`."""
    from tokenizers import Tokenizer, models, trainers

    tokenizer = Tokenizer(models.BPE())
    letters = [chr(FIRST + code) for code in range(alphabet)]
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, min_frequency=2, initial_alphabet=letters, show_progress=False)
    tokenizer.train_from_iterator([text(clip) for clip in clips], trainer)
    return tokenizer


def text(clip: np.ndarray) -> str:
    return "".join(chr(FIRST + int(code)) for code in clip)


def test_the_most_frequent_pair_is_merged_first() -> None:
    bpe = UnitBPE.train([np.array([0, 1, 2, 0, 1]), np.array([0, 1])], alphabet=3, vocab_size=4)
    assert bpe.merges.tolist() == [[0, 1]]
    assert [clip.tolist() for clip in bpe.encode([np.array([2, 0, 1, 1])])] == [[2, 3, 1]]


def test_no_merge_reaches_over_the_end_of_a_clip() -> None:
    assert len(UnitBPE.train([np.array([0]), np.array([1])] * 5, alphabet=2, vocab_size=9).merges) == 0


@pytest.mark.parametrize(("alphabet", "vocab_size"), [(3, 60), (40, 300), (500, 2000)])
def test_merges_are_those_of_tokenizers(alphabet, vocab_size) -> None:
    clips = units(300, alphabet)
    model = json.loads(reference(clips, alphabet, vocab_size).to_str())["model"]
    expected = [[model["vocab"][left], model["vocab"][right]] for left, right in model["merges"]]
    assert UnitBPE.train(clips, alphabet, vocab_size).merges.tolist() == expected


def test_tokens_are_those_of_tokenizers() -> None:
    theirs, ours = reference(units(300, 40), 40, 300), UnitBPE.train(units(300, 40), 40, 300)
    unseen = units(200, 40, seed=1)
    expected = [encoding.ids for encoding in theirs.encode_batch([text(clip) for clip in unseen])]
    assert [ids.tolist() for ids in ours.encode(unseen)] == expected


@settings(max_examples=100, deadline=None)
@given(data=st.data(), alphabet=st.integers(1, 4))
def test_long_runs_and_small_alphabets_agree_with_tokenizers(data, alphabet) -> None:
    """Where overlapping pairs, and two pairs that spell the same codes, are common."""
    clip = st.lists(st.integers(0, alphabet - 1), min_size=1, max_size=40).map(np.array)
    clips = data.draw(st.lists(clip, min_size=1, max_size=4))
    theirs, ours = reference(clips, alphabet, alphabet + 20), UnitBPE.train(clips, alphabet, alphabet + 20)
    model = json.loads(theirs.to_str())["model"]
    expected = [[model["vocab"][left], model["vocab"][right]] for left, right in model["merges"]]
    assert ours.merges.tolist() == expected
    assert [ids.tolist() for ids in ours.encode(clips)] == [theirs.encode(text(clip)).ids for clip in clips]


@pytest.fixture(scope="module")
def whole_range() -> UnitBPE:
    """Over all 65,536 codes that 16 bits can say, the code points of surrogates among them."""
    return UnitBPE.train(units(50, 65536) * 2, alphabet=65536, vocab_size=66000)


@given(
    clips=st.lists(
        st.lists(st.integers(0, 65535), max_size=50).map(lambda x: np.array(x, dtype=np.int64)), min_size=1, max_size=5
    )
)
@settings(deadline=None)
def test_any_codes_come_back(whole_range, clips) -> None:
    assert [clip.tolist() for clip in whole_range.decode(whole_range.encode(clips))] == [
        clip.tolist() for clip in clips
    ]


def test_every_code_comes_back_from_the_file_of_tokenizers(whole_range, tmp_path) -> None:
    from tokenizers import Tokenizer

    whole_range.save(tmp_path / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    everything = text(np.arange(65536))
    assert tokenizer.decode(tokenizer.encode(everything).ids) == everything


def test_a_saved_model_is_the_same_model(tmp_path) -> None:
    bpe = UnitBPE.train(units(100, 30), 30, 200)
    bpe.save(tmp_path / "tokenizer.json")
    loaded = UnitBPE.load(tmp_path / "tokenizer.json")
    assert (loaded.alphabet, loaded.vocab_size) == (30, bpe.vocab_size)
    assert np.array_equal(loaded.merges, bpe.merges)
    assert np.array_equal(loaded.ids, bpe.ids)


def test_a_model_that_cannot_be_written_is_an_error_of_the_file(tmp_path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        UnitBPE.train(units(20, 10), 10, 12).save(tmp_path / "nowhere" / "tokenizer.json")


def test_transformers_opens_a_saved_model(tmp_path) -> None:
    from transformers import AutoTokenizer

    clips = units(100, 30)
    bpe = UnitBPE.train(clips, 30, 200)
    bpe.save(tmp_path / "tokenizer.json")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    ids = tokenizer(text(clips[0])).input_ids
    assert ids == bpe.encode(clips[:1])[0].tolist()
    assert tokenizer.decode(ids) == text(clips[0])


def test_the_length_of_a_token_is_the_number_of_its_codes() -> None:
    bpe = UnitBPE.train(units(100, 30), 30, 200)
    assert bpe.lengths.tolist() == [len(codes) for codes in bpe.decode([np.array([i]) for i in range(bpe.vocab_size)])]


def batch(spec: TokenSpec, frames: list[int], seed: int = 0) -> Tokens:
    generator = torch.Generator().manual_seed(seed)
    codes = torch.stack(
        [torch.randint(n, (len(frames), max(frames)), generator=generator) for n in spec.codebook_sizes]
    )
    mask = torch.arange(max(frames)) < torch.tensor(frames)[:, None]
    return Tokens((codes * mask).transpose(0, 1).contiguous(), torch.tensor(frames), spec)


RVQ = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4, 6))


def test_codebooks_are_merged_across_and_come_back() -> None:
    tokens = batch(RVQ, [30, 7])
    bpe = UnitBPE.train([np.array([0, 4, 1, 5, 2, 6])] * 3, alphabet=10, vocab_size=14)
    merged = merge(tokens, bpe)
    assert merged.durations.sum(dim=1).tolist() == [60, 14]
    assert merged.spec.frame_rate == 100.0
    back = unmerge(merged, bpe, RVQ)
    assert torch.equal(back.codes, tokens.codes)
    assert torch.equal(back.lengths, tokens.lengths)


def test_durations_of_deduplicated_units_add_up() -> None:
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4,))
    runs = deduplicate(Tokens(torch.tensor([[[0, 0, 1, 2, 2, 2]]]), torch.tensor([6]), spec))
    merged = merge(runs, UnitBPE.train([np.array([0, 1])] * 2, alphabet=4, vocab_size=5))
    assert merged.codes.tolist() == [[[4, 2]]]
    assert merged.durations.tolist() == [[3, 3]]


def test_a_tokenizer_with_other_codebooks_is_refused() -> None:
    with pytest.raises(InvalidOption, match="learnt over 9 codes, the tokenizer has 10"):
        bpe_spec(UnitBPE.train([np.array([0, 1])], 9, 9), RVQ)


def test_codes_with_coded_durations_are_refused() -> None:
    spec = TokenSpec(sample_rate=16000, frame_rate=50.0, codebook_sizes=(4,), variable_rate=True, max_duration=8)
    with pytest.raises(InvalidOption, match="each code's duration"):
        bpe_spec(UnitBPE.train([np.array([0, 1])], 4, 4), spec)


@pytest.mark.parametrize("codes", [np.array([0, 3]), np.array([-1])], ids=["too large", "negative"])
def test_codes_outside_the_alphabet_are_refused(codes) -> None:
    bpe = UnitBPE.train([np.array([0, 1, 2])], alphabet=3, vocab_size=3)
    with pytest.raises(InvalidTokens, match=r"0\.\.2"):
        bpe.encode([codes])
    with pytest.raises(InvalidTokens, match=r"0\.\.2"):
        bpe.decode([codes])


def test_codes_that_are_no_integers_are_refused() -> None:
    with pytest.raises(InvalidTokens, match="integers"):
        UnitBPE.train([np.array([0.5])], alphabet=3, vocab_size=3)


def test_a_vocabulary_smaller_than_the_alphabet_is_refused() -> None:
    with pytest.raises(InvalidOption, match="alphabet of 10"):
        UnitBPE.train([np.array([0])], alphabet=10, vocab_size=9)


@pytest.mark.parametrize("damage", ["cut", "normalizer", "another alphabet"])
def test_a_file_that_is_not_such_a_model_is_refused(tmp_path, damage) -> None:
    path = tmp_path / "tokenizer.json"
    UnitBPE.train(units(20, 10), 10, 30).save(path)
    content = path.read_text(encoding="utf-8")
    if damage == "cut":
        path.write_text(content[: len(content) // 2], encoding="utf-8")
    elif damage == "normalizer":
        path.write_text(json.dumps(json.loads(content) | {"normalizer": {"type": "NFKC"}}), encoding="utf-8")
    else:
        path.write_text(content.replace(chr(FIRST + 3), "x"), encoding="utf-8")
    with pytest.raises(InvalidData, match=r"tokenizer\.json"):
        UnitBPE.load(path)
