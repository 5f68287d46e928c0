"""The tokens of a batch of clips: checked, sliced, joined, saved. Knows nothing of models or audio."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from audiotok.core.token_spec import TokenSpec, check_tensors, real_frames, shape_of
from audiotok.errors import CannotWrite, InvalidTokens
from audiotok.files.atomic import atomic_write
from audiotok.files.safetensors import CRC32, checksum, dump

FILE_FORMAT = "audiotok.tokens.v1"


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of a batch of clips, the only input of `decode`."""

    codes: Tensor  # [B, K, T] int64, 0 <= code < codebook_sizes[k]; padded with 0
    lengths: Tensor  # [B] int64, frames (tokens, where the rate is variable)
    spec: TokenSpec
    durations: Tensor | None = None  # [B, T] int64, base codes per token (deduplicated units, BPE)
    global_codes: Tensor | None = None  # [B, G] int64
    num_samples: Tensor | None = None  # [B] int64, of the clip at spec.sample_rate; decode may trim with it, no more
    tokenizer: str | None = None  # identifier of what encoded them; None for codes from elsewhere (an LM)
    weights_sha256: str | None = None  # of the local files that it names, if any, as in `mel:checkpoint=FILE`

    def __post_init__(self) -> None:
        check_tensors(self.spec, self.codes, self.lengths, self.durations, self.global_codes, self.num_samples)

    @classmethod
    def from_clips(
        cls,
        codes: Sequence[Tensor] | Tensor,
        spec: TokenSpec,
        tokenizer: str | None = None,
        global_codes: Tensor | None = None,
    ) -> Tokens:
        """[K, T_i] each, or [B, K, T] -> one batch, padded with 0; with the codes of whole clips [B, G] where the spec
        has some.
        """
        codes = list(codes)
        if not codes:
            raise InvalidTokens("no clips: a batch needs at least one")
        for clip in codes:
            if not isinstance(clip, Tensor) or clip.ndim != 2 or clip.shape[0] != spec.num_codebooks:
                raise InvalidTokens(
                    f"codes must be a tensor [K={spec.num_codebooks}, T] for each clip, or [B, K, T] of all, got "
                    f"{shape_of(clip)}; was it encoded with another num_codebooks, or are the axes swapped?"
                )
        lengths = torch.tensor([clip.shape[1] for clip in codes], dtype=torch.int64, device=codes[0].device)
        padded = torch.nn.utils.rnn.pad_sequence([clip.T for clip in codes], batch_first=True).transpose(1, 2)
        return cls(padded.contiguous(), lengths, spec, tokenizer=tokenizer, global_codes=global_codes)

    def __len__(self) -> int:
        return self.codes.shape[0]

    def __getitem__(self, index: int | slice) -> Tokens:
        """One clip, or those of a slice, without padding beyond the longest; still with a batch axis."""
        row = index if isinstance(index, slice) else slice(index, index + 1 or None)
        frames = max(self.lengths[row].tolist(), default=0) if isinstance(index, slice) else int(self.lengths[index])
        return replace(
            self,
            codes=self.codes[row, :, :frames],
            lengths=self.lengths[row],
            durations=None if self.durations is None else self.durations[row, :frames],
            global_codes=None if self.global_codes is None else self.global_codes[row],
            num_samples=None if self.num_samples is None else self.num_samples[row],
        )

    @property
    def mask(self) -> Tensor:
        """[B, T] bool, True on real frames."""
        return real_frames(self.lengths, self.codes.shape[2])

    def to(self, device: str | torch.device, *, non_blocking: bool = False) -> Tokens:
        return self._with({n: value.to(device, non_blocking=non_blocking) for n, value in self._tensors().items()})

    def pin_memory(self) -> Tokens:
        return self._with({name: value.pin_memory() for name, value in self._tensors().items()})

    def bits(self) -> Tensor:
        """[B] float64: bits needed to store each clip, counted by `TokenSpec.bits`."""
        bits = [self.spec.bits(frames) for frames in self.lengths.tolist()]
        return torch.tensor(bits, dtype=torch.float64, device="cpu")

    @staticmethod
    def collate(batch: Sequence[Tokens]) -> Tokens:
        """Join batches of one spec into one, padded with 0 to the longest; a DataLoader's collate_fn."""
        if not batch:
            raise InvalidTokens("nothing to collate: pass at least one Tokens")
        first = batch[0]
        weights = {tokens.weights_sha256 for tokens in batch}
        for tokens in batch:
            if tokens.spec != first.spec or tokens.tokenizer != first.tokenizer:
                raise InvalidTokens(
                    f"tokens of two tokenizers do not go into one batch: {first.tokenizer} {first.spec} "
                    f"and {tokens.tokenizer} {tokens.spec}"
                )
        if len(weights - {None}) > 1:
            raise InvalidTokens(f"tokens made with different weights do not go into one batch: sha256 {weights}")
        frames = max(tokens.codes.shape[2] for tokens in batch)

        joined = {}
        for name in first._tensors():
            values = [tokens._tensors().get(name) for tokens in batch]
            present = [value for value in values if value is not None]
            if len(present) < len(batch):
                continue  # num_samples or durations that only some carry
            if name in ("codes", "durations"):
                present = [torch.nn.functional.pad(value, (0, frames - value.shape[-1])) for value in present]
            joined[name] = torch.cat(present)
        together = first if len(weights) == 1 else replace(first, weights_sha256=None)
        return together._with({"num_samples": None, "durations": None, **joined})

    def save(self, path: str | Path) -> None:
        """Write a safetensors file atomically; codes in the smallest of uint8, int16 and int32 that fits.

        Equal tokens are equal bytes.

        Raises CannotWrite.
        """
        path = Path(path)
        tensors = {name: value.detach().cpu().contiguous() for name, value in self._tensors().items()}
        tensors["codes"] = tensors["codes"].to(_stored_type(max(self.spec.codebook_sizes)))
        metadata = {"format": FILE_FORMAT, "spec": json.dumps(asdict(self.spec)), "tokenizer": self.tokenizer or ""}
        if self.weights_sha256:
            metadata["weights_sha256"] = self.weights_sha256
        metadata[CRC32] = checksum(tensors, metadata)
        try:
            with atomic_write(path) as partial:
                partial.write_bytes(dump(tensors, metadata))
        except (SafetensorError, OSError) as error:
            raise CannotWrite(f"{path}: cannot be written ({error})") from error

    @classmethod
    def load(cls, path: str | Path) -> Tokens:
        """Read a file written by `save`.

        Raises InvalidTokens if it is truncated, of another format or inconsistent, or if its checksum is another; files
        of earlier versions have none.
        """
        path = Path(path)
        if not path.is_file():
            raise InvalidTokens(f"{path}: no such file")
        try:
            with safe_open(path, "pt") as file:
                metadata = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        except (SafetensorError, OSError) as error:
            raise InvalidTokens(f"{path}: not a whole safetensors file ({error}); was it cut in the middle?") from error
        if metadata.get("format") != FILE_FORMAT:
            raise InvalidTokens(f"{path}: expected a file of format {FILE_FORMAT}, got {metadata.get('format')!r}")
        expected = metadata.get(CRC32)
        if expected is not None and (came := checksum(tensors, metadata)) != expected:
            raise InvalidTokens(
                f"{path}: was altered after it was written: its checksum (CRC-32) is {came}, expected {expected}; "
                "copy it again from where it came from, or encode the audio again"
            )
        try:
            spec = TokenSpec(**json.loads(metadata["spec"]))
            stored = tensors["codes"].dtype
            if stored.is_floating_point or stored.is_complex or stored == torch.bool:
                raise InvalidTokens(f"codes must be integers, got {stored}")
            tensors["codes"] = tensors["codes"].long()
            tokenizer, weights = (metadata.get(name) or None for name in ("tokenizer", "weights_sha256"))
            return cls(**tensors, spec=spec, tokenizer=tokenizer, weights_sha256=weights)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidTokens(f"{path}: the tokens in it do not fit together ({error})") from error

    def _with(self, tensors: Mapping[str, Tensor | None]) -> Tokens:
        return replace(self, **tensors)  # type: ignore[arg-type]  # mypy checks ** against every field

    def _tensors(self) -> dict[str, Tensor]:
        names = ("codes", "lengths", "durations", "global_codes", "num_samples")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


def check_is_tokens(value: object, whose: str) -> None:
    """Raises InvalidTokens unless the argument of `whose` is Tokens."""
    if not isinstance(value, Tokens):
        raise InvalidTokens(
            f"{whose} takes Tokens, got {shape_of(value)}; make them from codes [B, K, T] or a list of [K, T] with "
            "Tokens.from_clips(codes, codec.spec)"
        )


def _stored_type(codebook_size: int) -> torch.dtype:
    fitting = (t for t in (torch.uint8, torch.int16, torch.int32) if codebook_size - 1 <= torch.iinfo(t).max)
    return next(fitting, torch.int64)
