"""PDF files, by pypdfium2 (Google's PDFium)."""

from __future__ import annotations

import re
import unicodedata

from zsie.errors import ReadError
from zsie.messages import say
from zsie.read.source import Builder, Place

# PDFium marks a hyphen at a line's end by U+FFFE or U+0002.
_MARKS = re.compile("[\ufffe\x02\x00]")


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
    try:
        for number in range(len(document)):
            page = document[number]
            layer = page.get_textpage()
            text = _MARKS.sub("", layer.get_text_range()).replace("\r\n", "\n")
            layer.close()
            page.close()
            builder.add(text.rstrip(), Place(page=number + 1))
            builder.join("\n")
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        raise ReadError(say("the PDF is damaged"), say("open it in a viewer and print it to a new PDF")) from error
    finally:
        document.close()
    _judge(builder.text, pages)
    return builder


def _judge(text: str, pages: int) -> None:
    """Refuse what is no text: scanned pages, and fonts that do not tell their characters."""
    solid = "".join(text.split())
    if not solid:
        raise ReadError(
            say("the PDF has no text layer ({pages} pages, probably scanned)", pages=pages),
            say("recognise its text by OCR and save that"),
        )
    odd = sum(unicodedata.category(c) in ("Co", "Cn", "Cc") or c == "\ufffd" for c in solid)
    if odd > len(solid) * 0.3:
        raise ReadError(
            say("the fonts of the PDF do not tell their characters"), say("recognise its text by OCR and save that")
        )
