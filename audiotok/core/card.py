"""Cards of tokenizers, known before they run: who made it, from what, and where DATES's taxonomy puts it.

Rates, parameters and speed are absent on purpose: those are measured.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from audiotok.errors import InvalidOption

DOMAINS = ("speech", "music", "audio")
#: DATES (2025), Table 1: the values that each column of its taxonomy can take.
TAXONOMY = {
    "encoder": ("CNN", "CNN+T", "CNN+RNN", "T", "RNN", "MLP", "DSP", "-"),
    "decoder": ("CNN", "CNN+T", "CNN+RNN", "T", "RNN", "MLP", "DSP", "-"),
    "representation": ("T", "T-F"),
    "quantizer": ("RVQ", "GRVQ", "SVQ", "MSRVQ", "CSRVQ", "PQ", "FSQ", "k-means", "SQ"),
    "rate": ("fixed", "scalable", "adaptive"),
    "objective": ("GAN", "Diff", "MP", "Feat", "Rec", "VQ"),
    "auxiliary": ("Dis", "SD", "SST"),
}


@dataclass(frozen=True)
class TokenizerCard:
    """One tokenizer's provenance and taxonomy. Text fields are plain text, links https."""

    title: str  # "EnCodec 24 kHz"
    summary: str  # one sentence
    paper: str  # URL
    code: str  # URL
    licence: str  # SPDX expression, of the weights where there are any
    domains: tuple[str, ...]  # what it was made for, out of DOMAINS
    encoder: str
    decoder: str  # "-" where there is none
    representation: str  # time, or time-frequency
    quantizer: str
    rate: str
    objective: tuple[str, ...] = ()
    auxiliary: tuple[str, ...] = ()  # disentanglement, semantic distillation, supervised semantic tokenization
    joint: bool = False  # encoder, quantizer and decoder trained together
    streamable: bool = False
    training_data: str = ""
    trained_with: tuple[str, ...] = ()  # models that taught it; a judge among them may not rank it
    code_licence: str = ""  # SPDX expression of what lies at `code`; "" where nobody has looked it up
    weights: str = ""  # URL at a pinned revision; "" where it has none
    weights_sha256: str = ""
    weights_verified: str = ""  # "2026-11-24 sha256:…" of golden codes; audiotok.load fills it in from audiotok/golden

    def __post_init__(self) -> None:
        for name, accepted in (*TAXONOMY.items(), ("domains", DOMAINS)):
            value = getattr(self, name)
            for item in (value,) if isinstance(value, str) else value:
                if item not in accepted:
                    raise InvalidOption(f"card of {self.title}: {name} must be among {accepted}, got {item!r}")

    def to_dict(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TokenizerCard:
        """Inverse of `to_dict`. Raises InvalidOption on unknown or missing fields."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise InvalidOption(f"a card has no field {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        try:
            typed: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
            return cls(**typed)
        except TypeError as error:
            raise InvalidOption(f"card: {error}") from error
