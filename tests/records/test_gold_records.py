"""Gold records made by hand: they can be read, and joining the gold annotation gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zsie.assemble import assemble
from zsie.corpus import read_ann
from zsie.errors import CorpusError
from zsie.text import clean
from zsie.training.metrics import Score
from zsie.training.records import differences, read_records, score_records

ROOT = Path(__file__).parents[2]


def test_joining_gold_annotation_gives_the_gold_records() -> None:
    gold = read_records(ROOT / "corpus" / "records")
    assert len(gold) >= 20
    pairs = []
    for one in gold:
        document, _ = read_ann(ROOT / "corpus" / "authored" / f"{one.id}.ann.txt")
        pairs.append((assemble(clean(document.text), document, date=None, model={}), one))
    scores = score_records(pairs)
    rows, cells = (sum(s.values(), Score()) for s in (scores.rows, scores.cells))
    assert rows.f1 > 0.95
    assert cells.f1 > 0.92


def test_scores_count_every_difference(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(
        json.dumps({"indicators": [["到位资金", "3亿元", None, "50%"], ["税收", "1亿元"]]}, ensure_ascii=False),
        encoding="utf-8",
    )
    (tmp_path / "x.ann.txt").write_text(
        "⟦到位资金|INDICATOR#1⟧⟦3亿元|AMOUNT#2⟧,⟦新签项目|INDICATOR#3⟧⟦7个|COUNT#4⟧。\n---\nVALUE 1 2\nVALUE 3 4\n",
        encoding="utf-8",
    )
    (gold,) = read_records(tmp_path)
    document, _ = read_ann(tmp_path / "x.ann.txt")
    found = assemble(clean(document.text), document, date=None, model={})
    scores = score_records([(found, gold)])
    assert scores.rows["indicators"] == Score(1, 2, 2)
    assert scores.cells["indicators"] == Score(0, 0, 1)
    missing, extra = differences(found, gold)
    assert ("indicators", "税收 1亿元") in missing
    assert extra == [("indicators", "新签项目 7个")]


@pytest.mark.parametrize("content", ["{", "[]", '{"firms": []}', '{"indicators": [["税收"]]}'])
def test_broken_gold_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "bad.json").write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"bad\.json"):
        read_records(tmp_path)
