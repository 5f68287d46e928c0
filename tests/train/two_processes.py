"""What test_processes.py runs in two processes: a codec trained for eight steps, in one go and in two."""

import os
import signal
import sys
from pathlib import Path

import torch
from accelerate import PartialState

from audiotok.models.mel_codec import CodecConfig, MelCodec
from audiotok.train.features import Stream
from audiotok.train.loop import Settings, train
from audiotok.train.objective import Objective
from audiotok.train.training import Budget


class Interrupt(Objective):
    """Ctrl-C in the middle of a step, in one of the processes."""

    def __init__(self, at: int) -> None:
        super().__init__("interrupt", 0.0)
        self.at, self.count = at, 0

    def forward(self, codec, batch, quantized):
        self.count += 1
        if self.count == self.at and state.process_index == 1:
            os.kill(os.getpid(), signal.SIGINT)
        return quantized.vectors.new_zeros(())


def trained(folder: Path, at: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    shape = {"channels": 8, "encoder_blocks": 1, "decoder_blocks": 1, "latent": 6, "codebooks": 3, "entries": 16}
    codec = MelCodec(CodecConfig(quantizer=sys.argv[2], **shape), dropout=0.5)
    settings = Settings(batch=2, seconds=0.4, warmup=2)
    train(codec, stream, folder, Budget(steps=8), settings, [Interrupt(at)], device="cpu", every=1)
    return {name: value.clone() for name, value in codec.state_dict().items()}


state = PartialState(cpu=True)
assert state.num_processes == 2
generator = torch.Generator().manual_seed(0)
stream = Stream(torch.randn(400, 128, generator=generator).half() - 3, 2, {}, "noise@sha256:00")
out = Path(sys.argv[1])
whole = trained(out / "whole", at=-1)
try:
    trained(out / "parts", at=4)
    raise SystemExit("it was not interrupted")
except KeyboardInterrupt:
    state.wait_for_everyone()
torch.rand(7 + state.process_index)
parts = trained(out / "parts", at=-1)
torch.save({"whole": whole, "parts": parts}, out / f"{state.process_index}.pt")
