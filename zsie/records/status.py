"""Whether a figure of a plans section is a target, where the figure itself is not marked as one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from zsie.types import Entity, Section, Span

_WILL = re.compile(
    r"力争|争取|确保|確保|力爭|爭取|(?:计划|計劃|目标|目標|任务|任務)(?!的)|拟(?!定)|擬(?!定)|奋斗|奮鬥|将(?!军)|將|务必|必须|要(?!求|素|件|点|闻|道)|不低于|不少于|不低於|不少於"
)
# What is done, and a plan that only measures it (占年度计划的60%).
_DONE = re.compile(
    r"已经?(?!批|签)|目前|现有|現有|完成了|实现了|截至|截止|累计|去年|上年|今年以来|共有|成立了|前期"
    r"|(?:占|完成|为)[^,，。;；]{0,12}?(?:计划|計劃|任务|任務|目标|目標)|同比|年完成|未开工"
)


@dataclass(frozen=True)
class Plans:
    """The plans sections of a report."""

    text: str
    sections: tuple[Section, ...]
    sentences: Sequence[Span]

    def cue(self, figure: Entity) -> Span | None:
        """The word left of `figure` in its sentence that makes it a target, None where none does or something is done.

        The last word before the figure counts: 已完成3亿元,力争5亿元 has a target, 力争5亿元,目前已到位3亿元 an actual figure.
        """
        if not any(s.start <= figure.start < s.end for s in self.sections):
            return None
        starts = [s.start for s in self.sentences]
        number = bisect_right(starts, figure.start) - 1
        if number < 0:
            return None
        # What is willed before a semicolon is willed after it.
        while number > 0 and self.text[: starts[number]].rstrip().endswith((";", "；")):
            number -= 1
        start = starts[number]
        before = self.text[start : figure.start]
        will = list(_WILL.finditer(before))
        if not will or any(done.end() >= will[-1].end() for done in _DONE.finditer(before)):
            return None
        return Span(start + will[-1].start(), start + will[-1].end())


def plans(text: str, sections: Sequence[Section], sentences: Sequence[Span]) -> Plans:
    """The sections of kind `plans`."""
    return Plans(text, tuple(s for s in sections if s.kind == "plans"), sentences)
