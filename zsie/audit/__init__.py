"""The audit: do the figures that a report states agree with each other?

`check` compares only what the text itself ties together, and only figures that can be computed with: masked,
approximate and unread figures take no part. Where a figure could be read against several others, one that agrees is
enough. docs/audit.md tells what each kind compares and how often it was right.
"""

from __future__ import annotations

from zsie.audit.context import Context
from zsie.audit.finding import KINDS, SEVERITIES, Evidence, Finding
from zsie.audit.lists import listed
from zsie.audit.parts import sums
from zsie.audit.rates import completion, stated
from zsie.audit.shares import shares
from zsie.audit.twice import contradictions, periods
from zsie.types import ReportData

__all__ = ["KINDS", "SEVERITIES", "Evidence", "Finding", "check"]

_CHECKS = (completion, stated, sums, shares, listed, contradictions, periods)


def check(report: ReportData, *, agreeing: bool = False) -> tuple[Finding, ...]:
    """Findings in text order: figures that contradict each other, and with `agreeing` also the comparisons that hold."""
    context = Context(report)
    found: dict[tuple[object, ...], Finding] = {}
    for run in _CHECKS:
        for finding in run(context):
            if agreeing or not finding.agrees:
                found.setdefault((finding.kind, *(e.start for e in finding.evidence)), finding)
    return tuple(sorted(found.values(), key=lambda f: (f.evidence[0].start, f.kind)))
