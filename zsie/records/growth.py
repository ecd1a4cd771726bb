"""Which of an indicator's figures a percentage said of it belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from zsie.types import Entity

_PERIOD = r"(?:去年|上年|前年|年初|[\d〇零一二三四五六七八九]{2,4}年|上[一个個]{0,2}(?:半年|季|月|届|屆)|同期)"
# 比去年同期增长到50亿元 says what is reached; 到位 is no such 到.
_ON = r"(?:(?!到(?!位|[账帳帐资資])|[达達至])[^,，。;；、%％﹪\d])"
# What a growth is counted from: 比去年同期40亿元增长25%, (上年同期40亿元).
_BASE = re.compile(rf"(?:(?:[比较較]|[高低多少][于於]|超过|超過){_ON}{{0,6}}{_PERIOD}|同期){_ON}{{0,12}}$")
# By how much a figure changed: 同比增加8个, 净增5亿元. 新增 alone counts what is new, 同比新增 does not.
_CHANGE = re.compile(
    r"(?:(?<!新)增[加长長]?|[同环環]比新增|减少?|減少?|下降|下滑|回落|提高|提升|上升|(?<![至最不])[多少])(?:了|近|约|約)?$"
)
_NEAR = 32


def owner(text: str, figures: Sequence[Entity], percent: Entity, planned: Callable[[Entity], bool]) -> Entity | None:
    """The last of `figures` before `percent` that it can be said of, else the last.

    It is not said of what the figure is compared with, nor of by how much it changed; nor, where it is not `planned`
    itself, of what is, as long as a figure that is not stands there too.
    """
    before = [f for f in figures if f.start < percent.start]
    if not planned(percent):
        before = [f for f in before if not planned(f)] or before
    before = [f for f in before if not _aside(text, f)] or before
    return before[-1] if before else None


def _aside(text: str, figure: Entity) -> bool:
    words = "".join(text[max(0, figure.start - _NEAR) : figure.start].split())
    return bool(_BASE.search(words) or _CHANGE.search(words))
