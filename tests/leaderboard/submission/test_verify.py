"""Decoding a submission again: real numbers pass, made-up ones do not."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import yaml

import audiotok
from audiotok import Tokens, data, registry
from audiotok.core.audio import Audio
from audiotok.core.identifier import Identifier
from audiotok.core.tokenizer import Codec
from audiotok.data import Manifest
from audiotok.errors import InvalidResult
from audiotok.files.json import read_json, write_json
from audiotok.leaderboard.submission.compare import compare
from audiotok.leaderboard.submission.entry import read_entry
from audiotok.leaderboard.submission.files import chosen
from audiotok.leaderboard.submission.submit import submit
from audiotok.leaderboard.submission.token_set import FILE, read_set
from audiotok.leaderboard.submission.unknown import on_copies
from audiotok.leaderboard.submission.verify import Verification, unlike_cards, verify
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.run import Run
from audiotok.units.bpe import UnitBPE
from audiotok.units.flatten import flatten

RECIPE = Recipe("cheap", 1, ("si_sdr", "si_sdr_aligned", "mel_distance", "clipped", "bitrate", "rtf_encode"))


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory, vowels_once: Manifest) -> Path:
    folder = tmp_path_factory.mktemp("submitted")
    return submit("mulaw", [Run(vowels_once, RECIPE, folder / "runs", workers=1)], folder)


@pytest.fixture(scope="module")
def vowels_once(tmp_path_factory: pytest.TempPathFactory, make_vowels: Callable[[Path], Manifest]) -> Manifest:
    return make_vowels(tmp_path_factory.mktemp("data"))


@pytest.fixture
def folder(submitted: Path, tmp_path: Path) -> Path:
    return shutil.copytree(submitted, tmp_path / submitted.name)


def again(folder: Path, manifest: Manifest) -> Verification:
    return verify(folder, runs=folder.parent / "runs", manifest=manifest)


def change(folder: Path, metric: str, edit: Callable[[Result], Result]) -> None:
    results = record.read(folder / "results.jsonl")
    record.write(folder / "results.jsonl", [edit(r) if r.metric == metric else r for r in results])


def test_a_submission_holds_what_the_board_reads(submitted: Path) -> None:
    names = {path.name for path in submitted.iterdir()}
    expected = {"card.yaml", "results.jsonl", "timings.jsonl", "conformance.json", "environment.json"}
    assert names == expected | {"tokens", "samples"}
    assert len(list((submitted / "tokens").iterdir())) == 4


def test_merged_tokens_of_a_codec_are_submitted_without_durations_that_its_rate_does_not_count(
    tmp_path: Path, vowels_once: Manifest
) -> None:
    codec = audiotok.load("codec2:mode=700")
    encoded = (codec.encode(data.read(clip, vowels_once.root)) for clip in vowels_once)
    clips = [codes for tokens in encoded for codes in flatten(tokens)]
    size = sum(codec.spec.codebook_sizes)
    UnitBPE.train(clips, size, size + 20).save(tmp_path / "merges.json")
    identifier = f"bpe(codec2:mode=700):model={tmp_path / 'merges.json'}"
    folder = submit(identifier, [Run(vowels_once, RECIPE, tmp_path / "runs", workers=1)], tmp_path)
    kept = read_set(folder / FILE, str(Identifier.parse(identifier)))
    assert set(kept) == {clip.id for clip in vowels_once}
    assert not any("durations" in one.tensors for one in kept.values())
    verification = again(folder, vowels_once)
    assert verification.passed, str(verification)


def test_what_was_measured_is_verified_and_encodes_to_the_same_codes(submitted: Path, vowels_once: Manifest) -> None:
    verification = again(submitted, vowels_once)
    assert verification.passed, str(verification)
    assert {c.metric for c in verification.comparisons} == {
        *("si_sdr", "si_sdr_aligned", "mel_distance", "clipped"),
        "mel_distance of copies",
    }
    assert set(verification.equal_codes.values()) == {1.0}
    assert "  claimed and not measured here: bitrate, rtf_encode\n" in str(verification)


@pytest.mark.parametrize("metric", ["si_sdr", "si_sdr_aligned", "mel_distance"])
def test_a_score_beyond_the_tolerance_is_found(folder: Path, vowels_once: Manifest, metric: str) -> None:
    change(folder, metric, lambda r: replace(r, scores=tuple(replace(s, total=s.total + 0.1) for s in r.scores)))
    verification = again(folder, vowels_once)
    assert not verification.passed
    assert [c.metric for c in verification.comparisons if c.difference] == [metric]


def test_counts_are_compared_over_the_clips_together(folder: Path, vowels_once: Manifest) -> None:
    """A sample more or less is within the tolerance of a share; a tenth of all is not."""
    change(folder, "clipped", lambda r: replace(r, scores=tuple(replace(s, total=s.total + 1) for s in r.scores)))
    assert again(folder, vowels_once).passed
    change(folder, "clipped", lambda r: replace(r, scores=tuple(replace(s, total=s.weight / 10) for s in r.scores)))
    assert not again(folder, vowels_once).passed


def test_a_clip_that_is_said_to_have_failed_is_found_to_be_scored(folder: Path, vowels_once: Manifest) -> None:
    clip = sorted(path.stem for path in (folder / "tokens").iterdir())[0]
    change(
        folder,
        "si_sdr",
        lambda r: replace(r, scores=tuple(s for s in r.scores if s.clip != clip), failures={clip: "too hard"}),
    )
    verification = again(folder, vowels_once)
    [found] = [c for c in verification.comparisons if c.difference]
    assert "too hard" in found.difference


def test_tokens_of_other_audio_are_found(folder: Path, vowels_once: Manifest) -> None:
    path = sorted((folder / "tokens").iterdir())[0]
    tokens = Tokens.load(path)
    replace(tokens, codes=tokens.codes.flip(-1)).save(path)
    verification = again(folder, vowels_once)
    assert not verification.passed
    assert min(verification.equal_codes.values()) < 0.9


def test_tokens_of_another_number_of_codebooks_are_a_problem_and_no_crash(folder: Path, vowels_once: Manifest) -> None:
    for path in (folder / "tokens").iterdir():
        tokens = Tokens.load(path)
        spec = replace(tokens.spec, codebook_sizes=tokens.spec.codebook_sizes * 2)
        replace(tokens, codes=tokens.codes.repeat(1, 2, 1), spec=spec).save(path)
    verification = again(folder, vowels_once)
    assert verification.problems[0].startswith("spec of clip")
    assert verification.equal_codes == {}


def test_a_card_that_is_not_the_tokenizers_is_found(folder: Path, vowels_once: Manifest) -> None:
    card = yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8")) | {"licence": "MIT"}
    (folder / "card.yaml").write_text(yaml.safe_dump(card), encoding="utf-8")
    assert "licence" in again(folder, vowels_once).problems[0]


def test_a_card_from_before_a_field_was_added_differs_in_nothing() -> None:
    card = registry.load("mulaw").card
    assert unlike_cards(card.to_dict() | {"code_licence": ""}, card) == {}
    assert unlike_cards(card.to_dict() | {"code_licence": "MIT-0"}, card) == {"code_licence": ("MIT-0", "BSD-2-Clause")}
    assert unlike_cards(card.to_dict() | {"licence": ""}, card) == {"licence": ("", "BSD-2-Clause")}


@pytest.mark.parametrize(
    ("check", "change_", "said"),
    [
        ("stream_equals_offline", {"outcome": "failed"}, "failed submitted, passed here"),
        ("scalable", {"outcome": "passed"}, "passed submitted, not applicable here"),
        ("latency", {"message": "0 ms"}, "'0 ms' submitted"),
    ],
)
def test_an_invented_finding_of_conformance_is_found(
    folder: Path, vowels_once: Manifest, check: str, change_: dict[str, str], said: str
) -> None:
    report = read_json(folder / "conformance.json")
    findings = [one | change_ if one["check"] == check else one for one in report["findings"]]
    assert findings != report["findings"]
    passed = all(one["outcome"] != "failed" for one in findings)
    write_json(folder / "conformance.json", report | {"findings": findings, "passed": passed})
    [problem] = again(folder, vowels_once).problems
    assert problem.startswith(f"conformance: {check}: ")
    assert said in problem


def test_a_row_without_a_report_of_conformance_is_not_verified(folder: Path, vowels_once: Manifest) -> None:
    (folder / "conformance.json").unlink()
    assert again(folder, vowels_once).problems == ("conformance: there is no report of audiotok check",)


def test_without_tokens_there_is_nothing_to_verify(folder: Path, vowels_once: Manifest) -> None:
    shutil.rmtree(folder / "tokens")
    with pytest.raises(InvalidResult, match="no tokens"):
        again(folder, vowels_once)


class Remembering(Codec):
    """Knows the clips of a data set by their codes, and can do nothing else."""

    decode_sample_rate = 16000

    def __init__(self, manifest: Manifest) -> None:
        self.mulaw = audiotok.load("mulaw")
        self.spec, self.card = self.mulaw.spec, self.mulaw.card
        self.known: dict[bytes, torch.Tensor] = {}
        for clip in manifest:
            audio = data.read(clip, manifest.root).resample(16000)
            tokens = self.mulaw.encode(audio)
            self.known[tokens.codes.numpy().tobytes()] = audio.waveform

    def _encode(self, waveform: torch.Tensor, lengths: torch.Tensor) -> Tokens:
        return self.mulaw.encode(Audio(waveform, lengths, 16000))

    def _decode(self, tokens: Tokens) -> torch.Tensor:
        silence = torch.zeros(1, 1, tokens.codes.shape[2])
        return self.known.get(tokens.codes.numpy().tobytes(), silence)


def test_a_decoder_that_remembers_clips_is_found_by_copies_that_it_cannot_know(
    submitted: Path, vowels_once: Manifest, tmp_path: Path
) -> None:
    entry, clips = read_entry(submitted), list(vowels_once)[:4]
    honest = on_copies(entry, audiotok.load("mulaw"), clips, vowels_once, tmp_path, 1, "secret")
    assert honest
    assert not any(comparison.difference for comparison in honest), honest
    fraud = on_copies(entry, Remembering(vowels_once), clips, vowels_once, tmp_path, 1, "secret")
    assert any("copies that the submitter could not know" in comparison.difference for comparison in fraud)


def test_which_clips_are_verified_is_drawn_by_a_secret(submitted: Path, vowels_once: Manifest) -> None:
    drawn = {tuple(clip.id for clip in chosen(vowels_once, 2, secret)) for secret in ("", "1", "2", "3", "4")}
    assert len(drawn) > 1


def test_whatever_the_seed_all_clips_with_tokens_are_decoded_where_there_are_few(
    submitted: Path, vowels_once: Manifest
) -> None:
    """The clips were drawn from the whole data set, of which the folder held only a few."""
    for seed in ("1", "2", "3"):
        verification = verify(submitted, runs=submitted.parent / "runs", manifest=vowels_once, seed=seed)
        assert verification.passed, str(verification)
        assert verification.clips == 4


def test_a_folder_with_tokens_of_too_few_clips_is_not_verified(folder: Path, vowels_once: Manifest) -> None:
    for path in sorted((folder / "tokens").iterdir())[2:]:
        path.unlink()
    assert again(folder, vowels_once).problems == (
        "tokens: those of at least 3 clips of speech are expected, the folder holds 2",
    )


def test_counts_are_allowed_a_share_and_a_few_not_a_twentieth_of_everything() -> None:
    """A character error rate of 20.7% for 24.0% passed: five hundredths of one were allowed."""
    metric = catalogue.get("cer")
    claimed = Result(
        "x", "cer", "speech", "wer.v1", None, scores=tuple(ScoredClip(f"c{i}", 10.0, 50.0) for i in range(4))
    )
    near = {f"c{i}": [10.0 + (i < 3), 50.0] for i in range(4)}  # 43 for 40 of 200
    far = {f"c{i}": [14.0, 50.0] for i in range(4)}  # 56
    assert compare(metric, claimed, list(near), near, {}).difference == ""
    assert "is allowed" in compare(metric, claimed, list(far), far, {}).difference
