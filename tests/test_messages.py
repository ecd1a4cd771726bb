"""Messages in two languages."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

import zsie
from zsie.batch import Tally
from zsie.messages import chinese, language, say
from zsie.read import detect
from zsie.text import decode

ROOT = Path(zsie.__file__).parent
FACT = re.compile(r"{(\w+)}")


def templates() -> set[str]:
    """Every text given to `say`, and those it is given through a table."""
    found = {*detect._KNOWN_AS.values(), *detect._REMEDIES.values(), *(f.name for f in fields(Tally))}
    found.update(__import__(decode.__module__, fromlist=["_MAGIC"])._MAGIC.values())
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"
            if called and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_every_message_has_a_chinese_form_with_the_same_facts() -> None:
    assert templates() == set(chinese())
    for english, translated in chinese().items():
        assert sorted(FACT.findall(english)) == sorted(FACT.findall(translated)), english
        assert re.search(r"[\u4e00-\u9fff]", translated), english


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"LANG": "zh_CN.GB18030"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN"}, "en"),
        ({"ZSIE_LANG": "zh", "LC_ALL": "C"}, "zh"),
    ],
)
def test_the_locale_decides(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wanted: str) -> None:
    for name in ("ZSIE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == wanted
    assert say("page {n}", n=3) == {"zh": "第 3 页", "en": "page 3"}[wanted]
