"""Training learns, resumes exactly, and is the same for every tokenizer."""

import math
import random
import signal
import time
from multiprocessing import get_context
from pathlib import Path

import pytest
import soundfile
import torch

from audiotok import data, registry
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidOption, TrainingFailed
from audiotok.lm import patterns
from audiotok.lm.config import SIZES, LMConfig, ModelSize
from audiotok.lm.model import AcousticLM
from audiotok.lm.ngram import NGram
from audiotok.lm.scoring import clip_bits, code_bits
from audiotok.lm.sequences import Sequences
from audiotok.lm.train import context_steps, train
from audiotok.store import TokenStore, tokenize
from audiotok.tasks.acoustic_lm import TASK, AcousticLMOptions, averaged, scored

TINY = ModelSize(width=16, layers=1, heads=2)
SPEC = TokenSpec(16000, 50.0, (8, 8))


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    """Tones through Codec 2: enough to learn from in a few steps."""
    folder = tmp_path / "tones"
    folder.mkdir()
    for i in range(4):
        t = torch.arange(8000) / 8000
        soundfile.write(folder / f"tone{i}.wav", (0.3 * torch.sin(2 * math.pi * (100 + 30 * i) * t)).numpy(), 8000)
    manifest, _ = data.make(folder, "tones")
    tokenize(registry.load("codec2:mode=700"), manifest, tmp_path / "store")
    return TokenStore(tmp_path / "store")


def settings(steps: int, **options: object) -> LMConfig:
    hours = steps * 0.5 * 2 / 3600 - 1e-9
    return LMConfig(TINY, hours, context_seconds=0.5, rows=2, bf16=False, **options)  # type: ignore[arg-type]


