"""The command line as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import zsie
from zsie.cli import app
from zsie.corpus import load_parts

ROOT = Path(__file__).parents[2]
run = CliRunner().invoke


def test_a_folder_becomes_a_workbook_and_pages(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for path in (ROOT / "samples").glob("*.txt"):
        (folder / path.name).write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    (folder / "broken.txt").write_bytes(b"%PDF-1.4 not text")
    (folder / "empty.txt").write_bytes(b"")
    result = run(
        app,
        [
            "parse",
            str(folder),
            "-o",
            str(tmp_path / "out"),
            "-f",
            "xlsx",
            "-f",
            "html",
            "-f",
            "csv",
            "-f",
            "jsonl",
            "-f",
            "json",
        ],
    )
    assert result.exit_code == 1, result.output
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert {"reports.xlsx", "reports.jsonl", "projects.csv", "述职报告-合集.html", "述职报告-合集.json"} <= names
    errors = list(openpyxl.load_workbook(tmp_path / "out" / "reports.xlsx")["Errors"].values)
    assert sorted(Path(row[0]).name for row in errors[1:]) == ["broken.txt", "empty.txt"]
    lines = (tmp_path / "out" / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert all(json.loads(line)["schema"] == "zsie/1" for line in lines)


def test_standard_input_to_json() -> None:
    result = run(app, ["parse", "-", "--date", "2008-07-01"], input="1～6月引进项目25个，到位资金4.34亿元。".encode())
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    amount = next(e for e in data["entities"] if e["label"] == "AMOUNT")
    assert amount["value"]["amount"] == "434000000"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["parse", "nowhere.txt"], 2), (["parse", "-", "--date", "今年"], 2), (["parse", "-", "--model", "nowhere"], 2)],
)
def test_errors_set_the_exit_status(arguments: list[str], status: int) -> None:
    assert run(app, arguments, input=b"x").exit_code == status


def test_corpus_commands(tmp_path: Path) -> None:
    assert run(app, ["corpus", "check", str(ROOT / "corpus")]).exit_code == 0
    result = run(app, ["corpus", "stats", str(ROOT / "corpus")])
    assert "INDICATOR" in result.stdout
    (tmp_path / "x.ann.txt").write_text("⟦乙|NAME#1⟧\n---\n", encoding="utf-8")
    result = run(app, ["corpus", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert "x.ann.txt:1: #1 '乙': unknown label NAME" in result.stdout


def test_corpus_show_split_and_convert(tmp_path: Path) -> None:
    source = str(ROOT / "corpus" / "authored" / "a1_01.ann.txt")
    shown = run(app, ["corpus", "show", source])
    assert shown.exit_code == 0
    assert "VALUE:" in shown.stdout
    assert run(app, ["corpus", "show", source, "--id", "nobody"]).exit_code == 2
    made = run(app, ["corpus", "split", str(ROOT / "corpus" / "authored"), "--test", "0.2", "-o", str(tmp_path / "s.toml")])
    assert made.exit_code == 0
    assert "a1_" in (tmp_path / "s.toml").read_text(encoding="utf-8")
    tasks = tmp_path / "tasks.json"
    assert run(app, ["corpus", "convert", source, "--to", "labelstudio", "-o", str(tasks)]).exit_code == 0
    assert run(app, ["corpus", "convert", str(tasks), "--to", "ann", "-o", str(tmp_path / "back")]).exit_code == 0
    assert (tmp_path / "back" / "a1_01.ann.txt").read_bytes() == Path(source).read_bytes()
    wrong = run(app, ["corpus", "convert", source, "--to", "xml", "-o", str(tmp_path / "x")])
    assert wrong.exit_code == 2
    assert "unknown format" in wrong.stderr


def test_second_annotation_is_compared_stand_off() -> None:
    result = run(app, ["corpus", "diff", str(ROOT / "corpus" / "authored"), str(ROOT / "corpus" / "second"), "--json"])
    data = json.loads(result.stdout)
    assert data["documents"] == 64
    assert data["entities"]["micro"]["f1"] > 0.9


def test_evaluate_prints_figures() -> None:
    arguments = ["evaluate", "default", str(ROOT / "corpus" / "authored"), "--splits", str(ROOT / "corpus" / "splits.toml")]
    result = run(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    parts, _ = load_parts(ROOT / "corpus" / "authored", splits=ROOT / "corpus" / "splits.toml")
    assert data["documents"] == len(parts["test"]) > 50
    assert data["entities"]["micro"]["f1"] > 0.8
    assert data["interval95"]["entities"][0] < data["entities"]["micro"]["f1"] < data["interval95"]["entities"][1]


def test_module_entry_and_version() -> None:
    result = subprocess.run([sys.executable, "-m", "zsie", "--version"], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == f"zsie {zsie.__version__}"


def test_a_gbk_console_does_not_crash() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "gbk"}
    command = [sys.executable, "-m", "zsie", "parse", "-"]
    result = subprocess.run(command, input="签约🎉項目25個。".encode(), capture_output=True, env=environment, check=False)
    assert result.returncode == 0, result.stderr
    assert b'"schema": "zsie/1"' in result.stdout
