"""Texts annotated by a model, to train on."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from zsie.corpus import load_corpus

ROOT = Path(__file__).parents[2]


def test_what_a_model_finds_can_be_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts, out = tmp_path / "texts", tmp_path / "out"
    texts.mkdir()
    for name in "abc":
        (texts / f"{name}.txt").write_text(f"{name}：1～6月，清湄县引进项目25个，到位资金4.34亿元。", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["pseudo.py", "fast", str(texts), "--every", "2", "--out", str(out)])
    runpy.run_path(str(ROOT / "training" / "pseudo.py"), run_name="__main__")
    documents, faults = load_corpus(out)
    assert not faults
    assert [d.id for d in documents] == ["a", "c"]
    assert all({"4.34亿元", "25个"} <= {e.text for e in d.entities} for d in documents)
    assert all(d.relations for d in documents)
