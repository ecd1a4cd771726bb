"""Readers: real files of every kind, their text, and the way back to the place."""

from __future__ import annotations

import io
import os
import stat
import sys
import zipfile
from collections.abc import Callable
from email.charset import Charset
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from zsie.errors import ReadError
from zsie.read import Reading, libreoffice, members, office, read_bytes, read_file, read_member

SENTENCE = "2021年，全县引进项目25个，到位资金4.34亿元。"
PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>某县招商局</title></head><body>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/a">政务公开</a></li></ul></div>
<div class="main"><h1>2021年招商引资工作总结</h1><div>发布时间：2022-01-05</div>
<p>2021年，全县引进项目25个，到位资金4.34亿元。</p><p>一、主要做法</p><p>县长率队赴深圳考察。<br>拜访企业三家。</p>
<table><tr><th>项目</th><th>投资额</th></tr><tr><td>光伏产业园</td><td>12.5亿元</td></tr></table>
</div><div class="footer"><p>版权所有 某县人民政府</p></div></body></html>"""


def cited(reading: Reading, piece: str) -> str:
    """How a stretch of the text is cited, without the file."""
    start = reading.text.index(piece)
    return reading.source.cite(start, start + len(piece)).split(" · ", 1)[1]


def docx_bytes(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def report_docx() -> bytes:
    document = Document()
    document.add_heading("2021年招商引资工作总结", 0)
    document.add_paragraph(SENTENCE)
    document.add_paragraph("")
    table = document.add_table(rows=3, cols=3)
    for row, texts in zip(
        table.rows, (("项目", "投资额", "进度"), ("光伏产业园", "12.5亿元", "在建"), ("", "", "")), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("二、下一步打算")
    return docx_bytes(document)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_plain_text_in_every_encoding_cites_its_lines(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(f"总结\r\n\r\n{SENTENCE}\r\n".encode(encoding))
    reading = read_file(path)
    assert cited(reading, "4.34亿元") == "line 3 · characters 21–26"
    assert reading.source.name == str(path)
    assert reading.source.format == "txt"


def test_big5() -> None:
    text = "全縣招商引資項目25個,到位資金4.34億元,佔市下達目標任務的112.7%。"
    assert read_bytes(text.encode("big5"), "a.txt").text == text


def test_a_span_over_two_lines_names_both() -> None:
    reading = read_bytes("到位资金4.34\n亿元。".encode(), "a.txt")
    assert reading.source.cite(4, 11) == "a.txt · line 1 · character 5 – line 2 · character 2"


def test_docx_paragraphs_and_cells() -> None:
    data = report_docx()
    reading = read_bytes(data, "a.docx")
    assert (
        reading.text
        == f"2021年招商引资工作总结\n{SENTENCE}\n\n项目 | 投资额 | 进度\n光伏产业园 | 12.5亿元 | 在建\n二、下一步打算\n"
    )
    assert cited(reading, "4.34亿元") == "paragraph 2 · characters 21–26"
    assert cited(reading, "12.5亿元") == "table 1, row 2, cell 2 · characters 1–6"
    paragraphs = Document(io.BytesIO(data)).paragraphs
    for segment in reading.source.segments:
        if segment.place.paragraph:
            assert paragraphs[segment.place.paragraph - 1].text == reading.text[segment.start : segment.end]


def test_docx_merged_nested_inserted_deleted_and_boxed_text() -> None:
    document = Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "合并"
    table.cell(0, 1).text = "上"
    table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "内表"
    paragraph = document.add_paragraph("签约")
    for tag, inner, text in (("w:ins", "w:t", "新增"), ("w:del", "w:delText", "删去")):
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    control = OxmlElement("w:sdt")
    content = OxmlElement("w:sdtContent")
    moved = document.add_paragraph("控件内的一段")._p
    content.append(moved)
    control.append(content)
    document.element.body.insert(0, control)
    box = (
        f"<w:r {nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'><mc:AlternateContent>"
        "<mc:Choice Requires='wps'><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    paragraph._p.append(parse_xml(box))
    assert paragraph._p.tag == qn("w:p")
    text = read_bytes(docx_bytes(document), "a.docx").text
    assert text == "控件内的一段\n合并 | 上\n | 内表\n签约新增\n框内\n"


def test_docx_cells_merged_downwards_leave_the_others_under_their_headings() -> None:
    document = Document()
    table = document.add_table(rows=3, cols=4)
    for row, texts in zip(
        table.rows,
        (("县区", "到位资金", "完成率", "备注"), ("甲县", "3亿元", "50%", "无"), ("", "4亿元", "60%", "")),
        strict=True,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 3).merge(table.cell(2, 3))
    reading = read_bytes(docx_bytes(document), "a.docx")
    assert reading.text == "县区 | 到位资金 | 完成率 | 备注\n甲县 | 3亿元 | 50% | 无\n | 4亿元 | 60%\n"
    assert cited(reading, "4亿元") == "table 1, row 3, cell 2 · characters 1–3"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("引进项目**25个**，到位资金**4.34亿元**", "引进项目25个，到位资金4.34亿元"),
        ("完成**25个**项目，增长**20%**以上", "完成25个项目，增长20%以上"),
        ("**市委高度重视**，***重点***推进：__服务__。", "市委高度重视，重点推进：服务。"),
        ("引进**亿元以上项目**25个", "引进亿元以上项目25个"),
        ("**注：**重点是*招商*；*引资*", "注：重点是*招商*；引资"),
        ("到位资金**亿元，其中**重点项目**投资3亿元", "到位资金**亿元，其中重点项目投资3亿元"),
        *(
            (masked, masked)
            for masked in (
                "**县引进**个项目，增长**%，到位**亿元",
                "*县引进*个项目，20**年李**主任与王**主任率队",
                "投资5.**亿元，增长**.**%，**、**参加",
                "202_年__县投资#.#亿元",
                "增长**%",
            )
        ),
        (r"投资5\*\*万元与6\*\*万元", "投资5**万元与6**万元"),
        ("[深圳](http://a.cn)`考察`![图](a.png)<b>三</b>次&amp;签约", "深圳考察三次&签约"),
    ],
)
def test_markdown_loses_its_marks_and_keeps_masks(line: str, wanted: str) -> None:
    for name in ("a.md", "a.MARKDOWN"):
        assert read_bytes(line.encode(), name).text == wanted + "\n"
    assert read_bytes(line.encode(), "a.txt").text == line


def test_markdown_blocks_cite_their_lines() -> None:
    text = """# 2021年**工作**总结

    引进项目25个，
