"""`zsie check` on annotated documents, as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zsie.cli import app

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
    assert "wrong.ann.txt:2: error stated_rate" in result.output
    assert "9个 ÷ 10个 = 90.00%, but 80% is stated" in result.output
    assert "comparisons: 1, contradictions: 1" in result.output


def test_what_agrees_is_shown_when_asked_for(wrong: Path) -> None:
    wrong.write_text(wrong.read_text(encoding="utf-8").replace("80%", "90%"), encoding="utf-8")
    quiet, every = RUNNER.invoke(app, ["check", str(wrong)]), RUNNER.invoke(app, ["check", "--all", str(wrong)])
    assert (quiet.exit_code, every.exit_code) == (0, 0)
    assert "stated_rate" not in quiet.output
    assert "ok stated_rate" in every.output


def test_json_lines(wrong: Path) -> None:
    result = RUNNER.invoke(app, ["check", "-f", "jsonl", str(wrong)])
    (line,) = result.output.splitlines()
    assert json.loads(line)["kind"] == "stated_rate"


def test_an_unreadable_file_does_not_stop_the_others(wrong: Path, tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["check", str(tmp_path / "none.ann.txt"), str(wrong)])
    assert result.exit_code == 2
    assert "none.ann.txt" in result.output
    assert "stated_rate" in result.output
    assert RUNNER.invoke(app, ["check", "--date", "soon", str(wrong)]).exit_code == 2
