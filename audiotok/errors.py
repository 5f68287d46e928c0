"""The errors of audiotok: every message says what was expected, what was given and what to do.

`AudiotokError` is what a caller catches. `MetricUndefined` and `TokenizerFailed` are what the runner
records for a clip; everything else stops the run, because it would be wrong for every clip.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class AudiotokError(Exception):
    """Base of every error that audiotok raises on purpose."""


class InvalidAudio(AudiotokError, ValueError):
    """An unusable waveform or audio file: NaN, empty, truncated, or the wrong number of channels."""


class InvalidTokens(AudiotokError, ValueError):
    """Codes that do not match their spec, or a tokens file that is truncated or belongs to another tokenizer."""


class InvalidOption(AudiotokError, ValueError):
    """An identifier, option or argument that is not accepted."""


class UnknownName(AudiotokError, LookupError):
    """An unregistered tokenizer, metric, data set or asset; the message suggests similar names."""


class MissingDependency(AudiotokError, ImportError):
    """A missing package of an extra; the message has the command to install it."""


class BrokenPackage(AudiotokError):
    """Another package whose module fails when imported, or which offers something else than it should."""


class AssetUnavailable(AudiotokError, OSError):
    """Weights or data that no source provided; the message lists the sources that were tried."""


class AssetMissing(AssetUnavailable):
    """A file that every source was asked for and does not have; one that cannot be reached may have it."""


class AssetCorrupt(AudiotokError, OSError):
    """A file whose sha256 is not the expected one; both hashes are in the message."""


#: A clip's file is missing or another than the data set's: the clip's failure where clips are read. A source that
#: cannot be reached, and a cache that cannot be written, are not the clip's.
WRONG_FILE = (AssetMissing, AssetCorrupt)


class CannotWrite(AudiotokError, OSError):
    """A file that could not be written: the disk is full, or the folder is missing or read-only."""


class MachineTrouble(AudiotokError, OSError):
    """A problem of the machine (disk, memory, permissions, network, a killed process); the same command resumes."""


class AlteredFile(AudiotokError):
    """A cached file that was modified or belongs to something else; its contents are computed again."""


class InvalidData(AudiotokError, ValueError):
    """A manifest, or a clip in it, that does not follow the format."""


class InvalidResult(AudiotokError, ValueError):
    """A results file or a submission that does not follow the format."""


class MetricUndefined(AudiotokError):
    """A metric is undefined on this clip (silence, no words, too short); recorded with its reason."""


class TokenizerFailed(AudiotokError):
    """The tokenizer failed or returned invalid output on this clip; recorded with its reason."""


class TrainingFailed(AudiotokError):
    """A loss that is NaN, or a checkpoint that cannot be resumed."""


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
        raise MachineTrouble(f"{where}: {reason(error)}; fix the problem and run the same command again") from error


#: How torch, which has few classes of errors, says it. After a CUDA error every later call fails, whatever the clip.
_OF_TORCH = ("OutOfMemoryError", "DefaultCPUAllocator", "CUDA error", "CUDA out of memory", "AcceleratorError")
