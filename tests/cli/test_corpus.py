"""`zsie corpus` with own labels, with faults, and side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zsie.cli import app, corpus

run = CliRunner().invoke
OWN = {"labels": ["PARK", "AREA"], "relations": {"COVERS": {"heads": ["PARK"], "tails": ["AREA"]}}}
RAW = "⟦高新区|PARK#1⟧占地⟦3平方公里|AREA#2⟧。\n---\nCOVERS 1 2\n"
COMMANDS = sorted(command.callback.__name__ for command in corpus.app.registered_commands if command.callback)


@pytest.fixture
def own(tmp_path: Path) -> tuple[Path, list[str]]:
    """A folder of two documents with own labels, and the option that names them."""
    (tmp_path / "schema.json").write_text(json.dumps(OWN), encoding="utf-8")
    (tmp_path / "docs").mkdir()
    for name in ("x1", "x2", "x3"):
        (tmp_path / "docs" / f"{name}.ann.txt").write_text(RAW, encoding="utf-8")
    return tmp_path / "docs", ["--schema", str(tmp_path / "schema.json")]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(name: str) -> None:
    shown = run(app, ["corpus", name, "--help"], env={"COLUMNS": "200"})
    assert f"zsie corpus {name} " in shown.stdout.replace("Usage: root corpus", "").replace("Usage: zsie corpus", "")


def test_own_labels_go_through_every_command(own: tuple[Path, list[str]], tmp_path: Path) -> None:
    docs, schema = own
    folder, out = str(docs), tmp_path / "out"
    tails: dict[str, list[str]] = {
        "check": [folder],
        "stats": [folder],
        "show": [folder],
        "split": [folder],
        "diff": [folder, folder],
        "convert": [folder, "--to", "jsonl", "-o", str(out / "a.jsonl")],
        "detach": [folder, "-o", str(out / "standoff")],
        "attach": [str(out / "standoff"), "--texts", str(out / "texts"), "-o", str(out / "joined")],
    }
    assert set(tails) == set(COMMANDS)
    (out / "texts").mkdir(parents=True)
    for name in ("x1", "x2", "x3"):
        (out / "texts" / f"{name}.txt").write_text("高新区占地3平方公里。", encoding="utf-8")
    for name, tail in tails.items():
        result = run(app, ["corpus", name, *tail, *schema])
        assert result.exit_code == 0, (name, result.output)
        assert "unknown label" not in result.output, name
    assert (out / "joined" / "x1.ann.txt").read_text(encoding="utf-8") == RAW
    assert "unknown label PARK" in run(app, ["corpus", "check", folder]).stdout
    broken = run(app, ["corpus", "check", folder, "--schema", str(tmp_path / "none.json")])
    assert broken.exit_code == 2
    assert "none.json" in broken.stderr


def test_faults_are_told_by_stats_and_detach(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ann.txt").write_text("⟦县委|ORG#1⟧⟦乙|NAME#2⟧。\n---\n", encoding="utf-8")
    (tmp_path / "in" / "b.ann.txt").write_bytes(b"\xff\xfe")
    counted = run(app, ["corpus", "stats", str(tmp_path / "in")])
    assert counted.exit_code == 0
    detached = run(app, ["corpus", "detach", str(tmp_path / "in"), "-o", str(tmp_path / "out")])
    assert detached.exit_code == 1
    for result in (counted, detached):
        assert "a.ann.txt:1: #2 '乙': unknown label NAME" in result.stderr
        assert "b.ann.txt: not UTF-8" in result.stderr
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.json"]


def test_units_and_format_can_be_given_where_they_are_asked_for(tmp_path: Path) -> None:
    line = {"id": 1, "text": "😀今年县招商局引进项目五个", "label": [[4, 8, "ORG"]]}
    path = tmp_path / "export.txt"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    asked = run(app, ["corpus", "check", str(path), "--from", "doccano"])
    assert asked.exit_code == 1
    assert "--units" in asked.stdout
    shown = run(app, ["corpus", "show", str(path), "--from", "doccano", "--units", "utf16"])
    assert shown.exit_code == 0
    assert "[县招商局]ORG#1" in shown.stdout


def test_json_of_a_comparison_names_what_was_not_compared(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, ids in ((one, "abc"), (two, "bcd")):
        folder.mkdir()
        for name in ids:
            text = "甲" if (folder.name, name) == ("two", "c") else "乙"
            (folder / f"{name}.ann.txt").write_text(f"{text}⟦县委|ORG#1⟧\n---\n", encoding="utf-8")
    (two / "e.ann.txt").write_text("⟦乙|NAME#1⟧\n---\n", encoding="utf-8")
    result = run(app, ["corpus", "diff", str(one), str(two), "--json"])
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["documents"] == 1
    assert (data["only_first"], data["only_second"], data["other_text"]) == (["a"], ["d", "e"], ["c"])
    assert any("the texts differ" in fault for fault in data["faults"])
    assert any("unknown label NAME" in fault for fault in data["faults"])
    for told in ("a: only in the first set", "d: only in the second set", "c: the texts differ"):
        assert told in result.stderr


def test_a_second_annotation_of_a_sample_counts_the_rest(tmp_path: Path) -> None:
    one, second = tmp_path / "one", tmp_path / "second"
    one.mkdir()
    for name in "abc":
        (one / f"{name}.ann.txt").write_text(f"{name}⟦县委|ORG#1⟧\n---\n", encoding="utf-8")
    assert run(app, ["corpus", "detach", str(one / "a.ann.txt"), "-o", str(second)]).exit_code == 0
    result = run(app, ["corpus", "diff", str(one), str(second), "--json"])
    data = json.loads(result.stdout)
    assert (data["documents"], data["only_first"], data["faults"]) == (1, ["b", "c"], [])
    assert "2 documents of the first set have no second annotation" in result.stderr


def test_docbin_without_spacy_names_the_package_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.ann.txt").write_text("⟦县委|ORG#1⟧\n---\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, "spacy", None)
    made = run(app, ["corpus", "convert", str(tmp_path), "--to", "docbin", "-o", str(tmp_path / "a.spacy")])
    assert made.exit_code == 2
    assert "pip install 'zsie[spacy]'" in made.stderr
    (tmp_path / "b.spacy").write_bytes(b"x")
    read = run(app, ["corpus", "check", str(tmp_path / "b.spacy")])
    assert read.exit_code == 1
    assert "pip install 'zsie[spacy]'" in read.stdout


def test_evaluate_tells_patterns_without_a_document_and_refuses_unknown_splits(tmp_path: Path) -> None:
    (tmp_path / "a1_1.ann.txt").write_text("⟦县委|ORG#1⟧来电。\n---\n", encoding="utf-8")
    (tmp_path / "splits.toml").write_text("test = ['a1_*', 'a9_*']\n", encoding="utf-8")
    arguments = ["evaluate", "default", str(tmp_path), "--splits", str(tmp_path / "splits.toml")]
    result = run(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["documents"] == 1
    assert "no document here matches a9_*" in " ".join(result.stderr.split())
    wrong = run(app, [*arguments, "--part", "tset"])
    assert wrong.exit_code == 2
    assert "tset" in wrong.stderr
    assert "--part takes train, test" in " ".join(wrong.stderr.split())
