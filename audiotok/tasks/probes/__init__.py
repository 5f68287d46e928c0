"""What can be learned from frozen tokens? Letters across voices, a voice among ten, drums across kits.

One loop for every probe: each clip becomes the bag of its codes (audiotok.tasks.probes.bag), a logistic regression
learns its classes from clips of some groups and names those of the others. Beside each score stand the same with
shuffled labels, with fewer training clips and with each codebook alone; the reference has two scores without tokens.
Read docs/probes.md for what a probe is not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from audiotok.core.tokenizer import Tokenizer
from audiotok.data.manifest import Manifest
from audiotok.metrics.probe import ENHANCE, METRICS, WORDS_CLEAN, WORDS_COMMON_VOICE, WORDS_OTHER
from audiotok.metrics.verification import VERIFICATION
from audiotok.results.compare import SetItems
from audiotok.results.record import Result
from audiotok.tasks.probes.options import ProbeOptions, for_gpu
from audiotok.tasks.probes.rows import PROBES, chosen
from audiotok.tasks.task import Context, ScoredItem, System, Task


def variable_rate(system: System) -> str:
    """Why tokens that last unequally long are not probed: a bag of codes is made of shares of the time."""
    varies = isinstance(system, Tokenizer) and system.spec.variable_rate
    return "its tokens have a variable rate; probe the tokenizer inside" if varies else ""


def measure(system: System, manifest: Manifest, context: Context) -> list[Result]:
    """Every score of a system, from `runs` where it is there already."""
    from audiotok.tasks.probes.measure import results

    options: ProbeOptions = context.options or TASK.options
    return results(TASK, chosen(options.probe), system, manifest, context)


def set_items(system: System, manifest: Manifest, context: Context) -> SetItems | None:
    """The scores of trials, by which the error rates of two systems are compared, where `measure` has kept them."""
    from audiotok.tasks.probes.measure import trial_scores

    options: ProbeOptions = context.options or TASK.options
    return trial_scores(chosen(options.probe), system, manifest, options, context.runs)


def items(result: Result, manifest: Manifest | None) -> dict[str, ScoredItem]:
    """The clips of the score's own probe, with the units of its intervals; or its trials."""
    named = [probe for probe in PROBES.values() if result.metric.startswith(f"probe_{probe.name}")]
    own = max(named, key=lambda probe: len(probe.name))
    if own.trials:
        return {trial.id: ScoredItem(None, None) for trial in (own.trials(manifest).trials if manifest else ())}
    clips = own.clips(manifest) if manifest else ()
    return {clip.id: ScoredItem(own.unit_of(clip), None) for clip in clips if own.tests(clip)}


def clips_alike(items: Collection[str]) -> Mapping[str, float]:
    """Every clip weighs the same."""
    return dict.fromkeys(items, 1.0)


TASK = Task(
    "probes",
    1,
    tuple(metric.name for metric in METRICS),
    question="Can a classifier recognise letters, voices and drums from the tokens?",
    cost="two minutes on two cores",
    dataset="probes-mini",
    cannot_judge=variable_rate,
    measured_again="all",
    measure=measure,
    options=ProbeOptions(),
    budgets={
        "net": ProbeOptions(head="net"),
        "gpu": for_gpu("net"),
        "ctc-gpu": for_gpu("ctc", WORDS_CLEAN, WORDS_OTHER),
        "ctc-common-voice-gpu": for_gpu("ctc", WORDS_COMMON_VOICE),
        "map-gpu": for_gpu("map", ENHANCE),
        "verify-gpu": for_gpu("verify", VERIFICATION),
    },
    items=items,
    weights=clips_alike,
    set_items=set_items,
)
