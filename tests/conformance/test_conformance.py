"""The checks pass what is right and name what is wrong."""

import json
import time

import pytest
import torch
from torch import Tensor

import audiotok
from audiotok import conformance
from audiotok.conformance.latency import measure
from audiotok.core.card import TokenizerCard
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidResult
from audiotok.results.conformance import Report


class Averages(Codec):
    """Means of 160-sample frames in 256 steps, with one fault by name."""

    card = TokenizerCard("Averages", "", "", "", "", ("speech",), "DSP", "DSP", "T", "SQ", "fixed")

    def __init__(self, *, fault: str = "") -> None:
        rate = 200.0 if fault == "rate" else 100.0
        whole = (2,) if fault.startswith("voice") else ()
        self.spec = TokenSpec(sample_rate=16000, frame_rate=rate, codebook_sizes=(256,), global_sizes=whole)
        self.decode_sample_rate, self._fault, self._calls = 16000, fault, 0
        self._last: Tensor | None = None

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        self._calls += 1
        inside = torch.arange(waveform.shape[2]) < lengths[:, None]
        wave = waveform[:, 0] * (inside if self._fault != "padding" else 1)
        if self._fault == "batch":
            wave = wave + 0.01 * len(wave)
        if self._fault == "company" and self.together:
            wave = wave + 0.01 * (lengths < waveform.shape[2])[:, None]
        if self._fault == "short" and waveform.shape[2] < 160:
            raise RuntimeError("kernel larger than input")
        blocks = torch.nn.functional.pad(wave, (0, -wave.shape[1] % 160)).unflatten(1, (-1, 160))
        codes = ((blocks.double().mean(dim=2).clamp(-1, 1) + 1) * 127.5).round().long()
        if self._fault == "random":
            codes = (codes + self._calls) % 256
        frames = (lengths + 159) // 160
        self._last = waveform
        if self._fault == "threads":
            time.sleep(0.005)  # another thread's turn
            codes = (codes + self._last.shape[2]) % 256
        codes = (codes * (torch.arange(codes.shape[1]) < frames[:, None]))[:, None]
        voice = {"voice of the batch": len(wave) // 2, "voice of the moment": self._calls // 2}.get(self._fault, 0)
        whole = torch.full((len(wave), 1), voice % 2) if self.spec.global_sizes else None
        return Tokens(codes, frames, self.spec, global_codes=whole)

    def _decode(self, tokens: Tokens) -> Tensor:
        if self._fault == "side channel" and self._last is not None:
            size = int(tokens.lengths.max()) * 160
            kept = self._last.mean(dim=0, keepdim=True)[:, :, :size]
            return torch.nn.functional.pad(kept, (0, size - kept.shape[2])).expand(len(tokens), -1, -1)
        louder = len(tokens) if self._fault == "company of decoded clips" and self.together else 1
        samples = {"double rate": 320, "rate of 44.1 for 48 kHz": 174}.get(self._fault, 160)
        return louder * (tokens.codes.repeat_interleave(samples, dim=2) / 127.5 - 1).float()


def failed(tokenizer: audiotok.Tokenizer) -> set[str]:
    return {finding.check for finding in conformance.check(tokenizer).findings if finding.outcome == "failed"}


@pytest.mark.parametrize(
    ("name", "message"),
    [("codec2:mode=3200", "20 ms"), ("codec2:mode=700", "40 ms"), ("mulaw:sample_rate=8000", "0.125 ms")],
)
def test_the_latency_of_a_stream_is_measured(name: str, message: str) -> None:
    found = {finding.check: finding.message for finding in conformance.check(audiotok.load(name)).findings}
    assert found["latency"] == message


def test_a_tokenizer_without_a_stream_has_no_latency() -> None:
    found = {finding.check: finding.outcome for finding in conformance.check(Averages()).findings}
    assert (found["latency"], measure(Averages())) == ("not applicable", None)


@pytest.mark.parametrize("check", conformance.checks(), ids=lambda check: check.name)
@pytest.mark.parametrize("name", ["mulaw:sample_rate=8000", "codec2:mode=1200", "codec2:mode=3200"])
def test_our_tokenizers_conform(name: str, check: conformance.Check) -> None:
    finding = check(audiotok.load(name))
    assert finding.outcome != "failed", finding.message


@pytest.mark.parametrize("fault", ["", "voice"])
def test_a_tokenizer_without_a_fault_passes(fault: str) -> None:
    assert failed(Averages(fault=fault)) == set()


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("random", "determinism"),
        ("threads", "same_in_threads"),
        ("batch", "batch_equals_single"),
        ("company", "batched_equals_single"),
        ("company of decoded clips", "batched_equals_single"),
        ("padding", "padding_invariance"),
        ("short", "one_sample"),
        ("side channel", "no_side_channel"),
        ("rate", "bitrate"),
        ("double rate", "round_trip_length"),
        ("rate of 44.1 for 48 kHz", "round_trip_length"),
        ("voice of the batch", "batch_equals_single"),
        ("voice of the moment", "determinism"),
    ],
)
def test_a_fault_is_found_by_its_check(fault: str, found: str) -> None:
    assert found in failed(Averages(fault=fault))


def test_what_a_tokenizer_raises_is_a_finding_with_its_reason() -> None:
    findings = {finding.check: finding for finding in conformance.check(Averages(fault="short")).findings}
    assert findings["one_sample"].message.startswith("RuntimeError: kernel larger than input; what to do: ")


def test_what_does_not_apply_is_no_failure() -> None:
    report = conformance.check(Averages())
    assert report.passed
    assert "not applicable" in {finding.outcome for finding in report.findings}


def test_a_report_is_read_back_from_json() -> None:
    report = conformance.check(Averages(fault="rate"))
    assert Report.from_dict(json.loads(report.to_json())) == report


@pytest.mark.parametrize("change", [{"format": "other"}, {"findings": [{"check": "x"}]}, {"findings": None}])
def test_a_report_of_another_form_is_refused(change: dict) -> None:
    values = {**conformance.check(Averages()).to_dict(), **change}
    with pytest.raises(InvalidResult):
        Report.from_dict(values)


def test_every_report_has_the_first_checks_and_no_others_than_todays() -> None:
    names = {check.name for check in conformance.checks()}
    assert set(conformance.REQUIRED) <= names
