"""docs/use-in-your-lm.md says that its blocks run as they stand, in order."""

import re
from pathlib import Path
from typing import Any

import pytest
import soundfile
import torch

PAGE = Path(__file__).parents[2] / "docs" / "use-in-your-lm.md"


def test_the_page_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pycodec2")
    pytest.importorskip("transformers")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(blocks) == 10
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "use_in_your_lm"}
    exec(compile("\n".join(blocks), str(PAGE), "exec"), names)
    llm, first, flat = (names[name] for name in ("llm", "first", "flat"))
    assert llm.get_input_embeddings().num_embeddings == first + flat.vocabulary.size == 1000 + flat.vocabulary.size
    apart, batch, read, texts = (names[name] for name in ("apart", "batch", "read", "texts"))
    assert torch.equal(apart.codes, batch.codes)
    assert all(torch.equal(a, b) for a, b in zip(read, texts, strict=True))
    losses = names["losses"]
    assert isinstance(losses, list)
    assert losses[-1] < losses[0]
    assert 1 <= soundfile.info("written.wav").duration * 50 <= 40
    assert names["failures"] == {}
    assert names["checkpoint"]["batch"] == names["used"] == 3
    assert torch.equal(names["store"]["1"].codes, names["codec"].encode("corpus/1.wav").codes)