@pytest.mark.usefixtures("one_thread")
def test_a_run_killed_mid_epoch_ends_with_the_weights_of_an_undisturbed_one(store: TokenStore, tmp_path: Path) -> None:
    pattern = patterns.Flatten(store.spec)
    asked = (store, pattern, settings(80), tmp_path / "killed")
    process = get_context("fork").Process(target=train, args=asked, kwargs={"save_every": 7})
    process.start()
    deadline = time.monotonic() + 120
    while not (tmp_path / "killed" / "checkpoint.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    curve = tmp_path / "killed" / "curves.jsonl"
    assert 7 <= len(curve.read_text().splitlines()) < 80
    resumed = train(*asked)
    undisturbed = train(store, pattern, settings(80), tmp_path / "undisturbed")
    for a, b in zip(undisturbed.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(a, b)
    assert len(curve.read_text().splitlines()) == 80


def test_a_checkpoint_of_other_settings_is_refused(store: TokenStore, tmp_path: Path) -> None:
    pattern = patterns.Flatten(store.spec)
    train(store, pattern, settings(1), tmp_path / "run")
    with pytest.raises(TrainingFailed, match="another run: settings"):
        train(store, pattern, settings(1, seed=1), tmp_path / "run")


def test_a_checkpoint_of_other_clips_is_refused(store: TokenStore, tmp_path: Path) -> None:
    pattern = patterns.Flatten(store.spec)
    train(store, pattern, settings(1), tmp_path / "run", clips=[0, 1])
    train(store, pattern, settings(1), tmp_path / "run", clips=[0, 1])  # is finished
    for other in ([0], None):
        with pytest.raises(TrainingFailed):
            train(store, pattern, settings(1), tmp_path / "run", clips=other)


def test_equal_flops_are_fewer_steps_where_a_step_costs_more(store: TokenStore, tmp_path: Path) -> None:
    pattern = patterns.Flatten(store.spec)
    context = context_steps(store, pattern, 0.5)
    a_batch = 2 * context * AcousticLM(pattern, TINY).training_flops(context)
    budget = LMConfig(TINY, 0.0, context_seconds=0.5, rows=2, flops=5.5 * a_batch)
    assert (budget.steps(a_batch), budget.steps(a_batch, devices=2), budget.steps(2 * a_batch)) == (6, 3, 3)
    train(store, pattern, budget, tmp_path / "run")
    assert len((tmp_path / "run" / "curves.jsonl").read_text().splitlines()) == 6
    train(store, pattern, budget, tmp_path / "run")  # is finished


def test_a_budget_is_hours_or_flops() -> None:
    for hours, flops in ((0.0, 0.0), (1.0, 1e12), (-1.0, 0.0), (0.0, -1.0), (math.nan, 0.0)):
        with pytest.raises(InvalidOption, match="hours or flops, one of them positive"):
            LMConfig(TINY, hours, flops=flops)
    by_flops = LMConfig(TINY, 0.0, flops=1e15).conditions("flatten", 0, [0])
    assert "|flops:1000000000000000.0|" in by_flops
    assert "hours" not in by_flops


def test_what_is_not_used_is_no_part_of_a_run() -> None:
    """Else runs from before an option was there would be trained again."""
    assert set(settings(1).described()) == {
        *("shape", "hours", "context_seconds", "rows", "learning_rate", "warmup", "weight_decay", "seed", "bf16")
    }


def test_the_backbone_is_as_large_for_every_tokenizer_and_pattern() -> None:
    large = TokenSpec(16000, 50.0, (64,) * 4)
    sizes = {
        AcousticLM(patterns.get(name, spec), TINY).backbone_parameters
        for name in patterns.names()
        for spec in (SPEC, large)
    }
    assert len(sizes) == 1


def test_the_shapes_are_of_the_size_that_they_are_called() -> None:
    pattern = patterns.Flatten(SPEC)
    for name in ("3M", "10M", "25M"):
        size = AcousticLM(pattern, SIZES[name]).backbone_parameters / 1e6
        assert size == pytest.approx(float(name.removesuffix("M")), rel=0.15)


@pytest.mark.parametrize("name", patterns.names())
def test_packed_clips_do_not_see_each_other(name: str) -> None:
    torch.manual_seed(0)
    pattern = patterns.get(name, SPEC)
    model = AcousticLM(pattern, TINY).eval()
    first, second = (pattern.apply(Tokens.from_clips([torch.randint(8, (2, frames))], SPEC)) for frames in (4, 6))
    packed = Sequences(
        torch.cat([first.ids, second.ids], dim=2),
        first.lengths + second.lengths,
        torch.cat([first.fields, second.fields], dim=2),
        first.vocabulary,
        torch.cat([torch.arange(first.ids.shape[2]), torch.arange(second.ids.shape[2])])[None],
    )
    with torch.no_grad():
        alone, together = model(second), model(packed)[:, first.ids.shape[2] :]
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_windows_of_a_long_clip_count_every_code_once() -> None:
    pattern = patterns.Flatten(SPEC)
    sequences = pattern.apply(Tokens.from_clips([torch.randint(8, (2, 40))], SPEC))

    def uniform(window: Sequences) -> torch.Tensor:
        return torch.zeros(1, window.ids.shape[2], pattern.vocabulary.size)

    for context in (5, 16, 81, 82, 83, 500):
        assert clip_bits(uniform, sequences, context).tolist() == pytest.approx([120.0, 120.0])


def test_a_clip_within_the_context_is_scored_at_once() -> None:
    pattern = patterns.Delay(SPEC)
    model = AcousticLM(pattern, TINY).eval()
    sequences = pattern.apply(Tokens.from_clips([torch.randint(8, (2, 9))], SPEC))
    with torch.no_grad():
        torch.testing.assert_close(clip_bits(model, sequences, 100), code_bits(model(sequences), sequences)[0])


def test_the_bigram_finds_the_entropy_of_a_chain() -> None:
    """0 -> 1 -> 2 … -> 7 -> 0, one step in ten at random: H = 0.9 and ten per cent spread over 8."""
    draw = random.Random(0)
    codes = [0]
    for _ in range(40_000):
        codes.append(draw.randrange(8) if draw.random() < 0.1 else (codes[-1] + 1) % 8)
    spec = TokenSpec(16000, 50.0, (8,))
    tokens = Tokens.from_clips([torch.tensor([codes])], spec)
    stay, other = 0.9 + 0.1 / 8, 0.1 / 8
    entropy = -(stay * math.log2(stay) + 7 * other * math.log2(other))
    ngram = NGram(patterns.Flatten(spec), [tokens])
    assert ngram.bits(tokens, 1)[0] / len(codes) == pytest.approx(entropy, rel=0.02)
    assert ngram.bits(tokens, 0)[0] / len(codes) == pytest.approx(3.0, rel=0.001)


@pytest.mark.parametrize("order", [0, 1])
def test_an_ngram_is_a_distribution(order: int) -> None:
    spec = TokenSpec(16000, 50.0, (5,))
    ngram = NGram(patterns.Flatten(spec), [Tokens.from_clips([torch.tensor([[0, 1, 1, 3, 1]])], spec)])
    for before in range(5):
        total = 0.0
        for code in range(5):
            pair = Tokens.from_clips([torch.tensor([[before, code]])], spec)
            alone = Tokens.from_clips([torch.tensor([[before]])], spec)
            total += 2 ** -(ngram.bits(pair, order)[0] - ngram.bits(alone, order)[0])
        assert total == pytest.approx(1.0)


def test_a_trained_model_beats_one_that_knows_nothing_and_its_results_can_be_read(
    store: TokenStore, tmp_path: Path
) -> None:
    pattern = patterns.Flatten(store.spec)
    context = context_steps(store, pattern, 0.5)
    model = train(store, pattern, settings(40, learning_rate=1e-2), tmp_path / "run")
    one = scored(model, store, pattern, context, lambda: NGram(pattern, store), TASK)
    found = {
        r.metric: r for r in averaged({0: one, 1: one}, store, pattern, TASK.under(AcousticLMOptions(seed=[0, 1])))
    }
    assert found["lm_bits"].estimate == {r.metric: r for r in one}["lm_bits"].estimate
    nominal = sum(float(tokens.bits()[0]) for tokens in store) / store.seconds
    assert found["lm_bits"].estimate.value < nominal
    parts = [result.estimate.value for name, result in found.items() if name.startswith("lm_bits_")]
    assert sum(parts) == pytest.approx(found["lm_bits"].estimate.value)
    assert "lm_seed:0+1|" in found["lm_bits"].signature
    assert found["lm_bits"].provenance["lm_bits of seed 1"] == f"{found['lm_bits'].estimate.value:.2f} bit/s"
    assert "lm_seed" not in found["lm_bigram"].signature
