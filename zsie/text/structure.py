"""Structure of a report: parts, title, headings, sections with a kind, sentences; all in raw offsets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zsie.text.clean import Text, sentence_spans
from zsie.text.furniture import furniture
from zsie.types import Furniture, Part, Section, Span

_NUMERAL = "[一二三四五六七八九十百]+"
# A heading opens a line or follows the end of a sentence (headings run on in one paragraph are common).
_OPENING = r"(?:^|(?<=[\n。;!]))[ ]*"
_LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (level, re.compile(_OPENING + pattern, re.MULTILINE))
    for level, pattern in (
        (1, rf"(?:{_NUMERAL}、|第{_NUMERAL}(?:部分|方面|章|节)[、:, ]?)"),
        (2, rf"\({_NUMERAL}\)[、.]?"),
        (3, r"\d{1,2}(?:[、.](?!\d)|(?=[^\d\W][^\n]{1,12}\n))"),
        (4, r"(?:\(\d{1,2}\)|[①-⑳])"),
        (4, rf"{_NUMERAL}(?:是|要)(?!否)"),
        (4, rf"(?:第{_NUMERAL}|其[一二三四五六]|首先|其次|再次|最后),"),
        (4, r"(?:--|●|■|◆|○)"),
    )
)
_PART = re.compile(
    rf"^[ ]*(?:[^\n。]{{0,40}}?(?:【?(?:篇|第)(?:{_NUMERAL}|\d{{1,2}})(?:篇)?】?)[::]?|[^\n。]{{2,30}}篇\d{{1,2}})(?:[^\n。]{{0,40}})$",
    re.MULTILINE,
)
_PART_MARK = re.compile(rf"篇(?:{_NUMERAL}|\d{{1,2}})|第(?:{_NUMERAL}|\d{{1,2}})篇|【篇(?:{_NUMERAL}|\d{{1,2}})】")
_TITLE_WORDS = re.compile(
    r"总结|汇报|报告|通报|讲话|发言|致辞|计划|方案|意见|情况|要点|简报|材料|述职|消息|快讯|签约|开工|推介|招商|项目|活动|工作"
)
_HEADING_END = re.compile(r"[。\n:;!?]")
_LONG_PREFACE = 500
"""Clean characters before the first of several reports that make a report of their own; collectors' prefaces have 50 to 300."""
SECTION_KINDS = ("other", "achievements", "measures", "problems", "plans")
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    # What became of a plan is no plan: 计划执行情况, 重点工作开展情况, 圆满完成年度目标任务.
    (
        "achievements",
        re.compile(r"^(?!.*(?:下一?步|打算|明年|下半年)).*(?:(?:完成|执行|开展|落实|推进)情况|进展|圆满完成|顺利完成)"),
    ),
    (
        "plans",
        re.compile(
            r"下一?步|下半年|[明来]年|今后|打算|计划|谋划|设想|安排|思路|目标|要点|主要任务|任务分解|任务和要求|工作重点|展望|"
            r"努力方向|总体要求|工作要求|整改要求|几点要求|建议"
        ),
    ),
    ("problems", re.compile(r"问题|不足|困难|差距|短板|原因|制约|薄弱")),
    (
        "achievements",
        re.compile(
            r"完成情况|进展|成效|成果|成绩|基本情况|总体情况|主要指标|指标完成|运行情况|情况$|取得|回顾|任务完成|较好|实效"
        ),
    ),
    (
        "measures",
        re.compile(r"措施|做法|举措|工作开展|主要工作|推进|加强|强化|创新|优化|突出|狠抓|加大|提升|着力|领导|机制|保障|服务"),
    ),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading; `level` 1 (一、) to 4 (一是)."""

    start: int
    end: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Structure:
    """Everything the text layer knows of a text's build-up."""

    title: Span | None
    parts: tuple[Part, ...]
    headings: tuple[Heading, ...]
    sections: tuple[Section, ...]
    sentences: tuple[Span, ...]
    furniture: tuple[Furniture, ...]


def structure(text: Text) -> Structure:
    """Find the structure of a text."""
    tagged = furniture(text)
    sentences = tuple(
        Span(*text.to_raw(start, end))
        for start, end in (_trim(text.clean, *s) for s in sentence_spans(text.clean))
        if end > start
    )
    headings = _headings(text)
    title = _title(text, tagged)
    parts = _parts(text, title)
    sections: list[Section] = []
    starts = [h.start for h in headings]
    for part in parts:
        sections.extend(_sections(part, headings[bisect_left(starts, part.start) : bisect_left(starts, part.end)]))
    return Structure(title, parts, headings, tuple(sections), sentences, tagged)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), end - (len(body) - len(body.rstrip()))


