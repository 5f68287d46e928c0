"""What each number tells a reader, in a sentence; the page shows it beside the metric's name.

A metric module says how its number is made. This says how to read it.
"""

from __future__ import annotations

#: The questions in the order in which the page asks them, and how it names them.
QUESTIONS = {
    "intelligibility": "Intelligibility",
    "perceptual": "Perceived quality",
    "signal": "Signal",
    "speaker": "Speaker",
    "prosody": "Prosody",
    "distribution": "Distribution",
    "stability": "Stability of codes",
    "lm": "Language modelling",
    "pairs": "Likelihood pairs",
    "continuation": "Continuations",
    "tts": "Text to speech",
    "abx": "Phones told apart",
    "sanity": "Sanity checks",
    "probe": "Downstream probes",
    "codebook": "Use of the codes",
    "rate": "Rate and speed",
}

#: Shown first: what a reader in a hurry should see, and no more than a laptop's screen holds.
HEADLINE = ("dwer", "pesq_wb", "visqol", "estoi", "dnsmos_ovrl", "utmos", "speaker_ge2e", "mel_distance", "fad_whisper")

EXPLANATIONS = {
    "si_sdr": "How much of the output is the reference, up to gain. Generative decoders score low and may sound fine.",
    "si_sdr_aligned": "SI-SDR after one constant delay per tokenizer is removed, so that a shift is not read as noise.",
    "sdr": "Ratio of reference to distortion energy; a short linear filter between the two is forgiven.",
    "ci_sdr": "SDR with a 512-tap filter between reference and output forgiven.",
    "mel_distance": "Mean difference of log-mel spectra at several scales: spectral detail, blind to phase.",
    "stft_distance": "Mean difference of spectrograms at several window lengths.",
    "pesq_wb": "Predicted opinion score (ITU-T P.862.2) from 1.0 to 4.64. Made for telephone codecs and speech only.",
    "stoi": "Predicted share of words understood, from the correlation of band envelopes.",
    "estoi": "STOI without assuming that bands are independent; stricter on modulated distortion.",
    "visqol": "Predicted opinion score from spectral similarity, 1 to 5; speech and audio modes are different scales.",
    "dnsmos_p808": "Overall opinion score that a network predicts without the reference (P.808).",
    "dnsmos_ovrl": "Overall quality that a network predicts without the reference (P.835).",
    "dnsmos_sig": "Speech quality that a network predicts without the reference (P.835).",
    "dnsmos_bak": "Background quality that a network predicts without the reference (P.835).",
    "plcmos": "Opinion score of a network trained on lost packets: it hears gaps and robotic stretches.",
    "utmos": "Naturalness that a network predicts without the reference (VoiceMOS 2022).",
    "singmos": "Naturalness of singing that a network predicts without the reference; blind to what is no voice.",
    "f0_error": "Difference of the pitch tracks where both signals are voiced.",
    "f0_rmse": "Root mean square difference of the pitch tracks where both are voiced; a few octave errors rule it.",
    "voicing_error": "Share of frames that are voiced in one signal only.",
    "speaker_ge2e": "Cosine between speaker embeddings of reference and output: is it still the same voice?",
    "speaker_ecapa": "Cosine between ECAPA-TDNN speaker embeddings of reference and output.",
    "speaker_wavlm": "Cosine between WavLM-SV speaker embeddings of reference and output.",
    "fad_whisper": "Distance between the embedding distributions of all references and all outputs.",
    "clipped": "Share of output samples beyond full scale, which were cut.",
    "wer": "Word errors of a recogniser on the output, against what was said. The recogniser's own errors count.",
    "cer": "Character errors of a recogniser on the output, against what was said.",
    "dwer": "Word errors against the same recogniser's transcript of the reference: what the tokenizer lost.",
    "bitrate": "What transmitting the codes costs with every code equally likely, side information included.",
    "token_rate": "How many codes a language model has to predict per second of audio.",
    "empirical_bitrate": "What the codes cost on held-out clips once their frequencies are known (order 0).",
    "codebook_use": "Share of the codebook's entries that occur.",
    "entropy": "Entropy of the codes over log2 of the codebook's size: 1 when all are used equally.",
    "equal_shift": "Share of codes that stay the same when half a frame is cut off in front; where a clip begins "
    "should not change what a language model reads.",
    "equal_noise_20": "Share of codes that stay the same when noise 20 dB below the signal is added.",
    "equal_opus": "Share of codes that stay the same when the audio went through Opus at 24 kbit/s.",
    "equal_generation_1": "Share of codes that stay the same when the decoded audio is encoded again.",
    "equal_generation_5": "Share of codes that stay the same after decoding and encoding five times.",
    "lm_bits": "What a small language model, trained on 2 hours, pays for the codes of voices new to it. Low is not "
    "good: a constant code costs nothing. Read it beside dWER and speaker similarity.",
    "lm_order0": "What the codes cost when only their frequencies are known: the model has learnt what lies below it.",
    "lm_bigram": "What the codes cost when each is guessed from the one before it in its codebook.",
    "pairs_speaker": "How often a small language model finds speech more probable that goes on in the same voice than "
    "in another one of its language. 50 % is chance.",
    "pairs_language": "How often it finds speech more probable that goes on in the same language than in another one, "
    "by the same voice. 50 % is chance.",
    "pairs_background": "How often it finds speech more probable whose background stays the same. 50 % is chance.",
    "pairs_word": "How often it finds two English words more probable than two that are none, each a consonant away. "
    "A synthetic voice says them. 50 % is chance.",
    **{
        f"pairs_{name}_bigram": "The same pairs, decided by counts of a code and the one before it: right pairs up to "
        "here are no merit of the language model."
        for name in ("speaker", "language", "background", "word")
    },
    "pairs_order": "How often it finds two halves of a clip more probable in their order. It says that the model has "
    "learnt, and not which tokens are better: soon all do it.",
    "pairs_reversal": "How often it finds speech more probable forwards than backwards. It says that the model has "
    "learnt, and not which tokens are better: all get there in minutes.",
    "continuation_dnsmos_ovrl": "Quality that a network hears in what the language model says after 3 seconds of real "
    "speech, once decoded. The codec's own quality is in it: read it beside that of the real rest.",
    "continuation_speaker_ge2e": "Cosine between speaker embeddings of the real prompt and of what the language model "
    "says after it: does it keep the voice?",
    "continuation_words_again": "How much of the words that a recogniser hears in the continuation is said more than "
    "once. A model that is stuck repeats all of it, and noise nothing: compare with real speech.",
    "continuation_codes_again": "Share of runs of four codes of the coarsest codebook that were in the continuation "
    "before; silence and high frame rates raise it. Compare with real speech.",
    "continuation_length": "How long the language model went on before it ended the clip, of what was asked.",
    **{
        f"continuation_{name}_real": "The same of what the speaker really went on to say, through the same codec: what "
        "a perfect language model would get."
        for name in ("dnsmos_ovrl", "speaker_ge2e", "words_again", "codes_again")
    },
    "tts_wer": "Word errors of a recogniser on what a small language model says when it is given a text. Near and "
    "above 100 % differences mean nothing; read it beside that of the real recording.",
    "tts_cer": "Character errors of a recogniser on what a small language model says when it is given a text.",
    **{
        f"tts_{name}_real": "The same of real recordings of these texts through the same codec: what a perfect "
        "language model would get."
        for name in ("wer", "cer")
    },
    "tts_unended": "Share of the texts at which the language model does not stop by itself.",
    "tts_soundless": "Share of the texts at which it says nothing.",
    "abx_within_edit": "How often a phone's codes are nearer to another phone's than to the same phone said again, by "
    "one speaker. 50 % is chance, and no model takes part.",
    "abx_across_edit": "The same where another speaker says the phone again: do codes stand for sounds or for voices?",
    "rtf_encode": "Seconds of computing per second of audio, encoder; depends on the machine named in the provenance.",
    "rtf_decode": "Seconds of computing per second of audio, decoder; depends on the machine named in the provenance.",
}


def explain(metric: str) -> str:
    """The metric's sentence; a variant (another recogniser, delay-aligned) has that of what it varies."""
    name = metric
    while name and name not in EXPLANATIONS:
        name = name.rpartition("_")[0]
    return EXPLANATIONS.get(name, "")
