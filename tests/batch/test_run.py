"""The run over many files: journal, processes, files that do harm."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import zsie
from zsie.batch import Item, Journal, Settings, find, fingerprint, run
from zsie.batch.journal import Fault, Outcome, Tally, pack, unpack
from zsie.errors import ZsieError
from zsie.model.runtime import Model
from zsie.read import read_bytes

TEXT = "{n}月，全县引进项目{n}个，到位资金{n}.34亿元。"


def write(folder: Path, number: int) -> None:
    for n in range(1, number + 1):
        (folder / f"{n:03}.txt").write_text(TEXT.format(n=n), encoding="utf-8")


class Delicate(Model):
    """The shipped model, but one text raises and another ends the process."""

    def engine(self, *, threads: int | None = None) -> Any:
        engine = super().engine(threads=threads)
        predict = engine.predict

        def watchful(texts: Any) -> Any:
            if any("毒" in text for text in texts):
                raise RuntimeError("poison")
            if any("杀" in text for text in texts):
                os._exit(9)
            return predict(texts)

        engine.predict = watchful
        return engine


@pytest.fixture
def delicate(parser: zsie.Parser) -> zsie.Parser:
    return zsie.Parser(Delicate(parser.model.files))


def test_a_packed_report_comes_back_as_it_was(parser: zsie.Parser) -> None:
    reading = read_bytes((TEXT.format(n=3) + "🎉").encode(), "a.txt")
    report = parser.parse(reading.text, date="2021-05-01")
    again, source = unpack(pack(report, reading.source))
    assert again.to_dict() == report.to_dict()
    assert source == reading.source
    assert again.indicators == type(report).from_dict(report.to_dict()).indicators


def outcome(item: Item, parser: zsie.Parser) -> Outcome:
    reading = read_bytes(b"x", item.name)
    return Outcome(item, pack(parser.parse("x"), reading.source), Tally(1))


def test_the_journal_knows_what_is_finished(tmp_path: Path, parser: zsie.Parser) -> None:
    first, changed, bad = (Item(n, f"/{n}", 1, "s") for n in ("a", "b", "c"))
    journal = Journal(tmp_path, {"date": None})
    journal.record([outcome(first, parser), outcome(changed, parser), Outcome(bad, fault=Fault("c", "why", "what"))])
    with pytest.raises(ZsieError, match="another run is writing there"):
        Journal(tmp_path, {"date": None}, resume=True)
    journal.close()
    journal = Journal(tmp_path, {"date": None}, resume=True)
    assert journal.kept
    changed = Item("b", "/b", 2, "t")
    assert [journal.finished(i) for i in (first, changed, bad)] == [True, False, False]
    assert [journal.recorded(i) for i in (first, changed, bad)] == [True, False, True]
    assert journal.faults([first, changed, bad]) == ([Fault("c", "why", "what")], [])
    assert [name for name, _, _ in journal.reports([changed, first])] == ["a"]
    journal.close()
    journal = Journal(tmp_path, {"date": "2020-01-01"}, resume=True)
    assert not journal.kept
    assert not journal.finished(first)
    journal.close()
    (tmp_path / "zsie-run.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(ZsieError, match="delete it"):
        Journal(tmp_path, {})


def test_one_process_and_two_find_the_same(tmp_path: Path, parser: zsie.Parser) -> None:
    write(tmp_path, 20)
    (tmp_path / "007.txt").write_bytes(b"")
    items = find([tmp_path]).items
    found = []
    for jobs in (1, 2):
        journal = Journal(None, {})
        outcomes = [o for piece in run(parser, items, journal, Settings(jobs)) for o in piece]
        assert len(outcomes) == 20
        assert [f.reason for f in journal.faults(items)[0]] == ["the file is empty"]
        reports = list(journal.reports(items))
        assert [Path(name).stem for name, _, _ in reports] == [f"{n:03}" for n in range(1, 21) if n != 7]
        found.append([[(e.label, e.start, e.end) for e in report.entities] for _, report, _ in reports])
    assert found[0] == found[1]
    assert sum(map(len, found[0])) >= 19


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_text_that_raises_is_a_fault_and_spares_the_others(tmp_path: Path, delicate: zsie.Parser, jobs: int) -> None:
    write(tmp_path, 10)
    (tmp_path / "004.txt").write_text("下毒。", encoding="utf-8")
    items = find([tmp_path]).items
    journal = Journal(None, {})
    list(run(delicate, items, journal, Settings(jobs)))
    ((fault,), _) = journal.faults(items)
    assert fault.file.endswith("004.txt")
    assert fault.reason == "unexpected RuntimeError: poison"
    assert len(journal.reports(items)) == 9


def test_a_text_that_ends_the_process_is_found_and_spares_the_others(tmp_path: Path, delicate: zsie.Parser) -> None:
    write(tmp_path, 20)
    (tmp_path / "004.txt").write_text("杀手。", encoding="utf-8")
    items = find([tmp_path]).items
    journal = Journal(None, {})
    list(run(delicate, items, journal, Settings(2)))
    ((fault,), _) = journal.faults(items)
    assert fault.file.endswith("004.txt")
    assert "ended the process" in fault.reason
    assert len(journal.reports(items)) == 19


def test_an_early_end_keeps_what_was_in_work(tmp_path: Path, parser: zsie.Parser) -> None:
    write(tmp_path, 48)
    items = find([tmp_path]).items
    journal = Journal(None, {})
    pieces = run(parser, items, journal, Settings(2))
    first = next(pieces)
    pieces.close()
    done = len(journal.reports(items))
    assert len(first) <= done < 48
    assert sum(len(piece) for piece in run(parser, items, journal, Settings(1))) == 48 - done


def test_the_fingerprint_changes_with_model_and_date(parser: zsie.Parser) -> None:
    other = zsie.Parser(Model({**parser.model.files, "tagger.onnx": b"x"}))
    prints = [fingerprint(parser, None), fingerprint(parser, "2020-01-01"), fingerprint(other, None)]
    assert len({str(p) for p in prints}) == 3


def test_a_journal_is_documented_sqlite(tmp_path: Path, parser: zsie.Parser) -> None:
    journal = Journal(tmp_path, {"a": "b"})
    journal.record([outcome(Item("a", "/a", 1, "s"), parser)])
    journal.close()
    base = sqlite3.connect(tmp_path / "zsie-run.sqlite")
    assert base.execute("SELECT settings FROM run").fetchall() == [('{"a": "b"}',)]
    assert base.execute("SELECT key, stamp FROM done").fetchall() == [("/a", "s")]


class Stillborn(Model):
    """A model that no worker can take over."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        os._exit(7)


def test_workers_that_do_not_start_are_an_error_at_once(tmp_path: Path, parser: zsie.Parser) -> None:
    write(tmp_path, 20)
    journal = Journal(None, {})
    with pytest.raises(ZsieError, match="2 processes did not start"):
        list(run(zsie.Parser(Stillborn(parser.model.files)), find([tmp_path]).items, journal, Settings(2)))
