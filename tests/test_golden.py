"""Golden output of the sample reports: what a change in text layer, values, records or decoding alters shows here.

After a wanted change look at the difference, then `python tests/test_golden.py` writes the files anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import zsie

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
SAMPLES = sorted((ROOT / "samples").glob("*.txt"))


def essence(report: zsie.Report) -> dict[str, Any]:
    """Everything but confidences and the text."""
    data = report.to_dict()
    data.pop("text")
    data.pop("model")
    for item in (*data["entities"], *data["relations"]):
        item.pop("confidence")
    return data


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_golden(path: Path, reports: dict[str, zsie.Report]) -> None:
    expected = json.loads((GOLDEN / f"{path.stem}.json").read_text(encoding="utf-8"))
    assert essence(reports[path.stem]) == expected


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for sample in SAMPLES:
        report = zsie.parse(sample.read_text(encoding="utf-8"), date="2024-01-05")
        text = json.dumps(essence(report), ensure_ascii=False, indent=0)
        (GOLDEN / f"{sample.stem}.json").write_text(text + "\n", encoding="utf-8")
