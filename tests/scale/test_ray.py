"""`zsie.ray` on a local Ray with two workers: 5,000 texts, bad rows, a worker killed in the middle."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import zsie
from zsie.ray import ParseRows, parse_dataset

ray = pytest.importorskip("ray", reason="Ray is not installed (extra [scale])")

ROWS = 5_000


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    # Two workers, and a core for reading and writing.
    ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False, object_store_memory=200_000_000)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


def rows() -> pd.DataFrame:
    texts: list[str | None] = [f"今年全县引进项目{n % 89 + 1}个，到位资金{n % 97 + 1}亿元。" for n in range(ROWS)]
    for n in range(0, ROWS, 100):
        texts[n] = None
    return pd.DataFrame({"id": range(ROWS), "text": texts})


def actors() -> list[int]:
    """Processes of the actors of Ray's pool."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if command.startswith(b"ray::MapWorker("):
            found.append(int(folder.name))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the worker's process in /proc")
@pytest.mark.usefixtures("cluster")
def test_no_row_is_lost_or_doubled_when_a_worker_is_killed(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    table = rows()
    for part in range(10):
        table[part * 500 : (part + 1) * 500].to_parquet(source / f"{part}.parquet")
    killed: list[int] = []

    def kill() -> None:
        until = time.monotonic() + 120
        while not killed and time.monotonic() < until:
            if target.is_dir() and any(target.glob("*.parquet")):
                for pid in actors()[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    parse_dataset(ray.data.read_parquet(str(source), override_num_blocks=10), batch_size=50, actors=2).write_parquet(
        str(target)
    )
    killer.join()
    assert killed
    result = pd.concat(pd.read_parquet(f) for f in target.glob("*.parquet")).sort_values("id")
    assert result["id"].tolist() == list(range(ROWS))
    bad = result[result["error"].notna()]
    assert bad["id"].tolist() == list(range(0, ROWS, 100))
    assert set(bad["error"]) == {"no text"}
    good = result[result["error"].isna()]
    for row in good.iloc[::331].itertuples():
        data = json.loads(row.report)
        assert data["text"] == row.text
        (amount,) = (e for e in data["entities"] if e["label"] == "AMOUNT")
        assert amount["value"]["amount"] == str((row.id % 97 + 1) * 10**8)


@pytest.mark.usefixtures("cluster")
def test_json_lines_in_dates_and_own_columns(tmp_path: Path) -> None:
    lines = [{"body": "今年引进项目3个。", "day": "2009-03-01"}, {"body": "今年引进项目3个。", "day": "soon"}]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    parsed = parse_dataset(ray.data.read_json(str(path), lines=True), text="body", date="day").to_pandas()
    (good,) = parsed[parsed["error"].isna()].itertuples()
    year = next(e for e in json.loads(good.report)["entities"] if e["label"] == "DATE")
    assert year["value"]["start"] == "2009-01-01"
    (bad,) = parsed[parsed["error"].notna()].itertuples()
    assert "give the report's date as YYYY-MM-DD" in bad.error


def test_rows_without_ray() -> None:
    work = ParseRows(zsie.load().model.files, "text", "day", threads=1)
    frame = pd.DataFrame({"text": ["总投资1亿元", 5], "day": [dt.date(2009, 1, 1), None]}, index=[7, 3])
    result = work(frame)
    assert result["error"].tolist()[1] == "no text but int"
    assert json.loads(result["report"].tolist()[0])["date"] == "2009-01-01"
    assert result["report"].isna().tolist() == [False, True]
    with pytest.raises(KeyError, match="no column 'text'"):
        work(pd.DataFrame({"body": ["x"]}))
