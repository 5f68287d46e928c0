"""The adapters, over small models of random weights that are opened as the published ones are."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from audiotok.errors import AssetUnavailable
from audiotok.metrics.asr_models import (
    FasterWhisper,
    SpeechBrainASR,
    TransformersCTC,
    speechbrain_asr,
    transformers_ctc,
)
from audiotok.metrics.recognition import metrics

WAVEFORM = np.random.default_rng(0).uniform(-0.5, 0.5, 16000).astype(np.float32)
LETTERS = ["<pad>", "<s>", "</s>", "<unk>", "|", *"abcdefghijklmnopqrstuvwxyz"]

SPEECHBRAIN = """
pretrained_path: speechbrain/this-repository-is-not-asked
encoder: !new:speechbrain.nnet.containers.LengthsCapableSequential
    input_shape: [null, null]
    fbank: !new:speechbrain.lobes.features.Fbank
        n_mels: 20
    linear: !new:speechbrain.nnet.linear.Linear
        input_size: 20
        n_neurons: 28
    softmax: !new:speechbrain.nnet.activations.Softmax
        apply_log: True
modules:
    encoder: !ref <encoder>
tokenizer: !new:speechbrain.dataio.encoder.CTCTextEncoder
decoding_function: !name:speechbrain.decoders.ctc_greedy_decode
    blank_id: 0
pretrainer: !new:speechbrain.utils.parameter_transfer.Pretrainer
    loadables:
        encoder: !ref <encoder>
        tokenizer: !ref <tokenizer>
    paths:
        encoder: !ref <pretrained_path>/encoder.ckpt
        tokenizer: !ref <pretrained_path>/tokenizer.txt
"""


def test_a_ctc_model_is_decoded_greedily(tmp_path: Path) -> None:
    from transformers import (
        Wav2Vec2Config,
        Wav2Vec2CTCTokenizer,
        Wav2Vec2FeatureExtractor,
        Wav2Vec2ForCTC,
        Wav2Vec2Processor,
    )

    (tmp_path / "letters.json").write_text(json.dumps({letter: i for i, letter in enumerate(LETTERS)}))
    torch.manual_seed(0)
    config = Wav2Vec2Config(
        vocab_size=len(LETTERS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        conv_dim=(8, 8),
        conv_kernel=(10, 8),
        conv_stride=(20, 16),
        num_conv_pos_embeddings=4,
        num_conv_pos_embedding_groups=2,
    )
    model = Wav2Vec2ForCTC(config).eval()
    model.save_pretrained(tmp_path)
    processor = Wav2Vec2Processor(
        Wav2Vec2FeatureExtractor(do_normalize=True), Wav2Vec2CTCTokenizer(str(tmp_path / "letters.json"))
    )
    processor.save_pretrained(tmp_path)

    asr_model = TransformersCTC(tmp_path, ("en",))

    normalised = (WAVEFORM - WAVEFORM.mean()) / np.sqrt(WAVEFORM.var() + 1e-7)
    with torch.no_grad():
        best = model(torch.from_numpy(normalised)[None]).logits.argmax(dim=-1)[0].tolist()
    collapsed = [code for i, code in enumerate(best) if i == 0 or code != best[i - 1]]
    by_hand = "".join(LETTERS[code].replace("|", " ") for code in collapsed if LETTERS[code] != "<pad>")
    assert asr_model.transcribe(WAVEFORM, "en") == by_hand.strip()


def test_a_window_in_which_whisper_repeats_itself_is_decoded_again_without_repetitions() -> None:
    said = {
        None: [(0, " Turn left.", 0.7), (3000, " and on" * 100, 30.0), (6000, " Good night.", 0.8)],
        5: [(0, " Turn lift.", 0.7), (3000, " and on and on", 1.1), (6000, " Good knight.", 0.8)],
    }

    class Model:
        def transcribe(self, waveform: np.ndarray, no_repeat_ngram_size: int | None = None, **options: object):
            found = said[no_repeat_ngram_size]
            return (SimpleNamespace(seek=seek, text=text, compression_ratio=ratio) for seek, text, ratio in found), None

    whisper = FasterWhisper.__new__(FasterWhisper)
    whisper._model = Model()
    assert whisper.transcribe(WAVEFORM, "en") == "Turn left. and on and on Good night."
    said[None][1] = (3000, " and on", 0.9)
    del said[5]  # nothing is decoded twice
    assert whisper.transcribe(WAVEFORM, "en") == "Turn left. and on Good night."


def test_a_speechbrain_model_opens_from_a_folder_without_asking_the_hub(tmp_path: Path) -> None:
    from speechbrain.dataio.encoder import CTCTextEncoder
    from speechbrain.inference.ASR import EncoderASR

    letters = CTCTextEncoder()
    letters.insert_blank(index=0)
    letters.update_from_iterable(" abcdefghijklmnopqrstuvwxyz")
    letters.save(str(tmp_path / "tokenizer.txt"))
    torch.manual_seed(0)
    (tmp_path / "hyperparams.yaml").write_text(SPEECHBRAIN)
    torch.save({"linear.w.weight": torch.randn(28, 20), "linear.w.bias": torch.randn(28)}, tmp_path / "encoder.ckpt")

    heard = SpeechBrainASR(tmp_path, ("en",), "EncoderASR").transcribe(WAVEFORM, "en")

    theirs = EncoderASR.from_hparams(
        source=str(tmp_path), savedir=str(tmp_path), overrides={"pretrained_path": str(tmp_path)}
    )
    words, _ = theirs.transcribe_batch(torch.from_numpy(WAVEFORM)[None], torch.ones(1))
    assert heard == words[0]
    assert heard


def test_a_model_that_no_hub_gives_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    model = transformers_ctc("nobody", "audiotok-tests/nobody", "0" * 40, ("en",))
    with pytest.raises(AssetUnavailable, match=r"hf download audiotok-tests/nobody"):
        model.load()


def test_metrics_of_a_speechbrain_model_name_it_and_the_commit_that_they_were_scored_by() -> None:
    """As docs/adding-a-metric.md shows."""
    model = speechbrain_asr("crdnn", "audiotok-tests/crdnn", "0123456789abcdef" + "0" * 24, ("en",))
    found = {metric.name: metric for metric in metrics(model)}
    assert set(found) == {"wer_crdnn", "cer_crdnn", "dwer_crdnn"}
    assert model.settings == "commit:0123456789ab"
    assert model.evaluation_models == ("crdnn", "audiotok-tests/crdnn")
