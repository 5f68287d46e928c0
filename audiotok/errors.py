"""What can go wrong, said once: every message tells what was expected, what came and what to do.

`AudiotokError` is what a caller catches. `MetricUndefined` and `TokenizerFailed` are what the runner
records for a clip; everything else stops the run, because it would be wrong for every clip.
"""


class AudiotokError(Exception):
    """Base of every error that audiotok raises on purpose."""


class InvalidAudio(AudiotokError, ValueError):
    """A waveform or an audio file that cannot be used: NaN, empty, cut, the wrong number of channels."""


class InvalidTokens(AudiotokError, ValueError):
    """Codes that do not fit their spec, or a tokens file that is cut or belongs to another tokenizer."""


class InvalidOption(AudiotokError, ValueError):
    """An identifier, option or argument outside what is accepted."""


class UnknownName(AudiotokError, LookupError):
    """A tokenizer, metric, data set or asset that nobody registered; the message suggests near names."""


class MissingDependency(AudiotokError, ImportError):
    """A package that an extra brings; the message has the command that installs it."""


class AssetUnavailable(AudiotokError, OSError):
    """Weights or data that no source could give; the message lists what was tried."""


class AssetCorrupt(AudiotokError, OSError):
    """A file whose sha256 is not the expected one; both hashes are in the message."""


class CannotWrite(AudiotokError, OSError):
    """A file that could not be written: the disk is full, the folder missing or not ours."""


class InvalidData(AudiotokError, ValueError):
    """A manifest, or a clip in it, that is not as the format asks."""


class InvalidResult(AudiotokError, ValueError):
    """A results file or a submission that is not as the format asks."""


class MetricUndefined(AudiotokError):
    """The metric has no value on this clip (silence, no words, too short); recorded with its reason."""


class TokenizerFailed(AudiotokError):
    """The tokenizer raised, or returned nonsense, on this clip; recorded with its reason."""


class TrainingFailed(AudiotokError):
    """A loss that is not a number, or a checkpoint that cannot be gone on from."""


def reason(error: Exception) -> str:
    """What is recorded of a failure: `RuntimeError: this length breaks me`."""
    return f"{type(error).__name__}: {error}"
