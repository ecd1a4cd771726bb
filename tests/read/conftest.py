"""Real files of every kind, made by the libraries that offices' programs stand for."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Sequence

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_LANG", "en")


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    def make(pages: Sequence[Sequence[str]], password: str | None = None, scanned: Collection[int] = ()) -> bytes:
        """Pages of lines; behind those numbered in `scanned` lies a picture of a page."""
        picture = ImageReader(Image.new("L", (21, 30), 200))
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        buffer = io.BytesIO()
        canvas = Canvas(buffer, encrypt=StandardEncryption(password) if password else None)
        for number, lines in enumerate(pages, 1):
            if number in scanned:
                canvas.drawImage(picture, 30, 30, 535, 780)
            canvas.setFont("STSong-Light", 12)
            for i, line in enumerate(lines):
                canvas.drawString(72, 740 - 20 * i, line)
            if not lines and number not in scanned:
                canvas.rect(72, 72, 300, 300, fill=1)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    return make