到位资金**4.34亿元**。
- **一是**考察

  三次
2. 签约<br>拜访
***
> 引文

| 县区 | 资金 | 备注 |
|:--|--:|---|
| **甲县** | 3亿元 | |
| | 4\\|5 |
```
代码
```
<table><tr><td>乙县</td><td>6亿元</td></tr></table>
"""
    reading = read_bytes(text.replace("\n", "\r\n").encode("gb18030"), "a.md")
    assert reading.text.splitlines() == [
        "2021年工作总结",
        "引进项目25个，",
        "到位资金4.34亿元。",
        "一是考察",
        "三次",
        "2. 签约",
        "拜访",
        "引文",
        "县区 | 资金 | 备注",
        "甲县 | 3亿元",
        " | 4|5",
        "代码",
        "乙县 | 6亿元",
    ]
    assert cited(reading, "4.34亿元") == "line 4 · characters 5–10"
    assert cited(reading, "拜访") == "line 8 · characters 1–2"
    assert cited(reading, "3亿元") == "line 14, table 1, row 2, cell 2 · characters 1–3"
    assert [cited(reading, piece) for piece in ("代码", "乙县")] == ["line 17 · characters 1–2", "line 19 · characters 1–2"]
    assert (reading.source.format, reading.source.encoding) == ("md", "gb18030")


def test_pdf_pages(pdf: Callable[..., bytes]) -> None:
    reading = read_bytes(pdf([[SENTENCE, "第一页第二行"], ["第二页：签约项目3个。"]]), "a.pdf")
    assert reading.text.startswith(SENTENCE)
    assert cited(reading, "签约") == "page 2 · characters 5–6"


STAMP = "扫描全能王 创建"
TITLE = "2021年招商引资工作总结"
RUNNING = "某县2021年招商引资工作总结汇编材料之一（内部资料）"
FULL = [SENTENCE, "县长率队赴深圳考察，拜访企业三家。"]


@pytest.mark.parametrize(
    ("pages", "scanned"),
    [
        ([[STAMP]] * 6, range(1, 7)),
        ([[f"— {n} —"] for n in range(1, 7)], range(1, 7)),
        ([[RUNNING, f"第 {n} 页 共 6 页"] for n in range(1, 7)], range(1, 7)),
        ([[STAMP]], [1]),
        ([["1"], ["2"]], []),
    ],
)
def test_scans_with_a_stamp_or_a_number_are_refused(
    pdf: Callable[..., bytes], pages: list[list[str]], scanned: list[int]
) -> None:
    with pytest.raises(ReadError, match=rf"no text layer \({len(pages)} pages"):
        read_bytes(pdf(pages, scanned=scanned), "a.pdf")


@pytest.mark.parametrize(
    ("pages", "scanned", "lost"),
    [
        ([FULL, *[[]] * 4], [2, 3, 4, 5], 4),
        ([[RUNNING, *FULL], *[[RUNNING]] * 4], [2, 3, 4, 5], 4),
        ([FULL, [STAMP]], [2], 1),
        ([[TITLE], FULL, ["— 3 —"]], [], 0),
        ([FULL * 5] * 3, [1, 2, 3], 0),  # recognised text behind its picture
        ([[*FULL, "第 1 页"]], [1], 0),
    ],
)
def test_pages_without_text_are_told(pdf: Callable[..., bytes], pages: list[list[str]], scanned: list[int], lost: int) -> None:
    reading = read_bytes(pdf(pages, scanned=scanned), "a.pdf")
    assert SENTENCE in reading.text
    told = f"{lost} of {len(pages)} pages have no text (probably scanned)", "recognise its text by OCR and save that"
    assert reading.warning == (told if lost else None)


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_html_main_content_and_tables(charset: str) -> None:
    reading = read_bytes(PAGE.format(charset=charset).encode(charset), "a.html")
    assert reading.text.split("\n") == [
        "2021年招商引资工作总结",
        SENTENCE,
        "一、主要做法",
        "县长率队赴深圳考察。",
        "拜访企业三家。",
        "项目 | 投资额",
        "光伏产业园 | 12.5亿元",
        "",
    ]
    assert cited(reading, "4.34亿元") == "paragraph 2 · characters 21–26"
    assert cited(reading, "12.5亿元") == "table 1, row 2, cell 2 · characters 1–6"
    assert reading.source.encoding == {"utf-8": "utf-8-sig", "gb2312": "gb18030"}[charset]


def mht(page: str, charset: str) -> bytes:
    """A page as browsers (quoted-printable) and Word (base64) save it, with a picture and a frame beside it."""
    whole = MIMEMultipart("related", type="text/html")
    part, picture = MIMENonMultipart("text", "html", charset=charset), MIMENonMultipart("image", "png")
    part.set_payload(page, Charset(charset))
    picture.set_payload("iVBORw0KGgo=")
    for each in (picture, part, MIMEText("<p>广告</p>", "html", "utf-8")):
        whole.attach(each)
    return b"From: <Saved by Blink>\r\nSubject: x\r\n" + whole.as_bytes()


@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
@pytest.mark.parametrize("name", ["a.mht", "a.MHTML", "stdin"])
def test_pages_saved_in_one_file(name: str, charset: str) -> None:
    for page in (PAGE.format(charset=charset), PAGE.replace('<meta charset="{charset}">', "")):
        reading = read_bytes(mht(page, charset), name)
        assert reading.text == read_bytes(page.encode(charset), "a.html").text
        assert cited(reading, "12.5亿元") == "table 1, row 2, cell 2 · characters 1–6"
        assert reading.source.format == "mht"


def test_html_falls_back_to_the_whole_body_and_lays_out_old_pages() -> None:
    body = "".join(f"<p>{SENTENCE}</p>" for _ in range(9))
    page = f"<table><tr><td>左栏</td><td>{body}<table><tr><td>甲</td><td>1</td></tr></table></td></tr></table>"
    text = read_bytes(page.encode(), "a.htm").text
    assert text.count(SENTENCE) == 9
    assert "甲 | 1" in text
    assert SENTENCE + " " not in text
    assert read_bytes("<div>签约3个。</div>".encode(), "a.html").text.strip() == "签约3个。"


def test_content_decides_without_a_suffix(pdf: Callable[..., bytes]) -> None:
    assert read_bytes(report_docx(), "stdin").source.format == "docx"
    assert read_bytes(pdf([[SENTENCE]]), "stdin").source.format == "pdf"
    assert read_bytes(PAGE.format(charset="utf-8").encode(), "stdin").source.format == "html"
    assert read_bytes(SENTENCE.encode(), "附件").source.format == "txt"


def _spreadsheet() -> bytes:
    from openpyxl import Workbook

    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)


@pytest.mark.parametrize(
    ("name", "data", "reason", "remedy"),
    [
        ("a.txt", b"", "empty", "leave it out"),
        ("a.txt", b" \n\n ", "no text", "leave it out"),
        ("a.txt", bytes(range(256)) * 8, "binary or damaged", "save it as UTF-8"),
        ("a.txt", b"%PDF-1.4 ...", "its name says plain text, its content is a PDF", "rename it to a.pdf"),
        ("a.docx", ENCRYPTED, "encrypted", "password"),
        ("a.docx", b"PK\x03\x04" + bytes(90), ".docx is damaged", "save it again"),
        ("a.docx", "不是文档".encode(), "its content is not", "damaged or cut short"),
        ("a.docx", _spreadsheet(), "spreadsheet", "save the sheet"),
        ("a.doc", PAGE.encode(), "its content is a web page", "rename it to a.html"),
        ("a.pdf", b"%PDF-1.7\n" + bytes(99), "PDF is damaged", "viewer"),
        ("a.html", b"<html><body></body></html>", "no text", "get it again"),
        ("a.mht", SENTENCE.encode(), "its content is not", "get it again"),
        ("a.mht", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n", "no text", "from a browser again"),
        ("a.doc", b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n", "saved in one file", "rename it to a.mht"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture", "OCR"),
        ("a.rar", b"Rar!\x1a\x07" + bytes(50), "archive", "zip"),
        ("b.zip", b"PK\x05\x06" + bytes(18), "archive inside", "unpack"),
    ],
)
def test_broken_files_say_why_and_what_to_do(name: str, data: bytes, reason: str, remedy: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, name)
    assert reason in caught.value.reason
    assert remedy in caught.value.remedy


def text_or_reason(data: bytes, name: str) -> str:
    try:
        return read_bytes(data, name).text
    except ReadError as error:
        return error.reason if error.remedy else ""


def test_truncated_files_of_every_kind_raise_only_read_errors(pdf: Callable[..., bytes]) -> None:
    for name, data in (("a.docx", report_docx()), ("a.pdf", pdf([[SENTENCE]])), ("a.html", PAGE.encode())):
        for share in range(1, 10):
            assert text_or_reason(data[: len(data) * share // 10], name).strip()


def test_encrypted_scanned_and_large(pdf: Callable[..., bytes], tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="PDF is encrypted"):
        read_bytes(pdf([[SENTENCE]], password="1234"), "a.pdf")
    with pytest.raises(ReadError, match=r"no text layer \(2 pages"):
        read_bytes(pdf([[], []]), "a.pdf")
    path = tmp_path / "a.txt"
    path.write_text("招商" * 1000, encoding="utf-8")
    with pytest.raises(ReadError, match="more than the limit"):
        read_file(path, limit=100)
    with pytest.raises(ReadError, match="no such file"):
        read_file(tmp_path / "b.txt")


def test_zip_members_with_chinese_names(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("报告/一.txt", SENTENCE)
        archive.writestr("__MACOSX/._一.txt", "x")
    # What Windows' own packer writes: GBK names, no flag that says so.
    raw = path.read_bytes().replace("报告/一.txt".encode(), "报告/一.txt".encode("gbk").ljust(14, b"~"))
    old = bytearray(raw)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = old.index(mark) + place
        old[at : at + 2] = (int.from_bytes(old[at : at + 2], "little") & ~0x800).to_bytes(2, "little")
    path.write_bytes(old)
    (member,) = members(path)
    assert member.name.rstrip("~") == "报告/一.txt"
    assert read_member(path, member.index).decode() == SENTENCE
    path.write_bytes(old[: len(old) // 2])
    with pytest.raises(ReadError, match="damaged"):
        members(path)


def test_an_encrypted_zip_member(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)
    with pytest.raises(ReadError, match="encrypted"):
        read_member(path, 0)


def test_old_word_files_without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_SOFFICE", "/nowhere")
    with pytest.raises(ReadError) as caught:
        read_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "a.wps")
    assert caught.value.reason == "reading .wps needs LibreOffice, which is not installed"
    assert "save the file as .docx" in caught.value.remedy


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_the_converter_is_called_waited_for_and_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for LibreOffice that converts by copying a document: the call, its failure and its time limit are ours."""
    (tmp_path / "made.docx").write_bytes(report_docx())
    program = tmp_path / "soffice"
    monkeypatch.setenv("ZSIE_SOFFICE", str(program))

    def script(body: str) -> None:
        program.write_text(f'#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\n{body}\n', encoding="utf-8")
        os.chmod(program, stat.S_IRWXU)

    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    script(f'test -s "$3" && mkdir "$2" && cp "{tmp_path}/made.docx" "$2/report.docx"')
    reading = read_bytes(data, "a.doc")
    assert cited(reading, "4.34亿元") == "paragraph 2 · characters 21–26"
    assert reading.source.format == "doc"
    script("exit 1")
    with pytest.raises(ReadError, match="could not open it"):
        read_bytes(data, "a.doc")
    script("sleep 60 & sleep 60")
    monkeypatch.setattr(office, "SECONDS", 0.3)
    with pytest.raises(ReadError, match="did not finish"):
        read_bytes(data, "a.doc")


def has_writer() -> bool:
    """Whether LibreOffice is here with the part that reads documents."""
    program = libreoffice()
    return program is not None and any(Path(program).resolve().parent.glob("*swlo*"))


@pytest.mark.skipif(not has_writer(), reason="needs LibreOffice Writer")
def test_libreoffice_itself_reads_rtf() -> None:
    words = "".join(f"\\u{ord(c)}?" for c in SENTENCE)
    reading = read_bytes(b"{\\rtf1\\ansi " + words.encode() + b"\\par}", "a.rtf")
    assert SENTENCE in reading.text


def test_sources_travel_as_plain_data() -> None:
    source = read_bytes(report_docx(), "a.docx").source
    assert type(source).from_dict(source.to_dict()) == source
