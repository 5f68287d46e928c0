"""Under which conditions the language models of the board are trained and asked, and of which clips."""

from dataclasses import replace

import pytest

from audiotok import data, tasks
from audiotok.errors import InvalidOption
from audiotok.metrics import catalogue, likelihood_pairs
from audiotok.results.signature import parse
from audiotok.tasks import acoustic_lm, continuations, lm_pairs, synthetic_voice, tts_probe
from audiotok.tasks.continuations.prompts import choose_prompts
from audiotok.tasks.language_model.folder import trained_on
from audiotok.tasks.language_model.options import LMOptions
from audiotok.tasks.lexicon.options import LexiconOptions
from audiotok.tasks.lm_pairs import nonwords, offline
from audiotok.tasks.suites import suite
from audiotok.tasks.tts_probe.texts import choose_texts

PROMPTS, TEXTS = "small-new-voices-prompts", "small-new-texts"
MODEL = (
    "bf16:False|context_seconds:10.0|durations:0|hours:2.0|learning_rate:0.0005|lm_seed:0|model:llama-192x6x6|"
    "pattern:delay|rows:1|warmup:0.05|weight_decay:0.1"
)


def test_default_options_are_the_conditions_of_the_board() -> None:
    assert LMOptions().training([0]) == MODEL
    assert acoustic_lm.OPTIONS.conditions("lm_bits") == MODEL.replace("lm_seed:0", "lm_seed:0+1+2")
    assert acoustic_lm.OPTIONS.conditions("lm_bigram") == ""
    sampled = "sample_temperature:1.0|sample_top_k:all|sample_seed:0"
    excerpt = "prompt_seconds:3.0|sample_seconds:4.0"
    assert continuations.OPTIONS.conditions("continuation_length") == f"{MODEL}|{excerpt}|{sampled}"
    assert continuations.OPTIONS.conditions("continuation_codes_again_real") == excerpt
    assert tts_probe.OPTIONS.conditions("tts_wer") == f"{MODEL}|text:bytes.v1|{sampled}"
    assert tts_probe.OPTIONS.conditions("tts_wer_real") == ""
    made = "rule:total, together|train:small@sha256:637b9d356573|items:40|pairs:v1"
    assert lm_pairs.OPTIONS.conditions("pairs_speaker") == f"{MODEL}|{made}"
    assert lm_pairs.OPTIONS.conditions("pairs_word_bigram") == f"{made}|words:17b8c6f63317"
    assert lm_pairs.OPTIONS.conditions("pairs_order").endswith(
        "rule:total|train:small@sha256:637b9d356573|items:40|pairs:v1"
    )


def test_a_changed_option_is_another_condition() -> None:
    assert "model:llama-320x8x5" in LMOptions(size="10M", hours=3.0).training([1])
    assert "hours:3.0|" in LMOptions(size="10M", hours=3.0).training([1])
    assert "flops:1000000.0|" in LMOptions(flops=1e6).training([1])


def test_n_grams_of_durations_are_signed_apart() -> None:
    for options in (
        acoustic_lm.AcousticLMOptions(durations=16),
        lm_pairs.LMPairsOptions(durations=16),
        LexiconOptions(durations=16),
    ):
        name = {"AcousticLMOptions": "lm_order0", "LMPairsOptions": "pairs_speaker_bigram"}.get(
            type(options).__name__, "lexicon_learned_bigram"
        )
        assert "durations:16" in options.conditions(name)
        assert "durations" not in replace(options, durations=0).conditions(name)


def test_scores_are_signed_with_the_training_data_unless_it_is_that_of_the_board() -> None:
    board = data.load("small").domain("speech").split("train")
    assert trained_on(acoustic_lm.TASK, board) is acoustic_lm.TASK
    less = replace(board, clips=board.clips[::2])
    task = trained_on(acoustic_lm.TASK, less)
    for metric in ("lm_bits", "lm_order0"):
        signed = parse(task.signature_of(catalogue.get(metric), board))
        assert signed.fields["train"] == f"{less.name}@sha256:{less.sha256[:12]}"
    real = catalogue.get("continuation_codes_again_real")
    assert "train" not in parse(trained_on(continuations.TASK, less).signature_of(real, board)).fields


def test_models_are_scored_on_voices_that_none_of_them_heard() -> None:
    [part] = [part for part in suite("mini").optional if part.task == "acoustic_lm"]
    manifest = data.load(part.data)
    heard = {clip.speaker for clip in data.load("small").domain("speech").split("train")}
    assert not heard & {clip.speaker for clip in manifest}
    task = tasks.get(part.task)
    signed = parse(task.signature_of(catalogue.get("lm_bits"), manifest))
    assert signed.fields["data"].startswith("small-new-voices@sha256:")
    assert "pattern" not in parse(task.signature_of(catalogue.get("lm_order0"), manifest)).fields


def test_prompts_and_texts_of_the_board_are_those_that_default_options_choose() -> None:
    small = data.load("small").domain("speech")
    options = continuations.OPTIONS
    chosen = choose_prompts(small.new_voices(), options.sampling, options.clips)
    assert (chosen.name, chosen.sha256) == (PROMPTS, data.load(PROMPTS).sha256)
    asked, _ = choose_texts(small, tts_probe.OPTIONS.context_seconds, tts_probe.OPTIONS.clips)
    assert (asked.name, asked.sha256) == (TEXTS, data.load(TEXTS).sha256)


def test_the_boards_pairs_are_those_that_small_gives() -> None:
    """How many items there are depends on the audio of `small`, whose hash and the version of the pairs say which."""
    assert data.load("small").sha256.startswith("30a3d367c89c"), "count the items of likelihood_pairs.SETS again"
    assert set(likelihood_pairs.SETS) == set(offline.OFFLINE)
    [(language, voice, number)] = likelihood_pairs.SETS["word"].items
    assert (language, voice, number) == ("en", synthetic_voice.SPEAKER, len(nonwords.items()))
    assert [item.id for item in likelihood_pairs.items("order")][::40] == ["order-0000", "order-0040", "order-0080"]


def test_sanity_checks_are_apart_and_unranked() -> None:
    assert [m.name for m in catalogue.for_question("sanity")] == ["pairs_order", "pairs_reversal"]
    assert all(metric.unranked for metric in catalogue.for_question("sanity"))


@pytest.mark.parametrize("seeds", [[], [0, 0]])
def test_seeds_differ(seeds: list[int]) -> None:
    with pytest.raises(InvalidOption, match="expected one or several different seeds"):
        LMOptions(seed=seeds)


def test_a_small_model_is_trained_on_one_thread_wherever_it_is() -> None:
    assert [LMOptions(size=size).threads for size in ("1M", "3M", "10M", "85M")] == [1, 1, None, None]
