import itertools
import math

import numpy as np
import pytest

from zsie.model import decode
from zsie.schema import DEFAULT

LABELS = 2


def spans_of(tags: tuple[int, ...]) -> list[tuple[int, int, int]] | None:
    """Spans of a tag sequence, None when it is ill-formed (the grammar, written out once more)."""
    found, begun = [], None
    for i, tag in enumerate(tags):
        label, kind = divmod(tag - 1, 4)
        if tag == 0 or kind in (0, 3):
            if begun is not None:
                return None
            if tag and kind == 0:
                begun = i, label
            elif tag:
                found.append((i, i + 1, label))
        elif begun is None or begun[1] != label:
            return None
        elif kind == 2:
            found.append((begun[0], i + 1, label))
            begun = None
    return None if begun is not None else found


@pytest.mark.parametrize("seed", range(8))
def test_best_path_and_posteriors_equal_enumeration(seed: int) -> None:
    tags = 1 + 4 * LABELS
    logits = (np.random.default_rng(seed).normal(size=(2, 5, tags)) * 2).astype(np.float32)
    lengths = [4, 5]
    for row, (length, found) in enumerate(zip(lengths, decode.spans(logits, lengths), strict=True)):
        table = logits[row, :length]
        total, best, posterior = 0.0, (-math.inf, []), {}
        for sequence in itertools.product(range(tags), repeat=length):
            spans = spans_of(sequence)
            if spans is None:
                continue
            score = float(sum(table[i, tag] for i, tag in enumerate(sequence)))
            total += math.exp(score)
            best = max(best, (score, spans))
            for span in spans:
                posterior[span] = posterior.get(span, 0.0) + math.exp(score)
        assert [(f.start, f.end, f.label) for f in found] == best[1]
        for f in found:
            assert f.confidence == pytest.approx(posterior[f.start, f.end, f.label] / total, abs=1e-4)


def test_no_confidence_is_made_of_an_underflow() -> None:
    logits = np.full((1, 6, 1 + 4 * LABELS), -1000.0, np.float32)
    logits[0, :, 0] = 0.0
    logits[0, 1] = -1000.0
    logits[0, 1, 2] = 0.0  # an I that nothing opens
    logits[0, 4, 4] = 0.2  # S is hardly likelier than O
    with np.errstate(invalid="raise", divide="raise"):
        ((only,),) = decode.spans(logits, [6])
    assert only.confidence == pytest.approx(0.55, abs=0.01)


def test_padding_and_neighbours_change_nothing() -> None:
    rng = np.random.default_rng(0)
    logits = (rng.normal(size=(3, 300, decode.tag_count(DEFAULT))) * 8).astype(np.float32)
    lengths = [300, 120, 7]
    for row, found in enumerate(decode.spans(logits, lengths)):
        (alone,) = decode.spans(logits[row : row + 1, : lengths[row]], lengths[row : row + 1])
        assert [(f.start, f.end, f.label) for f in alone] == [(f.start, f.end, f.label) for f in found]
        assert [f.confidence for f in alone] == pytest.approx([f.confidence for f in found], abs=1e-6)


def test_tags_and_spans_are_inverse() -> None:
    spans = [(0, 1, 3), (2, 4, 0), (4, 9, 12)]
    logits = np.full((1, 10, decode.tag_count(DEFAULT)), -9.0, np.float32)
    for i, tag in enumerate(decode.tags_of(spans, 10)):
        logits[0, i, tag] = 9.0
    assert [(f.start, f.end, f.label) for f in decode.spans(logits, [10])[0]] == spans


def test_names_that_touch_are_one_where_the_schema_says_so() -> None:
    given = [(0, 2, 3), (2, 5, 3), (5, 6, 1), (6, 7, 1), (8, 9, 3)]
    logits = np.full((1, 10, decode.tag_count(DEFAULT)), -9.0, np.float32)
    for i, tag in enumerate(decode.tags_of(given, 10)):
        logits[0, i, tag] = 9.0
    (found,) = decode.spans(logits, [10], whole=[3])
    assert [(f.start, f.end, f.label) for f in found] == [(0, 5, 3), (5, 6, 1), (6, 7, 1), (8, 9, 3)]
    # The model is sure of the stretch, however it would cut it.
    assert all(f.confidence > 0.99 for f in found)


def test_both_readings_of_a_stretch_count() -> None:
    rng = np.random.default_rng(3)
    tags = decode.tag_count(DEFAULT)
    logits = np.full((1, 4, tags), -9.0, np.float32)
    for i, tag in enumerate(decode.tags_of([(0, 2, 0), (2, 4, 0)], 4)):
        logits[0, i, tag] = 3.0
    for i, tag in enumerate(decode.tags_of([(0, 4, 0)], 4)):
        logits[0, i, tag] += rng.uniform(1, 2)
    ((one,),) = decode.spans(logits, [4], whole=[0])
    table = logits[0]
    taggings = {
        spans: math.exp(sum(table[i, t] for i, t in enumerate(sequence)))
        for sequence in itertools.product([0, 1, 2, 3, 4], repeat=4)
        if (found := spans_of(sequence)) is not None and (spans := tuple(found)) is not None
    }
    share = (taggings[(0, 4, 0),] + taggings[(0, 2, 0), (2, 4, 0)]) / sum(taggings.values())
    assert (one.start, one.end) == (0, 4)
    assert one.confidence == pytest.approx(share, abs=1e-3)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("参加[第三届“西洽会]”,签约", "第三届“西洽会”"),
        ("打造[“金街]”项目", "金街"),
        ("打造“[金街”]项目", "金街"),
        ("开展“[清风”行动]", "“清风”行动"),
        ("引进[年产3万吨(一期]),占地", "年产3万吨(一期)"),
        ("看[“甲”乙“丙]”会", "“甲”乙“丙”"),
        ("办[“甲会、乙会]。”他说", "“甲会、乙会"),
        ("叫[“]”", "“"),
    ],
)
def test_half_a_quotation_is_made_whole_or_left_out(marked: str, expected: str) -> None:
    start, end = marked.index("["), marked.index("]") - 1
    text = marked.replace("[", "").replace("]", "")
    (span,) = decode.closed([decode.Found(start, end, 0, 0.9)], text)
    assert text[span.start : span.end] == expected


def test_a_quotation_mark_that_is_a_neighbours_stays_his() -> None:
    text = "第三届“西洽会”金街"
    found = [decode.Found(0, 7, 0, 0.9), decode.Found(7, 10, 1, 0.9)]
    assert decode.closed(found, text) == found


def test_a_figure_keeps_its_best_indicator() -> None:
    value = list(DEFAULT.relations).index("VALUE")
    figure = list(DEFAULT.relations).index("FIGURE")
    scores = {(value, 0, 2): 0.7, (value, 1, 2): 0.9, (figure, 3, 2): 0.8, (figure, 4, 2): 0.6, (value, 5, 6): 0.4}
    assert [(link.type, link.head, link.tail) for link in decode.links(scores, DEFAULT)] == [
        (value, 1, 2),
        (figure, 3, 2),
        (figure, 4, 2),
    ]
