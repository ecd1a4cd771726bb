"""The figures of the model card, as `zsie evaluate` prints them.

`python -m benchmarks card [--real ../shared/summaries] [--into docs/model-card.md]`

Scores the shipped models on the real reports and on the test split: a table of labels and relations for `default`, a line for `fast`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks.machine import publish

ROOT = Path(__file__).parents[1]
TEST = ["corpus/authored", "--splits", "corpus/splits.toml"]


def evaluated(model: str, *arguments: str) -> dict[str, Any]:
    """What `zsie evaluate MODEL ARGUMENTS --json` prints."""
    command = [sys.executable, "-m", "zsie", "evaluate", model, *arguments, "--json"]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    data: dict[str, Any] = json.loads(output)
    return data


def table(data: dict[str, Any]) -> str:
    """A sentence of the whole, labels beside relations, and what is left of the sure finds."""
    low, high = zip(*(data["interval95"][kind] for kind in ("entities", "relations")), strict=True)
    entities, relations = data["entities"]["micro"], data["relations"]["micro"]
    stage, status = data["attributes"]["stage"], data["attributes"]["status"]
    error = {kind: data["confidence"][kind]["expected_calibration_error"] for kind in ("entities", "relations")}
    beyond = data["unreachable"]
    lines = [
        f"{data['documents']} documents. Entities **{entities['f1']:.4f}** (95 % {low[0]:.3f}–{high[0]:.3f}, precision {entities['precision']:.4f}, "
        f"recall {entities['recall']:.4f}); relations **{relations['f1']:.4f}** (95 % {low[1]:.3f}–{high[1]:.3f}), from gold entities "
        f"{data['from_gold_entities']['relations']['micro']['f1']:.4f}; stage {stage['f1']:.4f} (recall {stage['recall']:.2f}), "
        f"status {status['f1']:.4f} (recall {status['recall']:.2f}). Expected calibration error {error['entities']:.3f} (entities), "
        f"{error['relations']:.3f} (relations). Beyond the model's reach: {beyond['entities']} entities, {beyond['relations']} relations.",
        "",
        "| entity | precision | recall | F1 | gold | | relation | precision | recall | F1 | gold |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    kinds = [[(name, s) for name, s in data[kind].items() if name != "micro"] for kind in ("entities", "relations")]
    for entity, relation in zip_longest(*kinds):
        lines.append(f"| {_cells(entity)} | | {_cells(relation)} |")
    kept = data["confidence"]["entities"]["at"]
    told = "; ".join(
        f"{t} precision {kept[t]['precision']:.3f}, recall {kept[t]['recall']:.3f}" for t in ("0.5", "0.7", "0.9", "0.95")
    )
    return "\n".join([*lines, "", f"Entities kept at a confidence of at least: {told}."])


def _cells(row: tuple[str, dict[str, float]] | None) -> str:
    if row is None:
        return " | ".join([""] * 5)
    name, score = row
    return f"{name} | {score['precision']:.4f} | {score['recall']:.4f} | {score['f1']:.4f} | {score['gold']}"


def line(command: str, data: dict[str, Any]) -> str:
    """One row: the command's arguments, entities, relations, stage and status."""
    stage, status = (data["attributes"][name]["f1"] for name in ("stage", "status"))
    micro = " | ".join(f"{data[kind]['micro']['f1']:.4f}" for kind in ("entities", "relations"))
    return f"| `{command}` | {micro} | {stage:.2f} / {status:.2f} |"


def main(argv: list[str] | None = None) -> int:
    """Score, print, write."""
    assert __doc__
    parser = argparse.ArgumentParser(prog="python -m benchmarks card", description=__doc__.splitlines()[0])
    parser.add_argument("--real", default="../shared/summaries", help="annotated real reports")
    parser.add_argument("--into", type=Path, help="a file whose tables to replace (docs/model-card.md)")
    options = parser.parse_args(argv)
    for name, arguments in (("dev", [options.real]), ("test", TEST)):
        publish(table(evaluated("default", *arguments)), name, options.into)
    rows = ["| `zsie evaluate fast …` | entities | relations | stage / status |", "|---|---|---|---|"]
    rows += [line(" ".join(arguments), evaluated("fast", *arguments)) for arguments in ([options.real], TEST)]
    publish("\n".join(rows), "fast", options.into)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
