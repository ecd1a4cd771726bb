"""The public contract on real input: the shipped model, the sample reports, anything at all."""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import packages_distributions
from importlib.resources import files
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zsie
from zsie.api import parse_date
from zsie.cli import doctor
from zsie.corpus import load_corpus
from zsie.training.evaluate import evaluate

ROOT = Path(__file__).parents[1]
LIKELY = st.text(
    alphabet="引进项目25个到位资金4.34亿元，。；　 \n\r县长李映赴重庆市招商局xx*年月日%（）“”會(huì)😀\u200b", max_size=200
)


def test_import_is_light() -> None:
    code = "import sys, zsie; print([m for m in ('torch', 'spacy', 'pandas', 'onnxruntime', 'numpy') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_parsing_loads_neither_torch_nor_spacy() -> None:
    code = "import sys, zsie; zsie.parse('全县引进项目25个。'); print([m for m in ('torch', 'spacy', 'transformers') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_every_package_that_is_required_is_imported_and_looked_for() -> None:
    needed = re.search(r"^dependencies = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M | re.S)
    assert needed
    packages = set(re.findall(r"""^  ["']([\w-]+)""", needed.group(1), re.M))
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "zsie").rglob("*.py"))
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", source, re.M))
    # A package is imported by its own name, or by another where it is installed under one (markdown-it-py).
    owners = packages_distributions()
    assert packages <= imported.union(*(owners.get(name, ()) for name in imported))
    assert set(doctor._PARSING) <= packages


def check(report: zsie.Report) -> None:
    """What holds for every report."""
    assert all(report.text[e.start : e.end] == e.text for e in report.entities)
    assert all(0 <= e.start < e.end <= len(report.text) and 0 <= e.confidence <= 1 for e in report.entities)
    assert all(a.end <= b.start for a, b in zip(report.entities, report.entities[1:], strict=False))
    ids = {e.id for e in report.entities}
    assert len(ids) == len(report.entities)
    assert all(r.head.id in ids and r.tail.id in ids for r in report.relations)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(LIKELY, st.text(max_size=200)))
def test_any_text(parser: zsie.Parser, text: str) -> None:
    report = parser.parse(text)
    assert report.text == text
    check(report)
    data = json.loads(json.dumps(report.to_dict(), ensure_ascii=True))
    assert zsie.Report.from_dict(data).to_dict() == report.to_dict()


def test_samples_keep_the_contract(reports: dict[str, zsie.Report]) -> None:
    schema = json.loads(files("zsie.render").joinpath("report.schema.json").read_text(encoding="utf-8"))
    for report in reports.values():
        check(report)
        assert len(report.entities) > 20
        assert report.relations
        # Right only where both ends are.
        assert all(r.confidence <= min(r.head.confidence, r.tail.confidence) for r in report.relations)
        assert all(cell.confidence <= 1 for cell in report.cells)
        data = json.loads(report.to_json())
        jsonschema.validate(data, schema)
        assert zsie.Report.from_dict(data).to_dict() == report.to_dict()


def test_the_fast_model_keeps_the_contract_and_most_of_the_quality(parser: zsie.Parser) -> None:
    """Within three points of the default model on documents of the test split: two by its card, one for these few documents."""
    fast = zsie.load("fast")
    for path in sorted((ROOT / "samples").glob("*.txt")):
        report = fast.parse(path.read_text(encoding="utf-8"))
        check(report)
        assert len(report.entities) > 20
    gold, _ = load_corpus(*sorted((ROOT / "corpus" / "authored").glob("[d-h]*_03.ann.txt")))
    slow, quick = (evaluate(p, gold).scores.entity_micro.f1 for p in (parser, fast))
    assert slow - 0.03 < quick > 0.88


def test_values_reach_the_entities(reports: dict[str, zsie.Report]) -> None:
    for report in reports.values():
        amounts = [e for e in report.entities if e.label == "AMOUNT"]
        assert amounts
        assert all(e.value is not None and e.value["kind"] in ("money", "masked", "unparsed") for e in amounts)
        assert all(e.value is not None for e in report.entities if e.label not in ("ORG", "LOCATION"))
    masked = reports["某县-工作总结-遮蔽"]
    figures = [e.value for e in masked.entities if e.label in ("AMOUNT", "COUNT") and ("*" in e.text or "x" in e.text)]
    assert figures
    assert all(v is not None and v["kind"] == "masked" and v["amount"] is None for v in figures)


def test_several_reports_in_one_text(reports: dict[str, zsie.Report]) -> None:
    whole = reports["述职报告-合集"]
    assert len(whole.parts) >= 2
    for part in whole.parts:
        check(part)
        assert part.text == whole.text
        assert part.entities == tuple(e for e in whole.entities if part.span.start <= e.start < part.span.end)
        kept = {e.id for e in part.entities}
        assert len(kept) > 10
        assert part.relations == tuple(r for r in whole.relations if {r.head.id, r.tail.id} <= kept)
    ids = [e.id for part in whole.parts for e in part.entities]
    # Only what stands before the first report belongs to none of them.
    assert ids == [e.id for e in whole.entities if e.start >= whole.parts[0].span.start]


