"""What a tokenizer can do to the process that it runs in; the length of the first clip says what."""

import errno
import os
import signal
import subprocess
import sys
import time

import torch
from torch import Tensor

from audiotok.core.tokenizer import Tokenizer
from audiotok.core.tokens import Tokens, TokenSpec
from audiotok.errors import InvalidAudio
from pcm_codec.dct import DctCodec


class Faulty(Tokenizer):
    card = DctCodec.card

    def __init__(self) -> None:
        self.spec = TokenSpec(sample_rate=16000, frame_rate=100.0, codebook_sizes=(4,))

    def _encode(self, waveform: Tensor, lengths: Tensor) -> Tokens:
        match int(lengths[0]):
            case 101:
                raise ValueError("this length breaks me")
            case 102:
                raise InvalidAudio("no clip may be so short")
            case 103:
                print("my last words", file=sys.stderr, flush=True)
                os._exit(7)
            case 104:
                print("chatter" * 1000, flush=True)
                subprocess.run(["echo", "chatter of a child"], check=True)
            case 105:
                return torch.zeros(3)
            case 106:
                time.sleep(600)
            case 107:
                os.kill(os.getpid(), signal.SIGKILL)
            case 108:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return Tokens(torch.zeros(len(lengths), 1, 1, dtype=torch.int64), torch.ones_like(lengths), self.spec)
