"""The fault injectors: gold spans stay on their characters whatever is damaged, and the table says what it should."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zsie
from benchmarks.faults import FAULTS, Edit, damaged, inject, main, measure
from benchmarks.machine import put
from zsie.corpus import load_corpus, parse_ann, read_splits, split
from zsie.types import Document, Entity

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    splits = read_splits(ROOT / "corpus" / "splits.toml")
    return split(load_corpus(ROOT / "corpus" / "authored")[0], splits)["test"]


@st.composite
def documents_and_edits(draw: st.DrawFn) -> tuple[Document, list[Edit]]:
    """Any text with flat entities, and edits that leave each entity at least its first character."""
    text = draw(st.text(alphabet="县3.%-\n 投资", min_size=1, max_size=50))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=10)))
    entities = tuple(Entity(str(a), "ORG", a, b, text[a:b]) for a, b in zip(cuts[::2], cuts[1::2], strict=False))
    edges = sorted({0, len(text), *(p for e in entities for p in (e.start, e.end))})
    firsts = {e.start for e in entities}
    edits = []
    for low, high in zip(edges, edges[1:], strict=False):
        if draw(st.booleans()):
            edits.append(Edit(low, low, draw(st.text(alphabet="\n -x", max_size=3))))
        start = draw(st.integers(low + (low in firsts), high))
        if start < high and draw(st.booleans()):
            edits.append(Edit(start, draw(st.integers(start + 1, high)), draw(st.text(alphabet="\n -x", max_size=3))))
    return Document("x", text, entities), edits


@settings(max_examples=300, deadline=None)
@given(documents_and_edits())
def test_spans_move_with_their_text(drawn: tuple[Document, list[Edit]]) -> None:
    document, edits = drawn
    result = damaged(document, edits)
    assert len(result.entities) == len(document.entities)
    for before, after in zip(document.entities, result.entities, strict=True):
        assert result.text[after.start : after.end] == after.text
        # What is done inside an entity, and nothing else, is done to its surface.
        inside = [
            Edit(e.start - before.start, e.end - before.start, e.text)
            for e in edits
            if before.start <= e.start
            and e.end <= before.end
            and not (e.start == e.end and e.start in (before.start, before.end))
        ]
        assert after.text == damaged(Document("y", before.text), inside).text
    assert [e.start for e in result.entities] == sorted(e.start for e in result.entities)


def test_edits_that_would_spoil_the_gold_are_refused() -> None:
    document = Document("x", "引进项目25个", (Entity("1", "COUNT", 4, 7, "25个"),))
    for edits, told in (
        ([Edit(3, 5, "")], "straddles the entity edge at character 4"),
        ([Edit(4, 7, "")], "nothing is left of '25个'"),
        ([Edit(0, 2, ""), Edit(1, 3, "")], "edits overlap at character 1"),
    ):
        with pytest.raises(ValueError, match=told):
            damaged(document, edits)


@pytest.mark.parametrize("kind", FAULTS)
def test_every_injector_keeps_the_gold_of_the_corpus(kind: str, documents: list[Document]) -> None:
    hits = 0
    for document in documents:
        copy, hit = inject(document, kind, seed=1)
        hits += hit
        assert (copy.text != document.text) == (hit > 0)
        assert [e.id for e in copy.entities] == [e.id for e in document.entities]
        assert all(copy.text[e.start : e.end] == e.text and e.text for e in copy.entities)
        assert all(a.end <= b.start for a, b in zip(copy.entities, copy.entities[1:], strict=False))
        assert [(r.type, r.head.id, r.tail.id) for r in copy.relations] == [
            (r.type, r.head.id, r.tail.id) for r in document.relations
        ]
        assert all(r.head in copy.entities and r.tail in copy.entities for r in copy.relations)
        assert inject(document, kind, seed=1)[0] == copy
    assert hits >= 20, "too rare to measure anything"


TEXT = """⟦1-6月份|DATE#1⟧，全县⟦引进项目|INDICATOR#2⟧⟦25个|COUNT#3⟧，增长⟦12.5%|PERCENT#4⟧。
---
"""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("lost hyphens", ["16月份", "引进项目", "25个", "12.5%"]),
        ("lost percent signs", ["1-6月份", "引进项目", "25个", "12.5"]),
        ("full stops for decimal points", ["1-6月份", "引进项目", "25个", "12。5%"]),
    ],
)
def test_what_damage_looks_like(kind: str, expected: list[str]) -> None:
    document, _ = parse_ann(TEXT, "x")
    assert [e.text for e in inject(document, kind)[0].entities] == expected


def test_a_gloss_belongs_to_its_character(monkeypatch: pytest.MonkeyPatch) -> None:
    document, _ = parse_ann(TEXT, "x")
    always = random.Random()
    monkeypatch.setattr(always, "random", lambda: 0.0)
    copy = damaged(document, FAULTS["pinyin glosses"](document, always))
    assert copy.text == "1-6月份，全縣(xiàn)引進(jìn)項(xiàng)目25个，增長(zhǎng)12.5%。"
    assert copy.entities[1].text == "引進(jìn)項(xiàng)目"


def test_a_run_measures_every_kind_and_fills_its_place(
    parser: zsie.Parser, documents: list[Document], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- faults -->\nold\n<!-- /faults -->\nafter\n", encoding="utf-8")
    assert main(["--limit", "1", "--into", str(page)]) == 0
    printed = capsys.readouterr().out
    assert all(f"| {kind} | " in printed for kind in ("undamaged", *FAULTS))
    rows = re.findall(r"^\| .+ \| \d* \| (0\.\d{3}|1\.000) \|", printed, re.MULTILINE)
    assert len(rows) == 1 + len(FAULTS)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| undamaged |" in text
    with pytest.raises(ValueError, match="no place for the table"):
        put("x", "faults", ROOT / "LICENSE")


def test_a_span_off_its_characters_is_noticed(parser: zsie.Parser, documents: list[Document]) -> None:
    class Liar:
        def stream(self, texts: object) -> list[zsie.Report]:
            report = parser.parse(documents[0].text)
            wrong = Entity("e1", "ORG", 0, 2, "不是")
            return [type(report)(text=report.text, span=report.span, entities=(wrong,))]

    with pytest.raises(AssertionError, match="does not lie on its characters"):
        measure(Liar(), documents[:1], None)  # type: ignore[arg-type]
