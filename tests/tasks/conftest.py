"""A voice that speaks phonemes, for tasks whose speech is made."""

import pytest

from audiotok.errors import AssetUnavailable, MissingDependency
from audiotok.tasks.lm_pairs import piper


@pytest.fixture
def voice() -> None:
    try:
        piper.say("a")
    except (AssetUnavailable, MissingDependency) as error:
        pytest.skip(str(error))
