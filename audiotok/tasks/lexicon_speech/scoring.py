"""From models of one language to what they read out and say, scored; and the results of both languages together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from audiotok import data
from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.data.manifest import Clip, Manifest
from audiotok.errors import WRONG_FILE, is_machine_trouble, reason
from audiotok.files.progress import progress_bar
from audiotok.files.provenance import versions
from audiotok.lm.model import AcousticLM
from audiotok.lm.text_first import TextFirst
from audiotok.metrics import closed_vocabulary, lexicon_speech
from audiotok.metrics.analysis import Analysis
from audiotok.metrics.language_model import REAL
from audiotok.metrics.outcomes import ClipOutcomes
from audiotok.results.recipe import Recipe
from audiotok.results.record import Result, ScoredClip
from audiotok.runs.identity import describe
from audiotok.runs.result import of_clips
from audiotok.tasks.continuations.samples import encode_prompt, generate
from audiotok.tasks.language_model.folder import hashed
from audiotok.tasks.language_model.generated import GeneratedClip, decode_generated
from audiotok.tasks.language_model.speech_scoring import evaluate, signal
from audiotok.tasks.language_model.training import TrainedLM, TrainingData, train_lm
from audiotok.tasks.lexicon.language import Language
from audiotok.tasks.lexicon_speech.options import NAME, LexiconSpeechOptions
from audiotok.tasks.tts_probe import scoring as tts_scoring
from audiotok.tasks.tts_probe.training import TTSModel, train_tts

Outcomes = dict[str, ClipOutcomes]


@dataclass(frozen=True)
class SpeakingTest:
    """The models of one language with one seed, and the texts that they are asked to say."""

    language: Language
    speaking: TrainingData  # of the model that goes on
    reading: TrainingData
    texts: Manifest  # of both languages
    codec: Codec
    options: LexiconSpeechOptions
    seed: int
    runs: Path

    def texts_of(self, *, own: bool) -> Manifest:
        """The texts of this language, or those of the other one."""
        begin = f"{self.language.half}-"
        return replace(self.texts, clips=tuple(clip for clip in self.texts if clip.id.startswith(begin) == own))

    @property
    def trainings(self) -> tuple[Callable[[], TTSModel], Callable[[], TrainedLM]]:
        """The trainings of the model that reads texts and of the one that goes on; done once, they load their model."""
        options = self.options
        return (
            partial(train_tts, self.reading, TextFirst(self.reading.pattern), options.reading, self.seed),
            partial(train_lm, self.speaking, options.listening, self.seed, options.minutes[-1]),
        )


def read_out(test: SpeakingTest) -> Outcomes:
    """Train a model of the language to read texts, let it read those of both, and score it, by name of the metric."""
    options, layout = test.options, TextFirst(test.reading.pattern)
    model = test.trainings[0]()
    metric = lexicon_speech.reading(_recogniser(options))
    folder = model.run / f"read-{hashed(options.sampling.signature)}"
    known, new = (
        tts_scoring.read_out(
            *(model, layout, test.codec, test.texts_of(own=own), options.sampling, folder, test.runs, [metric])
        )
        for own in (True, False)
    )
    return {
        metric.name: known[metric.name],
        lexicon_speech.new_words(metric).name: new[metric.name],
        **tts_scoring.real_recordings(test.codec, test.texts_of(own=True), folder, test.runs, [metric]),
    }


def go_on(test: SpeakingTest) -> Outcomes:
    """Train a model of the language, let it go on with its texts, and score what it says, by name of the metric."""
    options = test.options
    lm = test.trainings[1]()
    metrics = lexicon_speech.saying(_recogniser(options), test.language, options.excerpt)
    sampling = options.going_on
    folder = lm.run / f"said-{hashed(f'{sampling.excerpt}|{sampling.signature}|v{metrics[0].version}')}"
    folder.mkdir(parents=True, exist_ok=True)
    outcomes = {metric.name + suffix: ClipOutcomes() for metric in metrics for suffix in ("", REAL)}
    for clip in progress_bar(
        test.texts_of(own=True), desc=f"{test.codec.identifier}: go on", unit="clip", disable=None
    ):
        for suffix, sound in (("", partial(_continued, lm.model)), (REAL, _real)):
            by_metric = {metric: outcomes[metric.name + suffix] for metric in metrics}
            try:
                waveform = signal(sound(test, clip, folder))
            except Exception as error:  # a codec may raise anything, here on codes that no encoder gave
                if is_machine_trouble(error) and not isinstance(error, WRONG_FILE):
                    raise
                for found in by_metric.values():
                    found.failures[clip.id] = reason(error)
                continue
            for metric, found in by_metric.items():
                evaluate(metric, waveform, clip, test.runs, found)
    return outcomes


def results(
    found: Sequence[Outcomes], texts: Manifest, codec: Codec, options: LexiconSpeechOptions, recipe: Recipe
) -> list[Result]:
    """A Result per metric, of what was found for both languages; `options` are of one seed."""
    sha256 = options.texts_sha256()
    provenance = describe(codec) | versions(("transformers", "onnxruntime", *_recogniser(options).packages))
    made = []
    for metric in lexicon_speech.METRICS:
        parts = [outcomes[metric.name] for outcomes in found if metric.name in outcomes]
        scores = {clip: score for part in parts for clip, score in part.scores.items()}
        made.append(
            of_clips(
                metric,
                [
                    ScoredClip(clip.id, scores[clip.id].total, scores[clip.id].weight)
                    for clip in texts
                    if clip.id in scores
                ],
                tokenizer=codec.identifier,
                domain="speech",
                signature=recipe.sign_metric(metric, NAME, sha256),
                provenance=provenance,
                failures={clip: why for part in parts for clip, why in part.failures.items()},
                undefined={clip: why for part in parts for clip, why in part.undefined.items()},
                unranked=metric.why_unranked(codec.card.trained_with),
            )
        )
    return made


def _continued(model: AcousticLM, test: SpeakingTest, clip: Clip, folder: Path) -> Audio:
    """A clip's beginning and its continuation by the model.

    The limit does not depend on how long the real clip is: a model that stops before it has ended its sentence.
    """
    codec, sampling = test.codec, test.options.going_on
    prompt = encode_prompt(codec, clip, test.texts.root, sampling)
    limits = {"seconds": sampling.seconds, "min_seconds": 0.0}
    said = generate(model, test.speaking.pattern, prompt, clip, sampling, folder, **limits)
    return decode_generated(codec, replace(said, begin=0), test.options.context_seconds)


def _real(test: SpeakingTest, clip: Clip, folder: Path) -> Audio:
    """The clip itself, as far as a model goes on."""
    tokens = test.codec.encode(data.read(clip, test.texts.root)).to("cpu")
    whole = GeneratedClip(tokens, 0, folder / f"{clip.id}-whole.wav")
    return decode_generated(test.codec, whole, test.options.context_seconds)


def _recogniser(options: LexiconSpeechOptions) -> Analysis:
    """Hears the words and non-words of both languages."""
    every = [word for language in options.languages() for _, *both in language.said() for word in both]
    return closed_vocabulary.recogniser(every)
