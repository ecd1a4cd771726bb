"""Write parsed reports in the formats that `zsie parse` offers: every report once through all writers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zsie.batch.journal import writing
from zsie.corpus.naming import file_stem
from zsie.errors import ZsieError
from zsie.messages import say
from zsie.read import Source
from zsie.render.filed import Checked, Filed, Writer
from zsie.report import Report

_NEEDS = {
    "parquet": (("pyarrow",), "parquet"),
    "docbin": (("spacy",), "spacy"),
    "graphml": (("networkx",), "graph"),
    "jsonld": (("networkx",), "graph"),
}
_RESERVED = frozenset({"index"})
_ODD = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def ready(formats: Iterable[str]) -> None:
    """Raise ZsieError when a library that one of `formats` needs is missing; before a run, not after it."""
    for name in formats:
        packages, extra = _NEEDS.get(name, ((), ""))
        for package in packages:
            if find_spec(package) is None:
                raise ZsieError(
                    say(
                        "writing {format} needs {package}; pip install 'zsie[{extra}]'",
                        format=name,
                        package=package,
                        extra=extra,
                    )
                )


def write(
    reports: Iterable[tuple[str, Report, Source | None]], out: Path, formats: Sequence[str], errors: Sequence[dict[str, Any]]
) -> list[Path]:
    """Write each format below `out`; return what was written.

    `reports` are (name, report, source) and are gone through once; `errors` have the keys file, reason and remedy.
    A file appears under its name when it is complete, so what an earlier run wrote stays until then. Raise ZsieError
    where `out` cannot be written, also when its disk is full.
    """
    wanted = tuple(dict.fromkeys(formats))
    ready(wanted)
    name_for = Stems()
    with writing(out), ExitStack() as undo:
        out.mkdir(parents=True, exist_ok=True)
        writers = []
        for name in wanted:
            writer = _WRITERS[name](out, wanted)
            undo.callback(writer.drop)
            writers.append(writer)
        for name, report, source in reports:
            parts = tuple(Checked(part, part.check(agreeing=True)) for part in report.parts)
            filed = Filed(name, name_for(name), report, parts, source)
            for writer in writers:
                writer.add(filed)
        written = [path for writer in writers for path in writer.close(errors)]
        undo.pop_all()
    return written


class Stems:
    """Names for the files of single reports: that of the report's file, with a number where it is taken."""

    def __init__(self) -> None:
        """Start with the names that zsie gives to its own files taken."""
        self._taken = set(_RESERVED)

    def __call__(self, name: str) -> str:
        """A name not given before, also not on a disk that ignores case."""
        first = stem = file_stem(_ODD.sub("_", Path(name).stem) or "report")
        number = 1
        while stem.casefold() in self._taken:
            number += 1
            stem = f"{first}-{number}"
        self._taken.add(stem.casefold())
        return stem


def _xlsx(out: Path, formats: Sequence[str]) -> Writer:
    from zsie.render.workbook import XlsxFile

    return XlsxFile(out, pages="html" in formats)


def _html(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.pages import HtmlFiles

    return HtmlFiles(out)


def _json(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.flat import JsonFiles

    return JsonFiles(out)


def _jsonl(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.flat import JsonLines

    return JsonLines(out)


def _csv(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.flat import CsvFiles

    return CsvFiles(out)


def _parquet(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.parquet import ParquetFiles

    return ParquetFiles(out)


def _sqlite(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.sqlite import SqliteFile

    return SqliteFile(out)


def _docbin(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.docbin import DocBinFiles

    return DocBinFiles(out)


def _graphml(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.graph import GraphmlFile

    return GraphmlFile(out)


def _jsonld(out: Path, _: Sequence[str]) -> Writer:
    from zsie.render.graph import JsonLdFile

    return JsonLdFile(out)


_WRITERS: dict[str, Callable[[Path, Sequence[str]], Writer]] = {
    "xlsx": _xlsx,
    "html": _html,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
    "sqlite": _sqlite,
    "docbin": _docbin,
    "graphml": _graphml,
    "jsonld": _jsonld,
}
