"""Real files of every kind, made by the libraries that offices' programs stand for."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZSIE_LANG", "en")


@pytest.fixture
def pdf() -> Callable[..., bytes]:
    def make(pages: Sequence[Sequence[str]], password: str | None = None) -> bytes:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        buffer = io.BytesIO()
        canvas = Canvas(buffer, encrypt=StandardEncryption(password) if password else None)
        for lines in pages:
            canvas.setFont("STSong-Light", 12)
            for i, line in enumerate(lines):
                canvas.drawString(72, 740 - 20 * i, line)
            if not lines:
                canvas.rect(72, 72, 300, 300, fill=1)
            canvas.showPage()
        canvas.save()
        return buffer.getvalue()

    return make
