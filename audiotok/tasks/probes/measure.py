"""The loop of the probes: of each, its clips and head, whether an honest score can be made of them, and its results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Clip, Manifest
from audiotok.data.trials import NO_TRIALS, TrialList
from audiotok.errors import InvalidData, InvalidOption
from audiotok.files.progress import progress_bar
from audiotok.files.provenance import versions
from audiotok.results.record import Result, ScoredClip
from audiotok.runs import memo
from audiotok.runs.folder import open_folder
from audiotok.runs.result import of_clips, of_set
from audiotok.tasks.probes.heads import ProbeData, reader
from audiotok.tasks.probes.options import ProbeOptions
from audiotok.tasks.probes.rows import OFFLINE, Probe, check_clips, label_of
from audiotok.tasks.probes.trial_scores import TrialScores, conditions_of, kept
from audiotok.tasks.task import Context, System, Task

MOST = 20_000_000  # clips x classes of the head bag; VoxCeleb1 has 8 times as many, an hour for each evaluation
TRAINED = "trained"  # the folder of what heads have learned, in that of a system's runs


def results(task: Task, probes: Sequence[Probe], system: System, manifest: Manifest, context: Context) -> list[Result]:
    """All probes of one system, found again in its folder where nothing has changed.

    Raises InvalidData where a probe's labels, groups or splits allow no honest score, InvalidOption where it cannot be
    read by the head that is asked for.
    """
    options: ProbeOptions = context.options or task.options
    heads = {probe: _head(probe, options, system) for probe in probes}
    options.require_read_by(set(heads.values()))
    trained = sorted(set(heads.values()) - {"bag"})
    conditions = [options.trained(head, "").conditions for head in trained]
    of = {probe: probe.clips(manifest) for probe in probes}
    for probe, clips in of.items():
        check_clips(probe, clips, f"{manifest.name}, {probe.name}")
        if heads[probe] == "bag":
            _check_cost(probe, clips, f"{manifest.name}, {probe.name}")
    trials = {probe: probe.trials(manifest) for probe in probes if probe.trials}
    for probe, listed in trials.items():
        _check_trials(probe, listed, f"{manifest.name}, {probe.name}")
    folder = open_folder(context.runs, system, manifest)
    provenance = folder.provenance | versions(("scikit-learn",))

    def make() -> Iterator[Result]:
        used = {clip.id for clips in of.values() for clip in clips}
        read = reader(
            system,
            manifest,
            [clip for clip in manifest if clip.id in used],
            context,
            options,
            folder.path / TRAINED,
        )
        for probe in progress_bar(probes, desc=f"{system.identifier}: probes", unit="probe"):
            for metric, found in read(
                heads[probe], ProbeData(probe, of[probe], trials=trials.get(probe, NO_TRIALS))
            ).items():
                result = of_clips(
                    metric,
                    [
                        ScoredClip(clip.id, score.total, score.weight, probe.unit_of(clip))
                        for clip in of[probe]
                        if (score := found.scores.get(clip.id))
                    ],
                    tokenizer=system.identifier,
                    domain=metric.domains[0],
                    signature=task.signature_of(metric, manifest),
                    provenance=provenance | found.provenance,
                    failures=found.failures,
                    undefined=found.undefined,
                    unranked=metric.unranked,
                )
                yield of_set(result, found)

    conditions += [listed.conditions for listed in trials.values()]
    of_torch = (*conditions, versions(("torch",))) if trained else ()
    inputs = memo.digest(task.signature, manifest.sha256, folder.provenance, versions(("scikit-learn",)), *of_torch)
    # What the board asks for has a file of its own, which other heads and fewer probes leave as it is.
    other = [probe.name for probe in probes] if tuple(probes) != OFFLINE else []
    return memo.memoised(folder.results("-".join([task.name, *trained, *other])), inputs, make)


def trial_scores(
    probes: Sequence[Probe], system: System, manifest: Manifest, options: ProbeOptions, runs: Path
) -> TrialScores | None:
    """The scores of trials that a run of the system has kept; None where there are none. Raises AlteredFile."""
    for probe in probes:
        if probe.trials and isinstance(system, Tokenizer):
            listed = probe.trials(manifest)
            conditions = conditions_of(options.trained(probe.head(options.head), ""), listed)
            trained = open_folder(runs, system, manifest).path / TRAINED
            return kept(trained, probe.name, conditions, listed)
    return None


def _head(probe: Probe, options: ProbeOptions, system: System) -> str:
    """By which head a probe is read. Raises InvalidOption where it has no such head, or the system no tokens for it."""
    head = probe.head(options.head)
    if not isinstance(system, Anchor):
        if head == "map" and (why := _cannot_map(system)):
            raise InvalidOption(f"{system.identifier} cannot be evaluated by {probe.name}: {why}")
        return head
    if "bag" not in probe.heads:
        raise InvalidOption(f"{system.identifier} has no tokens, and {probe.name} needs tokens")
    if head != "bag":
        raise InvalidOption(f"{system.identifier} has no tokens that the head {head} could read; leave out --head")
    return "bag"


def _check_cost(probe: Probe, clips: Sequence[Clip], name: str) -> None:
    """Raises InvalidOption where the logistic regression would take days."""
    classes = len({label_of(clip, probe) for clip in clips})
    if len(clips) * classes > MOST:
        raise InvalidOption(
            f"{name}: {len(clips)} clips of {classes} classes are too many for the head bag, which takes at most "
            f"{MOST:,} clips × classes; choose --head net"
        )


def _check_trials(probe: Probe, listed: TrialList, name: str) -> None:
    """Raises InvalidData where a trial has a clip that is not to test."""
    for trial in listed.trials:
        for clip in (trial.first, trial.second):
            if not probe.tests(clip):
                raise InvalidData(
                    f"{name}: {trial.id}: {clip.speaker} is in the training data and cannot be tested as well"
                )


def _cannot_map(system: Tokenizer) -> str:
    """Why a tokenizer's tokens are not mapped to tokens; "" where they are."""
    from audiotok.tasks.probes.mapping import cannot_map

    return cannot_map(system)
