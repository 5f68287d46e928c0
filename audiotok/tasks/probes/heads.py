"""The heads of probes: from the tokens of clips to what each head reads from them, and what stands beside its score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from audiotok import data
from audiotok.core.anchor import Anchor
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip, Manifest
from audiotok.data.trials import NO_TRIALS, TrialList
from audiotok.errors import MetricUndefined
from audiotok.metrics.base import RecipeMetric
from audiotok.metrics.outcomes import ClipOutcomes, ClipScore
from audiotok.metrics.probe import KINDS, beside, by_net, by_training, characters, of_codebook, of_parts, scored_by
from audiotok.runs.encode import encoded
from audiotok.tasks.probes import folds, logmel
from audiotok.tasks.probes.bag import NO_FRAME, bag, codebooks, regularisation
from audiotok.tasks.probes.folds import Splitter
from audiotok.tasks.probes.frames import vectors_of
from audiotok.tasks.probes.logistic import Rows, accuracy, coordinates, shuffled
from audiotok.tasks.probes.net import accuracy as net_accuracy
from audiotok.tasks.probes.options import ProbeOptions, TrainedOptions
from audiotok.tasks.probes.rows import Probe, check_clips, label_of
from audiotok.tasks.task import Context, System

CODEBOOKS = 8  # that are probed alone, coarse to fine
CURVE = {"quarter": 0.25, "half": 0.5}
Scores = dict[RecipeMetric, ClipOutcomes]


@dataclass(frozen=True)
class ProbeData:
    """The clips of one probe that have what it reads, and why the others have not."""

    probe: Probe
    clips: list[Clip]
    failures: dict[str, str] = field(default_factory=dict)
    trials: TrialList = NO_TRIALS  # of clips to test, where pairs are scored
    provenance: dict[str, str] = field(default_factory=dict)  # of its scores: how many clips were trained on

    @property
    def labels(self) -> list[str]:
        return [label_of(clip, self.probe) for clip in self.clips]

    @property
    def groups(self) -> list[str]:
        return [str(self.probe.group(clip)) for clip in self.clips]

    @property
    def splitter(self) -> Splitter:
        """How clips are divided into those to train on and those to test."""
        if self.probe.split:
            return folds.by_split([str(self.probe.split(clip)) for clip in self.clips])
        return folds.one_out if self.probe.one_out else folds.grouped

    @property
    def train(self) -> list[Clip]:
        """The clips that are not tested."""
        return [clip for clip in self.clips if not self.probe.tests(clip)]

    @property
    def test(self) -> list[Clip]:
        """The clips that are tested."""
        return [clip for clip in self.clips if self.probe.tests(clip)]

    def without(self, failures: dict[str, str]) -> ProbeData:
        """The clips but those that failed (id -> reason). Only failures of tested clips are kept by name.

        Raises InvalidData where clips to test are left, but those to train on no longer allow an honest score.
        """
        tested = {clip.id: failures[clip.id] for clip in self.test if clip.id in failures}
        left = ProbeData(self.probe, [clip for clip in self.clips if clip.id not in failures], tested)
        left.provenance.update(trained_on(len(left.train), len(self.train)))
        if failures and left.test:
            name = f"{self.probe.name}, without {len(failures)} clips that have no tokens"
            check_clips(self.probe, left.clips, name)
        return left

    def score(
        self, rows: Rows, strength: float, labels: Sequence[str] | None = None, share: float = 1.0, draws: int = 0
    ) -> ClipOutcomes:
        """Accuracy of each clip over the probe's own folds; `labels` in place of the clips' own, fewer draws where
        asked.
        """
        labels = labels or self.labels
        draws = draws or self.probe.draws
        return self.outcomes(accuracy(rows, labels, self.groups, self.splitter, strength, draws, share))

    def outcomes(self, scores: NDArray[np.float64]) -> ClipOutcomes:
        """Outcomes of the clips that are tested: [N] scores, one for each of `clips`, and the failures."""
        of = {
            clip.id: ClipScore(float(score)) for clip, score in zip(self.clips, scores, strict=True) if score == score
        }
        return ClipOutcomes(of, dict(self.failures), provenance=dict(self.provenance))


def trained_on(clips: int, of: int) -> dict[str, str]:
    """Provenance of a result where some clips could not be trained on."""
    return {} if clips == of else {"training_clips": f"{clips} of {of}"}


def reader(
    system: System,
    manifest: Manifest,
    clips: Sequence[Clip],
    context: Context,
    options: ProbeOptions,
    trained: Path,
) -> Callable[[str, ProbeData], Scores]:
    """The function from a probe's clips to scores by a head: of tokens, or of the audio of a system without tokens.

    clips: those of the manifest that any probe reads; trained: a folder for what heads have learned.
    """
    if isinstance(system, Anchor):
        return lambda head, asked: _of_audio(system, manifest, asked)
    of_clips = encoded(system, manifest, context.runs, context.engine, context.workers, clips=clips)
    tokens = {clip.id: tokens for clip, tokens in of_clips}

    def read(head: str, asked: ProbeData) -> Scores:
        if head == "bag":
            return _of_tokens(tokens, asked)
        how = options.trained(head, context.device)
        if head == "net":
            return _by_net(tokens, vectors_of(system), how, asked)
        if head == "ctc":
            return _by_ctc(tokens, vectors_of(system), how, asked, trained)
        if head == "verify":
            return _by_verification(tokens, vectors_of(system), how, asked, trained)
        codec = cast(Codec, system)  # as `_head` has it
        return _by_map(codec, manifest, tokens, how, asked, trained, context.runs)

    return read


def _by_net(
    tokens: Mapping[str, Tokens], tables: list[Tensor] | None, options: TrainedOptions, asked: ProbeData
) -> Scores:
    short = {clip.id: NO_FRAME for clip in asked.clips if not int(tokens[clip.id].lengths[0])}
    found = asked.without(short)
    metric, one_seed = asked.probe.metric, replace(options, seeds=options.seeds[:1])
    scored = by_net(metric, options.conditions, asked.probe.draws)
    luck = beside(by_net(metric, one_seed.conditions, 1), "shuffled")
    if not found.test:
        return {scored: found.outcomes(np.full(len(found.clips), np.nan))}

    def score(labels: Sequence[str], draws: int, trained: TrainedOptions) -> ClipOutcomes:
        of = [tokens[clip.id] for clip in found.clips]
        return found.outcomes(net_accuracy(of, tables, labels, found.groups, found.splitter, draws, trained))

    return {
        scored: score(found.labels, asked.probe.draws, options),
        luck: score(shuffled(found.labels), 1, one_seed),
    }


def _by_ctc(
    tokens: Mapping[str, Tokens],
    tables: list[Tensor] | None,
    options: TrainedOptions,
    asked: ProbeData,
    folder: Path,
) -> Scores:
    from audiotok.tasks.probes.ctc import recognised

    probe = asked.probe
    errors = recognised(tokens, tables, asked.train, asked.test, options, folder, probe.name)
    metric = by_training(probe.metric, options.conditions)
    return {metric: errors["wer"], characters(metric): errors["cer"]}


def _by_verification(
    tokens: Mapping[str, Tokens],
    tables: list[Tensor] | None,
    options: TrainedOptions,
    asked: ProbeData,
    folder: Path,
) -> Scores:
    from audiotok.tasks.probes.trial_scores import conditions_of
    from audiotok.tasks.probes.verification import verification

    errors = verification(tokens, tables, asked.train, asked.trials, options, folder, asked.probe.name)
    conditions = conditions_of(options, asked.trials)
    return {by_training(metric, conditions): found for metric, found in errors.items()}


def _by_map(
    system: Codec,
    manifest: Manifest,
    tokens: Mapping[str, Tokens],
    options: TrainedOptions,
    asked: ProbeData,
    folder: Path,
    runs: Path,
) -> Scores:
    """Raises InvalidData where a mixture has not all of its parts."""
    from audiotok.tasks.probes.mapping import mapped, mixtures
    from audiotok.tasks.probes.parts import over_speakers, scored

    probe = asked.probe
    all_of = mixtures(asked.clips, probe.parts, f"{manifest.name}, {probe.name}", optional=probe.optional)
    test = [one for one in all_of if probe.tests(one.mixture)]
    train = [one for one in all_of if not probe.tests(one.mixture)]
    found, failed = mapped(tokens, vectors_of(system), train, test, probe.ordered, options, folder, probe.name)
    metrics = scored_by(probe.name)
    outcomes = scored(metrics, system, manifest, test, tokens, found, failed, runs)
    if probe.two_speakers:
        for metric in metrics:
            for kind in KINDS:
                over_speakers(metric, test, outcomes[metric.name, kind])
    conditions = {"": options.conditions}
    return {
        by_training(of_parts(metric, probe.name, kind), conditions.get(kind, "head:none")): outcomes[metric.name, kind]
        for metric in metrics
        for kind in KINDS
    }


def _of_tokens(tokens: Mapping[str, Tokens], asked: ProbeData) -> Scores:
    bags, failures = {}, {}
    for clip in asked.clips:
        try:
            bags[clip.id] = bag(tokens[clip.id])
        except MetricUndefined as error:
            failures[clip.id] = str(error)
    found = asked.without(failures)
    metric = asked.probe.metric
    if not found.test:
        return {metric: found.outcomes(np.full(len(found.clips), np.nan))}
    first = tokens[found.clips[0].id]
    rows, strength = coordinates(list(bags.values())), regularisation(codebooks(first))
    scored: Scores = {
        metric: found.score(rows, strength),
        beside(metric, "shuffled"): found.score(rows, strength, shuffled(found.labels)),
        **{beside(metric, name): found.score(rows, strength, share=share) for name, share in CURVE.items()},
    }
    for k in range(min(first.spec.num_codebooks, CODEBOOKS) if first.spec.num_codebooks > 1 else 0):
        alone = coordinates([bag(_codebook(tokens[clip.id], k)) for clip in found.clips])
        scored[of_codebook(metric, k)] = found.score(alone, regularisation(1), draws=1)
    return scored


def _codebook(tokens: Tokens, k: int) -> Tokens:
    """One codebook's codes, as tokens of their own."""
    spec = replace(
        tokens.spec,
        codebook_sizes=tokens.spec.codebook_sizes[k : k + 1],
        strides=tokens.spec.strides[k : k + 1],
        global_sizes=(),
    )
    return Tokens(tokens.codes[:, k : k + 1], tokens.lengths, spec)


def _of_audio(anchor: Anchor, manifest: Manifest, asked: ProbeData) -> Scores:
    """The references: what log-mel spectra of a system's output say."""
    spectra = [logmel.spectrogram(anchor.process(data.read(clip, manifest.root))[0]) for clip in asked.clips]
    rows = {
        "logmel": coordinates(logmel.statistics(spectra)),
        "kmeans": coordinates([bag(tokens) for tokens in logmel.clustered(spectra)]),
    }
    return {beside(asked.probe.metric, name): asked.score(of, regularisation(1)) for name, of in rows.items()}
