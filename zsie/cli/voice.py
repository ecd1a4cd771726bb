"""What commands over many files say on standard error: news, faults, progress."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from zsie.messages import say

if TYPE_CHECKING:
    from zsie.batch import Fault


def complain(console: Console, what: object) -> None:
    """Say in red what is wrong; as it is, so that brackets in file names are no markup."""
    console.print(Text(str(what), style="red"), soft_wrap=True)


@dataclass
class Voice:
    """Standard error, made for people or (`as_json`) for programs; `quiet` leaves only faults."""

    quiet: bool = False
    as_json: bool = False
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def news(self, what: RenderableType) -> None:
        """Say something, unless quiet."""
        if not self.quiet:
            # Text, so that brackets in file names are no markup.
            self.console.print(Text(what) if isinstance(what, str) else what, soft_wrap=isinstance(what, str))

    def fault(self, fault: Fault) -> None:
        """One line for a file that gave nothing, or for what is wrong with the command (no file)."""
        if self.as_json:
            self.console.file.write(json.dumps(fault.to_dict()) + "\n")
            self.console.file.flush()
            return
        line = ": ".join(filter(None, (fault.file, fault.reason))) + (f"; {fault.remedy}" if fault.remedy else "")
        complain(self.console, " ".join(line.splitlines()))

    @contextmanager
    def meter(self, total: int, done: int) -> Iterator[Meter]:
        """A progress bar on a terminal, `done` of `total` files behind it; nothing elsewhere."""
        shown = not self.quiet and self.console.is_terminal
        with _bar(self.console, disable=not shown) as progress:
            yield Meter(progress, total, done)


class Meter:
    """Progress over files, their faults and characters."""

    def __init__(self, progress: Progress, total: int, done: int) -> None:
        """Start at `done` of `total` files; the rate counts only what comes after."""
        self._progress = progress
        self._task = progress.add_task(say("parsing"), total=total, completed=done, faults="", rate="")
        self._faults = self._files = self._characters = 0

    def advance(self, files: int, faults: int, characters: int) -> None:
        """More files are done, `faults` of them without a report."""
        self._files += files
        self._faults += faults
        self._characters += characters
        told = say("{n} unreadable", n=self._faults) if self._faults else ""
        task = self._progress.tasks[self._task]
        seconds = task.elapsed or 0
        rate = ""
        if seconds > 0:
            rate = say("{files} files/s, {characters} characters/s", files=f"{self._files / seconds:.1f}",
                       characters=f"{self._characters / seconds:,.0f}")  # fmt: skip
        self._progress.update(self._task, advance=files, faults=told, rate=rate)


class _Left(ProgressColumn):
    """Time left, with a word that says so."""

    def __init__(self) -> None:
        super().__init__()
        self._clock = TimeRemainingColumn(compact=True)

    def render(self, task: Task) -> Text:
        return Text(say("left") + " ") + self._clock.render(task)


def _bar(console: Console, *, disable: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        _Left(),
        TextColumn("[red]{task.fields[faults]}"),
        console=console,
        disable=disable,
        transient=True,
    )


@contextmanager
def graceful(voice: Voice) -> Iterator[None]:
    """Say at Ctrl-C that what is in work will be finished, then raise KeyboardInterrupt as usual."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        voice.news(say("stopping: what is in work will be finished; Ctrl-C again drops it"))
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # not in the main thread, where no Ctrl-C arrives
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def print_json(data: object) -> None:
    """A JSON line on standard output; escaped where the console's encoding lacks a character, so nothing is lost."""
    line = json.dumps(data, ensure_ascii=False)
    try:
        line.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        line = json.dumps(data)
    sys.stdout.write(line + "\n")
