"""What the checks look at: the figures of a report with their indicators, sentences and surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zsie.audit.finding import Evidence, Finding
from zsie.audit.measure import Measured, measured
from zsie.records import Links, Sentences, flat_name
from zsie.types import Entity, ReportData, Span

_TARGET_WORD = re.compile(r"(?:任务|任務|目标|目標|计划|計劃|指标|指標)(?:数|數|额|額|为|為|是|的)?[(（:：]?\s*$")


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure as stated: its number, what it measures, the number of the statement that it stands in."""

    number: Measured
    indicator: Entity | None
    sentence: int
    owners: frozenset[str]
    """Ids of the projects, events and companies whose figure it is."""
    target: bool

    @property
    def entity(self) -> Entity:
        """The mention."""
        return self.number.entity

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.number.entity.start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.number.entity.end

    @property
    def unit(self) -> str:
        """Currency, classifier or "ratio"."""
        return self.number.unit

    @property
    def name(self) -> str:
        """The indicator's words, empty where none governs it."""
        return flat_name(self.indicator) if self.indicator else ""

    @property
    def canonical(self) -> str | None:
        """The indicator's canonical id."""
        return (self.indicator.value or {}).get("canonical") if self.indicator else None


class Context:
    """A report, indexed for the checks. Masked, approximate and unread figures are not among `figures`."""

    def __init__(self, report: ReportData) -> None:
        """Index once."""
        self.report = report
        self.text = report.text
        self.links = Links(report.relations)
        self.sentences = Sentences(_statements(report))
        self.figures = tuple(self._stated())
        self.by_id = {f.entity.id: f for f in self.figures}
        self._by_sentence: dict[int, list[Stated]] = {}
        for figure in self.figures:
            self._by_sentence.setdefault(figure.sentence, []).append(figure)

    def _stated(self) -> Iterator[Stated]:
        for entity in sorted(self.report.entities, key=lambda e: e.start):
            number = measured(entity) if entity.label in ("AMOUNT", "COUNT", "PERCENT", "COMPLETION_RATE") else None
            if number is None:
                continue
            owners = frozenset(e.id for e in self.links.heads("FIGURE", entity))
            indicator = next(iter(self.links.heads("VALUE", entity)), None)
            before = self.text[max(0, entity.start - 12) : entity.start]
            target = entity.status in ("target", "forecast") or bool(_TARGET_WORD.search(before))
            yield Stated(number, indicator, self.sentences.number(entity.start), owners, target)

    def together(self, sentence: int) -> Sequence[Stated]:
        """The figures of a sentence, in order."""
        return self._by_sentence.get(sentence, ())

    def __iter__(self) -> Iterator[tuple[int, list[Stated]]]:
        return iter(self._by_sentence.items())

    def between(self, left: int, right: int) -> str:
        """The text between two places, without spaces."""
        return "".join(self.text[left:right].split())

    def finding(
        self,
        kind: str,
        severity: str,
        arithmetic: str,
        evidence: Iterable[tuple[str, Stated | Entity]],
        tolerance: Decimal = Decimal(0),
    ) -> Finding:
        """A finding on these figures; its confidence is that of the weakest mention or VALUE relation it rests on."""
        places, sure = [], [1.0]
        for role, item in evidence:
            entity = item.entity if isinstance(item, Stated) else item
            places.append(Evidence(role, entity.start, entity.end, entity.text))
            sure.append(entity.confidence)
            if isinstance(item, Stated) and item.indicator is not None:
                sure.append(item.indicator.confidence)
                sure.append(self.links.confidence("VALUE", (item.indicator,), entity))
        return Finding(kind, severity, arithmetic, tuple(places), format(tolerance.normalize(), "f"), min(sure))


def _statements(report: ReportData) -> list[Span]:
    """Sentences, those that only a semicolon parts put together again: figures of one statement refer to each other."""
    spans: list[Span] = []
    open_ = False
    for sentence in report.sentences:
        if open_ and spans:
            spans[-1] = Span(spans[-1].start, sentence.end)
        else:
            spans.append(sentence)
        open_ = report.text[sentence.start : sentence.end].rstrip()[-1:] in (";", "；")
    return spans


def severity(computed: Decimal, stated: Decimal) -> str:
    """`note` where the two are within a hundredth of each other, which may be a figure rounded before it was used."""
    return "note" if stated and abs(computed - stated) <= abs(stated) / 100 else "error"


def shown(figure: Stated) -> str:
    """A figure as printed, without spaces."""
    return flat_name(figure.entity)
