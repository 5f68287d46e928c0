"""The kinds of distillation by name: which teachers they need of the data, and what they add to the loss."""

from __future__ import annotations

from typing import Literal

from audiotok.errors import InvalidOption
from audiotok.models.backbone import Shape
from audiotok.train.distill_dm import DMDistillation
from audiotok.train.distill_lmspt import LMSPTDistillation
from audiotok.train.distill_speechtokenizer import SpeechTokenizerDistillation
from audiotok.train.objective import Objective
from audiotok.train.recogniser import WhisperEar
from audiotok.train.text_teacher import TextTeacher
from audiotok.units.encoders import WHISPER, FrameEncoder, open_encoder

Distillation = Literal["none", "speechtokenizer", "dm", "lmspt"]


def distillation(
    kind: Distillation, config: Shape, teacher: str, text_teacher: str = "", weight: float = 1.0
) -> tuple[dict[str, FrameEncoder | TextTeacher], list[Objective]]:
    """-> (teachers whose features the data needs, objectives). `teacher` hears speech, `text_teacher` reads text;
    dm does without one of them, and is then only the other's half.

    Raises InvalidOption where a kind's teacher is missing or cannot teach it.
    """
    if kind == "none":
        return {}, []
    if kind == "lmspt":
        if teacher not in WHISPER:
            raise InvalidOption(
                f"lmspt needs an ASR model through which gradients flow, {', '.join(WHISPER)}: {teacher}"
            )
        return {}, [LMSPTDistillation(config, WhisperEar(WHISPER[teacher]()), weight=weight, teacher=teacher)]
    teachers: dict[str, FrameEncoder | TextTeacher] = {}
    speech = text = None
    if teacher:
        heard = teachers[teacher] = open_encoder(teacher)
        speech = (teacher, heard.dim)
    if kind == "speechtokenizer":
        if not speech:
            raise InvalidOption("speechtokenizer needs a teacher")
        return teachers, [SpeechTokenizerDistillation(config.latent, *speech, weight=weight)]
    if text_teacher:
        read = teachers[text_teacher] = TextTeacher(text_teacher)
        text = (text_teacher, read.dim)
    if not teachers:
        raise InvalidOption(
            "dm needs a text teacher, a folder or NAME@COMMIT of the hub, a teacher that hears speech, or both"
        )
    return teachers, [DMDistillation(config.latent, text=text, speech=speech, weight=weight)]