def test_frames_and_records(reports: dict[str, zsie.Report]) -> None:
    report = reports["清湄市-2021年工作总结"]
    frames = report.to_frames()
    assert set(frames) == {"projects", "indicators", "events", "officials", "companies", "entities", "relations", "cells"}
    assert len(frames["cells"]) == len(report.cells) > len(frames["indicators"])
    assert len(frames["entities"]) == len(report.entities)
    assert len(frames["indicators"]) == len(report.indicators) > 3
    for row in frames["indicators"].to_dict("records"):
        assert report.text[row["start"] : row["end"]] == row["source"]


def found(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Entities without their confidence."""
    return [{key: value for key, value in entity.items() if key != "confidence"} for entity in data["entities"]]


def test_stream_is_lazy_ordered_and_the_same_in_processes(parser: zsie.Parser) -> None:
    texts = [f"全县引进项目{i}个，到位资金{i}.5亿元。" for i in range(1, 8)]
    single = [r.to_dict() for r in parser.stream(texts, batch_size=3)]
    assert [d["text"] for d in single] == texts
    several = [r.to_dict() for r in parser.stream(iter(texts), batch_size=3, processes=2)]
    assert several == single
    endless = parser.stream((t for t in iter(lambda: texts[0], None)), batch_size=2)
    assert next(endless).text == texts[0]


def test_a_stream_that_is_closed_early_leaves_the_batches_that_wait(
    parser: zsie.Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Threads(ThreadPoolExecutor):
        """Like a pool of processes, which cannot cancel what it has put in their queue."""

        def __init__(self, workers: int, context: object, start: Callable[..., None], given: tuple[zsie.Parser, Event]) -> None:
            super().__init__(workers, initializer=start, initargs=given)
            self.closed = given[1]
            pools.append(self)

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait)

    def read(self: zsie.Parser, texts: list[str], day: object) -> list[str]:
        begun.extend(texts)
        assert texts == ["0"] or pools[0].closed.wait(60)
        return texts

    pools: list[Threads] = []
    begun: list[str] = []
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", Threads)
    monkeypatch.setattr(zsie.Parser, "_parse_batch", read)
    stream = parser.stream(map(str, range(100)), batch_size=1, processes=2)
    assert next(stream) == "0"
    assert isinstance(stream, Generator)
    stream.close()
    # Two that were being read, and none of the two after them.
    assert set(begun) <= {"0", "1", "2"}


def test_a_report_is_read_the_same_whatever_stands_beside_it(parser: zsie.Parser, reports: dict[str, zsie.Report]) -> None:
    texts = [report.text for report in reports.values()]
    together = [report.to_dict() for report in parser.stream(texts)]
    assert [parser.parse(text).to_dict() for text in texts] == together
    assert [report.to_dict() for report in parser.stream(texts[::-1], batch_size=2)] == together[::-1]
    assert [report.to_dict() for report in zsie.load(threads=1).stream(texts)] == together


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff", "\x00\x01", "😀" * 50, "a" * 3000])
def test_odd_texts(parser: zsie.Parser, text: str) -> None:
    report = parser.parse(text)
    assert report.text == text
    check(report)


def test_a_long_text_is_read_to_its_end(parser: zsie.Parser) -> None:
    unit = "今年全县引进项目25个，到位资金4.34亿元，占目标任务的112.7%。\n"
    report = parser.parse(unit * 2000)
    amounts = [e for e in report.entities if e.label == "AMOUNT"]
    assert len(amounts) == 2000
    assert all(e.text == "4.34亿元" for e in amounts)
    check(report)


def test_wrong_use_is_told() -> None:
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        zsie.parse("x", date="2008年")
    with pytest.raises(zsie.ModelError, match="shipped models: default"):
        zsie.load("nowhere")
    with pytest.raises(TypeError, match="str"):
        list(zsie.stream([b"bytes"]))  # type: ignore[list-item]
    with pytest.raises(ValueError, match="batch_size"):
        list(zsie.stream(["x"], batch_size=0))


@pytest.mark.parametrize(
    "date",
    ["2008-07-01", dt.date(2008, 7, 1), dt.datetime(2008, 7, 1, 23, 59), pd.Timestamp("2008-07-01 08:00", tz="Asia/Shanghai")],
)
def test_dates_of_every_kind(parser: zsie.Parser, date: str | dt.date) -> None:
    day = parse_date(date)
    assert type(day) is dt.date
    assert parser.parse("今年引进项目25个。", date=date).date == "2008-07-01"


@pytest.mark.parametrize("date", ["2008-7-1", 20080701, pd.NaT, float("nan")])
def test_what_is_no_date_is_told(date: Any) -> None:
    with pytest.raises(ValueError, match=r"date=.+: give the report's date as YYYY-MM-DD"):
        parse_date(date)


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(zsie.ModelError, match="missing"):
        zsie.load(tmp_path)


def test_real_summaries(parser: zsie.Parser, summaries: Path) -> None:
    """The bar of the shipped model: 0.80 strict micro F1 on real reports it was not trained on."""
    gold, faults = load_corpus(summaries)
    assert faults == []
    scores = evaluate(parser, gold).scores
    assert scores.entity_micro.f1 >= 0.80
    for path in summaries.glob("*.txt"):
        check(parser.parse(path.read_text(encoding="utf-8")))
