"""Markdown, by markdown-it-py; but in reports two stars are as often a masked figure (引进**个项目) as emphasis."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from zsie.read.source import CELL, Builder, Place
from zsie.text.decode import decode

_RUN = re.compile(r"\*+|_+")
_LONGEST = 3
"""Characters of the longest emphasis mark, ***."""
# Figures and names are masked before such words; what begins with one of them may still be emphasised (**市委高度重视**).
_MASKED = re.compile(
    r"(?:[县市区镇乡村州旗省园年月日号](?![级场民域位度常内])|[%％﹪‰亿万千百元]|[个家项宗户人亩吨次位名件批](?![别才民庭员])|平方|公里|公顷|美元"
    r"|同志|书记|主任|[局县市区镇处科院]长|副|先生|女士|公司|集团|有限)"
)
_POINT_AFTER, _POINT_BEFORE = re.compile(r"[.．][\d*_]"), re.compile(r"[\d*_][.．]")
_NEVER_OPENS = re.compile(r"$|[\s，。、；：！？）】」』”’》〉,.;:!?)%％﹪‰]")
_WORD = re.compile(r"\w")
_NEVER = 100
"""What a reading costs that cannot be."""
_BLOCK_TAG = re.compile(r"<(?:br|/p|/div|/tr|/table|/h[1-6]|/li)\b[^<>]*>", re.IGNORECASE)
_CELL_TAG = re.compile(r"</t[dh]\s*>\s*(?=<t[dh]\b)", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z!][^<>]*>", re.DOTALL)


def read_markdown(data: bytes) -> tuple[Builder, str]:
    """Paragraphs, headings, items and table rows without their marks, the lines of the file kept; and the encoding.

    Characters of a place are counted in what is left of the line, in a table in what is left of the cell.
    """
    decoded = decode(data)
    # Indented lines are paragraphs here, not code; escaped characters must be told from marks (text_join mixes them).
    parser = MarkdownIt("commonmark").enable("table").disable(["emphasis", "code", "text_join"])
    walk = _Walk()
    walk.run(parser.parse(decoded.text))
    return walk.builder, decoded.encoding


class _Walk:
    def __init__(self) -> None:
        self.builder = Builder()
        self._number = ""
        self._table = self._row = 0
        self._cells: list[tuple[str, Place]] | None = None

    def run(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            first = token.map[0] + 1 if token.map else 1
            if token.type == "list_item_open":
                # The number of an item is text of the report: it tells a heading's level.
                self._number = f"{token.info}{token.markup} " if token.info else ""
            elif token.type == "list_item_close":
                self._number = ""
            elif token.type == "table_open":
                self._table, self._row = self._table + 1, 0
            elif token.type == "tr_open":
                self._row, self._cells = self._row + 1, []
            elif token.type == "tr_close" and self._cells is not None:
                self.builder.row(self._cells)
                self._cells = None
            elif token.type == "inline":
                pieces = list(_lines(token.children or ()))
                if self._cells is not None:
                    place = Place(line=first, table=self._table, row=self._row, cell=len(self._cells) + 1)
                    self._cells.append((" ".join(text for text, _ in pieces).strip(), place))
                else:
                    for text, breaks in pieces:
                        self._line(text, first + breaks)
            elif token.type == "fence":
                for n, text in enumerate(token.content.split("\n"), 1):
                    self._line(text, first + n)
            elif token.type == "html_block":
                for n, text in enumerate(_blank(token.content).split("\n")):
                    marked = _BLOCK_TAG.sub("\n", _CELL_TAG.sub(CELL, text))
                    for piece in html.unescape(_TAG.sub("", marked)).split("\n"):
                        self._line(piece, first + n)

    def _line(self, text: str, number: int) -> None:
        if text.strip():
            self.builder.add(self._number + text.strip(), Place(line=number))
            self.builder.join("\n")
            self._number = ""


def _blank(page: str) -> str:
    """HTML without its comments and with each line break inside a tag kept after it, so that lines count as before."""
    return _TAG.sub(
        lambda found: ("" if found[0].startswith("<!--") else " ".join(found[0].split())) + "\n" * found[0].count("\n"), page
    )


def _lines(children: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """The lines of a paragraph without marks, each with the number of line breaks before it in the file."""
    parts: list[str] = []
    literal: set[int] = set()
    length = breaks = 0
    for child in [*children, None]:
        if child is None or child.type in ("softbreak", "hardbreak") or _breaks(child):
            yield _plain("".join(parts), literal), breaks
            breaks += child is not None and child.type != "html_inline"
            parts, literal, length = [], set(), 0
        elif child.type in ("text", "text_special", "code_inline"):
            if child.type != "text":
                literal.update(range(length, length + len(child.content)))
            parts.append(child.content)
            length += len(child.content)


def _breaks(token: Token) -> bool:
    return token.type == "html_inline" and _BLOCK_TAG.match(token.content) is not None


def _plain(line: str, literal: set[int]) -> str:
    """A line without its emphasis marks; runs that hold a `literal` character are none."""
    runs = [found for found in _RUN.finditer(line) if not literal.intersection(range(*found.span()))]
    gone: list[re.Match[str]] = []
    for mark in {found.group() for found in runs if len(found.group()) <= _LONGEST}:
        gone += _emphasis(line, [found for found in runs if found.group() == mark])
    for found in sorted(gone, key=lambda run: run.start(), reverse=True):
        line = line[: found.start()] + line[found.end() :]
    return line


def _emphasis(line: str, runs: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Those of a line's runs of one mark that emphasise: the reading of the line in which each run is best explained.

    A run is a mask, which it should be before a unit or title, or a mark with its neighbour, which it should not be there.
    Of readings equally good the one that emphasises least is taken.
    """
    best: list[tuple[int, int, list[re.Match[str]]]] = [(0, 0, [])]
    for i, run in enumerate(runs):
        cost, size, marks = best[i]
        choices = [(cost + (0 if _masks(line, run) else 2), size, marks)]
        if i:
            cost, size, marks = best[i - 1]
            pair = runs[i - 1], run
            choices.append((cost + _cost(line, *pair), size + run.start() - pair[0].end(), [*marks, *pair]))
        best.append(min(choices, key=lambda choice: choice[:2]))
    return best[-1][2]


def _cost(line: str, opening: re.Match[str], closing: re.Match[str]) -> int:
    """How ill two runs go as the marks around an emphasised stretch."""
    if _NEVER_OPENS.match(line, opening.end()) or line[closing.start() - 1].isspace():
        return _NEVER
    before, after = line[: opening.start()][-1:], line[closing.end() : closing.end() + 1]
    # A single star after a word is a mask (李*), an underscore inside words is never a mark.
    if len(opening.group()) == 1 and _WORD.match(before):
        return _NEVER
    if opening.group().startswith("_") and (_WORD.match(before) or _WORD.match(after)):
        return _NEVER
    if after and after == line[opening.end()]:  # 张**主任、李**主任
        return _NEVER
    return _masks(line, opening) + _masks(line, closing)


def _masks(line: str, run: re.Match[str]) -> bool:
    """Whether a run stands where a mask does: before a unit or title, or beside a decimal point."""
    after = _MASKED.match(line, run.end()) or _POINT_AFTER.match(line, run.end())
    return bool(after or _POINT_BEFORE.fullmatch(line, max(0, run.start() - 2), run.start()))
