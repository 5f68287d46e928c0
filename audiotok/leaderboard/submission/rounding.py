"""How far a decoder's output moves where its sums are taken in another order, as another machine takes them.

Most decoders move by 1e-6 of their output. One that iterates, as Griffin–Lim, moves by a thousand times as much, and
ratios that are far from 0 dB move with it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch

from audiotok.core.audio import Audio
from audiotok.core.tokenizer import Codec
from audiotok.core.tokens import Tokens
from audiotok.data.manifest import Clip
from audiotok.errors import AudiotokError

#: A decoder that moves by more gives other audio on another machine, and its scores are not excused by it.
MOST = 0.01


def rounding_of(codec: Codec, decoded: Mapping[Clip, Audio | str], tokens: Mapping[Clip, Tokens]) -> float:
    """Share of the output's amplitude (root mean square) that another number of threads changes, of the clip where it
    changes most; at most MOST. `decoded`: audio of the tokens, or why there is none.
    """
    shares = [0.0]
    with _another_number_of_threads():
        for clip, audio in decoded.items():
            if isinstance(audio, Audio):
                try:
                    again = codec.decode(tokens[clip])
                except AudiotokError:  # this time only: the scores are of the first decoding
                    continue
                before = audio.waveform.double()
                if (loud := float(before.norm())) > 0:
                    shares.append(float((again.waveform.double() - before).norm()) / loud)
    return min(MOST, max(shares))


@contextmanager
def _another_number_of_threads() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if threads > 1 else 2)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