def _headings(text: Text) -> tuple[Heading, ...]:
    found: dict[int, Heading] = {}
    for level, pattern in _LEVELS:
        for match in pattern.finditer(text.clean):
            start = match.end() - len(match.group().lstrip(" \n"))
            end = _HEADING_END.search(text.clean, match.end(), match.end() + 60)
            stop = end.start() if end else min(match.end() + 30, len(text.clean))
            raw_start, raw_end = text.to_raw(start, stop)
            if raw_end > raw_start and raw_start not in found:
                found[raw_start] = Heading(raw_start, raw_end, level, text.clean[match.end() : stop].strip(" ,、:"))
    return tuple(found[start] for start in sorted(found))


def _parts(text: Text, title: Span | None) -> tuple[Part, ...]:
    """Stretches from one 篇N heading to the next, or the whole text as one part with its `title`; none of an empty text.

    What stands before the first heading, or under one without text, is a collector's preface or a table of contents and
    belongs to no part, unless the preface is long: then it is a report of its own.
    """
    marks = [m for m in _PART.finditer(text.clean) if _PART_MARK.search(m.group())]
    numbered = [m for m in marks if len(m.group().strip()) <= 60]
    name = text.raw[title.start : title.end] if title else None
    if len(numbered) < 2:
        return (Part(0, len(text.raw), name),) if text.clean else ()
    starts = [m.start() for m in numbered]
    ends = [*starts[1:], len(text.clean)]
    parts = []
    if starts[0] >= _LONG_PREFACE:
        start, end = text.to_raw(0, starts[0])
        parts.append(Part(start, end, name if title and title.end <= end else None))
    for match, start, end in zip(numbered, starts, ends, strict=True):
        if text.clean[match.end() : end].strip():
            raw_start, raw_end = text.to_raw(start, end)
            parts.append(Part(raw_start, raw_end, match.group().strip()))
    if parts:
        parts[-1] = Part(parts[-1].start, len(text.raw), parts[-1].title)
    return tuple(parts)


def _title(text: Text, tagged: Sequence[Furniture]) -> Span | None:
    """The first line that reads like a title: short, no sentence, not furniture."""
    place = 0
    for number, line in enumerate(text.clean.split("\n", 12)[:12]):
        first, last = _trim(text.clean, place, place + len(line))
        place += len(line) + 1
        if last <= first:
            continue
        raw = Span(*text.to_raw(first, last))
        body = text.clean[first:last]
        if any(raw.start < f.end and f.start < raw.end for f in tagged):
            continue
        if len(body) <= 60 and body[-1] not in "。;,!:" and "。" not in body and (number == 0 or _TITLE_WORDS.search(body)):
            return None if any(p.match(body) for _, p in _LEVELS[:2]) else raw
        if len(body) > 60:
            return None
    return None


def _sections(part: Part, headings: Sequence[Heading]) -> list[Section]:
    """Stretches under the headings of the highest level that occurs; the opening before them is a section of its own."""
    if not headings:
        return [Section(part.start, part.end, kind_of(part.title or ""), "")]
    top = min(h.level for h in headings)
    chosen = [h for h in headings if h.level == top]
    sections = []
    if chosen[0].start > part.start:
        sections.append(Section(part.start, chosen[0].start, "other", ""))
    ends = [*(h.start for h in chosen[1:]), part.end]
    for heading, end in zip(chosen, ends, strict=True):
        sections.append(Section(heading.start, end, kind_of(heading.title), heading.title))
    return sections


def section_kinds(clean: str) -> list[tuple[int, str]]:
    """(start, kind) of the stretches of a clean text, in order, the first at 0: what the headings above a place say of it.

    A heading of the first level sets the kind; one of the second only where it tells of plans or problems.
    """
    text = Text(clean, clean, np.arange(len(clean)))
    marks = [(h.start, h.level, h.title) for h in _headings(text) if h.level <= 2]
    marks += [(m.start(), 0, m.group()) for m in _PART.finditer(clean) if _PART_MARK.search(m.group())]
    kinds = [(0, "other")]
    above = "other"
    for start, level, title in sorted(marks):
        kind = kind_of(title)
        if level <= 1:
            above = kind
        elif kind not in ("plans", "problems"):
            kind = above
        kinds.append((start, kind))
    return kinds


def kind_of(title: str) -> str:
    """The kind of a section, from its heading."""
    return next((kind for kind, pattern in _KINDS if pattern.search(title)), "other")
