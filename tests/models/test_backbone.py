"""What codecs have in common, whichever backbone they have."""

import pytest

from audiotok.errors import InvalidOption
from audiotok.models.backbone import stack_for


@pytest.mark.parametrize("rate", [0, 30, 150, -50])
def test_a_frame_rate_is_a_part_of_a_hundred(rate):
    assert stack_for(12.5) == 8
    with pytest.raises(InvalidOption, match="whole number"):
        stack_for(rate)
