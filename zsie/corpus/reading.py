"""Reading and writing annotated files: text and JSON lines, with errors that name the file and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.errors import CorpusError


def read_text(path: Path) -> str:
    """A file's text in UTF-8 (a byte order mark is dropped), line ends as they are."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); check its name and your rights to it") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error


def write_text(path: Path, text: str) -> None:
    """Write what `read_text` reads back exactly: a text that itself begins with a byte order mark gets another before it."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    path.write_bytes((mark + text).encode("utf-8"))


def json_lines(text: str, source: str, faults: list[Fault]) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of every line; a line that is no JSON object becomes a fault."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError as error:
            faults.append(Fault(source, number, f"no JSON ({error}); export the file again"))
            continue
        if isinstance(data, dict):
            yield number, data
        else:
            faults.append(Fault(source, number, "not a JSON object; one document a line is expected"))
