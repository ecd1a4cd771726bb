import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zsie.model.windows import LEAST, cut, cut_text


@given(st.lists(st.integers(1, 120), max_size=40), st.integers(20, 90), st.integers(0, 9))
def test_cores_tile_the_text_and_windows_stay_small(lengths: list[int], size: int, context: int) -> None:
    sentences, at = [], 0
    for length in lengths:
        sentences.append((at, at + length))
        at += length
    windows = cut(sentences, size=size, context=context)
    assert [w.core_start for w in windows] == [0, *(w.core_end for w in windows[:-1])] if windows else at == 0
    assert (windows[-1].core_end if windows else 0) == at
    for w in windows:
        assert w.start <= w.core_start < w.core_end <= w.end
        assert w.end - w.start <= size
        # Context on both sides, unless the text ends there or a sentence begins or ends within it.
        low, high = max(0, w.core_start - context), min(at, w.core_end + context)
        assert low <= w.start
        assert w.start in (low, *(first for first, _ in sentences))
        assert w.end <= high
        assert w.end in (high, *(last for _, last in sentences))
        assert (w.start < w.core_start) == (context > 0 and w.core_start > 0)
        assert (w.end > w.core_end) == (context > 0 and w.core_end < at)


def test_a_text_that_fits_is_one_window_and_the_ends_need_no_room_for_context() -> None:
    sentences = [(i, i + 50) for i in range(0, 400, 50)]
    assert [(w.core_start, w.core_end) for w in cut(sentences, size=400, context=90)] == [(0, 400)]
    assert [(w.start, w.end, w.core_start, w.core_end) for w in cut(sentences, size=300, context=90)] == [
        (0, 300, 0, 250),
        (200, 400, 250, 400),
    ]


@given(
    st.lists(st.text("字句。；\n", min_size=1, max_size=60), max_size=12).map("".join), st.integers(20, 60), st.integers(0, 9)
)
def test_a_core_ends_with_a_paragraph_where_that_costs_little(text: str, size: int, context: int) -> None:
    windows = cut_text(text, size=size, context=context)
    assert "".join(text[w.core_start : w.core_end] for w in windows) == (text if text.strip() else "")
    for w in windows[:-1]:
        inside = text[w.core_start : w.core_end]
        ends = [found.end() for found in re.finditer("[。；]\n+", inside)]
        assert not ends or ends[-1] == len(inside) or ends[-1] < LEAST * len(inside)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("一" * 70 + "。\n" + "二" * 10 + "。" + "三" * 30 + "。", ["一", "二"]),
        ("一" * 70 + "。”\n" + "二" * 10 + "。" + "三" * 30 + "。", ["一", "二"]),
        # What fits is one window. Not after a heading or a number, and not where more than a little of the core would be given away.
        ("一" * 70 + "。" + "二" * 10 + "\n" + "三" * 30 + "。", ["一", "三"]),
        ("一" * 70 + "。\n" + "二" * 10 + "。", ["一"]),
        ("一" * 70 + "。\n3.\n" + "二" * 10 + "。" + "三" * 30 + "。", ["一", "3"]),
        ("一" * 20 + "\n" + "二" * 60 + "。" + "三" * 40 + "。", ["一", "三"]),
        ("一" * 20 + "。\n" + "二" * 60 + "。" + "三" * 40 + "。", ["一", "三"]),
    ],
)
def test_a_paragraph_is_cut_in_two_only_where_it_must_be(text: str, first: list[str]) -> None:
    assert [text[w.core_start] for w in cut_text(text, size=100, context=5)] == first
