"""Files of every format that was ever written are read, and say what they said."""

from pathlib import Path

import pytest

from audiotok import Tokens
from audiotok.core.tokens import FILE_FORMAT
from audiotok.results import record
from audiotok.store import TokenStore
from audiotok.store.description import FORMAT as STORE_FORMAT

SAMPLES = Path(__file__).parent
#: Of a tone of 0.4 s, codec2:mode=700; and of one of 0.3 s.
STEADY = [[221] * 10, [85] * 10, [10] * 10, [57] * 10]
ENDING = [[314, *[221] * 6, 458], [264, *[85] * 6, 285], [7, *[9] * 7], [1, *[56] * 6, 1]]


def test_tokens_of_version_1() -> None:
    tokens = Tokens.load(SAMPLES / "tokens.v1.safetensors")
    assert tokens.codes[0].tolist() == STEADY
    assert (tokens.tokenizer, tokens.lengths.tolist()) == ("codec2:mode=700", [10])
    assert tokens.num_samples is not None
    assert tokens.num_samples.tolist() == [3200]
    assert tokens.spec.codebook_sizes == (512, 512, 16, 64)


def test_a_store_of_version_1() -> None:
    store = TokenStore(SAMPLES / "store.v1")
    store.verify()
    assert (store.tokenizer, [store.id(number) for number in range(len(store))]) == (
        *("codec2:mode=700", ["tone0", "tone1"]),
    )
    assert store["tone0"].codes[0].tolist() == STEADY
    assert store["tone1"].codes[0].tolist() == ENDING
    assert store.clip(1).duration == pytest.approx(0.3)


def test_a_result_of_version_1() -> None:
    [result] = record.read(SAMPLES / "result.v1.jsonl")
    assert (result.tokenizer, result.metric, result.domain) == ("codec2:mode=700", "pesq_wb", "speech")
    assert result.estimate is not None
    assert (round(result.estimate.value, 4), result.estimate.n, len(result.scores)) == (1.182, 40, 40)
    assert result.signature.startswith("reconstruction.v1|data:mini@sha256:1182ba722dbf|metric:pesq_wb.v1|")


def test_there_is_a_sample_of_every_format_that_is_written_today() -> None:
    written = (FILE_FORMAT, STORE_FORMAT, record.FORMAT)
    names = {path.name for path in SAMPLES.iterdir()}
    for written_format in written:
        sample = written_format.removeprefix("audiotok.")
        assert any(name.startswith(sample) for name in names), f"add a sample of {written_format} to {SAMPLES}"
