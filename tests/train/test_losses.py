"""Values of the losses, worked out by hand."""

import math

import pytest
import torch

from audiotok.train.losses import cosine_along_time, reconstruction


def test_reconstruction_adds_the_steps_to_the_levels():
    frames = torch.zeros(1, 3, 2)
    estimate = torch.tensor([[[1.0, 1.0], [1.0, 1.0], [4.0, 4.0]]])
    assert reconstruction(frames, estimate).item() == pytest.approx((1 + 1 + 4) / 3 + (0 + 3) / 2)


def test_a_perfect_student_costs_log_sigmoid_of_one():
    teacher = torch.randn(2, 50, 8)
    assert cosine_along_time(3 * teacher, teacher).item() == pytest.approx(0.31326, abs=1e-4)


def test_a_student_at_right_angles_costs_log_two():
    student = torch.tensor([1.0, 1.0, -1.0, -1.0])[None, :, None].expand(1, 4, 5)
    teacher = torch.tensor([1.0, -1.0, 1.0, -1.0])[None, :, None].expand(1, 4, 5)
    assert cosine_along_time(student, teacher).item() == pytest.approx(math.log(2), abs=1e-6)


def test_the_opposite_costs_most():
    teacher = torch.randn(2, 50, 8)
    assert cosine_along_time(-teacher, teacher).item() == pytest.approx(1.31326, abs=1e-4)


def test_the_cosine_is_along_time_in_each_clip():
    """Scaling one dimension, or one clip, changes nothing; scaling one frame does."""
    student, teacher = torch.randn(2, 20, 4), torch.randn(2, 20, 4)
    value = cosine_along_time(student, teacher).item()
    assert cosine_along_time(student * torch.tensor([1.0, 5, 9, 2]), teacher).item() == pytest.approx(value, abs=1e-5)
    assert cosine_along_time(student * torch.tensor([3.0, 7])[:, None, None], teacher).item() == pytest.approx(
        value, abs=1e-5
    )
    frame = torch.ones(20)
    frame[3] = 10
    assert abs(cosine_along_time(student * frame[:, None], teacher).item() - value) > 1e-3


def test_the_mean_does_not_depend_on_the_batch():
    student, teacher = torch.randn(4, 20, 3), torch.randn(4, 20, 3)
    parts = [cosine_along_time(student[i : i + 1], teacher[i : i + 1]).item() for i in range(4)]
    assert cosine_along_time(student, teacher).item() == pytest.approx(sum(parts) / 4, abs=1e-6)
