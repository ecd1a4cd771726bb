"""What the linker reads of a window, and what it does not."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from zsie.model.features import PAIR_FEATURES
from zsie.model.network import Between, Linker, NetworkShape

SHAPE = NetworkShape(lstm_dim=6, entity_dim=16, entity_layers=1, pair_dim=8)
WIDTH = 12
STARTS, ENDS = torch.tensor([[1, 5, 9]]), torch.tensor([[3, 7, 11]])


@pytest.fixture
def linker() -> Linker:
    torch.manual_seed(0)
    return Linker(WIDTH, 2, 2, [3], SHAPE).eval()


def outputs(linker: Linker, vectors: Tensor, present: list[list[int]]) -> tuple[Tensor, ...]:
    rows = len(present)
    starts, ends = (places.expand(rows, -1) for places in (STARTS, ENDS))
    pairs = torch.zeros(rows, 3, 3, len(PAIR_FEATURES), dtype=torch.long)
    with torch.no_grad():
        result: tuple[Tensor, ...] = linker(vectors, starts, ends, starts % 2, starts * 0, torch.tensor(present), pairs)
    return result


def test_a_window_is_read_the_same_whatever_stands_beside_it(linker: Linker) -> None:
    vectors = torch.randn(2, 14, WIDTH)
    both = outputs(linker, vectors, [[1, 1, 1], [1, 1, 0]])
    alone = [outputs(linker, vectors[:1], [[1, 1, 1]]), outputs(linker, vectors[1:, :12], [[1, 1, 0]])]
    for row, there in enumerate([3, 2]):
        for together, single in zip(both, alone[row], strict=True):
            kept = (slice(0, there),) * (together.ndim - 2)
            torch.testing.assert_close(together[row][kept], single[0][kept], atol=1e-5, rtol=0)


def test_a_pair_hears_the_mean_of_what_stands_between_in_either_direction() -> None:
    torch.manual_seed(0)
    between = Between(WIDTH, 8)
    vectors = torch.randn(1, 14, WIDTH)
    told = between(vectors, STARTS, ENDS)
    expected = between.out(vectors[0, 3:9].mean(0))
    torch.testing.assert_close(told[0, 0, 2], expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(told[0, 2, 0], expected, atol=1e-5, rtol=0)
    assert not told[0].diagonal().any()
