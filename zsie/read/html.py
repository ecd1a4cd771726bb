"""Web pages: the main content by trafilatura; the whole body where that finds too little."""

from __future__ import annotations

import re
from typing import Any

from zsie.errors import ReadError
from zsie.messages import say
from zsie.read.source import Builder, Place
from zsie.text.decode import decode

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_HAN = re.compile(r"[\u3400-\u9fff]")
_ROWS, _CELLS, _BREAKS = frozenset({"tr", "row"}), frozenset({"td", "th", "cell"}), frozenset({"br", "lb"})
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "li",
        "item",
        "ul",
        "ol",
        "list",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "quote",
        "pre",
        "code",
        "center",
        "form",
        "fieldset",
        "figure",
        "figcaption",
        "header",
        "hr",
        "body",
        "address",
        "tbody",
        "thead",
        "tfoot",
    ]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "nav",
        "footer",
        "aside",
        "iframe",
        "select",
        "button",
        "svg",
        "object",
        "title",
    ]
)
_LONG = 150
"""Characters of a cell above which a table with breaks in it lays out a page instead of showing data."""


def read_html(data: bytes, charset: str | None = None) -> tuple[Builder, str]:
    """Paragraphs and tables of the main content in their order, a line each; and the encoding.

    A paragraph's number counts the paragraphs of what was kept. `charset` is what stands for the encoding outside the page.
    """
    try:
        import lxml.html
        import trafilatura
    except ImportError as error:
        raise ReadError(say("reading web pages needs trafilatura"), "pip install 'zsie[docs-in]'") from error
    page, encoding = _decode(data, charset)
    page = _DECLARATION.sub("", page)
    whole = _Walk()
    try:
        body = lxml.html.document_fromstring(page).find("body")
    except (lxml.etree.ParserError, ValueError) as error:
        raise ReadError(say("the page holds no text"), say("save the page from a browser again")) from error
    if body is not None:
        whole.run(body)
    content: Any = trafilatura.bare_extraction(
        page, include_comments=False, include_tables=True, favor_recall=True, config=_settings()
    )
    main = _Walk()
    if content is not None and content.body is not None:
        main.run(content.body)
    found, there = (len(_HAN.findall(walk.builder.text)) for walk in (main, whole))
    # Navigation rarely outweighs a report three times over; a report cut short does harm.
    return (main if found * 3 >= there and found else whole).builder, encoding


def _decode(data: bytes, charset: str | None) -> tuple[str, str]:
    """UTF-8 where the bytes are valid UTF-8, else what the page says or `charset`, else what the bytes look like."""
    declared = _CHARSET.search(data[:4096])
    name = (declared.group(1).decode("ascii", "replace") if declared else charset or "").lower()
    if name and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        for encoding in ("utf-8-sig", "gb18030" if name in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else name):
            try:
                return data.decode(encoding), encoding
            except (UnicodeDecodeError, LookupError):
                continue
    decoded = decode(data)
    return decoded.text, decoded.encoding


def _settings() -> Any:
    """Trafilatura's settings, with limits for a script that says in 60 characters what English says in 250."""
    from copy import deepcopy

    from trafilatura.settings import DEFAULT_CONFIG

    settings = deepcopy(DEFAULT_CONFIG)
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        settings["DEFAULT"][name] = "20"
    return settings


class _Walk:
    """Goes through a tree of HTML or of trafilatura's own elements."""

    def __init__(self) -> None:
        self.builder = Builder()
        self.paragraph = self.table = 0
        self._line: list[str] = []

    def run(self, root: Any) -> None:
        self._go(root)
        self._end()

    def _go(self, element: Any) -> None:
        for child, tail in [(None, element.text), *((c, c.tail) for c in element)]:
            if child is not None and isinstance(child.tag, str) and child.tag not in _SKIPPED:
                if child.tag in _BREAKS:
                    self._end()
                elif child.tag == "table" and not _lays_out(child):
                    self._end()
                    self._rows(child)
                else:
                    block = child.tag in _BLOCKS or child.tag in _CELLS or child.tag in _ROWS or child.tag == "table"
                    if block:
                        self._end()
                    self._go(child)
                    if block:
                        self._end()
            if tail:
                self._line.append(tail)

    def _end(self) -> None:
        """End a paragraph."""
        text = _flat("".join(self._line))
        self._line = []
        if text:
            self.paragraph += 1
            self.builder.add(text, Place(paragraph=self.paragraph))
            self.builder.join("\n")

    def _rows(self, table: Any) -> None:
        self.table += 1
        for r, row in enumerate(table.iter(*_ROWS), 1):
            cells = [cell for cell in row if cell.tag in _CELLS]
            texts = [_flat("".join(cell.itertext())) for cell in cells]
            self.builder.row([(text, Place(table=self.table, row=r, cell=c)) for c, text in enumerate(texts, 1)])


def _flat(text: str) -> str:
    """A paragraph's text with the line breaks and tabs of the markup as spaces, the indentation gone."""
    return re.sub(r"[ \t\r\n\f]+", " ", text).strip(" \u3000\xa0")


def _lays_out(table: Any) -> bool:
    """Whether a table only arranges the page: one within it, or a long cell of several paragraphs."""
    if next(table.iterdescendants("table"), None) is not None:
        return True
    for cell in table.iter(*_CELLS):
        breaks = sum(1 for _ in cell.iter("p", "div", "br", "lb"))
        if breaks > 1 and len("".join(cell.itertext())) > _LONG:
            return True
    return False
