"""Read and parse the files of a run, in one process or several."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsie import __version__
from zsie.api import Parser
from zsie.batch.inputs import Item, chunks
from zsie.batch.journal import Fault, Journal, Outcome, Tally, pack
from zsie.errors import ReadError, ZsieError
from zsie.messages import say
from zsie.read import LIMIT, Reading, read_bytes, read_file, read_member
from zsie.read import check_size as check

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

    from zsie.report import Report

Chunk = tuple[Item, ...]


@dataclass(frozen=True)
class Settings:
    """How to run: processes, the reports' date, the largest file in bytes."""

    jobs: int = 1
    date: str | None = None
    limit: int = LIMIT


def fingerprint(parser: Parser, date: str | None) -> dict[str, str | None]:
    """What the results of a run depend on beside the files: a journal made with another one is of no use."""
    digest = hashlib.sha256()
    for name, content in sorted(parser.model.files.items()):
        digest.update(name.encode() + content)
    return {"zsie": __version__, "model": digest.hexdigest(), "date": date}


def run(parser: Parser, items: Sequence[Item], journal: Journal, settings: Settings) -> Generator[list[Outcome]]:
    """Parse what the journal does not hold yet; every piece of work is in the journal before it is handed out.

    Pieces come as they are done. Closing the iterator early lets pieces in work finish and journals them.
    """
    todo: deque[Chunk] = deque()
    for chunk in chunks(items):
        if rest := tuple(item for item in chunk if not journal.finished(item)):
            todo.append(rest)
    if settings.jobs == 1 or len(todo) <= 1:
        for chunk in todo:
            outcomes = work(parser, chunk, settings)
            journal.record(outcomes)
            yield outcomes
        return
    yield from _in_processes(parser, todo, journal, settings)


def work(parser: Parser, chunk: Chunk, settings: Settings) -> list[Outcome]:
    """Read and parse a piece of work; whatever goes wrong with a file becomes its fault."""
    readings: list[tuple[Item, Reading]] = []
    outcomes: dict[str, Outcome] = {}
    for item in chunk:
        try:
            readings.append((item, _read(item, settings.limit)))
        except ReadError as error:
            outcomes[item.key] = Outcome(item, fault=Fault(item.name, error.reason, error.remedy))
        except Exception as error:
            outcomes[item.key] = Outcome(item, fault=_surprise(item, error))
    try:
        reports = list(parser.stream([reading.text for _, reading in readings], date=settings.date))
        parsed = list(zip(readings, reports, strict=True))
        outcomes.update((item.key, _outcome(item, reading, report)) for (item, reading), report in parsed)
    except Exception:
        # One of them is to blame; the others must not suffer for it.
        for item, reading in readings:
            try:
                outcomes[item.key] = _outcome(item, reading, parser.parse(reading.text, date=settings.date))
            except Exception as error:
                outcomes[item.key] = Outcome(item, fault=_surprise(item, error))
    return [outcomes[item.key] for item in chunk]


def _read(item: Item, limit: int) -> Reading:
    check(item.size, limit)
    if item.member is not None:
        assert item.path is not None
        data = read_member(Path(item.path), item.index)
        return read_bytes(data, item.name, path=item.path, member=item.member)
    if item.path is None:
        return read_bytes(item.data or b"", item.name)
    return read_file(item.path, name=item.name, limit=limit)


def _outcome(item: Item, reading: Reading, report: Report) -> Outcome:
    names = ("projects", "indicators", "events", "officials", "companies")
    tally = Tally(len(report.text), *(len(getattr(report, name)) for name in names))
    warning = Fault(item.name, *reading.warning) if reading.warning else None
    return Outcome(item, packed=pack(report, reading.source), tally=tally, fault=warning)


def _surprise(item: Item, error: Exception) -> Fault:
    reason = say("unexpected {kind}: {error}", kind=type(error).__name__, error=" ".join(str(error).split())[:200])
    return Fault(item.name, reason, say("report it as a fault of zsie, with the file if you may"))


_worker: tuple[Parser, Settings] | None = None


def _start(parser: Parser, settings: Settings, gate: Barrier) -> None:
    """Make a worker: one thread, deaf to Ctrl-C (the parent ends the run), gone when the parent is gone."""
    global _worker
    import signal
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker = Parser(parser.model, threads=1), settings
    parent = parent_process()

    def watch() -> None:
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    gate.wait(_PATIENCE)


def _run(chunk: Chunk) -> list[Outcome]:
    assert _worker is not None
    return work(_worker[0], chunk, _worker[1])


def _ready() -> None:
    """The first task of each worker, for which the pool starts it."""


def _pool(parser: Parser, settings: Settings, jobs: int) -> ProcessPoolExecutor:
    """A pool whose workers all run. Raise ZsieError when they do not start.

    `ProcessPoolExecutor` starts workers while it hands out work, and waits for ever when one dies as the next is being
    started (seen with Python 3.11); so no worker passes the gate, and no file is read, before all have come to it.
    """
    from multiprocessing import get_context

    context = get_context("spawn")
    gate = context.Barrier(jobs)
    pool = ProcessPoolExecutor(jobs, context, _start, (parser, settings, gate))
    try:
        for started in [pool.submit(_ready) for _ in range(jobs)]:
            started.result()
    except (BrokenProcessPool, OSError) as error:  # OSError: it ended while its start was being sent to it
        gate.abort()
        pool.shutdown(cancel_futures=True)
        raise ZsieError(say("{n} processes did not start; use fewer --jobs", n=jobs)) from error
    except BaseException:
        gate.abort()
        pool.shutdown(cancel_futures=True)
        raise
    return pool


_PATIENCE = 300
"""Seconds within which all workers must have started."""


def _in_processes(parser: Parser, todo: deque[Chunk], journal: Journal, settings: Settings) -> Generator[list[Outcome]]:
    """Keep the workers busy with two pieces each; when a worker dies, find the file that killed it."""
    jobs = min(settings.jobs, len(todo))
    while todo:
        with _pool(parser, settings, jobs) as pool:
            running: dict[Future[list[Outcome]], Chunk] = {}
            try:
                while todo or running:
                    while todo and len(running) < 2 * jobs:
                        running[pool.submit(_run, todo[0])] = todo[0]
                        todo.popleft()
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        outcomes = future.result()
                        del running[future]
                        journal.record(outcomes)
                        yield outcomes
                return
            except BrokenProcessPool:
                suspects = list(running.values())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
                for future in running:
                    if future.done() and not future.cancelled() and future.exception() is None:
                        journal.record(future.result())
        for outcome in _one_by_one(parser, [i for chunk in suspects for i in chunk if not journal.finished(i)], settings):
            journal.record([outcome])
            yield [outcome]


def _one_by_one(parser: Parser, items: Sequence[Item], settings: Settings) -> Generator[Outcome]:
    """Parse files in a process that each of them may end."""
    pool: ProcessPoolExecutor | None = None
    try:
        for item in items:
            pool = pool or _pool(parser, settings, 1)
            try:
                yield from pool.submit(_run, (item,)).result()
            except BrokenProcessPool:
                pool.shutdown()
                pool = None
                reason = say("reading it ended the process (out of memory, or a damaged file)")
                yield Outcome(item, fault=Fault(item.name, reason, say("leave it out")))
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
