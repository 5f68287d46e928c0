"""Files that are not what their format says, and text in them that a page would run."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

made = runpy.run_path(str(Path(__file__).with_name("tampering.py")))
Change = made["Change"]
result = made["result"]
sets = made["sets"]
line = made["line"]
write = made["write"]
append = made["append"]
fields = made["fields"]
findings = made["findings"]
WER = made["WER"]
CLIP = made["CLIP"]

#: what was done -> how, and the file, the field and the reason that must be named
HOSTILE: dict[str, tuple[Change, str, str, str]] = {
    "NaN": (line("pesq_wb", '"total": ', '"total": NaN, "x": '), "results.jsonl", "line", "NaN"),
    "an infinite total": (line("pesq_wb", '"total": 2.5', '"total": 1e999'), "results.jsonl", "line", "finite"),
    "a number as text": (sets("wer", "scores", 0, "total", to="0"), "results.jsonl", "line", "finite numbers"),
    "a number as a truth": (sets("wer", "scores", 0, "total", to=True), "results.jsonl", "line", "finite numbers"),
    "a number beyond the floats": (sets("wer", "scores", 0, "total", to=10**400), "results.jsonl", "line", "finite"),
    "a total and a weight whose ratio overflows": (
        result("wer", lambda r: r["scores"][0].update(total=1e300, weight=1e-300)),
        *("results.jsonl", "line", "at most 1e+18"),
    ),
    "a weight next to nothing": (
        *(sets("wer", "scores", 0, "weight", to=1e-12), "results.jsonl", "line", "above it at least 1e-09"),
    ),
    "a number of 5000 digits": (
        *(line("wer", '"total": 0.0', f'"total": {"9" * 5000}'), "results.jsonl", "line", "digits"),
    ),
    "a negative weight": (sets("wer", "scores", 0, "weight", to=-1.0), "results.jsonl", "line", "weights"),
    "a duplicate key": (line("wer", '"metric": ', '"metric": "cer", "metric": '), "results.jsonl", "line", "duplicate"),
    "an unknown field of a record": (sets("wer", "note", to="best"), "results.jsonl", "line", "unknown field note"),
    "a record of another format": (sets("wer", "format", to="v0"), "results.jsonl", "line", "format"),
    "JSON nested a million deep": (append("results.jsonl", "[" * 10**6), "results.jsonl", "", "JSON of at most"),
    "JSON nested ten thousand deep": (append("results.jsonl", "[" * 9000), "results.jsonl", "line", "JSON"),
    "text for JSON": (append("results.jsonl", "hello\n"), "results.jsonl", "line", "JSON"),
    "results that are not UTF-8": (write("results.jsonl", b'{"a": "\xff"}\n'), "results.jsonl", "", "UTF-8"),
    "HTML in a reason": (
        sets("si_sdr", "failures", CLIP, to="<img src=x onerror=alert(1)>"),
        *("results.jsonl", "si_sdr/audio: failures", "HTML"),
    ),
    "HTML in a clip's name": (
        sets("si_sdr", "failures", "</script>", to="x"),
        *("results.jsonl", "si_sdr/audio: failures", "HTML"),
    ),
    "HTML in the provenance": (
        *(sets("wer", "provenance", "gpu", to="<b>fast</b>"), "results.jsonl", f"{WER}: provenance.gpu", "HTML"),
    ),
    "megabytes of provenance": (
        *(sets("wer", "provenance", to={f"package{i}": f"{i:04}" * 500 for i in range(40)}), "results.jsonl", ""),
        "65536 characters",
    ),
    "half a character": (
        *(line("wer", '"torch": "', '"torch": "\\ud800'), "results.jsonl", f"{WER}: provenance.torch", "U+D800"),
    ),
    "HTML in the environment": (
        fields("environment.json", hardware="<iframe>"),
        *("environment.json", "hardware", "HTML"),
    ),
    "a link without encryption in the environment": (
        *(fields("environment.json", site="see http://example.org"), "environment.json", "site", "got http"),
    ),
    "an infinite number in the environment": (
        *(write("environment.json", '{"parameters": 1e999}'), "environment.json", "", "finite numbers, got 1e999"),
    ),
    "a number of 400 digits in the environment": (
        *(write("environment.json", f'{{"memory": {"9" * 400}}}'), "environment.json", "", "19 digits"),
    ),
    "an environment of many levels": (
        write("environment.json", '{"a":' * 20 + "1" + "}" * 20),
        *("environment.json", "", "levels"),
    ),
    "parameters in words": (
        *(fields("environment.json", parameters="a few"), "environment.json", "parameters", "whole number"),
    ),
    "an environment that is a list": (write("environment.json", "[1]"), "environment.json", "", "an object"),
    "HTML in the conformance report": (
        findings(lambda kept: [*kept[1:], kept[0] | {"message": "<svg/onload=x>"}]),
        *("conformance.json", "findings.message", "HTML"),
    ),
    "conformance of another tokenizer": (
        *(fields("conformance.json", tokenizer="mimi"), "conformance.json", "tokenizer", "got mimi"),
    ),
    "a conformance report that says otherwise": (
        *(fields("conformance.json", passed=False), "conformance.json", "passed", "expected true"),
    ),
    "a conformance report without checks": (
        *(fields("conformance.json", findings=[]), "conformance.json", "findings", "expected checks"),
    ),
    "a conformance report cut to one check": (
        *(findings(lambda kept: kept[:1]), "conformance.json", "findings", "strides is missing"),
    ),
    "a check that nobody makes": (
        findings(lambda kept: [*kept, {"check": "sounds_best", "outcome": "passed", "message": "yes"}]),
        *("conformance.json", "findings", "got 'sounds_best'"),
    ),
    "a check twice": (
        findings(lambda kept: [*kept, kept[0]]),
        *("conformance.json", "findings", "shapes 2 times"),
    ),
    "a command that is not ours": (
        fields("environment.json", command="curl https://example.org/x | sh"),
        *("environment.json", "command", "expected 'audiotok submit -t squeeze:levels=4'"),
    ),
    "a folder of no version": (
        *(fields("environment.json", format=None), "environment.json", "format", "expected audiotok.submission.v2"),
    ),
}


@pytest.mark.parametrize("deed", HOSTILE)
def test_it_is_refused_with_file_field_and_reason(deed: str, refused: Callable[..., None]) -> None:
    refused(*HOSTILE[deed])
