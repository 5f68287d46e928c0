"""A voice that speaks phonemes, for tasks whose speech is made."""

import pytest

from audiotok.errors import AssetUnavailable, MissingDependency
from audiotok.tasks import synthetic_voice


@pytest.fixture
def voice() -> None:
    try:
        synthetic_voice.say("a")
    except (AssetUnavailable, MissingDependency) as error:
        pytest.skip(str(error))
