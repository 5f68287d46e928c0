"""The questions that metrics answer, in the order in which tables and the leaderboard ask them."""

from __future__ import annotations

#: Name -> title. A metric may ask one that is not here; it comes last, under its name.
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
    "drums_generation": "Drums generated",
    "music_generation": "Music generated",
    "abx": "Phones told apart",
    "sanity": "Sanity checks",
    "probe": "Downstream probes",
    "codebook": "Use of the codes",
    "rate": "Rate and speed",
}

#: Group -> its questions: what readers choose between. A question that is in none stands alone.
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
