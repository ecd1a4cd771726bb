"""PDF files, by pypdfium2 (Google's PDFium)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zsie.errors import ReadError
from zsie.messages import say
from zsie.read.source import Builder, Place

# PDFium marks a hyphen at a line's end by U+FFFE or U+0002.
_MARKS = re.compile("[\ufffe\x02\x00]")
# 3, — 1 —, 第 2 页 共 6 页, 2/6
_NUMBER = re.compile(r"[\s\d第共页总之,，、/|.·•()（）\-—–―─]+|\s*page[\s\d/of]+", re.IGNORECASE)
_FEW = 20
"""Characters below which what stands on a picture of a page is a mark, not its text."""
_MOST = 100
"""Characters that running titles and marks of a page have at most."""


def read_pdf(data: bytes) -> Builder:
    """The text of each page, line by line as it stands there."""
    try:
        import pypdfium2
    except ImportError as error:
        raise ReadError(say("reading PDF needs pypdfium2"), "pip install 'zsie[docs-in]'") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadError(say("the PDF is encrypted"), say("open it with its password and print it to a new PDF")) from error
        raise ReadError(say("the PDF is damaged"), say("open it in a viewer and print it to a new PDF")) from error
    builder = Builder()
    pages = []
    try:
        for number in range(len(document)):
            page = document[number]
            layer = page.get_textpage()
            text = _MARKS.sub("", layer.get_text_range()).replace("\r\n", "\n")
            layer.close()
            pages.append(_Page(text, _pictured(page)))
            page.close()
            builder.add(text.rstrip(), Place(page=number + 1))
            builder.join("\n")
    except pypdfium2.PdfiumError as error:
        raise ReadError(say("the PDF is damaged"), say("open it in a viewer and print it to a new PDF")) from error
    finally:
        document.close()
    builder.warning = _judge(pages)
    return builder


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's text, and whether pictures fill much of it."""

    text: str
    pictured: bool


def _pictured(page: Any) -> bool:
    """Whether pictures cover at least a third of a page; a scan may be cut into many strips."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    width, height = page.get_size()
    covered = 0.0
    for picture in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]):
        a, b, c, d, *_ = picture.get_matrix().get()  # of the unit square that every picture is
        covered += abs(a * d - b * c)
    return bool(covered >= width * height / 3)


def _judge(pages: Sequence[_Page]) -> tuple[str, str] | None:
    """Refuse what is no text, scanned pages and fonts that do not tell their characters; return what is wrong with a part.

    A scan may carry its number, a running title and the mark of the program that made it; a blank page is no scan.
    """
    remedy = say("recognise its text by OCR and save that")
    written = [
        [_pattern(line) for line in page.text.split("\n") if line.strip() and not _NUMBER.fullmatch(line)] for page in pages
    ]
    pages_with = Counter(line for lines in written for line in set(lines))
    scanned = real = 0
    for page, lines in zip(pages, written, strict=True):
        own = sum(len(line) for line in lines if pages_with[line] <= max(1, len(pages) // 2))
        # Pages that are alike, as those of a form, are not made of running titles.
        if page.pictured and own < _FEW and sum(map(len, lines)) < _MOST:
            scanned += 1
        elif lines:
            real += 1
    if not real:
        raise ReadError(say("the PDF has no text layer ({pages} pages, probably scanned)", pages=len(pages)), remedy)
    letters = "".join("".join(page.text for page in pages).split())
    odd = sum(unicodedata.category(c) in ("Co", "Cn", "Cc") or c == "\ufffd" for c in letters)
    if odd > len(letters) * 0.3:
        raise ReadError(say("the fonts of the PDF do not tell their characters"), remedy)
    if scanned:
        return say("{n} of {pages} pages have no text (probably scanned)", n=scanned, pages=len(pages)), remedy
    return None


def _pattern(line: str) -> str:
    """A line without spaces, its digits all the same: a running title is one, whatever page it names."""
    return re.sub(r"\d", "0", "".join(line.split()))
