"""Which files a run reads: paths, folders, patterns, archives, standard input; in an order that is always the same."""

from __future__ import annotations

import datetime as dt
import glob
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zsie.batch.journal import Fault
from zsie.errors import ReadError
from zsie.messages import say
from zsie.read import is_litter, members, system_error


@dataclass(frozen=True, slots=True)
class Item:
    """One report to read: a file, a file in an archive, or the content of standard input.

    `name` is how results name it, `size` its bytes (unpacked), `stamp` changes when the file does.
    """

    name: str
    path: str | None
    size: int
    stamp: str
    member: str | None = None
    index: int = 0
    data: bytes | None = None

    @property
    def key(self) -> str:
        """What tells this file from every other."""
        return self.path or "-" if self.member is None else f"{self.path}\n{self.index}\n{self.member}"


@dataclass(frozen=True)
class Found:
    """The files of a run, and what could not even be listed."""

    items: tuple[Item, ...]
    faults: tuple[Fault, ...] = ()


@dataclass
class _Search:
    recursive: bool
    since: float | None
    without: Path | None
    items: dict[str, Item] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, name: str, reason: str, remedy: str) -> None:
        self.faults.append(Fault(name, reason, remedy))

    def file(self, path: Path) -> None:
        try:
            facts = path.stat()
            if self.since is not None and facts.st_mtime < self.since:
                return
            stamp = f"{facts.st_size}:{facts.st_mtime_ns}"
            whole = str(path.absolute())
            if path.suffix.lower() != ".zip":
                self.keep(Item(str(path), whole, facts.st_size, stamp))
                return
            for m in members(path):
                self.keep(Item(f"{path}/{m.name}", whole, m.size, f"{m.size}:{m.crc}", m.name, m.index))
        except (OSError, ReadError) as error:
            told = system_error(error) if isinstance(error, OSError) else error
            self.fault(str(path), told.reason, told.remedy)

    def is_result(self, path: Path, pattern: str) -> bool:
        """Whether a match lies where results go, though the pattern does not begin there."""
        if self.without is None or not path.resolve().is_relative_to(self.without):
            return False
        parts = Path(pattern).parts
        fixed = parts[: next(n for n, part in enumerate(parts) if glob.has_magic(part))]
        return not Path(*fixed).resolve().is_relative_to(self.without)

    def keep(self, item: Item) -> None:
        """Keep an item where it is named first."""
        self.items.setdefault(item.key, item)

    def folder(self, folder: Path) -> None:
        found = False
        for path in _walk(folder, recursive=self.recursive, without=self.without):
            found = True
            self.file(path)
        if not found:
            self.fault(str(folder), say("the folder holds no files"), say("check the path"))


def find(
    paths: Iterable[Path | str],
    *,
    stdin: bytes | None = None,
    recursive: bool = True,
    since: dt.datetime | None = None,
    without: Path | None = None,
) -> Found:
    """List what to read. Files keep the order of `paths`, those of a folder or pattern are sorted; each is read once.

    `-` stands for `stdin`. Folders and patterns leave out hidden files, lock files of an open Word, and what lies in the
    folder `without` (where results go). `since` leaves out files changed before it.
    """
    search = _Search(recursive, since.timestamp() if since else None, without.resolve() if without else None)
    for given in paths:
        path = Path(given)
        if str(given) == "-":
            data = stdin or b""
            search.keep(Item("stdin", None, len(data), hashlib.sha256(data).hexdigest(), data=data))
        elif path.is_dir():
            search.folder(path)
        elif path.exists() or not glob.has_magic(str(given)):
            search.file(path)
        else:
            matches = sorted(Path(p) for p in glob.glob(str(given), recursive=True))
            for match in matches:
                if match.is_dir():
                    search.folder(match)
                elif not search.is_result(match, str(given)):
                    search.file(match)
            if not matches:
                search.fault(str(given), say("no file matches the pattern"), say("check the pattern"))
    return Found(tuple(search.items.values()), tuple(search.faults))


def _walk(folder: Path, *, recursive: bool, without: Path | None) -> Iterator[Path]:
    """Files below a folder, sorted: those of a folder before its subfolders. Links to folders are not followed."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    entries = [entry for entry in entries if not is_litter(entry.name)]
    yield from (entry for entry in entries if not entry.is_dir())
    if recursive:
        for entry in entries:
            if entry.is_dir() and not entry.is_symlink() and entry.resolve() != without:
                yield from _walk(entry, recursive=True, without=without)


def chunks(items: Sequence[Item], *, files: int = 8, size: int = 2**18) -> list[tuple[Item, ...]]:
    """Cut a run into pieces of work: at most `files` items and about `size` bytes each.

    The cut depends on the whole list only, so a run that is taken up again cuts in the same places.
    """
    pieces: list[tuple[Item, ...]] = []
    piece: list[Item] = []
    held = 0
    for item in items:
        if piece and (len(piece) == files or held + item.size > size):
            pieces.append(tuple(piece))
            piece, held = [], 0
        piece.append(item)
        held += item.size
    if piece:
        pieces.append(tuple(piece))
    return pieces
