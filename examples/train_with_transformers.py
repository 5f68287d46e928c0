"""A speech language model of your own: a token store, transformers' Trainer, and samples that can be decoded.

    audiotok tokenize mini --tokenizer codec2:mode=2400 --out stores/codec2
    python examples/train_with_transformers.py stores/codec2 --steps 200

Nothing here is audiotok's own training: the pattern gives ids, and turns what the model writes into tokens again.
"""

import audiotok  # isort: skip  # before transformers: it lets torchaudio load on machines without CUDA
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM, LogitsProcessorList, Trainer, TrainingArguments

from audiotok.cli.options import start
from audiotok.lm.generation import ValidSequences
from audiotok.lm.patterns import Flatten
from audiotok.lm.vocabulary import END, PAD, START
from audiotok.store import TokenStore

CONTEXT = 512  # ids


def main(
    folder: Annotated[Path, typer.Argument(help="A token store.")],
    steps: Annotated[int, typer.Option(min=1)] = 200,
    batch_size: Annotated[int, typer.Option(min=1)] = 8,
    out: Annotated[Path, typer.Option(help="Where the Trainer and the sample go.")] = Path("runs/example"),
) -> None:
    store = TokenStore(folder)
    pattern = Flatten(store.spec)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=pattern.vocabulary.size,
            hidden_size=128,
            intermediate_size=344,
            num_hidden_layers=4,
            num_attention_heads=4,
            bos_token_id=START,
            eos_token_id=END,
            pad_token_id=PAD,
        )
    )

    def collate(numbers: list[int]) -> dict[str, Tensor]:
        sequences = pattern.apply(audiotok.Tokens.collate([store[number] for number in numbers]))
        ids, labels = sequences.ids[:, 0, :CONTEXT], sequences.labels[:, 0, :CONTEXT]
        return {"input_ids": ids, "labels": labels, "attention_mask": sequences.mask[:, :CONTEXT].long()}

    arguments = TrainingArguments(
        output_dir=str(out),
        max_steps=steps,
        per_device_train_batch_size=batch_size,
        learning_rate=1e-3,
        logging_steps=max(1, steps // 10),
        save_strategy="no",
        report_to="none",
        remove_unused_columns=False,
    )
    Trainer(model, arguments, train_dataset=range(len(store)), data_collator=collate).train()

    frames = pattern.max_frames(CONTEXT)
    written = model.eval().generate(
        torch.full((1, 1), START, device=model.device),
        do_sample=True,
        max_length=CONTEXT,
        logits_processor=LogitsProcessorList([ValidSequences(pattern, min_frames=frames // 2, max_frames=frames)]),
    )
    codec = audiotok.load(store.tokenizer)
    if isinstance(codec, audiotok.Codec):
        codec.decode(pattern.invert(written)).save(out / "sample.wav")
        print(out / "sample.wav")


if __name__ == "__main__":
    start(main)
