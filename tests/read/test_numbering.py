"""Numbers that Word shows without writing them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls

from zsie.read import read_bytes
from zsie.read.numbering import _number

LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%2.%3"), ("bullet", "\uf06c"))


def numbered(levels: tuple[tuple[str, str], ...] = LEVELS) -> Any:
    """A document with a list of several levels, named 77, and a second one (78) of the same kind that starts at 5."""
    document = Document()
    document.add_paragraph("x", style="List Number")  # makes python-docx add the numbering part
    root = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (kind, text) in enumerate(levels)
    )
    root.append(parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inner}</w:abstractNum>'))
    for id_, extra in (("77", ""), ("78", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>')):
        root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{id_}"><w:abstractNumId w:val="77"/>{extra}</w:num>'))
    return document


def add(document: Any, text: str, depth: int, id_: str = "77") -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    number = OxmlElement("w:numPr")
    for name, value in (("w:ilvl", str(depth)), ("w:numId", id_)):
        child = OxmlElement(name)
        child.set(f"{{{number.nsmap['w']}}}val", value)
        number.append(child)
    properties.append(number)


def text_of(document: Any) -> list[str]:
    buffer = io.BytesIO()
    document.save(buffer)
    return read_bytes(buffer.getvalue(), "a.docx").text.splitlines()


def test_headings_are_numbered_as_word_shows_them() -> None:
    document = numbered()
    for text, depth in (
        ("成效", 0),
        ("领导带头", 1),
        ("考察", 2),
        ("签约", 2),
        ("服务", 1),
        ("用地", 3),
        ("打算", 0),
        ("招商", 1),
    ):
        add(document, text, depth)
    add(document, "另起", 0, "78")
    add(document, "不编号", 0, "0")
    assert text_of(document) == [
        "1. x",
        "一、成效",
        "（一）领导带头",
        "一.1 考察",
        "一.2 签约",
        "（二）服务",
        "● 用地",
        "二、打算",
        "（一）招商",
        "五、另起",
        "不编号",
    ]


def test_numbers_belong_to_no_place_in_the_file() -> None:
    document = numbered()
    add(document, "到位资金4.34亿元", 0)
    buffer = io.BytesIO()
    document.save(buffer)
    reading = read_bytes(buffer.getvalue(), "a.docx")
    start = reading.text.index("4.34")
    assert reading.source.cite(start, start + 6) == "a.docx · paragraph 2 · characters 5–10"


@pytest.mark.parametrize(
    ("n", "format", "shown"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (105, "japaneseCounting", "一〇五"),
        (12, "chineseLegalSimplified", "拾贰"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (28, "lowerLetter", "bb"),
        (4, "upperRoman", "IV"),
        (7, "decimalZero", "07"),
        (7, "unheardOf", "7"),
    ],
)
def test_formats(n: int, format: str, shown: str) -> None:
    assert _number(n, format) == shown
