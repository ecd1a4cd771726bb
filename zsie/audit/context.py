"""What the checks look at: the figures of a report with their indicators, statements and surroundings."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zsie.audit.finding import Evidence, Finding
from zsie.audit.measure import Measured, measured
from zsie.records import Links, Sentences, flat_name
from zsie.types import Entity, Relation, ReportData, Span

_TARGET_WORD = re.compile(r"(?:任务|任務|目标|目標|计划|計劃|指标|指標)(?:数|數|额|額|为|為|是|的)?[(（:：]?$")
_NAMED = ("LOCATION", "ORG", "COMPANY", "EVENT", "PROJECT")
_NEAR = 40


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """A figure as stated: its number, what it measures, the number of the statement that it stands in.

    A report's context makes one for each figure, so they are compared by identity.
    """

    number: Measured
    indicator: Entity | None
    statement: int
    owners: frozenset[str]
    """Ids of the projects, events and companies whose figure it is."""
    target: bool
    period: tuple[str, str] | None
    """Start and end of the one date that governs it, where both are known."""

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
        """The indicator's words in one script and width, empty where none governs it."""
        if self.indicator is None:
            return ""
        return str((self.indicator.value or {}).get("name") or flat_name(self.indicator))

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
        self.statements = Sentences(_statements(report))
        self._named = sorted(e.start for e in report.entities if e.label in _NAMED)
        self.amounts = tuple(e for e in report.entities if e.label == "AMOUNT")
        self.figures = tuple(self._stated())
        self.by_id = {f.entity.id: f for f in self.figures}
        self._by_statement: dict[int, list[Stated]] = {}
        for figure in self.figures:
            self._by_statement.setdefault(figure.statement, []).append(figure)

    def _stated(self) -> Iterator[Stated]:
        for entity in sorted(self.report.entities, key=lambda e: e.start):
            number = measured(entity) if entity.label in ("AMOUNT", "COUNT", "PERCENT", "COMPLETION_RATE") else None
            if number is None:
                continue
            owners = frozenset(e.id for e in self.links.heads("FIGURE", entity))
            indicator = next(iter(self.links.heads("VALUE", entity)), None)
            target = entity.status in ("target", "forecast") or bool(_TARGET_WORD.search(self.before(entity.start, 12)))
            date = self.date(entity)
            period = (str(date.value["start"]), str(date.value["end"])) if date and date.value else None
            yield Stated(number, indicator, self.statements.number(entity.start), owners, target, period)

    def date(self, figure: Entity) -> Entity | None:
        """The one date that governs a figure, when both its ends are known."""
        dates = self.links.tails("TIME", figure)
        known = [d for d in dates if d.value and d.value.get("start") and d.value.get("end")]
        return known[0] if len(dates) == 1 and known else None

    def together(self, statement: int) -> Sequence[Stated]:
        """The figures of a statement, in order."""
        return self._by_statement.get(statement, ())

    def __iter__(self) -> Iterator[tuple[int, list[Stated]]]:
        return iter(self._by_statement.items())

    def between(self, left: int, right: int) -> str:
        """The text between two places, without spaces."""
        return "".join(self.text[max(0, left) : right].split())

    def before(self, place: int, length: int) -> str:
        """The `length` characters before a place, spaces left out."""
        return self.between(place - length, place)

    def overall(self, figure: Stated) -> bool:
        """Whether a figure is of the report's own area: of no project, event or firm, and none, nor a place, named before it."""
        near = bisect_left(self._named, max(figure.start - _NEAR, self.statements.start(figure.start)))
        return not figure.owners and not (near < len(self._named) and self._named[near] < figure.start)

    def finding(
        self,
        kind: str,
        severity: str,
        arithmetic: str,
        evidence: Iterable[tuple[str, Stated | Entity]],
        *,
        tolerance: Decimal = Decimal(0),
        relation: Relation | None = None,
    ) -> Finding:
        """A finding on these figures; its confidence is that of the weakest mention or relation it rests on."""
        places, sure = [], [relation.confidence if relation else 1.0]
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


def shown(figure: Stated) -> str:
    """A figure as printed, without spaces."""
    return flat_name(figure.entity)
