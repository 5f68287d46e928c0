"""What a code tells of the features beside it, on numbers small enough to do by hand."""

import pytest
import torch

from audiotok.errors import InvalidData
from audiotok.train.teacher_probe import STRENGTH, TeacherProbe


def test_what_is_expected_is_the_mean_beside_the_code_drawn_to_that_of_all() -> None:
    codes = torch.tensor([0, 0, 0, 1])
    features = torch.tensor([[1.0], [1.0], [1.0], [-3.0]])  # their mean is 0
    probe = TeacherProbe.fit([(codes[:2], features[:2]), (codes[2:], features[2:])], entries=3)
    assert probe.beside[:, 0].tolist() == pytest.approx([3 / (STRENGTH + 3), -3 / (STRENGTH + 1), 0.0])
    beside, without = probe.unexplained(torch.tensor([0, 2]), torch.tensor([[1.0], [2.0]]))
    assert beside == pytest.approx((1 - 3 / 13) ** 2 + 4)
    assert without == pytest.approx(1 + 4)


def test_codes_drawn_without_the_features_explain_nothing_and_those_drawn_with_them_do() -> None:
    generator = torch.Generator().manual_seed(0)
    centres = 3 * torch.randn(20, 4, generator=generator)

    def drawn() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        codes, other = torch.randint(0, 20, (2, 5000), generator=generator)
        return codes, other, centres[codes] + torch.randn(5000, 4, generator=generator)

    (codes, other, features), (asked, asked_other, asked_features) = drawn(), drawn()
    beside, without = TeacherProbe.fit([(other, features)], 20).unexplained(asked_other, asked_features)
    assert beside / without == pytest.approx(1.0, abs=0.02)
    beside, without = TeacherProbe.fit([(codes, features)], 20).unexplained(asked, asked_features)
    assert beside / without == pytest.approx(1 / (1 + 9), rel=0.3)  # unit noise around centres of variance 9


def test_frames_are_asked_for() -> None:
    with pytest.raises(InvalidData, match="no frames"):
        TeacherProbe.fit([(torch.zeros(0, dtype=torch.int64), torch.zeros(0, 2))], entries=2)
