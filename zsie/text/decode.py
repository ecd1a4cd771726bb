"""Bytes to text: byte-order marks, UTF-8, GB18030, Big5, UTF-16, whatever an office's machine wrote."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from zsie.errors import ReadError
from zsie.messages import say

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The commonest characters of official prose in both scripts: a wrong decoding hits them only by chance.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等"
    "部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向"
    "招商引资项目县市区企业投资万亿元完成签约落地建设服务"
    "這個為時來們會對發動過說產種後學經進著電裡現實從業當應開還與關綫線數質氣縣區項資約億萬簽設務總結"
)
_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip or Office file",
    b"\xd0\xcf\x11\xe0": "an old Office file (.doc, .xls, .wps)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a rar archive",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding it was read with."""

    text: str
    encoding: str


def decode(data: bytes) -> Decoded:
    """Decode the bytes of a text file; raise ReadError for binary data."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise ReadError(
                    say("the byte-order mark says {encoding}, but byte {n} does not fit", encoding=encoding, n=error.start),
                    say("open it in an editor and save it as UTF-8"),
                ) from error
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise ReadError(
                say("this is {kind}, not a text file", kind=say(kind)), say("give it its right suffix, or convert it to text")
            )
    candidates = ["utf-8", "gb18030", "big5hkscs"]
    if b"\x00" in data:
        candidates = ["utf-16-le", "utf-16-be"]
    best: tuple[float, Decoded] | None = None
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            return Decoded(text, encoding)
        share = _plausible(text)
        if best is None or share > best[0]:
            best = share, Decoded(text, encoding)
    if best is not None and best[0] > 0.05:
        return best[1]
    # A few broken bytes must not cost the whole report.
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        text = data.decode(encoding, "replace")
        broken = text.count("\ufffd")
        if text and b"\x00" not in data and broken <= len(text) / 100 and _plausible(text) > 0.05:
            return Decoded(text, encoding)
    raise ReadError(
        say("neither UTF-8, GB18030, Big5 nor UTF-16 text; it may be binary or damaged"),
        say("open it in an editor and save it as UTF-8"),
    )


def _plausible(text: str) -> float:
    """Share of the non-ASCII characters that are common ones; 1.0 for plain ASCII text without control characters."""
    odd = [c for c in text if not c.isascii()]
    if not odd:
        return float(all(c.isprintable() or c in "\t\r\n\x0c" for c in text))
    return sum(c in _COMMON for c in odd) / len(odd)
