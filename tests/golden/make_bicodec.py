"""Writes bicodec.safetensors: what upstream's own classes give, with weights that any machine can make again.

git clone https://github.com/SparkAudio/Spark-TTS && cd Spark-TTS
git checkout 2f1ea9082400547242641f5271b6f941c9f439d1
pip install einops einx omegaconf soxr
PYTHONPATH=. python …/tests/golden/make_bicodec.py
"""

import json
import tempfile
import zlib
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

FILE = Path(__file__).with_name("bicodec.safetensors")
SIZES = FEATURES, LATENT, WIDTH, INNER, LAYERS, ENTRIES, DECODER = 16, 32, 24, 48, 3, 256, 64
#: Shorter than the 6 s that the speaker is heard in, and longer; each a whole number of windows of features.
LENGTHS = (400, 9770, 96780)
HEARD = 16000  # samples of the audio that are kept, for a small file
LEVELS = (0.3, 0.01, 0.05)  # of the clips: loud, so quiet that upstream amplifies twice, and between


def seeded_state(shapes: dict[str, list[int]]) -> dict[str, Tensor]:
    """Weights that depend on nothing but the name and shape of each tensor."""
    seeded = {}
    for name, shape in shapes.items():
        if not shape:  # a count of batches
            seeded[name] = torch.tensor(1)
            continue
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(zlib.crc32(name.encode())))
        if name.endswith(("weight_g", "gamma", "alpha")):
            # Small convolutions: else the decoder's tanh is saturated, and rounding errors grow on the way there.
            seeded[name] = 0.1 * noise + (0.4 if name.endswith("weight_g") else 1)
        elif noise.ndim > 1:
            seeded[name] = noise / noise[0].numel() ** 0.5
        else:  # biases, and scales and moments of normalisations
            seeded[name] = 0.1 * noise if name.endswith(("bias", "mean")) else 1 + 0.1 * noise.abs()
    return seeded


def published_shapes() -> dict[str, list[int]]:
    """Under upstream's names."""
    with safe_open(FILE, "pt") as file:
        return json.loads(file.metadata()["shapes"])


def wav2vec2() -> tuple[Any, Any]:
    """With seeded weights, and what makes its input."""
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    sizes = {"hidden_size": FEATURES, "num_hidden_layers": 18, "num_attention_heads": 2, "intermediate_size": 32}
    positions = {"num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4}
    layers = {"do_stable_layer_norm": True, "feat_extract_norm": "layer", "conv_bias": True}
    model = Wav2Vec2Model(Wav2Vec2Config(**sizes, **positions, **layers, conv_dim=[16] * 7)).eval()
    state = model.state_dict()
    model.load_state_dict(seeded_state({name: list(value.shape) for name, value in state.items()}))
    return model, Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=True)


def clips() -> list[Tensor]:
    """[1, T] each"""
    generator = torch.Generator().manual_seed(0)
    return [level * torch.randn(1, length, generator=generator) for length, level in zip(LENGTHS, LEVELS, strict=True)]


def upstream() -> Any:
    """A `BiCodecTokenizer` without files."""
    import_module("audiotok")  # lets torchaudio load, which upstream imports
    from sparktts.models.audio_tokenizer import BiCodecTokenizer
    from sparktts.models.bicodec import BiCodec
    from sparktts.modules.encoder_decoder.feat_decoder import Decoder
    from sparktts.modules.encoder_decoder.feat_encoder import Encoder
    from sparktts.modules.encoder_decoder.wave_generator import WaveGenerator
    from sparktts.modules.speaker.speaker_encoder import SpeakerEncoder
    from sparktts.modules.vq.factorized_vector_quantize import FactorizedVectorQuantize

    mel = {"sample_rate": 16000, "n_fft": 1024, "win_length": 640, "hop_length": 320, "mel_fmin": 10, "mel_fmax": None}
    stack = {"vocos_dim": WIDTH, "vocos_intermediate_dim": INNER, "vocos_num_layers": LAYERS, "out_channels": LATENT}
    model = BiCodec(
        {**mel, "num_mels": 128},
        encoder=Encoder(FEATURES, **stack),
        decoder=WaveGenerator(LATENT, DECODER, [8, 5, 4, 2], [16, 11, 8, 4]),
        quantizer=FactorizedVectorQuantize(LATENT, ENTRIES, 8, 0.25),
        speaker_encoder=SpeakerEncoder(128, LATENT, 128, 32, [4] * 6, 1),
        prenet=Decoder(LATENT, **stack, condition_dim=LATENT),
        postnet=Decoder(LATENT, **stack),
    ).eval()
    tokenizer = BiCodecTokenizer.__new__(BiCodecTokenizer)
    tokenizer.device, tokenizer.model = "cpu", model
    tokenizer.feature_extractor, tokenizer.processor = wav2vec2()
    tokenizer.feature_extractor.config.output_hidden_states = True
    tokenizer.config = {
        "sample_rate": 16000,
        "volume_normalize": True,
        "ref_segment_duration": 6.0,
        "latent_hop_length": 320,
    }
    return tokenizer


@torch.no_grad()
def main() -> None:
    import soundfile

    tokenizer = upstream()
    model = tokenizer.model
    state = model.state_dict()
    shapes = {name: list(value.shape) for name, value in state.items() if not name.startswith("mel_transformer")}
    model.load_state_dict(state | seeded_state(shapes))
    model.remove_weight_norm()
    golden = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.wav"
        for i, clip in enumerate(clips()):
            soundfile.write(path, clip[0].numpy(), 16000, "FLOAT")
            speaker, codes = tokenizer.tokenize(path)
            golden[f"{i}.codes"] = codes.int()  # [1, F]
            golden[f"{i}.speaker"] = speaker[0].int()  # [1, G]
            golden[f"{i}.embedded"] = model.quantizer.detokenize(codes).mT.contiguous()  # [1, F, D]
            golden[f"{i}.audio"] = torch.from_numpy(tokenizer.detokenize(speaker[0], codes))[None, :HEARD]  # [1, T]
    save_file(golden, FILE, {"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
