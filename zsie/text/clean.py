"""Raw text to clean text with an exact map back.

The clean text is what the model reads, in training and in use. Characters are replaced one for one (width, traditional
to simplified, percent signs, dashes, quotes, full stops for decimal points), and some are left out (control characters,
stray spaces, pinyin glosses, line breaks of hard-wrapped copies); nothing is ever added, so each clean character has one raw character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

_SAME = {
    "%": "﹪％٪",
    "-": "－–—―─−‐‑﹣",
    "~": "～〜∼∽",
    "·": "•‧・∙⋅･",
    " ": "\t\u3000\u00a0\u2002\u2003\u2009\u202f\u205f",
    "\n": "\r\u2028\u2029\u0085",
    "“": "「『",
    "”": "」』",
    "*": "＊✱﹡∗",
}
_INVISIBLE = "\x00"
_HIDDEN = [*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F)]
_HIDDEN += [*range(0x2060, 0x2070), 0xFEFF, *range(0xFE00, 0xFE10), 0xFFFD]
# Lone surrogates, which a broken decoder leaves behind and no tokenizer takes.
_HIDDEN += range(0xD800, 0xE000)
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_GLOSS = re.compile(rf"(?<=[\u3400-\u9fff]) ?\([a-zɡü]*[{_TONES}][a-zɡü]* ?\)")
_RAW_GLOSS = re.compile(rf" ?[(（][a-zɡü]*[{_TONES}][a-zɡü]* ?[)）]")
_HAN = "\u3400-\u9fff〇"
_DROP = re.compile(
    "\x00"
    "|(?<=\n)[ \n]+|^[ \n]+|[ ]+(?=\n)|[ \n]+$"  # blank lines, indentation, trailing space
    "|(?<= ) +"  # all but one of a run of spaces
    rf"|(?<=[{_HAN}、。“”《》,.:;()%]) (?=[0-9A-Za-z,.:;()%、。“”《》*×])"
    rf"|(?<=[0-9A-Za-z*×]) (?=[{_HAN}、。“”《》,.:;()%])"
    rf"|(?<=[、。“”《》,:;()]) (?=[{_HAN}])"
    rf"|(?<![{_HAN}])(?<=[{_HAN}]) (?=[{_HAN}])"
    rf"|(?<=[^{_HAN}][{_HAN}]) (?=[{_HAN}])|(?<=[{_HAN}]) (?=[{_HAN}](?![{_HAN}]))"
)
# A full stop that a copy has in the place of a decimal point: 1。24万平方米, but not 降至2.54。30个县 or 3。2、
_POINT = re.compile(r"(?<![\d.:。])(\d{1,5})。(?=\d{1,4}(?:[万亿%元亩吨倍]|美元|公里|公顷|平方|千瓦|兆瓦|个百分点))")
_CLOSED = set("。！？!?;；:：”)】》…")
_STARTS = re.compile(
    r"[ \n]|[一二三四五六七八九十]+[、是要]|\(|[（【]|\d+[.、)）]|[①-⑳●○◆■—-]|第[一二三四五六七八九十\d]+[章节条篇]|篇"
)


@cache
def _table() -> dict[int, str]:
    """Code point to replacement, for every character that is not kept as it is."""
    table: dict[int, str] = {}
    for code in range(0xA0, 0x2FA20):
        if 0x3400 <= code < 0xA000 or 0xAC00 <= code < 0xF900 or 0x10000 <= code < 0x1F100:
            continue
        char = chr(code)
        plain = unicodedata.normalize("NFKC", char)
        if len(plain) == 1 and plain != char:
            table[code] = plain
    table.update(_simplified())
    for target, odd in _SAME.items():
        table.update((ord(c), target) for c in odd)
    table.update((code, _INVISIBLE) for code in _HIDDEN)
    return table


@cache
def _simplified() -> dict[int, str]:
    """Traditional code point to simplified character."""
    data = files("zsie.text").joinpath("t2s.txt").read_text(encoding="utf-8").splitlines()
    return {ord(t): s for t, s in zip(data[1], data[2], strict=True)}


def is_traditional(text: str) -> bool:
    """Whether a text is written in traditional characters: more than one in twenty of its Han characters is one."""
    table = _simplified()
    han = re.findall(f"[{_HAN}]", text)
    return bool(han) and sum(ord(char) in table for char in han) > len(han) / 20


@dataclass(frozen=True)
class Text:
    """A raw text, its clean form, and for each clean character the index of its raw character."""

    raw: str
    clean: str
    offsets: npt.NDArray[np.int64]

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """The raw span of a clean span, a pinyin gloss of its last character included; an empty span stays empty."""
        if start >= end:
            place = int(self.offsets[start]) if start < len(self.offsets) else len(self.raw)
            return place, place
        stop = int(self.offsets[end - 1]) + 1
        gloss = _RAW_GLOSS.match(self.raw, stop)
        return int(self.offsets[start]), gloss.end() if gloss else stop

    def to_clean(self, start: int, end: int) -> tuple[int, int]:
        """The clean span of what is left of a raw span; empty when nothing is."""
        first, last = np.searchsorted(self.offsets, [start, end])
        return int(first), int(last)


def clean(raw: str) -> Text:
    """Clean any string, in time linear in its length."""
    text = _POINT.sub(r"\1.", raw.translate(_table()))
    gone = [found.span() for found in _GLOSS.finditer(text)]
    gone += ((place, place + 1) for place in _wraps(text))
    gone += (found.span() for found in _DROP.finditer(text))
    if not gone:
        return Text(raw, text, np.arange(len(text)))
    keep = np.ones(len(text), bool)
    for start, end in gone:
        keep[start:end] = False
    offsets = np.flatnonzero(keep)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)[offsets]
    return Text(raw, codes.tobytes().decode("utf-32-le", "surrogatepass"), offsets)


def _wraps(text: str) -> Iterator[int]:
    """Places of the line breaks (with the indentation after them) that only wrap a paragraph of a fixed-width copy.

    A block of neighbouring lines is a fixed-width copy when at least three of its lines come within two characters of its widest
    one and that is 20 to 60 characters wide (ASCII counts half). A break after such a line wraps, unless the line ends
    a sentence or the next begins a paragraph.
    """
    if text.count("\n") < 3:
        return
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    ends = [s - 1 for s in starts[1:]] + [len(text)]
    if starts[-1] == len(text):
        starts.pop()
        ends.pop()
    widths = [_width(text[s:e]) for s, e in zip(starts, ends, strict=True)]
    block: list[int] = []
    for i, width in enumerate([*widths, 0.0]):
        if width and width <= 60:
            block.append(i)
            continue
        full = max((widths[j] for j in block), default=0.0)
        if full >= 20 and sum(widths[j] >= full - 2 for j in block) >= 3:
            for j in block[:-1]:
                follower = text[starts[j + 1] : ends[j + 1]]
                if widths[j] >= full - 2 and text[ends[j] - 1] not in _CLOSED and not _STARTS.match(follower):
                    yield ends[j]
        block = []


def _width(line: str) -> float:
    body = line.rstrip()
    return len(body) - sum(c.isascii() for c in body) / 2


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Cut clean text after 。！？; and line breaks into consecutive spans whose union is the whole text."""
    ends = [m.end() for m in _SENTENCE.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return [(a, b) for a, b in zip([0, *ends], ends, strict=False) if b > a]


_SENTENCE = re.compile(r"(?:[。！？!?；;]+[”’)】》]*|\n)\n*")
