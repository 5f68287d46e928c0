"""Advice for the author of a tokenizer about each check that failed."""

from __future__ import annotations

_ALONE = (
    "code each clip alone and unpadded: pass the network to audiotok.core.batching.encode_clips and decode_clips, and "
    "put modules in eval mode"
)
ADVICE = {
    "shapes": "return Tokens.from_clips(codes, self.spec), or int64 codes [B, K, T] with 0 beyond each length; mind "
    "that K comes before T, and check spec.frame_rate",
    "strides": "repeat each code of a strided codebook for its stride: codes.repeat_interleave(stride, dim=-1)",
    "determinism": "put the network in eval mode, draw no random numbers (or seed a torch.Generator in each call), and "
    "keep no state between calls",
    "same_in_threads": "keep what one call needs in local variables: set no attribute, hook or global setting while "
    "encoding or decoding, and hold a threading.Lock around calls of a runtime that is not made for several threads",
    "batch_equals_single": _ALONE,
    "batched_equals_single": f"{_ALONE}; where clips go together, use encode_frames with the network's true steps",
    "padding_invariance": f"look at no sample beyond `lengths`; {_ALONE}",
    "decoded_batch_equals_single": _ALONE,
    "silence": "look for divisions by the signal's level or variance, and add a small constant to them",
    "one_sample": "pad the clip with zeros to a whole frame before the network",
    "shorter_than_a_frame": "pad the clip with zeros to a whole frame before the network",
    "full_scale": "clamp what overflows (an index, a logarithm, a scale) instead of raising",
    "round_trip_length": "return at least as many samples as frames say, without the codec's delay: audiotok cuts the "
    "rest; check decode_sample_rate and spec.sample_rate",
    "bitrate": "make spec.frame_rate the exact sample_rate / hop and codebook_sizes the true numbers of entries, one "
    "for each codebook that is coded",
    "no_side_channel": "decode from the tokens alone: keep nothing of the audio on self, and code what decode needs "
    "in addition to the codes (a scale, a voice) as further codebooks or global_sizes",
    "codes_matter": "pass tokens.codes to the decoder; a decoder that ignores them was given something else",
    "bad_input": "leave checks of the input to the base class: override encode and decode nowhere, only _encode and "
    "_decode",
    "stream_equals_offline": "keep the encoder's state (convolutions' left context, caches) between pushes, or derive "
    "from audiotok.FrameCodec, whose streams cannot differ from encode",
    "decoding_stream_equals_offline": "keep the decoder's state between pushes, or derive from audiotok.FrameCodec",
    "latency": "push must return a frame as soon as the samples that it depends on are there; return None before",
    "trainable": "return codes made under no_grad (not inference_mode), and be no torch.nn.Module: hold the network as "
    "an attribute",
    "scalable": "in _set_codebooks change self.spec and nothing that with_codebooks' copy shares with the original",
    "embeddable": "return [B, K, T, D], a vector for every code of every codebook, in the quantizer's output space",
    "equal_to_exact": "encode as the exact tokenizer does, with as many frames; half the codes must stay",
    "golden_codes": "load the weights that the card names, with the package versions that the golden codes were made "
    "with; audiotok check NAME --weights --write FOLDER records those of other weights",
    "golden_audio": "compare the decoder with upstream's: its level, its sign, the layer that it reads and the order "
    "of codebooks",
}
