"""The reader of CTranslate2's model files, against a file written by CTranslate2 itself."""

import numpy as np
import pytest

from audiotok.errors import InvalidData
from audiotok.files.ctranslate2 import read_arrays


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from ctranslate2.specs import LayerSpec
    from ctranslate2.specs.model_spec import ModelConfig, ModelSpec

    class Linear(LayerSpec):
        def __init__(self) -> None:
            self.weight = np.arange(6, dtype=np.float32).reshape(2, 3)
            self.bias = np.array([1, 2], dtype=np.float16)

    class Spec(ModelSpec):
        def __init__(self) -> None:
            super().__init__()
            self.linear = Linear()
            self.copy = self.linear.weight

        @property
        def name(self) -> str:
            return "TestSpec"

        @property
        def revision(self) -> int:
            return 1

        def get_default_config(self) -> ModelConfig:
            return ModelConfig()

    folder = tmp_path_factory.mktemp("ct2")
    spec = Spec()
    spec.validate()
    spec.optimize()
    spec.save(str(folder))
    return folder / "model.bin"


def test_arrays_come_with_name_shape_and_type(model) -> None:
    arrays = read_arrays(model)
    np.testing.assert_array_equal(arrays["linear/weight"], np.arange(6, dtype=np.float32).reshape(2, 3))
    assert arrays["linear/bias"].shape == (2,)


def test_an_alias_stands_under_its_own_name(model) -> None:
    arrays = read_arrays(model)
    np.testing.assert_array_equal(arrays["copy"], arrays["linear/weight"])


def test_a_cut_file_is_refused(model, tmp_path) -> None:
    cut = tmp_path / "model.bin"
    cut.write_bytes(model.read_bytes()[:-8])
    with pytest.raises(InvalidData, match="truncated"):
        read_arrays(cut)


def test_another_version_is_refused(model, tmp_path) -> None:
    other = tmp_path / "model.bin"
    other.write_bytes(b"\x05\0\0\0" + model.read_bytes()[4:])
    with pytest.raises(InvalidData, match="version 6, got 5"):
        read_arrays(other)
