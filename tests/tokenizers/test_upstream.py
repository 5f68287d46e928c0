"""Every wrapper gives what the upstream class gives on one clip: the same codes, the same audio."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

import audiotok
from audiotok import conformance
from audiotok.core.parameters import of_torch
from audiotok.core.tokenizer import Codec, Embeddable, Scalable


@torch.no_grad()
def test_codes_of_a_batch_are_those_of_each_clip_alone(family, clips, batch):
    for clip, tokens in zip(clips, [batch[i] for i in range(len(batch))], strict=True):
        expected = family.encode(clip[0], family.tokenizer.spec.num_codebooks)
        assert torch.equal(tokens.codes[0], expected)
        if family.whole is not None:
            assert torch.equal(tokens.global_codes[0], family.whole(clip[0]))


def test_autocast_of_a_training_loop_changes_neither_codes_nor_audio(family, clips):
    tokenizer = family.tokenizer
    tokens = tokenizer.encode(clips[0], tokenizer.spec.sample_rate)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        again = tokenizer.encode(clips[0], tokenizer.spec.sample_rate)
        assert torch.equal(again.codes, tokens.codes)
        if isinstance(tokenizer, Codec):
            decoded = tokenizer.decode(again).waveform
    if isinstance(tokenizer, Codec):
        assert torch.equal(decoded, tokenizer.decode(tokens).waveform)


@torch.no_grad()
def test_codes_are_upstreams_for_every_number_of_codebooks(family, clips):
    if not isinstance(family.tokenizer, Scalable):
        pytest.skip("one bitrate only")
    for number in family.numbers_of_codebooks:
        tokenizer = family.tokenizer.with_codebooks(number)
        tokens = tokenizer.encode(clips[0], tokenizer.spec.sample_rate)
        assert torch.equal(tokens.codes[0], family.encode(clips[0][0], number))


@torch.no_grad()
def test_audio_is_upstreams(family, batch):
    if not isinstance(family.tokenizer, Codec):
        pytest.skip("no decoder")
    audio = family.tokenizer.decode(batch)
    for i, clip in enumerate(audio.clips()):
        whole = () if batch.global_codes is None else (batch.global_codes[i],)
        expected = family.decode(batch[i].codes[0], *whole)[: clip.shape[1]]
        torch.testing.assert_close(clip[0, : len(expected)], expected, rtol=0, atol=1e-6)


class TensorsRead(TorchDispatchMode):
    """Where the tensors lie that torch's operators are given."""

    def __init__(self):
        super().__init__()
        self.places = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.places |= {_place(leaf) for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)}
        return func(*args, **(kwargs or {}))


def _place(tensor):
    return tensor.untyped_storage().data_ptr()


def test_what_counts_as_a_parameter_is_what_coding_reads(family, clips):
    tokenizer, read = family.tokenizer, TensorsRead()
    models = [value for value in vars(tokenizer).values() if isinstance(value, torch.nn.Module)]
    for module in (module for model in models for module in model.modules() if hasattr(module, "_embed")):
        module._embed = None  # Mimi's codebooks, which `transformers` computes once
    with read:
        tokens = tokenizer.encode(clips[0], tokenizer.spec.sample_rate)
        if isinstance(tokenizer, Codec):
            tokenizer.decode(tokens)
    for model in models:
        counted = of_torch(model)
        saved = {name: tensor for name, tensor in model.state_dict(keep_vars=True).items() if id(tensor) in counted}
        assert not [name for name, tensor in saved.items() if _place(tensor) not in read.places]


def test_codes_use_more_than_a_few_entries(batch):
    assert batch.codes.unique().numel() >= 8


@torch.no_grad()
def test_embeddings_sum_to_what_the_quantizer_gives_the_decoder(family, batch):
    if not isinstance(family.tokenizer, Embeddable):
        pytest.skip("codes have no vectors")
    vectors = family.tokenizer.embed(batch[0])
    expected = family.quantized(batch[0].codes[0])
    assert vectors.shape[:3] == batch[0].codes.shape
    # The sum over codebooks is taken in another order than upstream's.
    torch.testing.assert_close(vectors.sum(dim=1)[0], expected, rtol=1e-5, atol=1e-6)


def test_embeddings_leave_the_model_out_of_training(family, batch):
    if not isinstance(family.tokenizer, Embeddable):
        pytest.skip("codes have no vectors")
    assert not family.tokenizer.embed(batch).requires_grad


def test_codes_train_an_embedding(family, batch):
    table = torch.nn.Embedding(max(family.tokenizer.spec.codebook_sizes), 4)
    table(batch.codes).sum().backward()
    assert table.weight.grad is not None


def test_a_single_sample_makes_at_least_one_frame(family):
    tokens = family.tokenizer.encode(torch.zeros(1), family.tokenizer.spec.sample_rate)
    assert int(tokens.lengths) >= 1
    if isinstance(family.tokenizer, Codec):
        assert family.tokenizer.decode(tokens).waveform.shape == (1, 1, 1) or family.tokenizer.spec.sample_rate != (
            family.tokenizer.decode_sample_rate
        )


def test_decoding_saved_tokens_needs_nothing_else(family, batch, tmp_path):
    if not isinstance(family.tokenizer, Codec):
        pytest.skip("no decoder")
    batch.save(tmp_path / "tokens.safetensors")
    loaded = audiotok.Tokens.load(tmp_path / "tokens.safetensors")
    assert torch.equal(family.tokenizer.decode(loaded).waveform, family.tokenizer.decode(batch).waveform)


#: Of which conformance takes 3 to 6 s, of the others 1 to 2.
LONG = (
    *("bicodec", "bigcodec", "facodec", "wavtokenizer", "xcodec2"),
    *("audiodec", "dwavl", "lm-spt", "mimi", "snac", "xcodec"),
)


def test_it_conforms(family, request, at_night):
    if request.node.callspec.params["family"] in LONG:
        at_night()
    report = conformance.check(family.tokenizer)
    assert report.passed, str(report)


@torch.no_grad()
@pytest.mark.parametrize("name", ["dac", "mimi"])
def test_half_precision_is_upstreams(families, name):
    torch.manual_seed(0)
    family = families[name]()
    model = family.tokenizer._model.bfloat16()
    clip = 0.3 * torch.randn(1, 1, 9600, generator=torch.Generator().manual_seed(1))
    tokens = family.tokenizer.encode(clip, 24000)
    assert torch.equal(tokens.codes, model.encode(clip.bfloat16()).audio_codes)
    assert family.tokenizer.decode(tokens).waveform.dtype == torch.float32
