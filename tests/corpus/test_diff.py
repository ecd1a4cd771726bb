"""Agreement of two annotations."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from zsie.cli import app
from zsie.corpus import compare, parse_ann

ONE = "⟦县委|ORG#1⟧称⟦引进项目|INDICATOR#2⟧⟦3个|COUNT#3 status=target⟧,在⟦大寨乡|LOCATION#4⟧。\n---\nVALUE 2 3\n"
TWO = "⟦县委|ORG#7⟧称引进⟦项目|INDICATOR#8⟧⟦3个|COUNT#9⟧,⟦在大寨乡|LOCATION#10⟧。\n---\nVALUE 8 9\n"


def test_strict_and_overlap_agreement_by_label() -> None:
    first, second = parse_ann(ONE, "d")[0], parse_ann(TWO, "d")[0]
    result, faults = compare([first], [second])
    assert faults == []
    assert result.documents == 1
    assert result.entities["ORG"].f1 == 1.0
    assert (result.entities["INDICATOR"].f1, result.entities["INDICATOR"].overlap_f1) == (0.0, 1.0)
    assert result.entity_total.f1 == 0.5
    assert result.relations["VALUE"].f1 == 0.0
    assert (result.attributes["status"].first, result.attributes["status"].second) == (1, 0)
    shown = [str(d) for d in result.differences]
    assert "d only 1: LOCATION 县委称引进项目3个,在【大寨乡】。; there: LOCATION 在大寨乡" in shown
    assert sum(d.kind == "VALUE" for d in result.differences) == 2


def test_a_text_agrees_wholly_with_itself() -> None:
    document = parse_ann(ONE, "d")[0]
    result, _ = compare([document], [document])
    assert result.entity_total.f1 == result.relation_total.f1 == 1.0
    assert result.differences == ()


def test_other_texts_and_missing_documents_are_told(tmp_path: Path) -> None:
    first, second = parse_ann(ONE, "d")[0], parse_ann(TWO.replace("大寨乡", "小寨乡"), "d")[0]
    extra = parse_ann(ONE, "e")[0]
    result, faults = compare([first, extra], [second])
    assert result.documents == 0
    assert "differ from character" in faults[0].message
    assert "only in the first" in faults[1].message
    for side, raw in (("a", ONE), ("b", TWO)):
        (tmp_path / side).mkdir()
        (tmp_path / side / "d.ann.txt").write_text(raw, encoding="utf-8")
    shown = CliRunner().invoke(app, ["corpus", "diff", str(tmp_path / "a"), str(tmp_path / "b")])
    assert shown.exit_code == 0
    assert "only 2: INDICATOR" in shown.stdout
    assert "all entities" in shown.stdout
