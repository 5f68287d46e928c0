"""Writes audiotok/tokenizers/costs.json: parameters and multiply-accumulates of the published architectures.

    python docs/make_costs.py                 # all of them, a quarter of an hour on one core
    python docs/make_costs.py mimi snac       # count these names again and keep the others

Models have the published sizes and random weights, except WITH_WEIGHTS, which are loaded with their weights (those of
Lyra from AUDIOTOK_ASSETS). audiotok.conformance.macs counts one second of audio; a value is null if a part cannot be
counted. Tokenizers that docs/make_tokenizers.py lists without a model are left out.
"""

from __future__ import annotations

import json
import runpy
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

import audiotok
from audiotok import registry
from audiotok.conformance.macs import count
from audiotok.core.tokenizer import Tokenizer

COSTS = Path(audiotok.__file__).parent / "tokenizers" / "costs.json"

#: Tokenizers of which docs/make_tokenizers.py builds only a part, which is enough for the rates.
IN_PART = {"bicodec"}

#: Tokenizers whose graphs are published only with their weights, by canonical identifier.
WITH_WEIGHTS = (
    "audiotok-units-bpe:prompt=allison",
    "audiotok-units:prompt=allison",
    "audiotok-vectok:prompt=allison",
    "bpe(whisper-units:k=500):model=whisper-units-2048",
    "lyra:num_codebooks=16",
    "lyra:num_codebooks=30",
    "lyra:num_codebooks=46",
    "whisper-units:k=500",
)


def with_random_weights(kind: Any, *arguments: Any, **options: Any) -> Any:
    torch.manual_seed(0)
    model = kind(*arguments, **options)
    for name, buffer in model.named_buffers() if isinstance(model, nn.Module) else ():
        if name.endswith("inited"):  # else the first clip would be clustered to initialise the codebooks
            buffer.fill_(1)
    return model


def cost(tokenizer: Tokenizer) -> dict[str, Any]:
    macs = count(tokenizer)
    return {"parameters": tokenizer.num_parameters, "macs_per_second": macs and asdict(macs)}


def main(names: list[str]) -> None:
    kept = json.loads(COSTS.read_text(encoding="utf-8")) if names else {}

    def keep(identifier: str, tokenizer: Tokenizer) -> None:
        kept[identifier] = cost(tokenizer)
        COSTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    published = runpy.run_path(str(Path(__file__).with_name("make_tokenizers.py")))["published"]
    for name, options, tokenizer in published(with_random_weights):
        if not isinstance(tokenizer, Tokenizer) or name in IN_PART or (names and name not in names):
            continue
        keep(f"{name}:{options}" if options else name, tokenizer)
    for identifier in WITH_WEIGHTS:
        if not names or registry.parse(identifier).name in names:
            keep(identifier, audiotok.load(identifier))


if __name__ == "__main__":
    main(sys.argv[1:])
