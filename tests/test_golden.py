"""Golden output of the sample reports: what a change in text layer, values, assembly or decoding alters shows here.

Processors round the model's 8-bit products differently, so what the model finds may differ in a span or two; everything
that is made of its finds may not. After a wanted change look at the difference, then `python tests/test_golden.py`
writes the files anew.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

import zsie
from zsie.assemble import assemble
from zsie.text import clean
from zsie.types import Document

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
SAMPLES = sorted((ROOT / "samples").glob("*.txt"))


def essence(report: zsie.Report) -> dict[str, Any]:
    """Everything but confidences and the text."""
    data = report.to_dict()
    data.pop("text")
    data.pop("model")
    for item in (*data["entities"], *data["relations"]):
        item.pop("confidence")
    return data


def golden(path: Path) -> dict[str, Any]:
    """What was written for a sample."""
    data: dict[str, Any] = json.loads((GOLDEN / f"{path.stem}.json").read_text(encoding="utf-8"))
    return data


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_reports_are_made_of_finds_as_before(path: Path) -> None:
    expected, text = golden(path), path.read_text(encoding="utf-8")
    bare = {
        "entities": [{**entity, "confidence": 1.0, "value": None} for entity in expected["entities"]],
        "relations": [{**relation, "confidence": 1.0} for relation in expected["relations"]],
    }
    finds = zsie.Report.from_dict({**expected, **bare, "text": text, "model": {}})
    document = Document(path.stem, text, finds.entities, finds.relations)
    report = assemble(clean(text), document, date=dt.date(2024, 1, 5), model={})
    assert essence(report) == expected


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_the_model_finds_what_it_found(path: Path, reports: dict[str, zsie.Report]) -> None:
    one, other = (_finds(data) for data in (essence(reports[path.stem]), golden(path)))
    for kind, least in (("entities", 0.97), ("relations", 0.92)):
        assert 2 * len(one[kind] & other[kind]) / (len(one[kind]) + len(other[kind])) >= least


def _finds(data: dict[str, Any]) -> dict[str, set[Any]]:
    """Entities by label and place, relations by type and the places of their ends: ids move when a span is lost."""
    places = {e["id"]: (e["label"], e["start"], e["end"]) for e in data["entities"]}
    links = {(r["type"], places[r["head"]], places[r["tail"]]) for r in data["relations"]}
    return {"entities": set(places.values()), "relations": links}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for sample in SAMPLES:
        report = zsie.parse(sample.read_text(encoding="utf-8"), date="2024-01-05")
        text = json.dumps(essence(report), ensure_ascii=False, indent=0)
        (GOLDEN / f"{sample.stem}.json").write_text(text + "\n", encoding="utf-8")
