"""`zsie check` on annotated documents, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import zsie
from zsie.cli import app
from zsie.read import read_file

RUNNER = CliRunner()


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    path = tmp_path / "wrong.ann.txt"
    path.write_text(
        "情况\n⟦签约项目|INDICATOR#1⟧⟦10个|COUNT#2⟧;⟦履约项目|INDICATOR#3⟧⟦9个|COUNT#4⟧,⟦履约率|INDICATOR#5⟧⟦80%|COMPLETION_RATE#6⟧。"
        "\n---\nVALUE 1 2\nVALUE 3 4\nVALUE 5 6\n",
        encoding="utf-8",
    )
    return path


def test_a_contradiction_is_shown_with_its_place(wrong: Path) -> None:
    result = RUNNER.invoke(app, ["check", str(wrong)])
    assert result.exit_code == 1
    assert "wrong.ann.txt" in result.output
    assert "error stated_rate  9个 ÷ 10个 = 90.00% ≠ 80%" in result.output
    assert "characters 22–24" in result.output
    assert "files: 1, comparisons: 1, contradictions: 1" in result.output


def test_what_agrees_is_shown_when_asked_for(wrong: Path) -> None:
    wrong.write_text(wrong.read_text(encoding="utf-8").replace("80%", "90%"), encoding="utf-8")
    quiet, every = RUNNER.invoke(app, ["check", str(wrong)]), RUNNER.invoke(app, ["check", "--all", str(wrong)])
    assert (quiet.exit_code, every.exit_code) == (0, 0)
    assert "stated_rate" not in quiet.output
    assert "ok stated_rate" in every.output


def test_json_has_a_line_a_file(wrong: Path) -> None:
    right = wrong.with_name("right.ann.txt")
    right.write_text(wrong.read_text(encoding="utf-8").replace("80%", "90%"), encoding="utf-8")
    result = RUNNER.invoke(app, ["check", "--json", str(wrong.parent)])
    assert result.exit_code == 1
    first, second = map(json.loads, result.output.splitlines())
    assert (Path(first["file"]).name, first["compared"], first["findings"]) == ("right.ann.txt", 1, [])
    (finding,) = second["findings"]
    assert finding["kind"] == "stated_rate"
    assert [e["citation"] for e in finding["evidence"]] == ["characters 16–17", "characters 8–10", "characters 22–24"]


def test_an_unreadable_file_does_not_stop_the_others(wrong: Path, tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["check", str(tmp_path / "none.txt"), str(wrong)])
    assert result.exit_code == 2
    assert "none.txt" in result.output
    assert "stated_rate" in result.output
    assert RUNNER.invoke(app, ["check", "--date", "soon", str(wrong)]).exit_code == 2


def test_files_of_every_kind_in_a_folder(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph("全年开工招商引资项目25个（新建14个、续建12个）。")
    document.save(str(tmp_path / "b.docx"))
    (tmp_path / "a.html").write_text("<p>签约项目10个；履约项目9个，履约率80%。</p>", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"")
    result = RUNNER.invoke(app, ["check", "--json", str(tmp_path)])
    assert result.exit_code == 2
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [Path(line["file"]).name for line in lines] == ["a.html", "b.docx"]
    for line in lines:
        every = zsie.parse(read_file(line["file"]).text).check(agreeing=True)
        assert line["compared"] == len(every)
        assert [f["arithmetic"] for f in line["findings"]] == [f.arithmetic for f in every if not f.agrees]


def test_in_chinese(wrong: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_LANG", "zh")
    result = RUNNER.invoke(app, ["check", str(wrong)])
    assert "不符 比率  9个 ÷ 10个 = 90.00% ≠ 80%  (置信度 1.00)" in result.output
    assert [line.split()[0] for line in result.output.splitlines() if "第" in line] == ["部分", "整体", "比率"]
    assert "文件 1 个，核对 1 处，矛盾 1 处" in result.output
