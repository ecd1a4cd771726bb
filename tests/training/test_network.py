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


def outputs(linker: Linker, vectors: Tensor, lengths: list[int], present: list[list[int]]) -> tuple[Tensor, ...]:
    rows = len(lengths)
    starts, ends = (places.expand(rows, -1) for places in (STARTS, ENDS))
    pairs = torch.zeros(rows, 3, 3, len(PAIR_FEATURES), dtype=torch.long)
    with torch.no_grad():
        result: tuple[Tensor, ...] = linker(
            vectors, starts, ends, starts % 2, starts * 0, torch.tensor(present), pairs, torch.tensor(lengths)
        )
    return result


def reading(linker: Linker) -> Linker:
    """The linker, given parts that have learnt something."""
    linker.let_read(WIDTH, 8)
    for layer in (linker.reader, linker.between):
        assert layer is not None
        nn.init.normal_(layer.out.weight)
    return linker.eval()


def test_a_linker_that_is_given_reading_goes_on_as_it_was(linker: Linker) -> None:
    vectors = torch.randn(1, 14, WIDTH)
    before = outputs(linker, vectors, [14], [[1, 1, 1]])
    linker.let_read(WIDTH, 8)
    for own, was in zip(outputs(linker.eval(), vectors, [14], [[1, 1, 1]]), before, strict=True):
        torch.testing.assert_close(own, was)


def test_a_window_is_read_the_same_whatever_stands_beside_it(linker: Linker) -> None:
    reading(linker)
    vectors = torch.randn(2, 14, WIDTH)
    both = outputs(linker, vectors, [14, 12], [[1, 1, 1], [1, 1, 0]])
    alone = [outputs(linker, vectors[:1], [14], [[1, 1, 1]]), outputs(linker, vectors[1:, :12], [12], [[1, 1, 0]])]
    for row, there in enumerate([3, 2]):
        for together, single in zip(both, alone[row], strict=True):
            kept = (slice(0, there),) * (together.ndim - 2)
            torch.testing.assert_close(together[row][kept], single[0][kept], atol=1e-5, rtol=0)


def test_attributes_hear_of_a_character_that_stands_in_no_entity(linker: Linker) -> None:
    vectors = torch.randn(1, 14, WIDTH)
    other = vectors.clone()
    other[0, 13] += 1.0

    def heard() -> bool:
        told = [outputs(linker, v, [14], [[1, 1, 1]])[1] for v in (vectors, other)]
        return not torch.allclose(*told, atol=1e-4)

    assert not heard()
    reading(linker)
    assert heard()


@pytest.mark.parametrize(("row", "near", "far"), [(0, 2, 3), (-1, 98, 97)])
def test_distance_from_an_entitys_first_character_is_told_up_to_its_reach(row: int, near: int, far: int) -> None:
    torch.manual_seed(0)
    reader = Reader(WIDTH, 16, 8)
    nn.init.normal_(reader.out.weight)
    with torch.no_grad():
        reader.distance.weight[row] = 100.0
    vectors, length = torch.randn(1, 200, WIDTH), torch.tensor([200])
    entities, starts = torch.randn(1, 1, 16), torch.tensor([[reader.reach + 2]])
    told = reader(entities, vectors, starts, length)
    for place, heard in ((near, True), (far, False)):
        other = vectors.clone()
        other[0, place] += 1.0
        assert torch.allclose(reader(entities, other, starts, length), told, atol=1e-4) != heard


def test_a_pair_hears_the_mean_of_what_stands_between_in_either_direction() -> None:
    torch.manual_seed(0)
    between = Between(WIDTH, 8)
    nn.init.normal_(between.out.weight)
    vectors = torch.randn(1, 14, WIDTH)
    told = between(vectors, STARTS, ENDS)
    expected = between.out(vectors[0, 3:9].mean(0))
    torch.testing.assert_close(told[0, 0, 2], expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(told[0, 2, 0], expected, atol=1e-5, rtol=0)
    assert not told[0].diagonal().any()
