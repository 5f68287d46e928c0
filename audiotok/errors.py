"""The errors of audiotok: every message says what was expected, what came and what to do.

`AudiotokError` is what a caller catches. `MetricUndefined` and `TokenizerFailed` are what the runner
records for a clip; everything else stops the run, because it would be wrong for every clip.
"""

from collections.abc import Iterator
from contextlib import contextmanager


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


#: A clip's file is missing or another than the data set's: the clip's failure where clips are read.
WRONG_FILE = (AssetUnavailable, AssetCorrupt)


class CannotWrite(AudiotokError, OSError):
    """A file that could not be written: the disk is full, the folder missing or not ours."""


class MachineTrouble(AudiotokError, OSError):
    """Disk, memory, rights, network or a killed process; once that is mended, the same command goes on."""


class AlteredFile(AudiotokError):
    """A kept file that is not what was written, or belongs to something else; what it held is made again."""


class InvalidData(AudiotokError, ValueError):
    """A manifest, or a clip in it, that is not as the format asks."""


class InvalidResult(AudiotokError, ValueError):
    """A results file or a submission that is not as the format asks."""


class MetricUndefined(AudiotokError):
    """The metric has no value on this clip (silence, no words, too short); recorded with its reason."""


class TokenizerFailed(AudiotokError):
    """The tokenizer raised, or returned nonsense, on this clip; recorded with its reason."""


class TrainingFailed(AudiotokError):
    """A loss that is not a number, or a checkpoint that cannot be resumed."""


def reason(error: BaseException) -> str:
    """A failure as it is recorded: `RuntimeError: this length breaks me`."""
    return f"{type(error).__name__}: {error}"


def is_machine_trouble(error: BaseException | None) -> bool:
    """Whether the machine is to blame, not the clip or the tokenizer that an error is about.

    So are errors of the operating system, exhausted memory of the CPU or GPU, a GPU that no longer works, a package
    that is missing, and what was raised from one of these.

    >>> is_machine_trouble(OSError(28, "No space left on device")), is_machine_trouble(ValueError("odd length"))
    (True, False)
    """
    while error is not None:
        if isinstance(error, (OSError, MemoryError, ImportError)) or any(mark in reason(error) for mark in _OF_TORCH):
            return True
        if isinstance(error, AudiotokError):  # its class says what it is, whatever it was raised from
            return False
        error = error.__cause__
    return False


@contextmanager
def machine_trouble_at(where: str) -> Iterator[None]:
    """Around work on files: what the operating system refuses becomes one MachineTrouble that says what to do."""
    try:
        yield
    except AudiotokError:
        raise
    except (OSError, MemoryError) as error:
        raise MachineTrouble(f"{where}: {reason(error)}; mend it and run the same command again") from error


#: How torch, which has few classes of errors, says it. After a CUDA error every later call fails, whatever the clip.
_OF_TORCH = ("OutOfMemoryError", "DefaultCPUAllocator", "CUDA error", "CUDA out of memory", "AcceleratorError")
