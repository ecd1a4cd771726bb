"""The public functions: `parse`, `stream`, `load`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from zsie.assemble import assemble
from zsie.errors import ModelError
from zsie.messages import say
from zsie.model.annotate import annotate
from zsie.model.engine import Engine
from zsie.model.runtime import Model
from zsie.report import Report
from zsie.text import clean

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

DEFAULT_MODEL = "default"


class Parser:
    """A loaded model, ready to parse; safe to share between threads, cheap to pickle (workers load it themselves)."""

    def __init__(self, model: Model, *, threads: int | None = None) -> None:
        """Keep `model`; the runtime starts with the first text."""
        self.model, self.threads = model, threads
        self._engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The running model."""
        if self._engine is None:
            self._engine = self.model.engine(threads=self.threads)
        return self._engine

    def __getstate__(self) -> dict[str, object]:
        return {"model": self.model, "threads": self.threads, "_engine": None}

    def parse(self, text: str, *, date: str | dt.date | None = None) -> Report:
        """Parse one report; see `zsie.parse`."""
        return next(self.stream([text], date=date))

    def stream(
        self, texts: Iterable[str], *, date: str | dt.date | None = None, batch_size: int = 32, processes: int = 1
    ) -> Iterator[Report]:
        """Parse texts lazily, in order; see `zsie.stream`."""
        day = parse_date(date)
        batches = _batches(texts, batch_size)
        if processes == 1:
            for batch in batches:
                yield from self._parse_batch(batch, day)
            return
        yield from _in_processes(self, batches, day, processes)

    def _parse_batch(self, texts: list[str], day: dt.date | None) -> list[Report]:
        cleaned = [clean(text) for text in texts]
        documents = annotate(self.engine, cleaned)
        label = {"name": self.model.name, "version": self.model.version}
        return [assemble(text, document, date=day, model=label) for text, document in zip(cleaned, documents, strict=True)]


def _batches(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    if size < 1:
        raise ValueError(f"batch_size must be at least 1, not {size}")
    batch: list[str] = []
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"texts must be str, not {type(text).__name__}; read files with `zsie.text.decode` first")
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


_worker: tuple[Parser, Event] | None = None


def _start_worker(parser: Parser, closed: Event) -> None:
    global _worker
    _worker = Parser(parser.model, threads=1), closed


def _run_worker(batch: list[str], day: dt.date | None) -> list[Report]:
    assert _worker is not None
    parser, closed = _worker
    return [] if closed.is_set() else parser._parse_batch(batch, day)


def _in_processes(parser: Parser, batches: Iterator[list[str]], day: dt.date | None, processes: int) -> Iterator[Report]:
    """Keep a few batches ahead in the workers, so memory stays bounded however long the stream.

    A stream that is closed early waits only for the batches that are being read.
    """
    from collections import deque
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context("spawn")
    # Tells the workers, since the pool cannot cancel what it has handed on to their queue: all that is ahead here.
    closed = context.Event()
    with ProcessPoolExecutor(processes, context, _start_worker, (parser, closed)) as pool:
        waiting: deque[Future[list[Report]]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(_run_worker, batch, day))
                if len(waiting) > 2 * processes:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            closed.set()


def parse_date(date: str | dt.date | None) -> dt.date | None:
    """An ISO date or date object, of a datetime (pandas' too) its day; raise ValueError that says what is expected."""
    try:
        if isinstance(date, dt.datetime):
            # pandas' NaT is a datetime, but has no year; its `date()` raises or is NaT again.
            return dt.date(date.year, date.month, date.day)
        if date is None or isinstance(date, dt.date):
            return date
        return dt.date.fromisoformat(date)
    except (TypeError, ValueError) as error:
        raise ValueError(
            say("date={date}: give the report's date as YYYY-MM-DD or a datetime.date", date=repr(date))
        ) from error


def models_dir() -> Path:
    """Folder of the models that ship with the package."""
    return Path(str(files("zsie") / "models"))


@lru_cache(maxsize=4)
def _shipped(name: str) -> Parser:
    folder = models_dir() / name
    if not folder.is_dir():
        known = ", ".join(sorted(p.name for p in models_dir().iterdir() if p.is_dir())) if models_dir().is_dir() else "none"
        raise ModelError(
            say("{name} is neither a folder nor a shipped model; shipped models: {known}", name=repr(name), known=known)
        )
    return Parser(Model.load(folder))


def load(model: str | Path | None = None, *, threads: int | None = None) -> Parser:
    """Load a model: a folder made by `zsie train`, the name of a shipped model, or the default. Needs no network."""
    if model is None or (isinstance(model, str) and not Path(model).is_dir()):
        parser = _shipped(model or DEFAULT_MODEL)
        return parser if threads is None else Parser(parser.model, threads=threads)
    return Parser(Model.load(model), threads=threads)


def parse(text: str, *, date: str | dt.date | None = None) -> Report:
    """Parse one report with the default model.

    `date` is the report's date (ISO, `datetime.date` or a datetime), against which 今年, 上半年, 4月23日 are resolved; without it the
    text's own dates are used. Any string works; an empty one gives an empty report.
    """
    return load().parse(text, date=date)


def stream(
    texts: Iterable[str], *, date: str | dt.date | None = None, batch_size: int = 32, processes: int = 1
) -> Iterator[Report]:
    """Parse many texts lazily and in order, `batch_size` at a time, in `processes` processes; memory stays bounded."""
    return load().stream(texts, date=date, batch_size=batch_size, processes=processes)
