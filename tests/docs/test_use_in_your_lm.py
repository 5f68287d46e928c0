"""docs/use-in-your-lm.md says that its blocks run as they stand, in order."""

import re
from pathlib import Path

import pytest
import soundfile

PAGE = Path(__file__).parents[2] / "docs" / "use-in-your-lm.md"


def test_the_page_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pycodec2")
    pytest.importorskip("transformers")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(blocks) == 6
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "use_in_your_lm"}
    exec(compile("\n".join(blocks), str(PAGE), "exec"), names)
    llm, first, flat = (names[name] for name in ("llm", "first", "flat"))
    assert llm.get_input_embeddings().num_embeddings == first + flat.vocabulary.size == 1000 + flat.vocabulary.size
    losses = names["losses"]
    assert isinstance(losses, list)
    assert losses[-1] < losses[0]
    assert 1 <= soundfile.info("written.wav").duration * 50 <= 40
