"""Does a tokenizer do what every tokenizer must? Run before anything is scored, by `audiotok check NAME`.

A package with a tokenizer of its own runs the same checks in its tests:

    @pytest.mark.parametrize("check", audiotok.conformance.checks(), ids=lambda check: check.name)
    def test_conforms(check):
        finding = check(tokenizer)
        assert finding.outcome != "failed", finding.message
"""

from audiotok.conformance import abilities, core
from audiotok.conformance.checking import Check, NotConforming
from audiotok.core.tokenizer import Tokenizer
from audiotok.results.conformance import Finding, Report

#: Checks that stand in every report, the first ones too; reports of later date have those that were added since.
REQUIRED = (
    "shapes",
    "strides",
    "determinism",
    "batch_equals_single",
    "padding_invariance",
    "decoded_batch_equals_single",
    "silence",
    "one_sample",
    "shorter_than_a_frame",
    "full_scale",
    "round_trip_length",
    "bitrate",
    "no_side_channel",
    "bad_input",
    "stream_equals_offline",
    "decoding_stream_equals_offline",
    "trainable",
    "scalable",
    "embeddable",
)

__all__ = ["REQUIRED", "Check", "Finding", "NotConforming", "Report", "check", "checks"]


def checks() -> list[Check]:
    """All checks, in the order in which they help most."""
    return [*core.CHECKS, *abilities.CHECKS]


def check(tokenizer: Tokenizer) -> Report:
    """Run every check; costs about as much as encoding and decoding 30 s of audio."""
    return Report(tokenizer.identifier, str(tokenizer.device), tuple(ask(tokenizer) for ask in checks()))
