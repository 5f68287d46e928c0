"""Golden codes tell the published weights from others, and their absence from a failure."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import audiotok
from audiotok import registry
from audiotok.conformance.weights import check_weights
from audiotok.core.tokenizer import Codec
from audiotok.errors import AssetUnavailable, InvalidTokens, MissingDependency, UnknownName
from audiotok.golden import codes
from audiotok.results.conformance import Report
from audiotok.runs.identity import describe
from audiotok.tokenizers.own_codecs import AudiotokRVQ

#: name of the files -> identifier that they were made with
SHIPPED = {path.stem: json.loads(path.read_text())["identifier"] for path in sorted(codes.FOLDER.glob("*.json"))}


@pytest.mark.weights
@pytest.mark.parametrize("name", SHIPPED)
def test_the_weights_that_are_here_give_the_golden_codes(name: str) -> None:
    try:
        tokenizer = audiotok.load(SHIPPED[name])
    except (AssetUnavailable, MissingDependency) as error:
        pytest.skip(f"the weights of {name} are not here: {error}")
    report = check_weights(tokenizer)
    assert report.passed, str(report)
    assert {"passed"} == {finding.outcome for finding in report.findings} or not isinstance(tokenizer, Codec)
    assert tokenizer.card.weights_verified == codes.load(SHIPPED[name])[0].verified


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_recorded_belongs_to_the_codes_beside_it(name: str) -> None:
    recorded, tokens = codes.load(SHIPPED[name])
    assert registry.canonical(recorded.identifier) == recorded.identifier == tokens.tokenizer
    assert recorded.made_with["device"] == "cpu"
    assert tokens.codes.unique().numel() >= 16, "codes that hardly change tell nothing"


def test_fewer_codebooks_are_checked_against_the_first_of_all() -> None:
    report = check_weights(audiotok.load("audiotok-rvq:num_codebooks=3"))
    assert report.passed
    assert "300 of 300 codes" in report.findings[0].message


def test_other_weights_under_the_same_hash_fail() -> None:
    """A wrong layer or scale, with a card that says nothing of it."""
    tokenizer = audiotok.load("audiotok-rvq")
    assert isinstance(tokenizer, AudiotokRVQ)
    with torch.no_grad():
        next(tokenizer._model.parameters()).mul_(1.1)
    report = check_weights(tokenizer)
    assert not report.passed
    assert "at least 99% must be (cpu)" in report.findings[0].message


@pytest.mark.parametrize("factor", [1.02, -1.0])
def test_a_wrong_decoder_fails_by_its_audio_alone(factor: float) -> None:
    tokenizer = audiotok.load("audiotok-rvq:num_codebooks=2")
    assert isinstance(tokenizer, AudiotokRVQ)
    assert outcomes(check_weights(tokenizer)) == {"golden_codes": "passed", "golden_audio": "passed"}
    tokenizer._model.speak = lambda vectors, speak=tokenizer._model.speak: factor * speak(vectors)
    report = check_weights(tokenizer)
    assert outcomes(report) == {"golden_codes": "passed", "golden_audio": "failed"}
    assert "at least 40 dB below it must be (cpu)" in report.findings[1].message


def test_a_decoder_of_another_layer_fails() -> None:
    tokenizer = audiotok.load("audiotok-distilled")
    with torch.no_grad():
        tokenizer._model.decoder[0].weight.mul_(1.3)
    assert outcomes(check_weights(tokenizer))["golden_audio"] == "failed"


def test_old_files_without_audio_verify_the_codes_and_say_so(tmp_path: Path) -> None:
    path = codes.write(audiotok.load("codec2:mode=1300"), tmp_path, {})
    values = json.loads(path.read_text())
    del values["audio"]
    path.write_text(json.dumps(values))
    codes.find.cache_clear()
    report = check_weights(audiotok.load("codec2:mode=1300"), tmp_path)
    assert report.passed
    assert outcomes(report) == {"golden_codes": "passed", "golden_audio": "not applicable"}
    assert "the decoder is unverified" in report.findings[1].message


def test_audio_is_added_to_codes_that_are_the_same_and_those_keep_their_day(tmp_path: Path) -> None:
    name = "codec2-mode-1300"
    for suffix in (".json", ".safetensors"):
        shutil.copy(codes.FOLDER / f"{name}{suffix}", tmp_path)
    values = json.loads((tmp_path / f"{name}.json").read_text())
    values |= {"audio": None, "date": "2001-01-01"}
    (tmp_path / f"{name}.json").write_text(json.dumps(values))
    codes.write(audiotok.load("codec2:mode=1300"), tmp_path, {})
    recorded = codes.load("codec2:mode=1300", tmp_path)[0]
    assert (recorded.date, recorded.made_with) == ("2001-01-01", values["made_with"])
    assert recorded.audio is not None
    assert check_weights(audiotok.load("codec2:mode=1300"), tmp_path).findings[1].outcome == "passed"


def test_audio_that_was_changed_or_is_missing_fails(tmp_path: Path) -> None:
    path = codes.write(audiotok.load("codec2:mode=1300"), tmp_path, {})
    file = codes.audio_path("codec2:mode=1300", tmp_path)
    save_file({"samples": torch.zeros(1, 10).half()}, file)
    for complaint in ("does not contain the audio", "is missing or incomplete"):
        finding = check_weights(audiotok.load("codec2:mode=1300"), path.parent).findings[1]
        assert (finding.outcome, complaint in finding.message) == ("failed", True)
        file.unlink(missing_ok=True)


def test_a_tokenizer_without_a_decoder_has_no_audio() -> None:
    recorded = codes.load("whisper-units:k=500")[0]
    assert recorded.audio is None
    assert not codes.audio_path("whisper-units:k=500").exists()


def outcomes(report: Report) -> dict[str, str]:
    return {finding.check: finding.outcome for finding in report.findings}


def test_weights_of_another_hash_fail_by_that() -> None:
    tokenizer = audiotok.load("audiotok-rvq")
    tokenizer.card = replace(tokenizer.card, weights_sha256="0" * 64)
    report = check_weights(tokenizer)
    assert not report.passed
    assert "weights sha256 0000" in report.findings[0].message
    assert codes.verified(tokenizer.identifier, tokenizer.card) == ""


def test_no_golden_codes_is_an_error_with_the_command_that_makes_them() -> None:
    with pytest.raises(UnknownName, match=r"it has not been verified.* audiotok check mimi --weights --write FOLDER"):
        codes.load("mimi")


def test_what_is_written_is_what_is_checked(tmp_path: Path) -> None:
    tokenizer = audiotok.load("codec2:mode=1300")
    path = codes.write(tokenizer, tmp_path / "new", describe(tokenizer))
    recorded, tokens = codes.load(tokenizer.identifier, path.parent)
    assert check_weights(tokenizer, path.parent).passed
    assert torch.equal(tokens.codes, codes.load(tokenizer.identifier)[1].codes)
    assert recorded.made_with["pycodec2"]


def test_codes_that_were_changed_are_refused(tmp_path: Path) -> None:
    for suffix, name in ((".json", "codec2-mode-3200"), (".safetensors", "codec2-mode-2400")):
        shutil.copy(codes.FOLDER / f"{name}{suffix}", tmp_path / f"codec2-mode-3200{suffix}")
    with pytest.raises(InvalidTokens, match=r"does not contain the codes that the .json file next to it describes"):
        codes.load("codec2:mode=3200", tmp_path)


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("lyra:num_codebooks=16", "lyra"),
        ("dwavl:centroids=/home/me/a.safetensors,num_codebooks=2", "dwavl"),
        ("snac:sample_rate=24000,seed=0", "snac-sample-rate-24000-seed-0"),
        ("dedup(lyra:num_codebooks=16):max_duration=8", "dedup-lyra-num-codebooks-16-max-duration-8"),
    ],
)
def test_what_codes_do_not_depend_on_is_not_in_the_name(identifier: str, name: str) -> None:
    assert codes.name_of(identifier) == name
