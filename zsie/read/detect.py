"""What kind of file some bytes are, by name and by content."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from zsie.errors import ReadError
from zsie.messages import say

SUFFIXES = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".docx": "docx",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".mht": "mht",
    ".mhtml": "mht",
    ".doc": "doc",
    ".wps": "doc",
    ".rtf": "rtf",
    ".odt": "odt",
    ".zip": "zip",
}
"""Suffix to format, of everything that can be read."""
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "doc"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"BM", "picture"),
    (b"II*\x00", "picture"),
    (b"MM\x00*", "picture"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
)
_TEXTLIKE = frozenset({"picture", "program"})
_INSIDE = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "spreadsheet"),
    ("ppt/presentation.xml", "slides"),
    ("OFD.xml", "ofd"),
)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
# The header of a page saved with its pictures: fields, some of them folded, up to an empty line.
_MHT = re.compile(
    rb"(?=(?:[\w-]+:.*\n(?:[ \t].*\n)*)*?MIME-Version:)(?:[\w-]+:.*\n(?:[ \t].*\n)*)*?Content-Type:\s*(?:multipart/related|text/html)\b",
    re.IGNORECASE,
)
_KNOWN_AS = {
    "txt": "plain text",
    "md": "a Markdown text",
    "docx": "a .docx document",
    "pdf": "a PDF",
    "html": "a web page",
    "mht": "a web page saved in one file",
    "doc": "an old Office file",
    "rtf": "an RTF document",
    "odt": "an OpenDocument text",
    "zip": "a zip archive",
    "picture": "a picture",
    "archive": "a rar, 7z or gzip archive",
    "program": "a program",
    "spreadsheet": "a spreadsheet",
    "slides": "a slide show",
    "ofd": "an OFD document",
}
_REMEDIES = {
    "picture": "recognise its text by OCR and save that",
    "archive": "unpack it, or pack it as zip",
    "program": "leave it out",
    "spreadsheet": "save the sheet as a web page or text",
    "slides": "save its text as .docx or .txt",
    "ofd": "export it as PDF",
}


def content_format(data: bytes) -> str | None:
    """The format that the first bytes tell (a key of the table of known formats), or None: text, or nothing known."""
    for magic, kind in _MAGIC:
        # "BM" and "MZ" may also open a text; binary files of these kinds have zeros early on.
        if data.startswith(magic) and (kind not in _TEXTLIKE or b"\x00" in data[:64]):
            return _zip_format(data) if kind == "zip" else kind
    head = data[:4096].lstrip(b"\xef\xbb\xbf")
    if _HTML.match(head) or (data[:2] in (b"\xff\xfe", b"\xfe\xff") and _HTML.match(head[2:].replace(b"\x00", b""))):
        return "html"
    if _MHT.match(head.lstrip()):
        return "mht"
    return None


def _zip_format(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument.text"):
                return "odt"
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError):
        return "zip"
    return next((kind for name, kind in _INSIDE if name in names), "zip")


def file_format(name: str, data: bytes) -> str:
    """The format to read `data` in; raise ReadError where name and content disagree or nothing here reads it."""
    named = SUFFIXES.get(PurePath(name).suffix.lower())
    found = content_format(data)
    if found in _REMEDIES:
        raise ReadError(say("this is {kind}", kind=say(_KNOWN_AS[found])), say(_REMEDIES[found]))
    if named is None or named == found:
        return found or named or "txt"
    if named == "docx" and found == "doc":
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ReadError(say("the document is encrypted"), say("open it with its password and save it without one"))
    elif named in ("docx", "zip") and found == "zip":
        raise ReadError(say("the .docx is damaged"), say("open it in Word or WPS and save it again"))
    elif named == "html" and found is None:
        return named  # a fragment without <html> is still a page
    elif named in ("txt", "md") and found is None:
        return named
    elif found is None:
        raise ReadError(
            say("its name says {named}, but its content is not", named=say(_KNOWN_AS[named])),
            say("it may be damaged or cut short: get it again, or give it the suffix of what it is"),
        )
    suffix = next(suffix for suffix, kind in SUFFIXES.items() if kind == found)
    raise ReadError(
        say("its name says {named}, its content is {found}", named=say(_KNOWN_AS[named]), found=say(_KNOWN_AS[found])),
        say("rename it to {name}", name=PurePath(name).stem + suffix),
    )
