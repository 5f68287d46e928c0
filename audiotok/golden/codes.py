"""The files of golden codes: `lyra.safetensors`, the tokens, `lyra.json`, what made them, and of a codec
`lyra.audio.safetensors`, what they are decoded to. Where older ones came without audio, they verify the encoder alone.

    audiotok check NAME --weights                 # compare with them
    audiotok check NAME --weights --write FOLDER  # make them; those in this folder ship with audiotok

The codes are made with all codebooks that a model has: fewer are the first of them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from audiotok.core.card import TokenizerCard
from audiotok.core.identifier import Identifier, slug
from audiotok.core.tokenizer import Codec, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.errors import CannotWrite, InvalidTokens, UnknownName
from audiotok.files.atomic import atomic_write
from audiotok.golden import audio as golden_audio
from audiotok.golden.audio import GoldenAudio
from audiotok.golden.clip import clip_sha256, golden_clip

FOLDER = Path(__file__).parent
FORMAT = "audiotok.golden.v1"


@dataclass(frozen=True)
class Golden:
    """The record of golden codes."""

    identifier: str  # canonical, of the tokenizer that made them
    date: str  # 2026-11-24
    weights: str  # as the card has it
    weights_sha256: str  # as the card has it
    clip_sha256: str
    codes_sha256: str  # of the int64 codes [K, T], and behind them those of the whole clip [G] where there are some
    made_with: dict[str, str]  # audiotok.runs.folder.describe: versions, device, machine
    audio: GoldenAudio | None = None  # None without a decoder, or where nobody has decoded them yet

    @property
    def verified(self) -> str:
        """The entry of a card: "2026-11-24 sha256:…"."""
        return f"{self.date} sha256:{self.codes_sha256}"


def name_of(identifier: str) -> str:
    """The name of the files: all numbers of codebooks share them, and so do all places of a file of centroids, whose
    hash is part of the weights' sha256.
    """
    parsed = Identifier.parse(identifier)
    options = {key: value for key, value in parsed.options.items() if key not in ("num_codebooks", "centroids")}
    return slug(str(replace(parsed, options=options)))


@cache
def find(identifier: str, folder: Path = FOLDER) -> Golden | None:
    """The record of this tokenizer's golden codes, None where nobody has made any."""
    path = folder / f"{name_of(identifier)}.json"
    if not path.is_file():
        return None
    values = json.loads(path.read_text(encoding="utf-8"))
    if values.pop("format", None) != FORMAT:
        raise InvalidTokens(f"{path}: expected golden codes of format {FORMAT}")
    audio = values.pop("audio", None)
    golden = Golden(**values, audio=GoldenAudio(**audio) if audio else None)
    return golden if name_of(golden.identifier) == name_of(identifier) else None


def load(identifier: str, folder: Path = FOLDER) -> tuple[Golden, Tokens]:
    """Raises UnknownName, with the command that makes them, where there are none."""
    golden = find(identifier, folder)
    if golden is None:
        raise UnknownName(
            f"no golden codes for {identifier}: it has not been verified. On a machine with its published weights, "
            f"record them with: audiotok check {identifier} --weights --write FOLDER, and submit the files for "
            "audiotok/golden"
        )
    path = folder / f"{name_of(identifier)}.safetensors"
    tokens = Tokens.load(path)
    if codes_sha256(tokens) != golden.codes_sha256:
        raise InvalidTokens(f"{path} does not contain the codes that the .json file next to it describes")
    return golden, tokens


def audio_path(identifier: str, folder: Path = FOLDER) -> Path:
    return folder / f"{name_of(identifier)}.audio.safetensors"


def verified(identifier: str, card: TokenizerCard) -> str:
    """A card's `weights_verified`: empty without golden codes, and where they are of other weights than the card's."""
    golden = find(identifier)
    return golden.verified if golden and golden.weights_sha256 == card.weights_sha256 else ""


def make(tokenizer: Tokenizer) -> Tokens:
    """The codes of the clip, as they are on this machine."""
    spec = tokenizer.spec
    return tokenizer.encode(golden_clip(spec.sample_rate, spec.channels), spec.sample_rate).to("cpu")


def write(tokenizer: Tokenizer, folder: Path, made_with: dict[str, str]) -> Path:
    """Make the files; returns the one that says what made them. Codes that are in the folder and come out as they were
    stay of their day. Raises CannotWrite.
    """
    tokens = make(tokenizer)
    golden = _describe(tokenizer, tokens, made_with)
    old = find(tokenizer.identifier, folder)
    kept = old and (old.codes_sha256, old.weights_sha256) == (golden.codes_sha256, golden.weights_sha256)
    if old and kept:
        golden = replace(old, audio=None)
    samples = None
    if isinstance(tokenizer, Codec):
        audio, samples = golden_audio.make(tokenizer, tokens)
        golden = replace(golden, audio=audio)
    path = folder / f"{name_of(tokenizer.identifier)}.json"
    text = json.dumps({"format": FORMAT, **asdict(golden)}, indent=2, ensure_ascii=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not kept:
            tokens.save(path.with_suffix(".safetensors"))
        if samples is not None:
            golden_audio.save(samples, audio_path(tokenizer.identifier, folder))
        with atomic_write(path) as partial:
            partial.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error})") from error
    find.cache_clear()
    return path


def _describe(tokenizer: Tokenizer, tokens: Tokens, made_with: dict[str, str]) -> Golden:
    clip = golden_clip(tokenizer.spec.sample_rate, tokenizer.spec.channels)
    return Golden(
        identifier=tokenizer.identifier,
        date=date.today().isoformat(),
        weights=tokenizer.card.weights,
        weights_sha256=tokenizer.card.weights_sha256,
        clip_sha256=clip_sha256(clip),
        codes_sha256=codes_sha256(tokens),
        made_with=made_with,
    )


def codes_sha256(tokens: Tokens) -> str:
    parts = [tokens.codes, *(() if tokens.global_codes is None else (tokens.global_codes,))]
    return hashlib.sha256(b"".join(part[0].contiguous().numpy().astype("<i8").tobytes() for part in parts)).hexdigest()
