"""The end of the conversation in a tokenizer's own environment: `python -I -m audiotok.isolated.worker SOCKET`.

Answers one call after the other until the other end closes. What libraries print goes to the standard error, which
the other end keeps; the conversation has a socket of its own.
"""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import sys
import threading
import time
import traceback
from dataclasses import asdict
from typing import Any, BinaryIO

from torch import Tensor

from audiotok import registry
from audiotok.core.audio import Audio
from audiotok.core.streaming import AudioStream, Streaming, TokenStream
from audiotok.core.tokenizer import Codec, Embeddable, Scalable, Tokenizer
from audiotok.core.tokens import Tokens
from audiotok.errors import AudiotokError, TokenizerFailed, is_machine_trouble
from audiotok.isolated import wire
from audiotok.runs.identity import describe

Answer = tuple[dict[str, Any], dict[str, Tensor]]


def serve(file: BinaryIO) -> None:
    """Say which protocol this is, then answer until the file ends."""
    file.write(wire.pack({"protocol": wire.PROTOCOL}))
    file.flush()
    while True:
        try:
            request = wire.unpack(functools.partial(_exactly, file))
        except EOFError:
            return
        try:
            header, tensors = _CALLS[request.header["call"]](request)
        except AudiotokError as error:
            header, tensors = {"error": type(error).__name__, "message": str(error)}, {}
        except Exception as error:  # noqa: BLE001  # a tokenizer may raise anything; it is raised again at the other end
            at = traceback.extract_tb(error.__traceback__)[-1]
            message = f"{type(error).__name__}: {error} ({at.filename}, line {at.lineno})"
            kind = "MachineTrouble" if is_machine_trouble(error) else "TokenizerFailed"
            header, tensors = {"error": kind, "message": message}, {}
        file.write(wire.pack(header, tensors))
        file.flush()


def _canonical(request: wire.Message) -> Answer:
    return {"identifier": registry.canonical(request.header["identifier"])}, {}


def _describe(request: wire.Message) -> Answer:
    tokenizer = _asked_for(request)
    return {
        "identifier": tokenizer.identifier,
        "spec": asdict(tokenizer.spec),
        "card": tokenizer.card.to_dict(),
        "num_parameters": tokenizer.num_parameters,
        "decode_sample_rate": tokenizer.decode_sample_rate if isinstance(tokenizer, Codec) else None,
        "decoder_options": sorted(tokenizer.decoder_options) if isinstance(tokenizer, Codec) else [],
        "scalable": isinstance(tokenizer, Scalable),
        "embeddable": isinstance(tokenizer, Embeddable),
        "streaming": isinstance(tokenizer, Streaming),
        "provenance": describe(tokenizer),
    }, {}


def _encode(request: wire.Message) -> Answer:
    tokenizer = _asked_for(request)
    audio = Audio(**request.tensors, sample_rate=tokenizer.spec.sample_rate)
    return {}, tokenizer.encode(audio)._tensors()


def _decode(request: wire.Message) -> Answer:
    codec: Any = _asked_for(request)
    return {}, {"waveform": codec.decode(_tokens(request, codec)).waveform}


def _embed(request: wire.Message) -> Answer:
    tokenizer: Any = _asked_for(request)
    return {}, {"vectors": tokenizer.embed(_tokens(request, tokenizer))}


def _open_stream(request: wire.Message) -> Answer:
    tokenizer: Any = _asked_for(request)
    stream = getattr(tokenizer, request.header["method"])(**request.header["options"])
    _forget_dropped(request)
    _streams[request.header["number"]] = (tokenizer, stream)
    return {}, {}


def _push(request: wire.Message) -> Answer:
    tokenizer, stream = _stream(request)
    if isinstance(stream, AudioStream):
        return {}, _pushed(stream.push(_tokens(request, tokenizer)))
    return {}, _pushed(stream.push(request.tensors["chunk"].to(tokenizer.device)))


def _flush(request: wire.Message) -> Answer:
    _, stream = _stream(request)
    return {}, _pushed(stream.flush())


def _reset(request: wire.Message) -> Answer:
    _, stream = _stream(request)
    stream.reset(request.tensors.get("mask"))
    return {}, {}


_CALLS = {
    "canonical": _canonical,
    "describe": _describe,
    "encode": _encode,
    "decode": _decode,
    "embed": _embed,
    "open_stream": _open_stream,
    "push": _push,
    "flush": _flush,
    "reset": _reset,
}
_streams: dict[int, tuple[Tokenizer, TokenStream | AudioStream]] = {}


def _stream(request: wire.Message) -> tuple[Tokenizer, Any]:
    _forget_dropped(request)
    try:
        return _streams[request.header["number"]]
    except KeyError:
        raise TokenizerFailed(
            "the process of this stream has ended, and the pushed data are lost; open another stream"
        ) from None


def _forget_dropped(request: wire.Message) -> None:
    for number in request.header["dropped"]:
        _streams.pop(number, None)


def _pushed(came: Tokens | Tensor | None) -> dict[str, Tensor]:
    if came is None:
        return {}
    return came._tensors() if isinstance(came, Tokens) else {"waveform": came}


def _asked_for(request: wire.Message) -> Tokenizer:
    header = request.header
    tokenizer: Any = _loaded(header["identifier"]).to(header["device"])
    count = header["num_codebooks"]
    return tokenizer if count is None else tokenizer.with_codebooks(count)  # after the move: weights stay shared


def _tokens(request: wire.Message, tokenizer: Tokenizer) -> Tokens:
    tensors: dict[str, Any] = {name: value.to(tokenizer.device) for name, value in request.tensors.items()}
    return Tokens(**tensors, spec=tokenizer.spec)


_loaded = functools.cache(registry.load)


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _end_with(parent: int) -> None:
    """Also in the midst of an answer; an idle worker sees its socket close."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main() -> None:
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(ConnectionError):
        serve(connection.makefile("rwb"))  # type: ignore[arg-type]  # typeshed's pair is a BinaryIO in all but name
    os._exit(0)  # whatever threads libraries have left running


if __name__ == "__main__":
    main()
