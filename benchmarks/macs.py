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


def _dac(rate: int, ratios: list[int], codebooks: int) -> nn.Module:
    config = transformers.DacConfig(sampling_rate=rate, downsampling_ratios=ratios, n_codebooks=codebooks)
    return transformers.DacModel(config)


def _encodec() -> nn.Module:
    from encodec import EncodecModel

    return EncodecModel.encodec_model_24khz(pretrained=False)


def _speechtokenizer() -> nn.Module:
    from speechtokenizer import SpeechTokenizer

    return SpeechTokenizer(speechtokenizer.DM_CODEC)


def _wavtokenizer(name: str) -> nn.Module:
    return wavtokenizer.Model(wavtokenizer.VARIANTS[name].ratios)


#: DATES's name -> the model, with random weights, and the tokenizer of it.
ARCHITECTURES: dict[str, tuple[Callable[[], nn.Module], Callable[[Any], Tokenizer]]] = {
    "Enc-SMA-24": (_encodec, lambda model: encodec.wrap(model, 32)),
    "DAC-SMA-44": (lambda: _dac(44100, [2, 4, 8, 8], 9), dac.DAC.of),
    "DAC-SMA-24": (lambda: _dac(24000, [2, 4, 5, 8], 32), dac.DAC.of),
    "DAC-SMA-16": (lambda: _dac(16000, [2, 4, 5, 8], 12), dac.DAC.of),
    "ST-S-16": (_speechtokenizer, speechtokenizer.SpeechTokenizer.of),
    "Mimi-S-24": (
        lambda: transformers.MimiModel(transformers.MimiConfig()),
        lambda model: mimi.Mimi.of(model, num_codebooks=8),
    ),
    "WT-SMA-24": (lambda: _wavtokenizer("medium-music-audio-75"), wavtokenizer.WavTokenizer.of),
    "WT-S-24": (lambda: _wavtokenizer("large-unify-40"), wavtokenizer.WavTokenizer.of),
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
    """Millions of parameters, of the tokenizer and by gradient of its model; billions of MACs a second."""
    build, wrap = ARCHITECTURES[name]
    model = build()
    learnt = sum(parameter.numel() for parameter in model.parameters())
    tokenizer = wrap(model)
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
