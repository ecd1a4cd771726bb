"""What looks like markup in names and paths is printed as it is, whatever the command; errors come in two languages."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

from zsie.cli import app, evaluate, evaluate_records
from zsie.training.metrics import Score
from zsie.training.records import RecordScores

CONFIG = str(Path(__file__).parents[2] / "configs" / "tiny.cfg")
run = CliRunner().invoke


# As markup the first would vanish and the last raise, being a closing tag without an opening one.
@pytest.mark.parametrize("name", ["/总结[red]", "/总结[[b", "[/b]"])
def test_paths_in_errors(name: str, tmp_path: Path) -> None:
    path = f"{tmp_path}{name}"
    for arguments in (
        ["evaluate", path, "nowhere"],
        ["evaluate", "default", path],
        ["evaluate-records", "default", path, "nowhere"],
        ["train", "--config", path, "--train", "nowhere", "--out", str(tmp_path / "out")],
        ["train", "--config", CONFIG, "--train", path, "--out", str(tmp_path / "out")],
        ["check", path],
        ["parse", path],
    ):
        result = run(app, arguments)
        assert result.exit_code == 2, (arguments, result.output, result.exception)
        assert path in result.output, arguments


@pytest.fixture
def splits(tmp_path: Path) -> Path:
    """A splits file that leaves none of the documents beside it to training, and has an empty split besides."""
    (tmp_path / "甲[x].ann.txt").write_text("⟦乙[/b]|NAME#1⟧\n---\n", encoding="utf-8")
    path = tmp_path / "splits.toml"
    path.write_text('test = ["*"]\nspare = []\n', encoding="utf-8")
    return path


def test_file_names_and_texts_in_faults(splits: Path) -> None:
    chosen = [str(splits.parent), "--splits", str(splits)]
    for arguments in (
        ["evaluate", "default", *chosen, "--part", "spare"],
        ["train", "--config", CONFIG, "--out", str(splits.parent / "out"), "--train", *chosen],
    ):
        result = run(app, arguments)
        assert result.exit_code == 2
        assert "甲[x].ann.txt:1: #1 '乙[/b]': unknown label NAME" in result.output, arguments


def shown(table: Table) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_names_of_labels_and_models_in_tables() -> None:
    score = Score(1, 1, 1)
    told = shown(evaluate._table("实体", {"A[red]": score}, {"b [x]": score}))
    assert "A[red]" in told
    assert "b [x]" in told
    assert "m[bold]" in shown(evaluate_records._table("end to end, m[bold]", RecordScores({"a": score}, {"a": score})))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["evaluate", "nowhere", "x"], "既不是文件夹，也不是自带模型"),
        (["evaluate", "default", "DOCS", "--splits", "SPLITS", "--part", "spare"], "没有可供评测的标注文档"),
        (["evaluate", "default", "DOCS", "--splits", "SPLITS", "--part", "none"], "没有名为 none 的划分"),
        (["train", "--config", "nowhere", "--train", "x", "--out", "x"], "没有这个配置文件"),
        (["train", "--config", CONFIG, "--train", "DOCS", "--splits", "SPLITS", "--out", "x"], "没有可供训练的标注文档"),
        (["train", "--config", CONFIG, "--train", "x", "--out", "x", "--set", "a"], "请写成 节.键=值"),
        (["train", "--config", CONFIG, "--train", "x", "--out", "x", "--set", "training.a=1"], "没有 training.a 这个键"),
        (["parse", "x", "--date", "今年"], "请把报告日期写成"),
        (["check", "x", "--date", "今年"], "请把报告日期写成"),
    ],
)
def test_errors_in_chinese(arguments: list[str], told: str, splits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_LANG", "zh")
    known = {"DOCS": str(splits.parent), "SPLITS": str(splits)}
    result = run(app, [known.get(a, a) for a in arguments])
    assert result.exit_code == 2
    assert told in result.output
