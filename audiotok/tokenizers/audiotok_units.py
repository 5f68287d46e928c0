"""audiotok's own units that speak, shipped: Vec-Tok Speech (Zhu et al. 2023) at the scale of two cores.

`audiotok-units` says which of 300 centroids is nearest to each frame of a layer of Whisper base, the clip's mean taken
off, and speaks them by an inverse model in a prompt's voice. `audiotok-vectok` merges them by BPE before that, which is
Vec-Tok Speech as a whole; it has `audiotok-units-bpe` as a second name. Centroids, merges and weights lie beside this
file, with what made them (docs/training.md).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from audiotok.tokenizers.bpe import BPECodec
from audiotok.tokenizers.speak import Spoken
from audiotok.tokenizers.ssl_units import SSLUnits
from audiotok.tokenizers.whisper_units import WhisperUnits

_HERE = Path(__file__).parent
CENTROIDS = _HERE / "centroids" / "whisper_base_layer4_300.safetensors"
INVERSE = _HERE / "weights" / "units.safetensors"
MERGES = "audiotok-units-2048"
_CARD = replace(
    WhisperUnits.card,
    title="audiotok units",
    summary="What is said without the voice: k-means over a layer of Whisper base, spoken in a prompt's voice.",
    paper="https://arxiv.org/abs/2310.07246",
    code_licence="Apache-2.0 AND MIT",  # ours and faster-whisper's
    licence="Apache-2.0 AND MIT",  # ours and Whisper's
    decoder="CNN+T",
    objective=("Rec",),
    training_data="Whisper: 680,000 h of web audio; k-means, merges and inverse model: the 3.7 h of speech of "
    "audiotok-rvq, none of mini's clips, but all of its voices except LibriVox's reader",
)


class AudiotokUnits(Spoken):
    """50 units a second. `prompt` is the voice that decoding has: a bundled one's name, or an audio file of yours."""

    card = _CARD
    decoder_options = frozenset({"prompt"})

    def __init__(self, *, prompt: str = "allison") -> None:
        self._open(SSLUnits(centroids=str(CENTROIDS)), INVERSE, prompt)
        self.card = replace(
            _CARD,
            training_data=f"{_CARD.training_data} ({self.card.training_data})",
            weights_sha256=f"{_CARD.weights_sha256} {self.card.weights_sha256}",
        )


class AudiotokVecTok(BPECodec):
    """audiotok-units in tokens of one to a few units each; what they say is the same to the sample."""

    card = replace(
        _CARD,
        title="audiotok Vec-Tok",
        summary="Vec-Tok Speech, small: audiotok-units, merged by BPE, and the inverse model in a prompt's voice.",
        rate="adaptive",
    )
    decoder_options = frozenset({"prompt"})

    def __init__(self, *, prompt: str = "allison") -> None:
        super().__init__(AudiotokUnits(prompt=prompt), model=MERGES)
        self.card = replace(self.card, title=type(self).card.title, summary=type(self).card.summary)
