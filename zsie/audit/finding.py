"""What the audit tells: one finding a comparison, with its evidence and the arithmetic in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KINDS = (
    "completion_rate",
    "stated_rate",
    "share",
    "shares_sum",
    "part_exceeds_total",
    "parts_sum",
    "list_count",
    "stated_twice",
    "period",
)
"""What is compared: see docs/audit.md for each."""

SEVERITIES = ("ok", "note", "warning", "error")
"""`ok` the figures agree; `note` they differ by less than a hundredth; `warning` two statements contradict; `error` the arithmetic fails."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the text that a finding rests on: `report.text[start:end] == text`."""

    role: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison of figures that the report states.

    `arithmetic` is the sum in signs, `tolerance` what the printed digits leave open (a plain decimal in the unit of what is
    compared), `confidence` (0 to 1) that of the least sure mention or relation it rests on.
    """

    kind: str
    severity: str
    arithmetic: str
    evidence: tuple[Evidence, ...]
    tolerance: str
    confidence: float

    @property
    def agrees(self) -> bool:
        """Whether the figures agree."""
        return self.severity == "ok"

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "arithmetic": self.arithmetic,
            "tolerance": self.tolerance,
            "confidence": round(self.confidence, 4),
            "evidence": [{"role": e.role, "start": e.start, "end": e.end, "text": e.text} for e in self.evidence],
        }
