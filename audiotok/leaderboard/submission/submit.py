"""Makes a submission: the folder by which a tokenizer gets onto the board, ours as well as anybody's.

Its layout is described where it is read, in audiotok.leaderboard.submission.entry.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from audiotok import conformance, registry
from audiotok.core.anchor import Anchor
from audiotok.core.identifier import slug
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import InvalidOption
from audiotok.files import provenance
from audiotok.files.json import read_json, write_json
from audiotok.leaderboard.submission import optional, token_set
from audiotok.leaderboard.submission.entry import command_of
from audiotok.leaderboard.submission.files import VERIFIED_CLIPS, chosen, listened_by_all, write_sample
from audiotok.leaderboard.submission.version import NEWEST
from audiotok.metrics import catalogue
from audiotok.results import record
from audiotok.results.frame import ENVIRONMENT, RESULTS, TIMINGS
from audiotok.results.record import Result
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.lag import kept_lags
from audiotok.runs.run import Run
from audiotok.tasks.suites import suite as suite_named


def submit(system: str | Tokenizer | Anchor, runs: Sequence[Run], output: Path, suite: str = "mini") -> Path:
    """Run what is missing of `runs`, those of the suite on its one data set, and write the folder `output/<slug>`.

    `system`: an identifier, or what it has loaded.
    What optional tasks have left in the same folder of runs is added (audiotok.leaderboard.submission.optional).
    Built in a sibling folder and moved into place whole; an earlier one of the same name is replaced. Raises
    InvalidOption where the runs are on several data sets: the board takes the bundled one, which everybody has; and
    where the folder holds another system's submission.
    """
    if len({run.manifest.sha256 for run in runs}) != 1:
        names = ", ".join(dict.fromkeys(run.manifest.name for run in runs)) or "none"
        raise InvalidOption(
            f"a submission covers one data set, as in the suite mini; got {names}. To show these scores on a page: "
            "audiotok leaderboard build --runs FOLDER"
        )
    first = runs[0]
    system = registry.load_system(system, first.device) if isinstance(system, str) else system
    results = [result for run in runs for result in run.evaluate(system)]
    files = open_folder(first.folder, system, first.manifest, first.recipe.footing)
    target = output / slug(system.identifier)
    _refuse_another(target, system.identifier)
    building = output / f".{target.name}.{os.getpid()}"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        _write(building, system, results, files, first.manifest, suite)
        optional.add(building, system, first.folder)
        shutil.rmtree(target, ignore_errors=True)
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _refuse_another(target: Path, identifier: str) -> None:
    """Two identifiers may share a folder's name (`a-b:c=1` and `a:b-c=1`): neither replaces the other's submission."""
    if not (target / RESULTS).exists():
        return
    found = {result.tokenizer for result in record.read(target / RESULTS)}
    if found - {identifier}:
        raise InvalidOption(
            f"{target} holds the submission of {', '.join(sorted(found))}, not of {identifier}; choose another --output"
        )


def _write(
    folder: Path,
    system: Tokenizer | Anchor,
    results: Sequence[Result],
    files: RunFolder,
    manifest: Manifest,
    suite: str,
) -> None:
    timed = [result for result in results if catalogue.get(result.metric).timed]
    record.write(folder / RESULTS, [result for result in results if result not in timed])
    if timed:
        record.write(folder / TIMINGS, timed)
    write_json(folder / ENVIRONMENT, _environment(system, manifest, files, suite))
    if isinstance(system, Tokenizer):
        card = yaml.safe_dump(system.card.to_dict(), sort_keys=False, allow_unicode=True)
        (folder / "card.yaml").write_text(card, encoding="utf-8")
        write_json(folder / "conformance.json", _conformance(system, files))
        _write_tokens(folder, system, {clip: files.tokens(clip.id) for clip in manifest}, manifest)
    (folder / "samples").mkdir()
    listened = {clip.id: clip for clip in (*listened_by_all(manifest), *_worst(manifest, results))}
    for clip in listened.values():
        if files.audio(clip.id).exists():
            write_sample(files.audio(clip.id), folder / "samples" / f"{clip.id}.ogg")


def _write_tokens(folder: Path, system: Tokenizer, paths: Mapping[Clip, Path], manifest: Manifest) -> None:
    """Write the tokens of all clips in one file, or at high rates those of a few, each in a file of its own."""
    tokens = {clip: _without_durations(system, Tokens.load(path)) for clip, path in paths.items() if path.exists()}
    seconds = sum(clip.duration for clip in tokens)
    if tokens and sum(float(one.bits()[0]) for one in tokens.values()) <= token_set.MAX_BITRATE * seconds:
        by_id = {clip.id: one for clip, one in tokens.items()}
        token_set.write_set(folder / token_set.FILE, by_id, system.spec, system.identifier)
        return
    (folder / "tokens").mkdir()
    for clip in chosen(manifest, VERIFIED_CLIPS):
        if clip in tokens:
            tokens[clip].save(folder / "tokens" / f"{clip.id}.safetensors")


def _without_durations(system: Tokenizer, tokens: Tokens) -> Tokens:
    """The tokens without durations that a codec must decode without, since its rate does not count them (BPE)."""
    counted = tokens.spec.max_duration or not isinstance(system, Codec)
    return tokens if counted else replace(tokens, durations=None)


def _worst(manifest: Manifest, results: Sequence[Result]) -> list[Clip]:
    """The clip of each domain that came out worst by the metric that says so, for the page to play beside its score."""
    clips = {clip.id: clip for clip in manifest}
    found = []
    for result in results:
        scores = [score for score in result.scores if score.weight]
        if scores and result.domain in catalogue.get(result.metric).picks_worst:
            found.append(clips[min(scores, key=lambda score: (score.value, score.clip)).clip])
    return found


def _conformance(system: Tokenizer, files: RunFolder) -> dict[str, object]:
    """The report of `audiotok check`, once per folder, whose key changes with the tokenizer; again where checks were
    added since."""
    path = files.path / "conformance.json"
    asked = {check.name for check in conformance.checks()}
    report: dict[str, Any] = read_json(path) if path.exists() else {"findings": []}
    if {finding["check"] for finding in report["findings"]} != asked:
        report = conformance.check(system).to_dict()
        write_json(path, report)
    return report


def _environment(system: Tokenizer | Anchor, manifest: Manifest, files: RunFolder, suite: str) -> dict[str, object]:
    return {
        "audiotok": provenance.commit(),
        "command": command_of(system.identifier),
        "format": NEWEST,
        "data": f"{manifest.name}@sha256:{manifest.sha256}",
        "hardware": provenance.hardware(system.device if isinstance(system, Tokenizer) else "cpu"),
        "lags": kept_lags(files),
        "parameters": system.num_parameters if isinstance(system, Tokenizer) else None,
        "platform": platform.platform(),
        "python": sys.version.split()[0],
        "suite": suite_named(suite).signature,
        "system": files.provenance,
    }
