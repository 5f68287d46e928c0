"""Do the codes stay the same under inaudible changes of the audio?

Every clip is encoded as it is, then shifted by half a frame, made quieter, with noise, resampled, through Opus, and
decoded and encoded again and again. A change is applied at the tokenizer's own rate, so that resampling to it is no
part of what is measured. A frame is that of the model: BPE over a codec of eight codebooks writes eight codes in a row
for each frame, and its spec has the rate of these codes, but its clips are shifted as far as those of the codec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from audiotok import data
from audiotok.core.audio import Audio, fit_length
from audiotok.core.card import DOMAINS
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import WRONG_FILE, InvalidAudio, InvalidData, MetricUndefined, is_machine_trouble, reason
from audiotok.files.json import read_json, write_json
from audiotok.files.progress import progress_bar
from audiotok.files.provenance import versions
from audiotok.metrics import distortion, spectral
from audiotok.metrics.analysis import DOMAIN_RATES, Features, waveform_features
from audiotok.metrics.base import ClipMetric, Declaration
from audiotok.metrics.pairs import is_silent
from audiotok.metrics.stability import EDITS, EQUAL, equal_codes, of_change, of_generation, unit_edits
from audiotok.results import record
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.folder import RunFolder, open_folder
from audiotok.runs.result import of_clips
from audiotok.tasks.stability.changes import APPLY
from audiotok.tasks.task import Context, Task, only_tokenizers

UNDEFINED = "the clip is silent: its codes say nothing, and noise has no level beside it"

Outcome = list[float] | str  # total and weight, or why there is none

DRIFT = tuple(
    m for m in (*distortion.METRICS, *spectral.METRICS) if m.name in ("si_sdr", "mel_distance", "stft_distance")
)


@dataclass(frozen=True)
class StabilityOptions:
    """Options of the task."""

    generations: Annotated[
        int, typer.Option("--generations", min=1, help="Number of times to decode and encode again.")
    ] = 5
    clips: Annotated[int, typer.Option("--clips", min=0, help="Maximum number of clips per domain; 0 for all.")] = 0


def measure(system: Tokenizer, manifest: Manifest, context: Context) -> list[Result]:
    """Score every clip; those of each codebook are in the file alone."""
    options: StabilityOptions = context.options or TASK.options
    if options.clips:
        domains = sorted({clip.domain for clip in manifest}, key=DOMAINS.index)
        chosen = [clip for domain in domains for clip in list(manifest.domain(domain))[: options.clips]]
        manifest = Manifest.of(f"{manifest.name}-first-{options.clips}", chosen, manifest.root)
    for clip, why in data.fetch(manifest).items():
        typer.secho(f"{clip} cannot be obtained: {why}", fg="yellow", err=True)
    folder = open_folder(context.runs, system, manifest)
    found = results(system, manifest, folder, options.generations, retry=context.retry)
    record.write(folder.results(NAME), found)
    return [result for result in found if "_codebook_" not in result.metric]


def results(
    tokenizer: Tokenizer, manifest: Manifest, folder: RunFolder, generations: int, *, retry: bool = False
) -> list[Result]:
    """Score every clip that has no scores yet, with `retry` also what failed, and make a Result of each metric and
    domain."""
    kept = folder.path / f"{TASK.signature}-{generations}"
    if (rate := _framing(tokenizer).frame_rate) != tokenizer.spec.frame_rate:
        # Under the name without a rate there may be outcomes of a shift by half a code instead of half a frame.
        kept = kept.with_name(f"{kept.name}-{rate:g}")
    kept.mkdir(exist_ok=True)
    for clip in progress_bar(manifest, desc=f"{tokenizer.identifier}: stability", unit="clip", dynamic_ncols=True):
        path = kept / f"{clip.id}.json"
        if not path.exists() or (retry and "failed" in read_json(path)):
            write_json(path, _outcome(tokenizer, clip, manifest.root, generations))
    made = []
    for domain in sorted({clip.domain for clip in manifest}):
        clips = list(manifest.domain(domain))
        outcomes = {clip.id: read_json(kept / f"{clip.id}.json") for clip in clips}
        for metric in _declared(tokenizer, generations):
            made.append(_result(metric, clips, outcomes, manifest, folder))
    return made


def _outcome(tokenizer: Tokenizer, clip: Clip, root: Path | None, generations: int) -> dict[str, object]:
    """`{"scores": {metric: Outcome}}`, `{"failed": why}` of the tokenizer, or `{"undefined": why}` of the clip."""
    try:
        audio = data.read(clip, root)
    except (InvalidAudio, InvalidData, *WRONG_FILE) as error:
        return {"failed": reason(error)}
    if is_silent(audio.waveform.numpy()):
        return {"undefined": UNDEFINED}
    try:
        scores = dict(_scores(tokenizer, audio, clip, generations))
    except Exception as error:  # a tokenizer may raise anything; it is recorded, with the clip it fails on
        if is_machine_trouble(error):
            raise
        return {"failed": reason(error)}
    return {"scores": scores}


def _framing(tokenizer: Tokenizer) -> TokenSpec:
    """The spec of the innermost tokenizer, which cuts the audio into frames."""
    inner = getattr(tokenizer, "inner", None)
    return _framing(inner) if isinstance(inner, Tokenizer) else tokenizer.spec


def _scores(tokenizer: Tokenizer, audio: Audio, clip: Clip, generations: int) -> Iterator[tuple[str, Outcome]]:
    own_rate = audio.resample(tokenizer.spec.sample_rate)
    tokens = tokenizer.encode(own_rate)
    for name, change in APPLY.items():
        yield from _compare(name, tokens, tokenizer.encode(change(own_rate, _framing(tokenizer), clip)))
    if not isinstance(tokenizer, Codec):
        return
    reference = _features(audio, clip)
    again = tokens
    for generation in range(1, generations + 1):
        decoded = tokenizer.decode(again)
        again = tokenizer.encode(decoded)
        yield from _compare(f"generation_{generation}", tokens, again)
        estimate_ = _features(decoded, clip, len(reference["waveform"]))
        for metric in DRIFT:
            yield f"{metric.name}_generation_{generation}", _drift(metric, reference, estimate_, clip)


def _compare(name: str, tokens: Tokens, changed: Tokens) -> Iterator[tuple[str, Outcome]]:
    """Outcomes of all codebooks together, and of each where there are several."""
    for form, compare in (("equal", equal_codes), ("edits", unit_edits)):
        scores = compare(tokens, changed)
        yield f"{form}_{name}", [sum(score.total for score in scores), sum(score.weight for score in scores)]
        if len(scores) > 1:
            yield from ((f"{form}_{name}_codebook_{k}", [s.total, s.weight]) for k, s in enumerate(scores))


def _drift(metric: ClipMetric, reference: Features, estimate_: Features, clip: Clip) -> Outcome:
    try:
        score = metric.score(reference, estimate_, clip)
    except MetricUndefined as error:
        return str(error)
    return [score.total, score.weight]


def _features(audio: Audio, clip: Clip, length: int | None = None) -> Features:
    """Signals as the runner gives them to metrics of waveforms: mono, clipped, at the domain's rate, equally long."""
    rate = DOMAIN_RATES[clip.domain]
    waveform = audio.mono().resample(rate).waveform[0].cpu()
    waveform = waveform if length is None else fit_length(waveform, length)
    return waveform_features(waveform[0].numpy(), rate, clip)


