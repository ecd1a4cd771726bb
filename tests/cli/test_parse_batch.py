"""`zsie parse` over many files as a user meets it, and `zsie doctor`."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from zsie.batch.journal import NAME
from zsie.cli import app, doctor
from zsie.read import Source

run = CliRunner().invoke
# ZSIE_BATCH_FILES=2000 makes the killed run as large as a bureau's archive.
FILES = int(os.environ.get("ZSIE_BATCH_FILES", "300"))
BROKEN = FILES // 20


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_LANG", "en")


def fill(folder: Path, files: int = FILES, broken: int = BROKEN) -> Path:
    """Short reports of several kinds, every twentieth broken in one of several ways."""
    folder.mkdir()
    harm = (
        b"",
        b"%PDF-1.4 not text",
        bytes(range(256)),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
    )
    for n in range(files):
        text = f"{n % 12 + 1}月，全县引进项目{n}个，到位资金{n}.34亿元。"
        path = folder / f"{n % 7}" / f"{n:04}.txt"
        path.parent.mkdir(exist_ok=True)
        if broken and n % (files // broken) == 3:
            path.write_bytes(harm[n // (files // broken) % len(harm)])
        elif n % 25 == 0:
            document = Document()
            document.add_paragraph(text)
            document.save(str(path.with_suffix(".docx")))
        else:
            path.write_bytes(text.encode(("utf-8", "gb18030", "utf-16")[n % 3]))
    return folder


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "zsie", "parse", *map(str, arguments)]


def results(out: Path) -> list[tuple[str, list[tuple[str, int, int]]]]:
    """File and entities of each line of the results."""
    lines = (out / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    data = [json.loads(line) for line in lines]
    return [(d["file"], [(e["label"], e["start"], e["end"]) for e in d["entities"]]) for d in data]


def journalled(out: Path) -> dict[str, bytes]:
    base = sqlite3.connect(out / NAME)
    rows = base.execute("SELECT key, report FROM done WHERE report IS NOT NULL").fetchall()
    base.close()
    return dict(rows)


def start_and_wait(arguments: list[str], out: Path) -> subprocess.Popen[str]:
    """Start a run in a process group of its own and wait until some reports are in its journal."""
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True)
    journal, patience = out / NAME, time.monotonic() + 600
    # The journal is locked while the run lives; its size tells that reports are in.
    while not journal.exists() or journal.stat().st_size < FILES * 200:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < patience
        time.sleep(0.02)
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_killed_run_goes_on_and_ends_as_one_that_was_not(tmp_path: Path) -> None:
    folder, out, whole = fill(tmp_path / "in"), tmp_path / "out", tmp_path / "whole"
    process = start_and_wait(command(folder, "-o", out, "-f", "jsonl", "-j", "2"), out)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = journalled(out)
    assert 0 < len(before) < FILES - BROKEN
    again = subprocess.run(
        command(folder, "-o", out, "-f", "jsonl", "-j", "2", "--resume"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert again.returncode == 1
    assert f"{len(before)} of {FILES} files are done already" in again.stderr
    after = journalled(out)
    assert {key: after[key] for key in before} == before
    assert len(after) == FILES - BROKEN
    names = [name for name, _ in results(out)]
    assert names == sorted(names)
    assert len(set(names)) == len(names) == FILES - BROKEN
    once = subprocess.run(
        command(folder, "-o", whole, "-f", "jsonl", "-j", "1", "-q"), capture_output=True, text=True, check=False
    )
    assert results(whole) == results(out)
    assert len(once.stderr.splitlines()) == BROKEN


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource")
def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    """Peak memory of the process that reads, parses and keeps the journal."""
    measure = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    peaks = []
    for number in (FILES // 20, FILES):
        folder = fill(tmp_path / str(number), number, 0)
        line = [sys.executable, "-c", measure, *command(folder, "-j", "1")]
        peaks.append(int(subprocess.run(line, capture_output=True, text=True, check=True).stdout))
    print(f"peak memory of {FILES // 20} files {peaks[0] / 1024:.0f} MB, of {FILES} files {peaks[1] / 1024:.0f} MB")
    assert peaks[1] < 1.15 * peaks[0]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_leaves_results_and_the_way_to_go_on(tmp_path: Path) -> None:
    folder, out = fill(tmp_path / "in"), tmp_path / "out"
    process = start_and_wait(command(folder, "-o", out, "-f", "jsonl", "-j", "2"), out)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=600)
    assert process.returncode == 130
    done = results(out)
    assert 0 < len(done) < FILES - BROKEN
    assert f"stopped: {len(done)} of {FILES} files done; the same command with --resume goes on" in told
    assert "Traceback" not in told
    result = run(app, ["parse", str(folder), "-o", str(out), "-f", "jsonl", "--resume", "-j", "1"])
    assert result.exit_code == 1
    assert len(results(out)) == FILES - BROKEN


def test_later_runs_read_only_what_is_new_or_changed(tmp_path: Path) -> None:
    folder, out = fill(tmp_path / "in", files=10, broken=0), str(tmp_path / "out")
    arguments = ["parse", str(folder), "-o", out, "-f", "jsonl", "--resume"]
    result = run(app, arguments)
    assert result.exit_code == 0
    assert "starting anew" in result.stderr
    (folder / "1" / "0001.txt").write_text("全年签约项目3个。", encoding="utf-8")
    (folder / "new.txt").write_text("全年签约项目4个。", encoding="utf-8")
    (folder / "2" / "0002.txt").unlink()
    result = run(app, arguments)
    assert result.exit_code == 0
    assert "8 of 10 files are done already" in result.stderr
    texts = (tmp_path / "out" / "reports.jsonl").read_text(encoding="utf-8")
    assert "全年签约项目3个" in texts
    assert "全年签约项目4个" in texts
    assert "0002.txt" not in texts


def test_lines_on_standard_output_are_in_order_and_carry_their_places(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", files=40, broken=2)
    with zipfile.ZipFile(folder / "0.zip", "w") as archive:
        archive.writestr("年报/甲.txt", "全年签约项目3个。")
    result = run(app, ["parse", str(folder), "-j", "2"])
    assert result.exit_code == 1
    data = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(data) == 39
    assert data[0]["file"] == f"{folder}/0.zip/年报/甲.txt"
    names = [d["file"] for d in data[1:]]
    assert names == sorted(names)
    for d in data:
        source = Source.from_dict(d["source"])
        for e in d["entities"]:
            assert source.locate(e["start"]) is not None


def test_errors_as_json_and_nothing_else(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", files=20, broken=2)
    result = run(app, ["parse", str(folder), "nowhere.txt", "-o", str(tmp_path / "out"), "-f", "csv", "--json-errors"])
    assert result.exit_code == 1
    faults = [json.loads(line) for line in result.stderr.splitlines()]
    assert len(faults) == 3
    assert all(fault.keys() == {"file", "reason", "remedy"} and all(fault.values()) for fault in faults)


def test_quiet_says_nothing(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", files=3, broken=0)
    result = run(app, ["parse", str(folder), "-o", str(tmp_path / "out"), "-q"])
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_brackets_in_names_and_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "总结[1].txt").write_bytes(b"")
    result = run(app, ["parse", str(tmp_path / "总结[1].txt")])
    assert result.exit_code == 2
    assert "总结[1].txt: the file is empty; leave it out" in result.stderr


def test_a_place_that_cannot_be_written_costs_a_line(tmp_path: Path) -> None:
    report = tmp_path / "a.txt"
    report.write_text("全年签约项目3个。", encoding="utf-8")
    (tmp_path / "full" / NAME).mkdir(parents=True)
    for out in (report, report / "below", tmp_path / "full"):
        result = run(app, ["parse", str(report), "-o", str(out)])
        assert result.exit_code == 2
        (line,) = result.stderr.splitlines()
        assert line.startswith(f"{out}: results cannot be written there (")
        assert line.endswith("choose another -o")
    assert report.read_text(encoding="utf-8") == "全年签约项目3个。"


def test_results_do_not_go_where_the_reports_are(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("签约3个。", encoding="utf-8")
    result = run(app, ["parse", str(tmp_path), "-o", str(tmp_path / "x" / "..")])
    assert result.exit_code == 2
    assert "the next run would read the results as reports" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_formats_that_are_files_need_a_folder() -> None:
    for formats in (["xlsx"], ["html", "csv"], ["jsonl", "xlsx"]):
        result = run(app, ["parse", "-", *(a for f in formats for a in ("-f", f))], input="签约3个。".encode())
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"-f {' -f '.join(formats)} writes to a folder; name it with -o\n"
    for name in ("json", "jsonl"):
        result = run(app, ["parse", "-", "-f", name], input="签约3个。".encode())
        assert result.exit_code == 0
        assert json.loads(result.stdout)["text"] == "签约3个。"


def test_no_format_named_means_workbook_and_pages(tmp_path: Path) -> None:
    assert run(app, ["parse", "-", "-o", str(tmp_path)], input="签约3个。".encode()).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {NAME, "index.html", "reports.xlsx", "stdin.html"}


def test_a_pdf_read_in_part_is_told_each_time(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    canvas.drawString(72, 700, "Investment in 2021 amounted to 4.34.")
    canvas.showPage()
    canvas.drawImage(ImageReader(Image.new("L", (9, 9))), 0, 0, 590, 800)
    canvas.save()
    arguments = ["parse", str(tmp_path / "a.pdf"), "-o", str(tmp_path / "out"), "-q"]
    told = "1 of 2 pages have no text (probably scanned)", "recognise its text by OCR and save that"
    for extra in ([], ["--resume"]):
        result = run(app, [*arguments, *extra])
        assert (result.exit_code, result.stderr) == (0, f"{tmp_path / 'a.pdf'}: {told[0]}; {told[1]}\n")
    row = list(openpyxl.load_workbook(tmp_path / "out" / "reports.xlsx")["Errors"].values)[1]
    assert row[1:3] == told


@pytest.mark.parametrize("arguments", [["--resume"], ["--since", "昨天"], ["--jobs", "-1"], ["--max-size", "0"]])
def test_wrong_commands(arguments: list[str]) -> None:
    assert run(app, ["parse", "-", *arguments], input=b"x").exit_code == 2


def test_messages_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_LANG", "zh")
    (tmp_path / "空.txt").write_bytes(b"")
    result = run(app, ["parse", str(tmp_path)])
    assert "空.txt: 文件是空的; 请把它排除，或重新获取" in result.stderr


def test_a_gbk_console_shows_chinese_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "签约🎉.txt").write_text("全年签约🎉项目25個。", encoding="utf-8")
    (tmp_path / "空.txt").write_bytes(b"")
    environment = {**os.environ, "PYTHONIOENCODING": "gbk", "ZSIE_LANG": "zh"}
    for extra in ([], ["-o", str(tmp_path / "out")]):
        result = subprocess.run(command(tmp_path, *extra), capture_output=True, env=environment, check=False)
        assert result.returncode == 1, result.stderr
        assert "文件是空的" in result.stderr.decode("gbk")
        if not extra:
            assert json.loads(result.stdout.decode("gbk"))["text"] == "全年签约🎉项目25個。"


def test_doctor_says_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(app, ["doctor", "--json"])
    assert result.exit_code == 0
    checks = {check["name"]: check for check in map(json.loads, result.stdout.splitlines())}
    assert checks["model"]["ok"]
    assert checks[".docx"]["found"].startswith("python-docx")
    monkeypatch.setenv("ZSIE_SOFFICE", "/nowhere")
    monkeypatch.setattr(doctor, "_version", lambda package: None if package in ("pypdfium2", "onnxruntime") else "1")
    result = run(app, ["doctor"])
    assert result.exit_code == 1
    told = " ".join(result.stdout.split())
    assert "pypdfium2 is not installed; pip install 'zsie[docs-in]'" in told
    assert "LibreOffice is not installed; install LibreOffice" in told


def test_doctor_with_a_model_that_is_none() -> None:
    result = run(app, ["doctor", "--model", "nowhere"])
    assert result.exit_code == 1
    assert "neither a folder nor a shipped model" in " ".join(result.stdout.split())
