"""recipes/field.py from weights in a local folder to accepted submissions: the real command on stand-in weights.

Stand-ins have the published architecture and random weights, X-Codec 2 and NeuCodec (3 GB each) a smaller one; the
hashes that wrappers ask for are those of the stand-ins, so that they are verified as published ones would be.
"""

from __future__ import annotations

import hashlib
import json
import runpy
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import typer

from audiotok.data import Manifest
from audiotok.errors import UnknownName
from audiotok.golden import codes
from audiotok.leaderboard.submission.check import check
from audiotok.leaderboard.submission.rows import reference_scores
from audiotok.tasks import suites
from audiotok.tasks.suites import Suite, SuitePart
from audiotok.tokenizers import dac, encodec, mimi, snac, speechtokenizer, wavtokenizer, xcodec2
from audiotok.tokenizers._hub import Checkpoint

RECIPE = Path(__file__).parents[2] / "recipes" / "field.py"
METRICS = ("si_sdr", "mel_distance", "bitrate", "token_rate", "rtf_encode", "rtf_decode")


@pytest.fixture
def field(tmp_path: Path, vowels: Manifest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """The recipe on two vowels, for a suite of cheap metrics; it answers with the folder of submissions."""
    monkeypatch.setenv("AUDIOTOK_ASSETS", str(tmp_path / "assets"))
    monkeypatch.setenv("AUDIOTOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    Path("two-vowels", "wavs").mkdir(parents=True)  # as LJ Speech is laid out, so that its name alone loads it
    for clip in vowels.clips[:2]:
        shutil.copy(Path("vowels", clip.path), Path("two-vowels", "wavs"))
    Path("two-vowels", "metadata.csv").write_text("clip0||\nclip1||\n")
    listed = Suite("rehearsal", 1, (SuitePart("reconstruction", "two-vowels", METRICS),), ())
    monkeypatch.setitem(suites.SUITES, "rehearsal", listed)
    monkeypatch.setitem(suites.VERSIONS, "rehearsal.v1", listed)
    recipe = runpy.run_path(str(RECIPE))

    def run(only: str = "", tokenizer: tuple[str, ...] = ()) -> Path:
        question = recipe["FieldQuestion"](
            suite="rehearsal", metric=list(METRICS), runs=tmp_path / "runs", device="cpu", workers=1
        )
        recipe["main"](question, only, list(tokenizer), tmp_path / "field", tmp_path / "golden")
        return tmp_path / "field"

    return run


@pytest.mark.slow
def test_what_fails_is_left_out_with_the_reason_and_the_rest_is_scored_once(
    field: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = field("mulaw,mimi,dm-codec", ("mulaw",))
    left_out = json.loads((out / "left_out.json").read_text())
    assert set(left_out) == {"mimi:num_codebooks=32", "mimi:num_codebooks=8", "dm-codec"}
    assert "AssetUnavailable: kyutai/mimi at revision" in left_out["mimi:num_codebooks=8"]
    assert left_out["dm-codec"] == "InvalidOption: dm-codec needs a value for checkpoint, as in dm-codec:checkpoint=…"
    assert f"2 written, 3 left out; all reasons: {out}" in capsys.readouterr().err
    made = out / "mulaw-sample-rate-16000"
    assert accepted(made)
    assert codes.find("mulaw:sample_rate=16000", tmp_path / "golden") is not None
    before = made.stat().st_ino
    field("mulaw", ("mulaw",))
    assert made.stat().st_ino == before, "what is done is not done again"
    assert f"{made}: accepted before" in capsys.readouterr().err


def test_weights_that_do_not_give_the_golden_codes_are_left_out(field: Callable[..., Path], tmp_path: Path) -> None:
    import audiotok

    codes.write(audiotok.load("mulaw"), tmp_path / "golden", {})
    file = tmp_path / "golden" / "mulaw-sample-rate-16000.json"
    file.write_text(file.read_text().replace(codes.find("mulaw:sample_rate=16000").clip_sha256, "0" * 64))
    codes.find.cache_clear()
    with pytest.raises(typer.Exit):
        field("mulaw", ("mulaw",))
    left_out = json.loads((tmp_path / "field" / "left_out.json").read_text())
    assert "these are not the weights of the golden codes" in left_out["mulaw"]
    assert not (tmp_path / "field" / "mulaw-sample-rate-16000").exists()


def test_an_unknown_name_is_refused_before_anything_is_done(field: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"no tokenizer of the field is called 'mimmi'; did you mean mimi"):
        field("mimmi")
    assert not (tmp_path / "field").exists()


def test_a_comma_before_an_option_belongs_to_the_identifier() -> None:
    chosen = runpy.run_path(str(RECIPE))["chosen"]
    asked = ["encodec:model=24khz,num_codebooks=32", "xcodec2", "funcodec:num_codebooks=8,variant=general-50hz"]
    assert sorted(chosen(",".join(asked), ())) == sorted(asked)
    assert len(chosen("mimi, dac", ("vocos:revision=1",))) == 5
    assert len(chosen("", ())) == len(runpy.run_path(str(RECIPE))["FIELD"])


@pytest.mark.slow
def test_eight_families_go_from_weights_to_accepted_submissions(
    field: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    stand_in(tmp_path / "assets", monkeypatch)
    asked = (
        *(
            "encodec:model=24khz,num_codebooks=32",
            "encodec:model=24khz,num_codebooks=2",
            "dac:sample_rate=16000",
            "mimi:num_codebooks=8",
        ),
        *("snac:sample_rate=24000", "speechtokenizer", "wavtokenizer:variant=large-unify-40", "xcodec2", "neucodec"),
    )
    out = field(",".join(asked))
    assert json.loads((out / "left_out.json").read_text()) == {}
    folders = [folder for folder in out.iterdir() if folder.is_dir()]
    assert len(folders) == len(asked) + 1, "and the clean reference"
    assert all(accepted(folder) for folder in folders)
    (of_mimi,) = (path for path in (tmp_path / "golden").glob("mimi*.json"))
    assert json.loads(of_mimi.read_text())["identifier"] == "mimi:num_codebooks=32", "of all codebooks"
    assert len(list((tmp_path / "golden").glob("encodec*.json"))) == 1, "those of 2 are the first of 32"


def accepted(folder: Path) -> bool:
    problems = check(folder, {}, reference_scores(folder.parent), "rehearsal")
    assert not problems, "\n".join(map(str, problems))
    return True


@torch.no_grad()
def stand_in(assets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights where a local copy of the hub has them, and their hashes where the wrappers have the published ones."""
    from encodec import EncodecModel
    from snac import SNAC
    from speechtokenizer import SpeechTokenizer
    from transformers import (
        DacConfig,
        DacModel,
        MimiConfig,
        MimiModel,
        NeuCodecConfig,
        NeuCodecModel,
        Xcodec2Config,
        Xcodec2Model,
    )

    assets.mkdir()
    model = randomised(EncodecModel.encodec_model_24khz(pretrained=False))
    torch.save(model.state_dict(), assets / encodec._24KHZ)
    monkeypatch.setattr(encodec, "_24KHZ_SHA256", sha256(assets / encodec._24KHZ))

    def publish(checkpoint: Checkpoint, write: Callable[[Path], None]) -> Checkpoint:
        folder = assets / checkpoint.repository
        folder.mkdir(parents=True)
        write(folder)
        return replace(checkpoint, files=tuple((name, sha256(folder / name)) for name, _ in checkpoint.files))

    def hub(module: Any) -> Callable[[Path], None]:
        return lambda folder: randomised(module).save_pretrained(folder)

    config = DacConfig(sampling_rate=16000, downsampling_ratios=[2, 4, 5, 8], n_codebooks=12)
    monkeypatch.setitem(dac.CHECKPOINTS, 16000, publish(dac.CHECKPOINTS[16000], hub(DacModel(config))))
    monkeypatch.setattr(mimi, "CHECKPOINT", publish(mimi.CHECKPOINT, hub(MimiModel(MimiConfig()))))
    for wrapper, kind, sizes in (
        (xcodec2.XCodec2, Xcodec2Model, Xcodec2Config),
        (xcodec2.NeuCodec, NeuCodecModel, NeuCodecConfig),
    ):
        smaller = kind(sizes(**SMALLER))
        torch.nn.init.normal_(smaller.quantizer.project_in.weight, std=5.0)
        monkeypatch.setattr(wrapper, "_checkpoint", publish(wrapper._checkpoint, hub(smaller)))

    def write_snac(folder: Path) -> None:
        rates = [2, 4, 8, 8]
        shape = {"sampling_rate": 24000, "encoder_rates": rates, "decoder_rates": rates[::-1], "vq_strides": [4, 2, 1]}
        shape |= {"attn_window_size": None, "decoder_dim": 1024, "codebook_size": 4096}
        (folder / "config.json").write_text(json.dumps(shape))
        torch.save(SNAC(**shape).state_dict(), folder / "pytorch_model.bin")

    monkeypatch.setitem(snac.CHECKPOINTS, 24000, publish(snac.CHECKPOINTS[24000], write_snac))

    def write_speechtokenizer(folder: Path) -> None:
        config, weights = (folder / name for name, _ in speechtokenizer.CHECKPOINT.files)
        config.parent.mkdir()
        config.write_text(json.dumps(speechtokenizer.DM_CODEC))
        torch.save(randomised(SpeechTokenizer(speechtokenizer.DM_CODEC)).state_dict(), weights)

    monkeypatch.setattr(speechtokenizer, "CHECKPOINT", publish(speechtokenizer.CHECKPOINT, write_speechtokenizer))

    def write_wavtokenizer(folder: Path) -> None:
        state = randomised(wavtokenizer.Model(wide.ratios)).state_dict()
        encoder = ("encoder.", "quantizer.")
        named = {f"feature_extractor.encodec.{k}" if k.startswith(encoder) else k: v for k, v in state.items()}
        torch.save({"state_dict": named}, folder / wide.checkpoint.files[-1][0])

    wide = wavtokenizer.VARIANTS["large-unify-40"]
    published = replace(wide, checkpoint=publish(wide.checkpoint, write_wavtokenizer))
    monkeypatch.setitem(wavtokenizer.VARIANTS, "large-unify-40", published)


#: Of X-Codec 2 and NeuCodec.
SMALLER: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "head_dim": 16,
    "encoder_hidden_size": 4,
    "quantization_dim": 128,
    "semantic_model_config": {
        "hidden_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "feature_projection_input_dim": 160,
    },
}


def randomised(model: torch.nn.Module) -> Any:
    """Entries of codebooks that upstream starts from zeros are drawn, and count as initialised."""
    for name, value in model.named_buffers():
        if name.endswith("inited"):
            value.fill_(1)
        elif value.is_floating_point() and value.numel() > 1 and not value.any():
            torch.nn.init.normal_(value, std=0.1)
    return model


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
