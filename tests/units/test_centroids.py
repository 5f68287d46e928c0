"""Which centroid a frame gets, and the file that keeps centroids with their origin."""

import pytest
import torch

from audiotok.errors import InvalidData
from audiotok.units.centroids import Centroids, assign, nearest


def test_of_equally_near_centroids_the_first_is_taken() -> None:
    codes, _ = nearest(torch.zeros(3, 2), torch.tensor([[2.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]))
    assert codes.tolist() == [1, 1, 1]


def test_nearest_agrees_with_all_distances() -> None:
    generator = torch.Generator().manual_seed(0)
    frames, vectors = torch.randn(300, 16, generator=generator), torch.randn(40, 16, generator=generator)
    squared, expected = torch.cdist(frames, vectors).square().min(dim=1)
    codes, distance = nearest(frames, vectors)
    assert torch.equal(codes, expected)
    torch.testing.assert_close(distance, squared, rtol=1e-4, atol=1e-4)


def test_with_the_mean_removed_a_constant_offset_changes_no_unit() -> None:
    generator = torch.Generator().manual_seed(1)
    frames, vectors = torch.randn(50, 8, generator=generator), torch.randn(20, 8, generator=generator)
    assert torch.equal(assign(frames + 3, vectors, remove_mean=True), assign(frames, vectors, remove_mean=True))


def test_centroids_come_back_with_their_origin(tmp_path) -> None:
    path = tmp_path / "c.safetensors"
    vectors = torch.randn(7, 3).half().float()
    Centroids(vectors, "whisper-base", -1, True, "small/train@sha256:ab", "python recipes/train_units.py").save(path)
    loaded = Centroids.load(path)
    assert torch.equal(loaded.vectors, vectors)
    assert (loaded.encoder, loaded.layer, loaded.remove_mean) == ("whisper-base", -1, True)
    assert loaded.command == "python recipes/train_units.py"


def test_a_cut_file_is_refused(tmp_path) -> None:
    path = tmp_path / "c.safetensors"
    Centroids(torch.randn(50, 30), "whisper-base", -1).save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InvalidData, match="cut in the middle"):
        Centroids.load(path)


def test_features_of_another_width_are_refused() -> None:
    with pytest.raises(InvalidData, match="D=3"):
        assign(torch.zeros(4, 2), torch.zeros(5, 3))
