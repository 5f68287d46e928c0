"""Parameters and multiply-accumulates of full-size architectures with random weights, beside those that DATES lists.

    python benchmarks/macs.py

"at outputs" counts a transposed convolution once for each of its outputs, as if every tap met a sample; with a stride
of s, that is s times what it computes. DATES's numbers, in dates_costs.json, are of its page.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import nn

from audiotok.conformance.macs import count
from audiotok.core.tokenizer import Tokenizer
from audiotok.tokenizers import dac, encodec, mimi, speechtokenizer, wavtokenizer

DATES = json.loads(Path(__file__).with_name("dates_costs.json").read_text(encoding="utf-8"))["tokenizers"]


def _dac(rate: int, ratios: list[int], codebooks: int) -> Tokenizer:
    config = transformers.DacConfig(sampling_rate=rate, downsampling_ratios=ratios, n_codebooks=codebooks)
    return dac.DAC.of(transformers.DacModel(config))


def _encodec() -> Tokenizer:
    from encodec import EncodecModel

    return encodec.wrap(EncodecModel.encodec_model_24khz(pretrained=False), 32)


def _speechtokenizer() -> Tokenizer:
    from speechtokenizer import SpeechTokenizer

    return speechtokenizer.SpeechTokenizer.of(SpeechTokenizer(speechtokenizer.DM_CODEC))


def _wavtokenizer(name: str) -> Tokenizer:
    return wavtokenizer.WavTokenizer.of(wavtokenizer.Model(wavtokenizer.VARIANTS[name].ratios))


#: DATES's name -> the tokenizer, with random weights.
ARCHITECTURES: dict[str, Callable[[], Tokenizer]] = {
    "Enc-SMA-24": _encodec,
    "DAC-SMA-44": lambda: _dac(44100, [2, 4, 8, 8], 9),
    "DAC-SMA-24": lambda: _dac(24000, [2, 4, 5, 8], 32),
    "DAC-SMA-16": lambda: _dac(16000, [2, 4, 5, 8], 12),
    "ST-S-16": _speechtokenizer,
    "Mimi-S-24": lambda: mimi.Mimi.of(transformers.MimiModel(transformers.MimiConfig()), num_codebooks=8),
    "WT-SMA-24": lambda: _wavtokenizer("medium-music-audio-75"),
    "WT-S-24": lambda: _wavtokenizer("large-unify-40"),
}


@contextmanager
def counted_at_outputs() -> Iterator[list[int]]:
    """What counting transposed convolutions at their outputs adds, one number a call."""
    extra: list[int] = []

    def hook(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: Any) -> None:
        if isinstance(module, nn.ConvTranspose1d):
            macs = inputs[0].numel() * module.out_channels // module.groups * module.kernel_size[0]
            extra.append(macs * (module.stride[0] - 1))

    handle = nn.modules.module.register_module_forward_hook(hook)
    try:
        yield extra
    finally:
        handle.remove()


def row(name: str) -> dict[str, float]:
    """Millions of parameters, with and without codebooks that are buffers, and billions of MACs per second."""
    tokenizer = ARCHITECTURES[name]()
    learnt = sum(p.numel() for v in vars(tokenizer).values() if isinstance(v, nn.Module) for p in v.parameters())
    with counted_at_outputs() as extra:
        macs = count(tokenizer)
    if macs is None:
        raise SystemExit(f"{name} is not wholly of torch modules")
    both = macs.encode + (macs.decode or 0)
    return {
        "parameters": tokenizer.num_parameters / 1e6,
        "learnt": learnt / 1e6,
        "encode": macs.encode / 1e9,
        "decode": (macs.decode or 0) / 1e9,
        "both": both / 1e9,
        "at outputs": (both + sum(extra)) / 1e9,
    }


def main() -> None:
    columns = [
        "parameters, M",
        "by gradient, M",
        "DATES, M",
        "encode, G",
        "decode, G",
        "both, G",
        "at outputs, G",
        "DATES, G",
    ]
    print(f"| DATES's name | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for name in ARCHITECTURES:
        found, theirs = row(name), DATES[name]
        cells = [found["parameters"], found["learnt"], theirs["parameters_million"]]
        cells += [found[way] for way in ("encode", "decode", "both", "at outputs")]
        print(
            f"| {name} | {' | '.join(f'{cell:.1f}' for cell in [*cells, theirs['macs_billion_per_second']])} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
