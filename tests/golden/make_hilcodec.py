"""Writes hilcodec.zip: small ONNX files, exported as upstream does it, and what its own classes give.

git clone https://github.com/aask1357/hilcodec && cd hilcodec
git checkout 616e8c36e5ee99c32d8bbb65b855e87a9a314abd
pip install onnx && PYTHONPATH=. python …/tests/golden/make_hilcodec.py
"""

import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

import audiotok  # noqa: F401  (lets torchaudio load, which upstream imports)

FILE = Path(__file__).with_name("hilcodec.zip")
HOP, CODEBOOKS, ENTRIES, DIMENSIONS = 320, 3, 32, 8
FRAMES = (1, 12)  # of the clips


def clips() -> list[Tensor]:
    """[1, T] each, whole frames (upstream leaves out what does not fill one), some loud and some quiet."""
    generator = torch.Generator().manual_seed(0)
    levels = [10 ** (-3 * torch.rand(frames, 1, generator=generator)) for frames in FRAMES]
    return [(torch.randn(len(level), HOP, generator=generator) * level).view(1, -1) for level in levels]


def seed(model: torch.nn.Module) -> None:
    generator = torch.Generator().manual_seed(1)
    for name, value in (*model.named_parameters(), *model.named_buffers()):
        if "spec.weight" not in name:  # a Fourier transform
            noise = torch.randn(value.shape, generator=generator)
            if name.endswith(("weight_g", "scale_param")):
                noise = 1 + 0.1 * noise
            elif name.endswith("bias"):
                noise = 0.02 * noise
            value.data.copy_(noise)


def export(module: torch.nn.Module, inputs: tuple, names: list[str], path: Path, axes: dict) -> None:
    """As upstream's notebook does, whose axes of time these are."""
    options = {"input_names": names[: len(inputs)], "output_names": names[len(inputs) :]}
    options |= {"dynamic_axes": axes, "opset_version": 17}
    torch.onnx.export(module, inputs, path, dynamo=False, **options)


@torch.no_grad()
def main() -> None:
    from models.hilcodec.streaming import HILCodec

    quantizer = {"dim": DIMENSIONS, "codebook_size": ENTRIES, "num_quantizers": CODEBOOKS}
    model = HILCodec(24000, channels_enc=4, channels_dec=4, n_fft_base=4, vq_kwargs=quantizer).eval()
    seed(model)
    model.remove_weight_reparameterizations()
    for vq, deq in zip(model.quantizer.layers, model.dequantizer.layers, strict=True):
        deq.embed.copy_(vq.embed)
    golden = {}
    for i, clip in enumerate(clips()):
        for count in range(1, CODEBOOKS + 1):
            past, memory = model.initialize_cache(torch.zeros(1))
            codes, audio = [], []
            for frame in clip[None].split(HOP, dim=2):
                features, past = model.encoder(frame, *past)
                codes.append(model.quantizer(features, count))
                sound, memory = model.decoder(model.dequantizer(codes[-1], count), *memory)
                audio.append(sound[0])
            golden[f"{i}.{count}.codes"] = torch.cat(codes, dim=2)[:, 0].int()  # [K, F]
            golden[f"{i}.{count}.audio"] = torch.cat(audio, dim=1)  # [1, T]
    past, memory = model.initialize_cache(torch.zeros(1))
    features, _ = model.encoder(clip[None, :, :HOP], *past)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        e, d = [f"e_in{i}" for i in range(len(past))], [f"d_in{i}" for i in range(len(memory))]
        np.savez_compressed(folder / "hil_speech_cache_enc.npz", **dict(zip(e, map(np.asarray, past), strict=True)))
        np.savez_compressed(folder / "hil_speech_cache_dec.npz", **dict(zip(d, map(np.asarray, memory), strict=True)))
        for module, first, kept, out, part in (
            (model.encoder, clip[None, :, :HOP], (e, past), "x", "enc"),
            (model.decoder, features, (d, memory), "wav_out", "dec"),
        ):
            names = ["wav_in" if part == "enc" else "q", *kept[0], out, *(n.replace("in", "out") for n in kept[0])]
            axes = {names[0]: {2 if part == "enc" else 1: "time"}}
            export(module, (first, *kept[1]), names, folder / f"hil_speech_{part}.onnx", axes)
        for k, layer in enumerate(model.quantizer.layers):
            export(layer, (features,), ["x", "q", "idx"], folder / f"hil_speech_vq{k}.onnx", {"x": {1: "time"}})
        save_file({key: value.contiguous() for key, value in golden.items()}, folder / "golden.safetensors")
        with zipfile.ZipFile(FILE, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)


if __name__ == "__main__":
    main()
