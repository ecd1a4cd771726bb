"""The model card's tables say what `zsie evaluate` prints."""

from __future__ import annotations

from pathlib import Path

from benchmarks.card import evaluated, table
from benchmarks.machine import put
from zsie.corpus import load_corpus

ROOT = Path(__file__).parents[1]


def test_every_label_and_relation_of_the_scored_documents_has_its_row(tmp_path: Path) -> None:
    paths = [ROOT / "corpus" / "authored" / f"{name}.ann.txt" for name in ("j1_03", "j2_01")]
    card = tmp_path / "card.md"
    card.write_text("before\n<!-- dev -->\nlast time\n<!-- /dev -->\nafter\n", encoding="utf-8")
    data = evaluated("fast", *map(str, paths))
    put(table(data), "dev", card)
    text = card.read_text(encoding="utf-8")
    assert "last time" not in text
    assert text.startswith("before\n<!-- dev -->\n2 documents. Entities **")
    rows = {cell.strip() for line in text.splitlines() if line.startswith("|") for cell in line.split("|")}
    documents, _ = load_corpus(*paths)
    for document in documents:
        assert {e.label for e in document.entities} | {r.type for r in document.relations} <= rows
    for score in (*data["entities"].values(), *data["relations"].values()):
        assert f"{score['f1']:.4f}" in text
