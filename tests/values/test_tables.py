"""The hand-written tables behind the scores in docs/values.md, and the documented ontology."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.values import TABLES, agrees, main, ours, read_rows
from zsie.values import ontology

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_the_grammars_read_the_table(table: Path) -> None:
    rows = read_rows(table)
    wrong = [(row.text, row.expected, ours(row)) for row in rows if not agrees(ours(row), row.expected)]
    assert len(wrong) <= 0.01 * len(rows), wrong


def test_the_tables_cover_every_kind_and_repeat_nothing() -> None:
    first, second = (read_rows(table) for table in TABLES)
    assert len(first) >= 320
    assert len(second) >= 60
    kinds = Counter(row.kind for row in first)
    assert {kind for kind, n in kinds.items() if n >= 20} == {
        *("money", "percent", "count", "date", "person", "company", "event", "project", "indicator")
    }
    assert max(Counter((r.kind, r.text, r.before, str(r.context), str(r.expected)) for r in [*first, *second]).values()) == 1


def test_the_command_prints_a_score_for_every_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--wrong"]) == 0
    printed = capsys.readouterr().out
    assert all(f"{table.name}: " in printed for table in TABLES)
    assert "| money masked | 1.000" in printed


def test_the_ontology_is_documented_entry_by_entry() -> None:
    page = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")
    missing = [e["id"] for e in ontology() if f"| `{e['id']}` | {e['zh']} | {e['en']} | {e['unit']} |" not in page]
    assert not missing
    assert page.count("\n| `") == len(ontology())
