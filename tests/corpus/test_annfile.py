import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from zsie.corpus import by_prefix, format_ann, load_corpus, parse_ann, read_splits, split, stats, write_files
from zsie.errors import CorpusError
from zsie.types import Document

ROOT = Path(__file__).parents[2]
GOOD = "1～6月,⟦引进项目|INDICATOR#1⟧⟦30个|COUNT#2 status=target⟧🎉。\n---\nVALUE 1 2\n"


def test_marks_become_entities_with_exact_offsets() -> None:
    document, faults = parse_ann(GOOD, "d")
    assert faults == []
    assert document.text == "1～6月,引进项目30个🎉。"
    assert [(e.id, e.label, e.text) for e in document.entities] == [("1", "INDICATOR", "引进项目"), ("2", "COUNT", "30个")]
    assert all(document.text[e.start : e.end] == e.text for e in document.entities)
    assert document.entities[1].status == "target"
    assert [(r.type, r.head.id, r.tail.id) for r in document.relations] == [("VALUE", "1", "2")]


@pytest.mark.parametrize(
    ("raw", "line", "hint"),
    [
        ("甲⟦乙|NAME#1⟧\n---\n", 1, "unknown label NAME"),
        ("一\n二⟦乙,|ORG#1⟧\n---\n", 2, "punctuation"),
        ("⟦乙|ORG#1⟧⟦丙|ORG#1⟧\n---\n", 1, "used before"),
        ("⟦乙|ORG#1\n---\n", 1, "broken mark"),
        ("⟦乙|ORG#1 stage=signed⟧\n---\n", 1, "not allowed on ORG"),
        ("⟦乙|ORG#1⟧\n---\nVALUE 1 2\n", 3, "no entity has this id"),
        ("⟦乙|ORG#1⟧⟦丙|ORG#2⟧\n---\nVALUE 1 2\n", 3, "ORG -> ORG is not allowed"),
        ("⟦乙|ORG#1⟧\n---\nSOMETHING\n", 3, "unreadable"),
        ("⟦乙|ORG#1⟧\n", 0, "no line '---'"),
    ],
)
def test_faults_name_line_and_remedy(raw: str, line: int, hint: str) -> None:
    _, faults = parse_ann(raw, "d")
    assert any(f.line == line and hint in f.message for f in faults), faults


def test_every_document_of_the_corpus_is_faultless_and_survives_a_round_trip() -> None:
    documents, faults = load_corpus(ROOT / "corpus")
    assert faults == []
    assert len(documents) >= 283
    for document in documents:
        path = next((ROOT / "corpus").rglob(f"{document.id}.ann.txt"))
        assert format_ann(document).rstrip("\n") == path.read_text(encoding="utf-8").rstrip("\n")


def test_a_broken_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.ann.txt").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.ann.txt").write_bytes(b"\xff\xfe\x00")
    documents, faults = load_corpus(tmp_path)
    assert [d.id for d in documents] == ["a"]
    assert "b.ann.txt" in faults[0].source
    with pytest.raises(CorpusError, match="no such file"):
        load_corpus(tmp_path / "none")


@pytest.mark.parametrize(
    "raw",
    [
        "一。\r\n⟦引进项目|INDICATOR#1⟧⟦3个|COUNT#2⟧。\r\n---\r\nVALUE 1 2\r\n",
        "一。\r\n⟦引进项目|INDICATOR#1⟧⟦3个|COUNT#2⟧。\r\n---\r\nVALUE 1 2",
        "\ufeff一。\r\n⟦引进项目|INDICATOR#1⟧⟦3个|COUNT#2⟧。\r\n---\r\nVALUE 1 2\r\n",
        "一。\r\n⟦引进项目|INDICATOR#1⟧⟦3个|COUNT#2⟧。\n---\r\nVALUE 1 2\r\n",
    ],
)
def test_windows_line_ends_and_a_byte_order_mark_are_tolerated(tmp_path: Path, raw: str) -> None:
    (tmp_path / "d.ann.txt").write_bytes(raw.encode("utf-8"))
    (document,), faults = load_corpus(tmp_path)
    assert faults == []
    assert document.text == "一。\r\n引进项目3个。"
    assert [(r.head.text, r.tail.text) for r in document.relations] == [("引进项目", "3个")]
    (tmp_path / "d.ann.txt").write_bytes(raw.replace("VALUE 1 2", "VALUE 1 9").encode("utf-8"))
    _, (fault,) = load_corpus(tmp_path)
    assert fault.line == 4


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_may_end_with_the_line_of_dashes(end: str) -> None:
    document, faults = parse_ann(f"⟦县委|ORG#1⟧来电。{end}---", "d")
    assert (document.text, faults) == ("县委来电。", [])


@pytest.mark.parametrize("text", ["一\r", "一\r\n", "一\n", "\n一\n---", "一\n---\n二", "一\r\n---", "\ufeff一", "\r\n"])
def test_any_text_comes_back_exactly(tmp_path: Path, text: str) -> None:
    write_files([Document("d", text)], tmp_path, format="ann")
    (back,), faults = load_corpus(tmp_path)
    assert (back.text, faults) == (text, [])


def test_git_leaves_the_line_ends_of_the_corpus_alone() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    command = ["git", "check-attr", "text", "corpus/authored/a1_01.ann.txt", "samples/x.txt"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [line.rpartition(" ")[2] for line in result.stdout.splitlines()] == ["unset", "unset"]


def test_what_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(CorpusError, match="⟦"):
        format_ann(Document("d", "a⟦b"))


def test_ids_that_are_no_numbers_are_numbered() -> None:
    made, faults = parse_ann("⟦甲县|LOCATION#1⟧建成⟦铜棒项目|PROJECT#2⟧。\n---\nLOCATED_IN 2 1\n", "d")
    assert not faults
    names = {e.id: replace(e, id=f"e{e.id}") for e in made.entities}
    (link,) = made.relations
    foreign = replace(made, entities=tuple(names.values()), relations=(replace(link, head=names["2"], tail=names["1"]),))
    assert parse_ann(format_ann(foreign), "d") == (made, [])


def test_splits_keep_the_restatements_out_of_training() -> None:
    documents, _ = load_corpus(ROOT / "corpus" / "authored")
    parts = split(documents, read_splits(ROOT / "corpus" / "splits.toml"))
    assert not [d.id for d in parts["train"] if d.id.startswith("a6_")]
    assert sum(map(len, parts.values())) == len(documents)
    # Wave i came after the test split, whose figures stay comparable: all of it is for training.
    authors = {d.id.split("_")[0] for d in documents if not d.id.startswith("i")}
    assert {d.id.split("_")[0] for d in parts["test"]} == authors
    with pytest.raises(CorpusError, match="at once"):
        split(documents, {"dev": ["a1_*"], "test": ["a1_01"]})


def test_stats_add_up() -> None:
    documents, _ = load_corpus(ROOT / "corpus" / "authored")
    total = stats(documents)
    groups = by_prefix(documents).values()
    assert sum(g.characters for g in groups) == total.characters
    assert sum(sum(g.entities.values()) for g in groups) == sum(total.entities.values())
    assert 40 < total.density < 90
