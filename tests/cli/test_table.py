"""What the terminal says of results beside their numbers."""

from audiotok.cli.table import why_missing
from audiotok.results.record import Estimate, Result


def result(metric: str, title: str, failures: dict[str, str], estimate: Estimate | None = None) -> Result:
    signature = f"reconstruction.v1|data:rec@sha256:ab12cd34|metric:{metric}.v1|seed:0"
    return Result("mulaw", metric, "speech", signature, estimate, title=title, failures=failures)


def test_metrics_without_any_value_say_why_once_for_each_reason() -> None:
    install = 'pip install "audiotok[metrics]"'
    results = [
        result("pesq_wb", "PESQ", {"a": install, "b": install, "c": "too short"}),
        result("estoi", "ESTOI", {"a": install}),
        result("wer", "WER", {"a": "no words"}),
        result("stoi", "STOI", {"a": "too short"}, Estimate(0.5, None, None, 2)),
        result("bitrate", "Bitrate", {}),
    ]
    assert why_missing(results) == [f"no PESQ, ESTOI: {install}", "no WER: no words"]
