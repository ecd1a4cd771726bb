"""Scoring: strict counts, the second step alone, confidence, comparison of models, the page of errors."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import zsie
from zsie.cli import app
from zsie.corpus import load_corpus
from zsie.model.annotate import annotate_like, link
from zsie.schema import DEFAULT, Schema
from zsie.training.calibration import Judged, calibrate, judge
from zsie.training.errors_page import errors, page
from zsie.training.evaluate import compare, evaluate, seqeval_report, unreachable
from zsie.training.metrics import Score, score
from zsie.types import Document, Entity, Relation

ROOT = Path(__file__).parents[2]
GOLD = [ROOT / "corpus" / "authored" / f"{name}.ann.txt" for name in ("a6_01", "b2_03", "c7_03")]


@pytest.fixture(scope="module")
def gold() -> list[Document]:
    found, faults = load_corpus(*GOLD)
    assert not faults
    return list(found)


@pytest.fixture(scope="module")
def parser() -> zsie.Parser:
    return zsie.load()


def damaged(document: Document, rng: random.Random) -> Document:
    """A prediction with every kind of error: dropped, cut and relabelled entities."""
    kept = []
    for entity in document.entities:
        roll = rng.random()
        if roll < 0.1:
            continue
        if roll < 0.2 and entity.end - entity.start > 1:
            entity = replace(entity, end=entity.end - 1, text=entity.text[:-1])
        elif roll < 0.3:
            entity = replace(entity, label="ORG")
        kept.append(replace(entity, confidence=rng.random()))
    return replace(document, entities=tuple(kept), relations=())


def test_entity_figures_are_those_of_seqeval(gold: list[Document]) -> None:
    predicted = [damaged(d, random.Random(i)) for i, d in enumerate(gold)]
    report = seqeval_report(gold, predicted)
    scores = score(predicted, gold, DEFAULT)
    rows = {line.split()[0]: line.split()[1:] for line in report.splitlines() if line.strip() and "avg" not in line}
    for label, one in scores.entities.items():
        assert rows[label] == [f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}", str(one.gold)]
    micro = next(line.split() for line in report.splitlines() if "micro" in line)
    assert micro[4] == f"{scores.entity_micro.f1:.4f}"


def test_loose_counts_forgive_labels_only() -> None:
    amount, count = Entity("1", "AMOUNT", 0, 2, "5亿"), Entity("2", "INDICATOR", 2, 4, "投资")
    gold = Document("d", "5亿投资", (amount, count), (Relation("VALUE", count, amount),))
    wrong = replace(amount, label="COUNT")
    found = replace(gold, entities=(wrong, count), relations=(Relation("VALUE", count, wrong),))
    scores = score([found], [gold], DEFAULT)
    assert scores.relation_micro == Score(0, 1, 1)
    assert scores.relation_boundaries == Score(1, 1, 1)
    assert scores.boundaries["span"] == Score(2, 2, 2)
    assert scores.entity_micro == Score(1, 2, 2)


def test_an_attribute_that_the_other_model_lacks_is_counted_as_missed() -> None:
    lacking = Schema.from_dict({**DEFAULT.to_dict(), "attributes": {"stage": {"labels": ["PROJECT"], "values": ["signed"]}}})
    amount = Entity("1", "AMOUNT", 0, 2, "5亿", attributes={"status": "target"})
    gold = Document("d", "5亿投资", (amount,))
    scores = score([replace(gold, entities=(replace(amount, attributes={}),))], [gold], lacking)
    assert scores.attributes == {"status": Score(0, 0, 1)}
    assert scores.entity_micro == Score(1, 1, 1)


def test_the_second_step_alone_keeps_the_gold_entities(parser: zsie.Parser, gold: list[Document]) -> None:
    linked = link(parser.engine, gold)
    for mine, theirs in zip(linked, gold, strict=True):
        assert {(e.label, e.start, e.end) for e in mine.entities} == {(e.label, e.start, e.end) for e in theirs.entities}
    end_to_end = score(annotate_like(parser.engine, gold), gold, DEFAULT).relation_micro
    assert score(linked, gold, DEFAULT).relation_micro.f1 > end_to_end.f1 > 0.5


def test_calibration_error_by_hand() -> None:
    judged = Judged(((0.95, True), (0.95, False), (0.15, False), (0.15, False)), gold=4)
    assert judged.expected_error() == pytest.approx((2 * 0.45 + 2 * 0.15) / 4)
    assert judged.at(0.5) == Score(1, 2, 4)


def test_calibration_moves_confidences_and_nothing_else(parser: zsie.Parser, gold: list[Document]) -> None:
    plain = parser.model.with_settings(replace(parser.model.settings, temperature=1.0, link_temperature=1.0))
    settings = calibrate(plain.engine(), gold)
    before, after = plain.engine(), plain.with_settings(settings).engine()
    first, second = annotate_like(before, gold), annotate_like(after, gold)
    spans = [[(e.label, e.start, e.end) for e in d.entities] for d in first]
    assert spans == [[(e.label, e.start, e.end) for e in d.entities] for d in second]
    assert [len(d.relations) for d in first] == [len(d.relations) for d in second]
    for one, other in zip(judge(first, gold), judge(second, gold), strict=True):
        assert other.log_loss() <= one.log_loss()


def test_the_shipped_confidences_are_calibrated(parser: zsie.Parser) -> None:
    """On documents of the test split, which neither training nor calibration has seen."""
    found, _ = load_corpus(*sorted((ROOT / "corpus" / "authored").glob("?*_03.ann.txt")))
    entities, relations = judge(annotate_like(parser.engine, found), found)
    assert entities.expected_error() <= 0.05
    assert relations.expected_error() <= 0.05


def test_comparison_by_hand() -> None:
    good, bad = Score(9, 10, 10), Score(5, 10, 10)
    same = compare([good, bad], [bad, good])
    assert same.difference == 0.0
    assert same.p == 1.0
    better = compare([good] * 6, [bad] * 6)
    assert better.difference == pytest.approx(0.4)
    assert better.p == pytest.approx(2 / 64)
    assert compare([good] * 40, [bad] * 40, samples=200).p < 0.01


def test_errors_are_told_apart(gold: list[Document]) -> None:
    (document, *_) = gold
    first, second, third, *rest = document.entities
    found = [
        replace(first, label="ORG" if first.label != "ORG" else "COMPANY"),
        replace(second, start=second.start + 1, text=second.text[1:]),
        *rest,
        Entity("x", "COUNT", len(document.text) - 2, len(document.text) - 1, document.text[-2:-1]),
    ]
    predicted = replace(document, entities=tuple(found), relations=document.relations[1:])
    assert [e.kind for e in errors(document, predicted) if e.found or e.gold] == [
        "label",
        "edges",
        "missed",
        "invented",
        "missed",
    ]
    assert third.text in next(e.gold for e in errors(document, predicted) if e.kind == "missed")


def test_the_page_escapes_what_it_shows() -> None:
    text = "<b>1亿元</b>"
    gold = Document("a<b", text, (Entity("1", "AMOUNT", 3, 6, "1亿元"),))
    html = page("<t>", [gold], [replace(gold, entities=())])
    assert "&lt;b&gt;<mark>1亿元</mark>&lt;/b&gt;" in html
    assert "a&lt;b" in html
    assert "<b>" not in html


def test_unreachable_counts_what_no_window_holds(parser: zsie.Parser) -> None:
    text = "甲" * 2000 + "。"
    head, tail = Entity("1", "ORG", 0, 900, text[:900]), Entity("2", "LOCATION", 1500, 1502, "甲甲")
    near = Entity("3", "LOCATION", 1510, 1512, "甲甲")
    document = Document("d", text, (head, tail, near), (Relation("LOCATED_IN", head, tail), Relation("LOCATED_IN", near, tail)))
    assert unreachable(parser.engine, [document]) == {"entities": 1, "relations": 1}


def test_the_command_compares_and_writes_the_page(gold: list[Document], tmp_path: Path) -> None:
    html = tmp_path / "errors.html"
    arguments = ["evaluate", "default", *map(str, GOLD[:2])]
    result = CliRunner().invoke(app, [*arguments, "--compare", "default", "--html", str(html), "--json"])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["documents"] == 2
    assert data["compared"]["entities"] == {"difference": 0.0, "p": 1.0}
    assert data["from_gold_entities"]["relations"]["micro"]["f1"] > data["relations"]["micro"]["f1"]
    # Two of these documents' relations are wider than a window.
    assert data["unreachable"] == {"entities": 0, "relations": 2}
    assert 0 <= data["confidence"]["entities"]["expected_calibration_error"] < 0.2
    assert "<mark>" in html.read_text(encoding="utf-8")
    told = CliRunner().invoke(app, [*arguments, "--seqeval"])
    assert "calibration error" in told.stdout
    assert "weighted avg" in told.stdout


def test_the_evaluation_holds_every_document(parser: zsie.Parser, gold: list[Document]) -> None:
    result = evaluate(parser, gold)
    assert [name for name, _ in result.documents] == [d.id for d in gold]
    assert sum((s.entity_micro for _, s in result.documents), Score()) == result.scores.entity_micro


@pytest.mark.parametrize(
    ("part", "told"), [("dev", "no split dev; --part takes train, test, spare"), ("spare", "no annotated document to score")]
)
def test_no_documents_is_an_error(part: str, told: str, tmp_path: Path) -> None:
    splits = tmp_path / "splits.toml"
    splits.write_text('test = ["b2_03"]\nspare = []\n', encoding="utf-8")
    arguments = ["evaluate", "default", *map(str, GOLD), "--splits", str(splits), "--part", part]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert told in result.stderr
