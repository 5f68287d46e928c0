"""Where HILCodec's networks are: in their authors' repository, at one commit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiotok.errors import AssetUnavailable
from audiotok.files.assets import Asset, Url, fetch

REPOSITORY = "https://github.com/aask1357/hilcodec"
COMMIT = "616e8c36e5ee99c32d8bbb65b855e87a9a314abd"


#: Hashes that git has for the files; nobody publishes their sha256. The state before a clip is the same in all
#: variants.
PAST = {
    "cache_enc.npz": "92784e3549e306ea2644549e0255f54e9605603f",
    "cache_dec.npz": "13cf82629ad2dc8ebb918a432b8aae21a1431dbb",
}


@dataclass(frozen=True)
class Variant:
    prefix: str
    encoder: str  # git's name of the file
    decoder: str
    quantizers: tuple[str, ...]
    about: dict[str, Any]  # what the card says of it alone

    def path(self, part: str) -> Path:
        """Raises AssetUnavailable, AssetCorrupt."""
        blobs = PAST | {"enc.onnx": self.encoder, "dec.onnx": self.decoder}
        blobs |= {f"vq{k}.onnx": blob for k, blob in enumerate(self.quantizers)}
        name = f"{self.prefix}_{part}"
        url = f"https://raw.githubusercontent.com/aask1357/hilcodec/{COMMIT}/onnx/{name}"
        try:
            return fetch(Asset(name, blobs[part], (Url(url),)))
        except AssetUnavailable as error:
            raise AssetUnavailable(
                f"{error}\nAll files at once, on a machine with a network:\n"
                f"  git clone {REPOSITORY} && git -C hilcodec checkout {COMMIT}\n"
                "then set AUDIOTOK_ASSETS to the folder hilcodec/onnx."
            ) from error


VARIANTS = {
    "speech": Variant(
        "hil_speech",
        "b4409499ebd4a87d2311974fdbb95f9b1996a873",
        "c9d4e3e02ace17194396287118a781e86dfc5c93",
        (
            "ecab7de37aa989a1ee79504f8ac7f43dc6dcaae2",
            "9deaf1c0affdea991aa992339b8eb19a62b7c19c",
            "0bdd7d28b07932ee9c1bba874d28d3c4b5c8b2a3",
            "9b668b599f1f87eda172ab0aec10352e7f67a330",
            "2373cd2afc748bb7de549d415dd96ae543b924dc",
            "2ace89b5701ffbd2e0d8a90f4ad51349ae2bbff6",
            "d6a52e69b7da08295587cf9d188b6978274222e6",
            "ff7184b4955db4eca7e68d58e230253ae738bab4",
        ),
        {"domains": ("speech",), "training_data": "DNS Challenge 4 (clean), VCTK"},
    ),
    "music": Variant(
        "hil_music",
        "b78e8548d1f491352948c2a2875c1403003b00b0",
        "180b0d98d80ecb6cc2578785c1267352edabc78f",
        (
            "9810264bffcb3ec2ee47a9d29e051689602fdc10",
            "9c6de7d749d0cda0618539694c98334bd064fa85",
            "714d5c834d6a2d07550f2cb36d4fbc6a3325b2e4",
            "8eefa012e8f5b34ef456aee857eb02098fca2c2f",
            "e1a5e986468b10af1bddc2337b08fe101f631064",
            "32749fab3c0ba1c7aab3c5d9725ba480c2d04e5f",
            "a422c486537fd039b5fd4a57a15bb2eabe41c464",
            "91de33321f294d51bee7e3fb7ad8cdd99d6e393c",
            "5f47cc1073a205bf8f85e5af2be4a543bf4caedc",
            "d3dcf05a60fdf35526b550c272b3d20f30acf36b",
            "392391932449dbb17d46cd690a5444c97c1f516b",
            "53fa43704851bc1e364ab501b0888689dc3927f0",
        ),
        {"domains": ("speech", "music", "audio"), "training_data": "DNS Challenge 4 (clean, noise), VCTK, Jamendo"},
    ),
}
