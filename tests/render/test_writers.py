"""Every format written, and read back by a library of its own."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from zsie.cli.write import Stems, ready, write
from zsie.errors import ZsieError
from zsie.render.docbin import DocBinFiles
from zsie.render.filed import COLUMNS, Filed, Writer
from zsie.render.flat import CsvFiles, JsonFiles, JsonLines, unarmed
from zsie.render.graph import GraphmlFile, JsonLdFile, graph
from zsie.render.json import to_dict
from zsie.render.pages import HtmlFiles
from zsie.render.parquet import ParquetFiles
from zsie.render.sqlite import VERSION, SqliteFile
from zsie.render.workbook import SHEETS, XlsxFile
from zsie.report import Report

pytestmark = pytest.mark.usefixtures("english")
ERROR = {"file": "坏.pdf", "reason": "=1+1 is no text", "remedy": "leave it out"}
WRITERS = (XlsxFile, HtmlFiles, JsonFiles, JsonLines, CsvFiles, ParquetFiles, SqliteFile, DocBinFiles, GraphmlFile, JsonLdFile)


def written(writer: Writer, *filed: Filed) -> list[Path]:
    for one in filed:
        writer.add(one)
    return writer.close([ERROR])


def sheet(path: Path, name: str) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(path)[name].values)
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def test_the_workbook(first: Filed, second: Filed, tmp_path: Path) -> None:
    (path,) = written(XlsxFile(tmp_path, pages=True), first, second)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "Projects",
        "Indicators",
        "Events",
        "Officials",
        "Companies",
        "Entities",
        "Relations",
        "Checks",
        "Errors",
    ]
    for table, page in zip(SHEETS, book, strict=True):
        assert page.freeze_panes == "B2"
        assert page.auto_filter.ref is not None
        assert page.max_row - 1 == (1 if table == "errors" else len(first.rows[table]) + len(second.rows[table]))
    row = next(r for r in sheet(path, "Indicators") if r["figure"] == "4.34亿元")
    assert (row["value"], row["unit"], row["completion rate"], row["citation"]) == (
        434_000_000,
        "CNY",
        1.127,
        "page 1 · characters 49–54",
    )
    assert row["period start"].isoformat() == "2008-01-01T00:00:00"
    assert (row["low"], row["high"]) == (None, None)
    masked = next(r for r in sheet(path, "Indicators") if r["figure"] == "xx万元")
    assert masked["value"] is None
    check = next(r for r in sheet(path, "Checks") if r["kind"] == "completion_rate")
    assert check["severity"] == "ok"
    assert "4.34亿元 ÷ 3.85亿元 = 112.73%" in check["arithmetic"]
    assert {r["part"] for r in sheet(path, "Projects")} == {None, 1, 2}


def test_numbers_look_as_they_are(first: Filed, tmp_path: Path) -> None:
    (path,) = written(XlsxFile(tmp_path), first)
    page = openpyxl.load_workbook(path)["Indicators"]
    columns = [cell.value for cell in page[1]]
    formats = {c.value: c.number_format for row in page.iter_rows(min_row=2) for c in row if isinstance(c.value, int | float)}
    assert formats[434_000_000] == "#,##0"
    assert formats[1.127] == "0.0%"
    assert page.cell(2, columns.index("period start") + 1).number_format == "yyyy-mm-dd"


def test_text_is_never_a_formula(first: Filed, tmp_path: Path) -> None:
    (path,) = written(XlsxFile(tmp_path, pages=True), first)
    cells = [c for page in openpyxl.load_workbook(path) for row in page.iter_rows() for c in row]
    assert "=1+1食品有限公司" in [c.value for c in cells]
    assert not [c for c in cells if c.data_type == "f"]
    with ZipFile(path) as archive:
        assert not [n for n in archive.namelist() if b"<f>" in archive.read(n)]


def test_cells_lead_to_the_file_and_to_the_page(first: Filed, tmp_path: Path) -> None:
    (path,) = written(XlsxFile(tmp_path / "out" if (tmp_path / "out").mkdir() is None else tmp_path, pages=True), first)
    page = openpyxl.load_workbook(path)["Projects"]
    links = {c.value: c.hyperlink for c in page[2] if c.hyperlink}
    assert links["饼干\n生产线"].target == "一%20%231.html"
    assert links["饼干\n生产线"].location == "14"
    cited = next(link for text, link in links.items() if text.startswith("page 1"))
    assert cited.target.replace("\\", "/") == "../in/一%20%231.docx"


def test_a_relation_leads_to_its_head_wherever_its_tail_stands(first: Filed, tmp_path: Path) -> None:
    (path,) = written(XlsxFile(tmp_path, pages=True), first)
    heads = {r.head.id for r in first.report.relations if r.tail.start < r.head.start}
    assert heads
    page = openpyxl.load_workbook(path)["Relations"]
    columns = [cell.value for cell in page[1]]
    link, wanted = columns.index("head"), columns.index("head id")
    led = [(row[link].hyperlink.location, row[wanted].value) for row in page.iter_rows(min_row=2)]
    assert [to for to, _ in led] == [to for _, to in led] == [r.head.id for r in first.report.relations]


def test_headings_in_chinese(first: Filed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_LANG", "zh")
    (path,) = written(XlsxFile(tmp_path), first)
    row = sheet(path, "Projects")[0]
    assert (row["项目"], row["阶段"], row["投资方"]) == ("饼干生产线", "在建", "=1+1食品有限公司")


def test_a_full_sheet_goes_on_in_the_next(first: Filed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zsie.render.workbook._LAST_ROW", 10)
    monkeypatch.setattr("zsie.render.workbook._LINKS", 3)
    (path,) = written(XlsxFile(tmp_path, pages=True), first)
    book = openpyxl.load_workbook(path)
    assert "Entities 2" in book.sheetnames
    rows = sheet(path, "Entities") + sheet(path, "Entities 2")
    assert [r["id"] for r in rows] == [e.id for e in first.report.entities]
    assert sum(c.hyperlink is not None for row in book["Entities"].iter_rows() for c in row) == 3


def test_csv_reads_back_and_arms_no_formula(first: Filed, second: Filed, tmp_path: Path) -> None:
    paths = written(CsvFiles(tmp_path), first, second)
    assert [p.stem for p in paths] == list(COLUMNS)
    tables = {p.stem: list(csv.DictReader(p.open(encoding="utf-8-sig", newline=""))) for p in paths}
    for name, rows in tables.items():
        assert name == "errors" or len(rows) == len(first.rows[name]) + len(second.rows[name])
    assert tables["companies"][0]["company"] == "'=1+1食品有限公司"
    assert tables["errors"] == [{**ERROR, "reason": "'=1+1 is no text"}]
    assert {row["source"] for row in tables["projects"]} >= {"饼干\n生产线"}


@pytest.mark.parametrize(
    ("text", "safe"),
    [("=A1", "'=A1"), ("@x", "'@x"), ("-8.92%", "-8.92%"), ("-cmd", "'-cmd"), ("+86", "+86"), ("金额", "金额")],
)
def test_what_a_spreadsheet_would_run(text: str, safe: str) -> None:
    assert unarmed(text) == safe


def test_json_reads_back(first: Filed, second: Filed, tmp_path: Path) -> None:
    paths = written(JsonFiles(tmp_path), first, second)
    assert json.loads(paths[0].read_text(encoding="utf-8")) == to_dict(first.report)
    (lines,) = written(JsonLines(tmp_path), first, second)
    data = [json.loads(line) for line in lines.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [d["file"] for d in data] == [first.name, second.name]
    assert data[0]["source"]["format"] == "docx"
    assert Report.from_dict(data[1]).to_dict() == to_dict(second.report)


def test_parquet_is_typed_and_exact(first: Filed, second: Filed, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    tables = {p.stem: pq.read_table(p) for p in written(ParquetFiles(tmp_path), first, second)}
    assert {n: t.num_rows for n, t in tables.items() if n != "errors"} == {
        n: len(first.rows[n]) + len(second.rows[n]) for n in first.rows
    }
    figures = {r["figure"]: r for r in tables["indicators"].to_pylist()}
    assert figures["4.34亿元"]["value"] == Decimal(434_000_000)
    assert figures["xx万元"]["value"] is None
    assert figures["4.34亿元"]["period_end"].isoformat() == "2008-06-30"
    assert tables["errors"].to_pylist() == [ERROR]


def test_parquet_leaves_out_what_does_not_fit(first: Filed, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    first.rows["entities"][0]["value"] = "1" * 40
    first.rows["entities"][1]["value"] = "0." + "0" * 20 + "1"
    table = {p.stem: p for p in written(ParquetFiles(tmp_path), first)}["entities"]
    assert pq.read_table(table).column("value").to_pylist()[:2] == [None, None]


RATES = """⟦城镇化率|INDICATOR#1⟧⟦65.2%|PERCENT#2⟧，⟦森林覆盖率|INDICATOR#3⟧⟦提高3.2个百分点|PERCENT#4⟧，\
⟦就业率|INDICATOR#5⟧⟦xx%|PERCENT#6⟧，⟦到位资金|INDICATOR#7⟧⟦xx亿元|AMOUNT#8⟧，⟦项目|INDICATOR#9⟧⟦xx个|COUNT#10⟧，\
⟦税收占比|INDICATOR#11⟧⟦5亿元|AMOUNT#12⟧，⟦提高0.5至
1个百分点|PERCENT#13⟧。
---
VALUE 1 2
VALUE 3 4
VALUE 5 6
VALUE 7 8
VALUE 9 10
VALUE 11 12
VALUE 11 13
"""
UNITS = {
    "2": ("0.652", None, None, "ratio"),
    "4": ("3.2", None, None, "points"),
    "6": (None, None, None, "ratio"),
    "8": (None, None, None, "CNY"),
    "10": (None, None, None, "个"),
    "12": ("500000000", None, None, "CNY"),
    "13": (None, "0.5", "1", "points"),
}
"""Value, bounds and unit by entity."""


def test_every_writer_gives_a_figure_the_same_number_and_unit(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    from tests.render.conftest import filed_of, report_of

    filed = filed_of(report_of(RATES), "率.txt")
    exact = {k: tuple(None if n is None else Decimal(n) for n in v[:3]) for k, v in UNITS.items()}
    texts = {p.stem: list(csv.DictReader(p.open(encoding="utf-8-sig", newline=""))) for p in written(CsvFiles(tmp_path), filed)}
    kept = ("value", "low", "high", "unit")
    assert {r["id"]: tuple(r[c] or None for c in kept) for r in texts["entities"] if r["unit"]} == UNITS
    figures = {r["figure"]: tuple(r[c] or None for c in kept) for r in texts["indicators"]}
    assert figures == {
        filed.report.text[e.start : e.end]: UNITS[e.id] for e in filed.report.entities if e.id in UNITS and e.id != "13"
    }
    assert [r["growth_or_share"] for r in texts["indicators"] if r["growth_or_share"]] == ["提高0.5至1个百分点"]

    typed = {p.stem: pq.read_table(p).to_pylist() for p in written(ParquetFiles(tmp_path), filed)}["entities"]
    assert {r["id"]: (r["value"], r["low"], r["high"]) for r in typed if r["unit"]} == exact
    assert {r["id"]: r["unit"] for r in typed if r["unit"]} == {k: v[3] for k, v in UNITS.items()}

    (path,) = written(SqliteFile(tmp_path), filed)
    rows = query(sqlite3.connect(path), "SELECT name, number, value, low, high, unit FROM entities WHERE unit IS NOT NULL")
    assert {r[0]: r[2:] for r in rows} == UNITS
    assert {r[0]: r[1] for r in rows} == {k: None if v[0] is None else float(v[0]) for k, v in UNITS.items()}
    nodes = {n.rpartition("/")[2]: d for n, d in graph(filed).nodes(data=True) if "unit" in d}
    assert {n: tuple(d.get(c) for c in kept) for n, d in nodes.items()} == UNITS

    (path,) = written(XlsxFile(tmp_path), filed)
    page = openpyxl.load_workbook(path)["Entities"]
    columns = [cell.value for cell in page[1]]
    at = {name: columns.index(name) for name in ("id", *kept)}
    cells = {row[at["id"]].value: [row[at[c]] for c in kept] for row in page.iter_rows(min_row=2) if row[at["unit"]].value}
    assert {k: tuple(None if n.value is None else Decimal(str(n.value)) for n in c[:3]) for k, c in cells.items()} == exact
    assert {k: c[3].value for k, c in cells.items()} == {k: v[3] for k, v in UNITS.items()}
    assert (cells["2"][0].number_format, cells["4"][0].number_format) == ("0.0%", "#,##0.0")


def query(base: sqlite3.Connection, text: str) -> list[tuple[Any, ...]]:
    return base.execute(text).fetchall()


def test_the_database(first: Filed, second: Filed, tmp_path: Path) -> None:
    (path,) = written(SqliteFile(tmp_path), first, second)
    base = sqlite3.connect(path)
    assert query(base, "PRAGMA user_version") == [(VERSION,)]
    assert query(base, "PRAGMA foreign_key_check") == []
    assert query(base, "PRAGMA integrity_check") == [("ok",)]
    assert query(base, "SELECT count(*) FROM entities WHERE substr(text, 1) != (SELECT substr(r.text, start + 1, \"end\" - start) "
                 "FROM reports r WHERE r.id = report_id)") == [(0,)]  # fmt: skip
    found = query(base, "SELECT value, number, completion_rate FROM indicators WHERE canonical = 'paid_in_capital'")
    assert found == [("434000000", 434e6, "1.127")]
    investors = query(
        base,
        "SELECT p.project, c.text, e.label FROM projects p JOIN cells c ON c.record_id = p.id JOIN entities e ON e.id = c.entity_id "
        "WHERE c.\"column\" = 'investors' ORDER BY p.id",
    )
    assert investors == [
        ("饼干生产线", "=1+1食品有限公司", "COMPANY"),
        ("养殖场项目", "大山集团", "COMPANY"),
        ("养殖场项目", "大山集团", "COMPANY"),
    ]
    assert query(base, "SELECT count(DISTINCT part_id) FROM records WHERE kind = 'projects'") == [(3,)]
    assert query(base, "SELECT role FROM check_evidence ORDER BY check_id, number LIMIT 3") == [
        ("figure",),
        ("target",),
        ("rate",),
    ]
    assert query(base, "SELECT file, reason, remedy FROM errors") == [tuple(ERROR.values())]
    base.execute("PRAGMA foreign_keys = ON")
    base.execute("DELETE FROM reports")
    left = [
        t
        for (t,) in query(base, "SELECT name FROM sqlite_master WHERE type = 'table'")
        if query(base, f"SELECT 1 FROM {t} LIMIT 1")
    ]
    assert left == ["errors"]


@pytest.mark.parametrize("format", ["xlsx", "html", "sqlite"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, format: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ZsieError, match=r"results cannot be written there \(.+\); choose another -o"):
        write([], tmp_path / "file", [format], [])


def test_a_disk_that_becomes_full_is_told(tmp_path: Path, first: Filed, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(SqliteFile, "add", full)
    with pytest.raises(ZsieError, match=r"results cannot be written there \(database or disk is full\)"):
        write([(first.name, first.report, None)], tmp_path, ["jsonl", "sqlite"], [])
    assert list(tmp_path.iterdir()) == []


def test_every_foreign_key_and_common_question_has_an_index(first: Filed, tmp_path: Path) -> None:
    (path,) = written(SqliteFile(tmp_path), first)
    base = sqlite3.connect(path)
    tables = [t for (t,) in query(base, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        keys = {row[3] for row in query(base, f"PRAGMA foreign_key_list({table})")}
        first_columns = {query(base, f"PRAGMA index_info({i[1]})")[0][2] for i in query(base, f"PRAGMA index_list({table})")}
        primary = {row[1] for row in query(base, f"PRAGMA table_info({table})") if row[5]}
        assert keys <= first_columns | primary, table
    plan = query(base, "EXPLAIN QUERY PLAN SELECT * FROM indicators WHERE canonical = 'paid_in_capital' AND number > 1e8")
    assert "USING INDEX" in plan[0][3]


def test_docbin_opens_in_spacy(first: Filed, second: Filed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import spacy
    from spacy.tokens import DocBin

    from zsie.corpus import read_file
    from zsie.pipeline import register_extensions

    monkeypatch.setattr("zsie.render.docbin._TOKENS", 100)
    paths = written(DocBinFiles(tmp_path), first, second)
    assert [p.name for p in paths] == ["reports.spacy", "reports-2.spacy"]
    (doc,) = DocBin().from_disk(paths[0]).get_docs(spacy.blank("zh").vocab)
    register_extensions()
    assert [(e.label_, e.start_char, e.end_char) for e in doc.ents] == [
        (e.label, e.start, e.end) for e in first.report.entities
    ]
    assert [(h.text, t, b.text) for h, t, b in doc._.relations] == [
        (r.head.text, r.type, r.tail.text) for r in first.report.relations
    ]
    assert json.dumps(doc._.report.to_dict()) == json.dumps(to_dict(first.report))
    documents, faults = read_file(paths[0])
    assert (documents[0].id, len(documents[0].relations), faults) == (first.name, len(first.report.relations), [])


def test_graphml_reads_back_as_the_graph(first: Filed, second: Filed, tmp_path: Path) -> None:
    import networkx as nx

    (path,) = written(GraphmlFile(tmp_path), first, second)
    read = nx.read_graphml(path, force_multigraph=True)
    made = nx.compose(graph(first), graph(second))
    assert dict(read.nodes(data=True)) == dict(made.nodes(data=True))
    edges = lambda g: sorted((h, t, d["type"], d["mentions"]) for h, t, d in g.edges(data=True))  # noqa: E731
    assert edges(read) == edges(made)
    projects = [d for _, d in read.nodes(data=True) if d["label"] == "PROJECT"]
    assert [(d["name"], d["mentions"], d.get("part")) for d in projects] == [
        ("饼干生产线", 2, None),
        ("养殖场项目", 1, 1),
        ("养殖场项目", 1, 2),
    ]
    biscuits = next(n for n, d in read.nodes(data=True) if d["name"] == "饼干生产线")
    assert {(read.nodes[t]["name"], d["type"]) for _, t, d in read.out_edges(biscuits, data=True)} == {
        ("1000万元以上", "FIGURE"),
        ("星光园区", "LOCATED_IN"),
        ("第九届西博会", "AT_EVENT"),
    }


def test_json_ld_is_linked_data(first: Filed, second: Filed, tmp_path: Path) -> None:
    import rdflib

    (path,) = written(JsonLdFile(tmp_path), first, second)
    triples = rdflib.Graph().parse(path, format="json-ld")
    rows = triples.query(
        "PREFIX z: <urn:zsie:> PREFIX s: <https://schema.org/> "
        "SELECT ?who ?what WHERE { ?c a s:Corporation ; s:name ?who ; z:INVESTS_IN ?p . ?p a z:PROJECT ; s:name ?what }"
    )
    found = sorted((str(row[0]), str(row[1])) for row in rows)  # type: ignore[index]
    assert found == [("=1+1食品有限公司", "饼干生产线"), ("大山集团", "养殖场项目"), ("大山集团", "养殖场项目")]
    values = {o.toPython() for o in triples.objects(None, rdflib.URIRef("urn:zsie:value"))}
    assert Decimal(434_000_000) in values


@pytest.mark.parametrize("make", WRITERS)
def test_any_text_can_be_written(make: Any, tmp_path: Path) -> None:
    from tests.render.conftest import filed_of, report_of

    odd = filed_of(
        report_of("⟦\ud83d县长李\x00映|OFFICIAL#1⟧]]>\ufffe，⟦引进项目|INDICATOR#2⟧⟦9个|COUNT#3⟧。\n---\nVALUE 2 3\n"),
        "怪\udcff.txt",
    )
    empty = filed_of(report_of(" \n---\n"), "空.txt")
    paths = written(make(tmp_path), odd, empty)
    assert paths
    assert all(p.stat().st_size for p in paths)
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("make", WRITERS)
def test_what_is_dropped_leaves_the_old_file(make: Any, first: Filed, second: Filed, tmp_path: Path) -> None:
    paths = written(make(tmp_path), first)
    before = {p: p.read_bytes() for p in paths}
    writer = make(tmp_path)
    writer.add(second)
    writer.drop()
    assert {p: p.read_bytes() for p in paths} == before
    assert not list(tmp_path.glob("*.part"))


def test_names_of_files_are_unique() -> None:
    name = Stems()
    names = ["甲/a.txt", "乙/A.docx", "丙/a-2.txt", "index.html", "x.zip/年:报?.txt", ".txt"]
    assert [name(n) for n in names] == ["a", "A-2", "a-2-2", "index-2", "年_报_", "%2Etxt"]
    # 83 characters of a name are too many for a file system, with a suffix and `.part` behind them; con is a device of Windows.
    assert len(name("招商引资" * 21 + ".docx").encode()) <= 200
    assert name("con.txt") == "%63on"


def test_a_missing_library_is_told_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zsie.cli.write.find_spec", lambda name: None)
    ready(["xlsx", "csv", "html", "sqlite", "json", "jsonl"])
    with pytest.raises(ZsieError, match=r"writing graphml needs networkx; pip install 'zsie\[graph\]'"):
        ready(["graphml"])


class _Endless(Sequence[Any]):
    """Reports made when asked for, and how many of them were alive at once."""

    def __init__(self, report: Report, size: int) -> None:
        self.report, self.size = report, size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, at: Any) -> Any:
        if at >= self.size:
            raise IndexError
        return f"{at}.txt", Report.from_dict(self.report.to_dict()), None


def test_memory_stays_flat(first: Filed, tmp_path: Path) -> None:
    """Twenty times the reports must not take twice the memory, in the formats that can be written bit by bit."""
    import tracemalloc

    assert isinstance(first.report, Report)
    peaks = []
    for size in (10, 200):
        tracemalloc.start()
        write(_Endless(first.report, size), tmp_path / str(size), ["csv", "jsonl", "sqlite", "graphml", "jsonld"], [])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]
