"""What entities and pairs read from the characters around them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from zsie.model.features import PAIR_FEATURES
from zsie.model.network import Between, Linker, NetworkShape, Reader

SHAPE = NetworkShape(lstm_dim=6, entity_dim=16, entity_layers=1, pair_dim=8)
WIDTH = 12
STARTS, ENDS = torch.tensor([[1, 5, 9]]), torch.tensor([[3, 7, 11]])


@pytest.fixture
def linker() -> Linker:
    torch.manual_seed(0)
    return Linker(WIDTH, 2, 2, [3], SHAPE).eval()


def outputs(linker: Linker, vectors: Tensor, length: int) -> tuple[Tensor, ...]:
    pairs = torch.zeros(1, 3, 3, len(PAIR_FEATURES), dtype=torch.long)
    with torch.no_grad():
        result: tuple[Tensor, ...] = linker(
            vectors, STARTS, ENDS, STARTS % 2, STARTS * 0, STARTS * 0 + 1, pairs, torch.tensor([length])
        )
    return result


def test_a_linker_that_is_given_reading_goes_on_as_it_was(linker: Linker) -> None:
    vectors = torch.randn(1, 14, WIDTH)
    before = outputs(linker, vectors, 14)
    linker.let_read(8)
    assert linker.reader is not None
    for own, was in zip(outputs(linker.eval(), vectors, 14), before, strict=True):
        torch.testing.assert_close(own, was)


def awake(linker: Linker) -> Linker:
    """With weights other than 0 in the layers that start with none."""
    linker.let_read(8)
    for layer in (linker.reader, linker.between):
        assert layer is not None
        nn.init.normal_(layer.out.weight)
    return linker.eval()


def test_what_is_read_comes_from_the_window_and_not_from_padding(linker: Linker) -> None:
    awake(linker)
    vectors = torch.randn(1, 14, WIDTH)
    whole = outputs(linker, vectors, 14)
    padded = outputs(linker, torch.cat([vectors, torch.randn(1, 5, WIDTH)], 1), 14)
    for own, was in zip(padded, whole, strict=True):
        torch.testing.assert_close(own, was, atol=1e-5, rtol=0)
    # A character that stands in no entity counts, for attributes by reading alone.
    vectors[0, 13] += 1.0
    assert not torch.allclose(outputs(linker, vectors, 14)[1], whole[1], atol=1e-4)


def test_distance_is_told_up_to_its_reach() -> None:
    torch.manual_seed(0)
    reader = Reader(WIDTH, 16, 8)
    nn.init.normal_(reader.out.weight)
    with torch.no_grad():
        reader.distance.weight[0] = 100.0
    vectors, length = torch.randn(1, 200, WIDTH), torch.tensor([200])
    entities, starts = torch.randn(1, 1, 16), torch.tensor([[reader.reach + 2]])
    told = reader(entities, vectors, starts, length)
    for place, heard in ((2, True), (3, False)):
        other = vectors.clone()
        other[0, place] += 1.0
        assert torch.allclose(reader(entities, other, starts, length), told, atol=1e-4) != heard


def test_a_pair_hears_the_mean_of_what_stands_between_in_either_direction() -> None:
    torch.manual_seed(0)
    between = Between(WIDTH, 8)
    nn.init.normal_(between.out.weight)
    vectors = torch.randn(1, 14, WIDTH)
    told = between(vectors, STARTS, ENDS)
    expected = between.out(between.project(vectors[0, 3:9].mean(0)))
    torch.testing.assert_close(told[0, 0, 2], expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(told[0, 2, 0], expected, atol=1e-5, rtol=0)
    assert not told[0].diagonal().any()
