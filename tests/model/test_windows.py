from hypothesis import given
from hypothesis import strategies as st

from zsie.model.windows import cut


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
