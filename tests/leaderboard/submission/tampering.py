"""Changes of a submission's folder: a function for each kind, which gives what is done to the folder."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from safetensors.numpy import load_file, save_file

from audiotok.core.tokens import FILE_FORMAT
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen
from audiotok.results import record
from audiotok.results.record import Result

# What it is made of is handed on to the tests, which run this file and no other.
made = runpy.run_path(str(Path(__file__).with_name("made_up.py")))
SLOW = made["SLOW"]
make_result = made["make_result"]
write_noise = made["write_noise"]
codes_of = made["codes_of"]
NAME = made["NAME"]
MINI = made["MINI"]
CLIP = made["CLIP"]
Change = Callable[[Path], Any]


def result(metric: str, change: Callable[[dict[str, Any]], Any], file: str = "results.jsonl") -> Change:
    """Change the first record of a metric."""

    def apply(folder: Path) -> None:
        lines = [json.loads(line) for line in (folder / file).read_text(encoding="utf-8").splitlines()]
        change(next(values for values in lines if values["metric"] == metric))
        (folder / file).write_text("".join(json.dumps(values) + "\n" for values in lines), encoding="utf-8")

    return apply


def sets(metric: str, *path: Any, to: Any) -> Change:
    """Set one value in the first record of a metric."""

    def change(values: Any) -> None:
        for step in path[:-1]:
            values = values[step]
        values[path[-1]] = to

    return result(metric, change)


def line(metric: str, old: str, new: str, file: str = "results.jsonl") -> Change:
    """Replace text in the line of a metric: what no JSON writer would write."""

    def apply(folder: Path) -> None:
        path = folder / file
        lines = path.read_text(encoding="utf-8").splitlines()
        i = next(i for i, text in enumerate(lines) if f'"metric": "{metric}"' in text)
        assert old in lines[i]
        lines[i] = lines[i].replace(old, new, 1)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    return apply


def card(**fields: Any) -> Change:
    """Set fields of the card; None takes one away."""

    def apply(folder: Path) -> None:
        values = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8")) | fields
        kept = {name: value for name, value in values.items() if value is not None}
        (folder / "card.yaml").write_text(yaml.safe_dump(kept), encoding="utf-8")

    return apply


def write(name: str, content: str | bytes) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    return apply


def append(name: str, content: str) -> Change:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + content.encode())


def fields(name: str, **values: Any) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).write_text(json.dumps(json.loads((folder / name).read_text()) | values), encoding="utf-8")

    return apply


def tokens(metadata: dict[str, str] | None = None, **tensors: Any) -> Change:
    """Change tensors (a function of the old one, or a new one) and metadata of a tokens file."""

    def apply(folder: Path) -> None:
        path = folder / "tokens" / f"{CLIP}.safetensors"
        values = load_file(path)
        spec = json.dumps({"sample_rate": 16000, "frame_rate": 2000.0, "codebook_sizes": [256, 16]})
        for name, tensor in tensors.items():
            values[name] = np.ascontiguousarray(tensor(values[name]) if callable(tensor) else tensor)
        save_file(values, path, {"format": FILE_FORMAT, "tokenizer": NAME, "spec": spec, **(metadata or {})})

    return apply


def spec(**values: Any) -> dict[str, str]:
    return {"spec": json.dumps({"sample_rate": 16000, "frame_rate": 2000.0, "codebook_sizes": [256, 16]} | values)}


def findings(change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> Change:
    """Change the findings of the conformance report."""

    def apply(folder: Path) -> None:
        values = json.loads((folder / "conformance.json").read_text(encoding="utf-8"))
        values["findings"] = change(values["findings"])
        (folder / "conformance.json").write_text(json.dumps(values), encoding="utf-8")

    return apply


def remove(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def drop_record(metric: str) -> Change:
    def apply(folder: Path) -> None:
        path = folder / "results.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(x for x in lines if f'"metric": "{metric}"' not in x) + "\n", encoding="utf-8")

    return apply


def rescale(metric: str, factor: float) -> Change:
    """All scores and the estimate alike, so that nothing but the tokens contradicts it."""

    def change(values: dict[str, Any]) -> None:
        for row in values["scores"]:
            row["total"] *= factor
        for end in ("value", "low", "high"):
            if values["estimate"][end] is not None:
                values["estimate"][end] *= factor

    return result(metric, change)


def each_score(metric: str, total: float) -> Change:
    def change(values: dict[str, Any]) -> None:
        for row in values["scores"]:
            row["total"] = total
        values["estimate"] = {"value": total, "low": None, "high": None, "n": len(values["scores"])}
        values["uncertainty"], values["groups"] = "no interval", {}

    return result(metric, change)


def sparse(name: str, size: int) -> Change:
    def apply(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.truncate(size)

    return apply


def keep(folder: Path, wanted: Callable[[Result], bool], **changes: Any) -> None:
    for file in ("results.jsonl", "timings.jsonl"):
        kept = [Result(**{**vars(r), **changes}) for r in record.read(folder / file) if wanted(r)]
        record.write(folder / file, kept)


SAMPLE, TOKENS = f"samples/{CLIP}.ogg", f"tokens/{CLIP}.safetensors"
TOKEN_CLIPS = [clip.id for clip in chosen(MINI, VERIFIED_CLIPS)]
PESQ, WER, RATE = "pesq_wb/speech", "wer/speech", "bitrate/audio"
