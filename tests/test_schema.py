import json
from pathlib import Path

import pytest

from zsie.errors import SchemaError
from zsie.render.json import to_dict
from zsie.schema import DEFAULT, RESERVED, Schema
from zsie.types import Entity, ReportData, Span


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(DEFAULT.to_dict()), encoding="utf-8")
    assert Schema.load(path) == DEFAULT


def test_what_may_be_linked() -> None:
    assert DEFAULT.allows("VALUE", "INDICATOR", "AMOUNT")
    assert not DEFAULT.allows("VALUE", "AMOUNT", "INDICATOR")
    assert not DEFAULT.allows("NONE", "INDICATOR", "AMOUNT")


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        ({"labels": []}, "no labels"),
        ({"labels": ["A", "A"]}, "twice"),
        ({}, "labels"),
        ({"labels": ["A"], "relations": {"R": {"heads": ["B"], "tails": ["A"]}}}, "unknown labels"),
        ({"labels": ["A"], "relations": {"R": {"heads": ["A"], "tails": ["A"], "unique": "x"}}}, "unique"),
        ({"labels": ["A"], "attributes": {"s": {"labels": ["A"], "values": ["x"], "default": "y"}}}, "default"),
        *(
            ({"labels": ["A"], "attributes": {name: {"labels": ["A"], "values": ["x"]}}}, rf"attributes\.{name}: every entity")
            for name in RESERVED
        ),
        ({"labels": ["A"], "whole": ["B"]}, "whole has unknown labels B"),
    ],
)
def test_contradictions_are_told(data: dict[str, object], hint: str) -> None:
    with pytest.raises(SchemaError, match=hint):
        Schema.from_dict(data)


def test_the_reserved_names_are_the_keys_of_a_reports_entities() -> None:
    report = ReportData("县委", Span(0, 2), entities=(Entity("1", "ORG", 0, 2, "县委", attributes={"own": "x"}),))
    assert list(to_dict(report)["entities"][0]) == [*RESERVED, "own"]


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"none\.json"):
        Schema.load(tmp_path / "none.json")
