"""The processes that train together, where `accelerate launch` or torchrun started several."""

from __future__ import annotations

from typing import Literal


def join(device: Literal["cpu", "auto"]) -> None:
    """Find the processes that train together, where `accelerate launch` or torchrun started some. Needed before a codec
    is built: a codebook averages over the processes that it finds then.
    """
    from accelerate import PartialState
    from accelerate.utils import parse_flag_from_env

    PartialState(cpu=device == "cpu" or bool(parse_flag_from_env("ACCELERATE_USE_CPU")))


def main_process() -> bool:
    """Whether this is the one, of the processes that train together, that writes files and tells the user."""
    from accelerate import PartialState

    return bool(PartialState().is_main_process)
