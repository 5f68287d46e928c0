"""The questions that metrics answer, in the order in which tables and the leaderboard show them."""

from __future__ import annotations

#: Name -> title. A metric may answer a question that is not listed; it comes last, under its name.
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
    "lexicon": "Words learned",
    "lexicon_speech": "Words said",
    "continuation": "Continuations",
    "tts": "Text to speech",
    "drums_generation": "Drum generation",
    "music_generation": "Music generation",
    "abx": "Phone discrimination",
    "sanity": "Sanity checks",
    "probe": "Downstream probes",
    "codebook": "Codebook usage",
    "rate": "Rate and speed",
}

#: Group -> its questions, the choices of a reader. A question that is in no group is a group of its own.
GROUPS = {
    "Words": ("intelligibility",),
    "Sound": ("perceptual", "signal", "distribution"),
    "Voice": ("speaker", "prosody"),
    "Language models": (
        *("lm", "pairs", "lexicon", "lexicon_speech", "continuation", "tts", "drums_generation", "music_generation"),
        "sanity",
    ),
    "Understanding": ("abx", "probe"),
    "Codes and speed": ("stability", "codebook", "rate"),
}


def position(question: str) -> int:
    """Its place in the order; behind all others for one that is not listed."""
    return list(QUESTIONS).index(question) if question in QUESTIONS else len(QUESTIONS)
