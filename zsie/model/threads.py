"""Threads that work ahead of whoever takes their results."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """A pool that also serves forked processes, and threads that outlive the main one."""

    def __init__(self, count: int) -> None:
        """`count` threads start with the first work."""
        self.count = count
        self._pool: ThreadPoolExecutor | None = None
        self._owner = 0

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have `work` done by the next free thread."""
        if self._pool is None or self._owner != os.getpid():
            # A forked process inherits the pool, but not its threads.
            self._pool, self._owner = ThreadPoolExecutor(self.count, "zsie"), os.getpid()
        try:
            return self._pool.submit(work, *args, **kwargs)
        except RuntimeError:
            # The main thread has ended, and pools take nothing more; others may go on reading.
            done: Future[T] = Future()
            done.set_result(work(*args, **kwargs))
            return done
