"""Web pages saved in one file (MIME HTML), by the standard library's `email`."""

from __future__ import annotations

from email import message_from_bytes

from zsie.errors import ReadError
from zsie.messages import say
from zsie.read.html import read_html
from zsie.read.source import Builder


def read_mht(data: bytes) -> tuple[Builder, str]:
    """The page, which is the first of the HTML parts (others are frames in it), read as one by itself; and its encoding."""
    for part in message_from_bytes(data.lstrip()).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            if isinstance(page, bytes) and page.strip():
                return read_html(page, part.get_content_charset())
    raise ReadError(say("the page holds no text"), say("save the page from a browser again"))
