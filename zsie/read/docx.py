"""Word documents, by python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from zsie.errors import ReadError
from zsie.messages import say
from zsie.read.numbering import Numbering
from zsie.read.source import Builder, Place

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
# Text that is deleted, moved away or a copy for old readers is no text of the document; properties hold tab stops.
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", _FALLBACK})
_MAX_XML = 200 * 2**20


def read_docx(data: bytes) -> Builder:
    """Paragraphs and tables in their order, a line each; text boxes follow the paragraph that anchors them.

    A paragraph's number counts the paragraphs of the body outside tables, empty ones included, as
    `Document(...).paragraphs` of python-docx does. Numbers that Word shows before paragraphs (一、) stand in the text but
    are nowhere in the file: outside tables, no segment holds them.
    """
    try:
        from docx import Document
    except ImportError as error:
        raise ReadError(say("reading .docx needs python-docx"), "pip install 'zsie[docs-in]'") from error
    damaged = say("the .docx is damaged"), say("open it in Word or WPS and save it again")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo("word/document.xml").file_size > _MAX_XML:
                raise ReadError(say("the document is too large unpacked"), say("split it"))
        document = Document(io.BytesIO(data))
        walk = _Walk(Numbering(document))
        walk.blocks(document.element.body)
    except ReadError:
        raise
    except Exception as error:  # python-docx, zipfile and lxml each have their own ways to say "damaged"
        raise ReadError(*damaged) from error
    return walk.builder


class _Walk:
    def __init__(self, numbering: Numbering) -> None:
        self.builder = Builder()
        self.numbering = numbering
        self.paragraph = self.table = 0

    def blocks(self, parent: Any) -> None:
        for element in parent:
            if element.tag == f"{_W}p":
                self.paragraph += 1
                boxes: list[Any] = []
                text = _text(element, boxes)
                self.builder.join(self.numbering.label(element))
                self.builder.add(text, Place(paragraph=self.paragraph))
                self.builder.join("\n")
                for box in boxes:
                    for inner in box.iter(f"{_W}p"):
                        if text := _text(inner, []):
                            self.builder.add(text, Place(paragraph=self.paragraph))
                            self.builder.join("\n")
            elif element.tag == f"{_W}tbl":
                self.rows(element)
            elif element.tag not in _SKIPPED:
                self.blocks(element)  # content controls, custom XML, insertions

    def rows(self, table: Any) -> None:
        self.table += 1
        number = self.table
        for r, row in enumerate(_inside(table, f"{_W}tr"), 1):
            cells = []
            for c, cell in enumerate(_inside(row, f"{_W}tc"), 1):
                # A cell that continues the one above stays as a blank, so that those after it stay under their headings.
                paragraphs = () if _continues(cell) else cell.iter(f"{_W}p")
                text = "\n".join(filter(None, (self.numbering.label(p) + _text(p, []) for p in paragraphs)))
                cells.append((text, Place(table=number, row=r, cell=c)))
            self.builder.row(cells)


def _inside(parent: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also within content controls; not those of a nested table."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
            yield from _inside(element, tag)


def _continues(cell: Any) -> bool:
    """Whether a cell only continues the one above it."""
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    return merge is not None and merge.get(f"{_W}val", "continue") == "continue"


def _text(element: Any, boxes: list[Any]) -> str:
    """Text of a paragraph; the text boxes in it are put into `boxes`."""
    parts = []
    for child in element:
        if child.tag == f"{_W}t":
            parts.append(child.text or "")
        elif child.tag in _BREAKS:
            parts.append(_BREAKS[child.tag])
        elif child.tag == f"{_W}txbxContent":
            boxes.append(child)
        elif child.tag not in _SKIPPED:
            parts.append(_text(child, boxes))
    return "".join(parts)