def _declared(tokenizer: Tokenizer, generations: int) -> list[Declaration]:
    """Every metric that this tokenizer has."""
    coded = range(1, generations + 1 if isinstance(tokenizer, Codec) else 1)
    books = tokenizer.spec.num_codebooks
    parts = {"": ""} | ({f"_codebook_{k}": f", codebook {k}" for k in range(books)} if books > 1 else {})
    declared: list[Declaration] = []
    for kind in (EQUAL, EDITS):
        for part, of in parts.items():
            declared += [of_change(kind, name, part, of) for name in APPLY]
            declared += [of_generation(kind, n, part, of) for n in coded]
    question = "stability: drift of decoded audio"
    return declared + [
        replace(
            metric, name=f"{metric.name}_generation_{n}", title=f"{metric.title}, {n}×", short="", question=question
        )
        for metric in DRIFT
        for n in coded
    ]


def _result(
    metric: Declaration,
    clips: Sequence[Clip],
    outcomes: Mapping[str, dict[str, Any]],
    manifest: Manifest,
    folder: RunFolder,
) -> Result:
    rows: list[ScoredClip] = []
    failures: dict[str, str] = {}
    for clip in clips:
        outcome = outcomes[clip.id]
        score = outcome["scores"][metric.name] if "scores" in outcome else outcome.get("failed")
        if isinstance(score, str):
            failures[clip.id] = score
        elif score is not None:
            total, weight = score
            rows.append(ScoredClip(clip.id, total, weight, clip.speaker, clip.language))
    return of_clips(
        metric,
        rows,
        tokenizer=folder.provenance["identifier"],
        domain=clips[0].domain,
        signature=TASK.signature_of(metric, manifest),
        provenance=folder.provenance | versions(("rapidfuzz", "av")),
        failures=failures,
        undefined={clip: o["undefined"] for clip, o in outcomes.items() if "undefined" in o},
    )


NAME = "stability"
#: The board shows some of what is measured; the rest depends on the tokenizer.
TASK = Task(
    NAME,
    1,
    ("equal_shift", "equal_noise_20", "equal_opus", "equal_generation_1", "equal_generation_5"),
    question="Do the codes stay the same under inaudible changes of the audio?",
    cost="ten minutes on two cores",
    cannot_judge=only_tokenizers,
    measure=measure,
    measured_again="drawn",
    options=StabilityOptions(),
)
