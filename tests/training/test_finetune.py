"""`zsie train --config finetune --init shipped`: a handful of new reports is learnt, and what the model knew is kept."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

import zsie
from zsie.cli import app
from zsie.corpus import load_corpus, read_splits, split
from zsie.model.annotate import annotate_like
from zsie.training.metrics import score
from zsie.types import Document

ROOT = Path(__file__).parents[2]
NEW = ("b4_03", "c4_09", "e3_03", "d6_03")


def f1(parser: zsie.Parser, gold: list[Document]) -> float:
    return score(annotate_like(parser.engine, gold), gold, parser.model.schema).entity_micro.f1


def test_new_reports_are_learnt_and_old_ones_kept(tmp_path: Path) -> None:
    documents, _ = load_corpus(ROOT / "corpus" / "authored")
    held_out = split(documents, read_splits(ROOT / "corpus" / "splits.toml"))["test"]
    new = [d for d in held_out if d.id in NEW]
    old = [d for d in held_out if d.id not in NEW]
    files = [str(ROOT / "corpus" / "authored" / f"{d.id}.ann.txt") for d in new]
    arguments = ["train", "--config", "finetune", "--init", "shipped"]
    result = CliRunner().invoke(
        app, [*arguments, *(a for f in files for a in ("--train", f)), "--out", str(tmp_path / "model")]
    )
    assert result.exit_code == 0, result.output
    shipped, tuned = zsie.load(), zsie.load(tmp_path / "model")
    before, after = ([f1(parser, gold) for gold in (new, old)] for parser in (shipped, tuned))
    print(f"{len(new)} new, {len(old)} others: F1 before {before}, after {after}")
    assert after[0] > before[0] + 0.005
    assert after[1] > before[1] - 0.01
