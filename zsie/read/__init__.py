"""Files to text with a map back: .txt .md .docx .pdf .html .mht, .doc .wps .rtf .odt by LibreOffice, zip archives.

    reading = read_file("report.docx")
    report = zsie.parse(reading.text)
    e = report.entities[0]
    reading.source.cite(e.start, e.end)      # report.docx · paragraph 3 · characters 5-9

Everything that cannot be read raises ReadError with a reason and a remedy.
"""

from __future__ import annotations

from pathlib import Path, PurePath

from zsie.errors import ReadError
from zsie.messages import say
from zsie.read.archive import Member, is_litter, members, read_member
from zsie.read.detect import SUFFIXES, file_format
from zsie.read.office import libreoffice
from zsie.read.source import Place, Reading, Segment, Source

__all__ = [
    "LIMIT",
    "SUFFIXES",
    "Member",
    "Place",
    "Reading",
    "Segment",
    "Source",
    "is_litter",
    "libreoffice",
    "members",
    "read_bytes",
    "read_file",
    "read_member",
    "system_error",
]

LIMIT = 64 * 2**20
"""Bytes above which a file is not read unless the caller allows it."""


def read_file(path: str | Path, *, name: str | None = None, limit: int = LIMIT) -> Reading:
    """Read a file; `name` is how to cite it (default: the path). Raise ReadError, also for a missing file."""
    path = Path(path)
    try:
        check_size(path.stat().st_size, limit)
        data = path.read_bytes()
    except OSError as error:
        raise system_error(error) from error
    return read_bytes(data, name or str(path), path=str(path.absolute()))


def read_bytes(data: bytes, name: str, *, path: str | None = None, member: str | None = None) -> Reading:
    """Read a file's content; its kind is told by the suffix of `name` and by the content, which must agree."""
    if not data:
        raise ReadError(say("the file is empty"), say("leave it out, or get it again"))
    kind = file_format(member or name, data)
    encoding = warning = None
    if kind == "txt":
        from zsie.read.txt import read_txt

        text, segments, encoding = read_txt(data)
    elif kind == "zip":
        raise ReadError(say("this is an archive inside an archive or a pipe"), say("unpack it and give its files"))
    else:
        if kind == "docx":
            from zsie.read.docx import read_docx

            builder = read_docx(data)
        elif kind == "pdf":
            from zsie.read.pdf import read_pdf

            builder = read_pdf(data)
        elif kind == "html":
            from zsie.read.html import read_html

            builder, encoding = read_html(data)
        elif kind == "mht":
            from zsie.read.mht import read_mht

            builder, encoding = read_mht(data)
        elif kind == "md":
            from zsie.read.markdown import read_markdown

            builder, encoding = read_markdown(data)
        else:
            from zsie.read.office import read_office

            builder = read_office(data, PurePath(member or name).suffix.lower() or f".{kind}")
        text, segments, warning = builder.text, builder.segments, builder.warning
    if not text.strip():
        raise ReadError(say("the file holds no text"), say("leave it out, or get it again"))
    return Reading(text, Source(name, path, kind, member, encoding, segments), warning)


def system_error(error: OSError) -> ReadError:
    """What the system says of a file, in the user's language where it is common."""
    if isinstance(error, FileNotFoundError):
        reason = say("there is no such file")
    elif isinstance(error, PermissionError):
        reason = say("you may not read it")
    else:
        reason = error.strerror or str(error)
    return ReadError(reason, say("check the path and that you may read it"))


def check_size(size: int, limit: int) -> None:
    """Raise ReadError for a file of more than `limit` bytes."""
    if size > limit:
        raise ReadError(
            say("{size} MB is more than the limit of {limit} MB", size=-(-size // 2**20), limit=limit // 2**20),
            say("split it, or raise --max-size"),
        )
