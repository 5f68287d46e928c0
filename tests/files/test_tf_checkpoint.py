"""On a checkpoint that TensorFlow 2.21's `tf.compat.v1.train.Saver` wrote.

Its variables: dense/kernel [[1, 2, 3], [4, 5, 6]], dense/kernel/Adam (zeros), beta1_power 0.5, and step 7, an int32.
"""

from pathlib import Path

import numpy as np
import pytest

from audiotok.errors import InvalidData
from audiotok.files import tf_checkpoint

INDEX = bytes.fromhex(
    "00000608011a020801000b0b62657461315f706f776572080112002804350638271f000c1564656e73652f6b65726e656c08"
    "011208120208021202080320042818357aebf5ab0c05152f4164616d080112081202080212020803201c281835cff45f7c00"
    "040d73746570080312002034280435a78d9d88000000000100000000b9b0387f000000000100000000c0f2a1b00001027400"
    "7f0000000001000000004c7935d984010891010e" + 34 * "00" + "57fb808b247547db"
)
DATA = np.array([0.5, 1, 2, 3, 4, 5, 6, *6 * [0]], "<f4").tobytes() + (7).to_bytes(4, "little")
Files = tuple[Path, Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    (tmp_path / "small.index").write_bytes(INDEX)
    (tmp_path / "small.data-00000-of-00001").write_bytes(DATA)
    return tmp_path / "small.index", tmp_path / "small.data-00000-of-00001"


def test_tensors_have_the_shapes_and_values_that_were_saved(files: Files) -> None:
    found = tf_checkpoint.read(*files, ["dense/kernel", "beta1_power"])
    assert list(found) == ["dense/kernel", "beta1_power"]
    assert found["dense/kernel"].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert found["beta1_power"].shape == ()
    assert found["beta1_power"] == 0.5


def test_a_tensor_that_is_missing_is_named_beside_those_that_are_there(files: Files) -> None:
    with pytest.raises(InvalidData, match=r"no tensors \['bias'\], only \['beta1_power', 'dense/kernel', "):
        tf_checkpoint.read(*files, ["bias", "dense/kernel"])


def test_a_tensor_of_another_type_is_refused(files: Files) -> None:
    with pytest.raises(InvalidData, match="a tensor is not float32"):
        tf_checkpoint.read(*files, ["step"])


def test_every_changed_byte_of_a_block_that_is_read_is_found_out(files: Files) -> None:
    for place in (*range(132), *range(145, len(INDEX) - 48)):  # between them is a block about blocks
        files[0].write_bytes(INDEX[:place] + bytes([INDEX[place] ^ 1]) + INDEX[place + 1 :])
        with pytest.raises(InvalidData, match=r"another checksum|is compressed"):
            tf_checkpoint.read(*files, ["beta1_power"])


def test_changed_bytes_of_a_tensor_are_found_out_where_it_is_read(files: Files) -> None:
    files[1].write_bytes(DATA[:9] + b"\x01" + DATA[10:])
    assert tf_checkpoint.read(*files, ["beta1_power"])
    with pytest.raises(InvalidData, match="tensor dense/kernel has another checksum than the file says"):
        tf_checkpoint.read(*files, ["dense/kernel"])


def test_a_file_that_is_cut_is_refused(files: Files) -> None:
    files[1].write_bytes(DATA[:20])
    with pytest.raises(InvalidData, match="truncated or damaged"):
        tf_checkpoint.read(*files, ["dense/kernel"])
    files[0].write_bytes(INDEX[:100])
    with pytest.raises(InvalidData, match="does not end like a table of LevelDB"):
        tf_checkpoint.read(*files, ["dense/kernel"])


def test_another_kind_of_file_is_refused(files: Files) -> None:
    files[0].write_text("This is no checkpoint at all.")
    with pytest.raises(InvalidData, match="expected a TensorFlow checkpoint"):
        tf_checkpoint.read(*files, ["dense/kernel"])
