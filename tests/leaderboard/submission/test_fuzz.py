"""A seeded fuzzer of submissions: whatever is done to a folder, check neither crashes nor takes another number.

Fifty changes of each format are made here, a thousand every night (make test-slow), and as many as
AUDIOTOK_FUZZ=100000 says by hand.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiotok import data
from audiotok.core.identifier import Identifier
from audiotok.core.tokens import Tokens
from audiotok.errors import InvalidOption, InvalidTokens
from audiotok.leaderboard.submission.cards import read_card
from audiotok.leaderboard.submission.parse import parse, read_results
from audiotok.leaderboard.submission.read_tokens import read_tokens
from audiotok.leaderboard.submission.text import fault, link_fault
from audiotok.leaderboard.submission.titles import skeleton
from audiotok.leaderboard.submission.token_set import as_tokens, read_set, write_set
from audiotok.results.record import Result

ROWS = Path(__file__).parents[3] / "leaderboard" / "submissions"
ROW = ROWS / "codec2-mode-700"
NAME = "codec2:mode=700"
TRIES = int(os.environ.get("AUDIOTOK_FUZZ", "50"))
PIECES = (
    *(b"1e999", b"-1", b"NaN", b"null", b"1e300", b"{}", b"[]", b'"', b"\\u0000", b"\xff", b"\x00", b"\n", b"[" * 300),
    *(b"<b>", b"&#1;", b"\xe2\x80\xae", b"9" * 400, b"!!python/object", b"&a *a", b"true", b"\\ud800", b"../", b"0"),
)


def mutate(content: bytes, draw: random.Random) -> bytes:
    """One to three places cut, doubled, flipped, or filled with what has broken parsers before."""
    for _ in range(draw.randint(1, 3)):
        at, end = sorted((draw.randint(0, len(content)), draw.randint(0, len(content))))
        end = min(end, at + 40)
        kind = draw.randrange(4)
        middle = content[at:end]
        if kind == 0:
            middle = b""
        elif kind == 1:
            middle = middle + middle
        elif kind == 2:
            middle = bytes(byte ^ (1 << draw.randrange(8)) for byte in middle[:1]) + middle[1:]
        else:
            middle = draw.choice(PIECES)
        content = content[:at] + middle + content[end:]
    return content


def drawn(seed: int, content: bytes) -> bytes:
    return mutate(content, random.Random(seed))


def shown(result: Result) -> tuple[Any, ...]:
    """What of a record a reader sees."""
    return result.tokenizer, result.metric, result.domain, result.estimate, result.groups, result.scores


def test_a_record_is_read_as_written_or_judged_and_never_crashes(tmp_path: Path) -> None:
    content = b"".join((ROW / "results.jsonl").read_bytes().splitlines(keepends=True)[:2])
    path = tmp_path / "results.jsonl"
    refused = 0
    for seed in range(TRIES):
        path.write_bytes(drawn(seed, content))
        results, problems = read_results(path)
        refused += bool(problems)
        for result in results:  # finite and bounded, so that a page can be built of it
            json.dumps(result.to_json())
            assert all(abs(score.total) <= 1e18 and score.weight >= 0 for score in result.scores)
    assert refused > TRIES / 3


@pytest.mark.parametrize("name", ["card.yaml", "conformance.json", "environment.json"])
def test_a_text_file_is_read_or_refused(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(ROW, tmp_path / "row")
    content = (ROW / name).read_bytes()
    for extra in folder.glob("*.jsonl"):
        if extra.name != "results.jsonl":
            extra.unlink()
    shutil.rmtree(folder / "samples")
    lines = (ROW / "results.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[:1]
    (folder / "results.jsonl").write_text(lines[0], encoding="utf-8")
    for seed in range(TRIES):
        (folder / name).write_bytes(drawn(seed, content))
        parsed, problems = parse(folder)
        assert (parsed is None) == bool(problems)
        if parsed:
            json.dumps([parsed.card, parsed.environment], allow_nan=False)


def test_a_card_of_any_text_is_read_or_refused() -> None:
    content = (ROW / "card.yaml").read_bytes()
    for seed in range(TRIES):
        read_card(drawn(seed, content).decode(errors="replace"))


def survive(path: Path, content: bytes, read: Callable[[], dict[str, Tokens]], seed: int) -> dict[str, Tokens]:
    """What is read of a changed file; nothing where it is refused."""
    path.write_bytes(drawn(seed, content))
    try:
        return read()
    except InvalidTokens:
        return {}


def test_tokens_are_of_their_spec_or_refused(tmp_path: Path) -> None:
    source = sorted((ROW / "tokens").iterdir())[0]
    path, content = tmp_path / "one.safetensors", source.read_bytes()
    for seed in range(TRIES):
        for tokens in survive(path, content, lambda: {"one": as_tokens(read_tokens(path, NAME), NAME)}, seed).values():
            assert int(tokens.codes.max()) < max(tokens.spec.codebook_sizes)


def test_the_tokens_of_all_clips_are_of_their_spec_or_refused(tmp_path: Path) -> None:
    tokens = {path.stem: Tokens.load(path) for path in sorted((ROW / "tokens").iterdir())}
    path = tmp_path / "tokens.safetensors"
    write_set(path, tokens, next(iter(tokens.values())).spec, NAME)
    content = path.read_bytes()

    def read() -> dict[str, Tokens]:
        return {clip: as_tokens(one, NAME) for clip, one in read_set(path, NAME).items()}

    for seed in range(TRIES):
        for clip, one in survive(path, content, read, seed).items():
            assert clip
            assert one.spec.num_codebooks == one.codes.shape[1]


def test_identifiers_links_and_titles_are_judged_whatever_they_hold() -> None:
    good = [NAME, "bpe(codec2:mode=700):model=x", "https://arxiv.org/abs/2308.16692", "\u00b5-law, 8 bit"]
    for seed in range(TRIES):
        text = drawn(seed, random.Random(seed).choice(good).encode()).decode(errors="replace")
        fault(text)
        link_fault(text)
        skeleton("".join(c for c in text if ord(c) < 256))
        try:
            parsed = Identifier.parse(text)
        except InvalidOption:
            continue
        assert Identifier.parse(str(parsed)) == parsed


CHANGES = ("estimate.value", "estimate.low", "scores.total", "scores.weight", "groups.value", "estimate.n")


@pytest.mark.parametrize("seed", range(max(len(CHANGES), TRIES // 80)))
def test_no_number_that_is_shown_can_be_changed_alone(tmp_path: Path, seed: int) -> None:
    """Whichever number of a committed row is moved by a tenth, the row is refused."""
    from audiotok.leaderboard.submission.check import check
    from audiotok.leaderboard.submission.rows import reference_scores

    draw = random.Random(seed)
    folder = shutil.copytree(ROW, tmp_path / ROW.name)
    lines = [json.loads(line) for line in (folder / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    kind = CHANGES[seed % len(CHANGES)]
    able = [one for one in lines if one["scores"] and one["estimate"]["low"] is not None]
    able = [one for one in able if one["groups"]] if kind.startswith("groups") else able
    one = draw.choice(able)
    part, _, field = kind.partition(".")
    place = {
        "estimate": one["estimate"],
        "scores": draw.choice([score for score in one["scores"] if score["total"]] or one["scores"]),
        "groups": next(iter(one["groups"].values()), {}),
    }[part]
    place[field] = place[field] + 1 if field == "n" else (place[field] or 1.0) * 1.1
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / "results.jsonl").write_text(text, encoding="utf-8")
    assert check(folder, {}, reference_scores(ROWS)), f"{kind} of {one['metric']}/{one['domain']}"
    assert data.load("mini")
