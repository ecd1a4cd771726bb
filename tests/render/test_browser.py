"""The page in a real browser: clicks, keys, filters, jumps there and back, a long report."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from zsie.render.filed import Filed
from zsie.render.html import page
from zsie.report import Report
from zsie.types import Span

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: chromium)"),
    pytest.mark.usefixtures("english"),
]

HELPERS = """
const $ = (s) => document.querySelector(s), all = (s) => [...document.querySelectorAll(s)];
const key = (k) => (document.activeElement || document.body).dispatchEvent(new KeyboardEvent('keydown', {key: k, bubbles: true}));
const on = () => { const e = $('.e.on'); return e && e.id; };
const seen = (e) => { const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight && b.height > 0; };
"""


def ask(html: str, script: str, folder: Path) -> Any:
    """What a script that runs in the page returns."""
    path = folder / "page.html"
    told = f"const said = document.createElement('pre'); said.id = 'said'; said.textContent = JSON.stringify((() => {{{script}}})());"
    run = f"<script>(() => {{{HELPERS}{told} document.body.append(said);}})();</script></body>"
    path.write_text(html.replace("</body>", run), encoding="utf-8", errors="replace")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--window-size=1400,900"]
    command = [str(CHROMIUM), *flags, f"--user-data-dir={folder / 'profile'}", "--dump-dom", path.as_uri()]
    out = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout
    found = re.search(r'<pre id="said">(.*?)</pre>', out, re.DOTALL)
    assert found, out[-2000:]
    return json.loads(unescape(found.group(1)))


def html_of(filed: Filed) -> str:
    return page(filed.report, findings=filed.parts[0].findings, cite=filed.cite)


def test_a_row_leads_to_its_span_and_back(first: Filed, tmp_path: Path) -> None:
    told = ask(
        html_of(first),
        """
        key('1');
        const row = $('#t-projects tr[data-at]');
        row.click();
        const there = [on(), document.activeElement.id, location.hash, row.className, all('.e.near').map((e) => e.id)];
        key('b');
        const back = document.activeElement === row;
        key('Enter');
        const again = on();
        key('Escape');
        $('#t-projects td a[data-to="12"]').click();
        return {there, back, again, piece: on(), card: $('#card').textContent, lines: all('#lines path').length};
        """,
        tmp_path,
    )
    assert told["there"] == ["14", "14", "#14", "here", ["12", "13", "15"]]
    assert told["back"] is True
    assert told["again"] == "14"
    assert told["piece"] == "12"
    assert "=1+1食品有限公司" in told["card"]
    assert "INVESTS_IN → 饼干生产线" in told["card"]
    assert "page 1 · characters" in told["card"]
    assert told["lines"] == 1


def test_hovering_shows_relations_and_leaves_no_trace(first: Filed, tmp_path: Path) -> None:
    told = ask(
        html_of(first),
        """
        const span = document.getElementById('6');
        span.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));
        const shown = [on(), all('.e.near').map((e) => e.id), all('#lines text').map((t) => t.textContent), $('#card').textContent];
        span.dispatchEvent(new MouseEvent('mouseout', {bubbles: true}));
        return [...shown, on(), all('#lines path').length];
        """,
        tmp_path,
    )
    assert told[:3] == ["6", ["2", "5", "8"], ["VALUE", "TIME", "COMPLETION"]]
    assert "434,000,000 CNY" in told[3]
    assert told[4:] == [None, 0]


def test_keys_filters_and_languages(first: Filed, tmp_path: Path) -> None:
    told = ask(
        html_of(first),
        """
        const walk = [];
        for (const k of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft']) { key(k); walk.push(on()); }
        const date = all('.chip').find((c) => c.textContent.startsWith('DATE')).querySelector('input');
        date.click();
        const bare = getComputedStyle(document.getElementById('2')).backgroundColor;
        key('Escape'); key('ArrowRight'); key('ArrowRight');
        const skipped = on();
        date.click();
        const tabs = all('nav button').map((b) => b.dataset.table);
        key(String(tabs.indexOf('relations') + 1));
        const rows = all('#t-relations tr[data-at]').length;
        $('#find').value = 'COMPLETION';
        $('#find').oninput();
        const left = all('#t-relations tr[data-at]').filter((r) => !r.hidden).length;
        document.activeElement.blur();
        key('l');
        const zh = [document.documentElement.lang, $('.chip').textContent, $('#t-projects th').textContent, $('#find').placeholder];
        key('?');
        return {walk, bare, skipped, tabs, rows, left, zh, help: $('#keys').open, keys: $('#keys').textContent};
        """,
        tmp_path,
    )
    assert told["walk"] == ["1", "2", "3", "2"]
    assert told["bare"] == "rgba(0, 0, 0, 0)"
    assert told["skipped"] == "3"
    assert told["tabs"] == ["projects", "indicators", "events", "officials", "companies", "checks", "entities", "relations"]
    assert (told["rows"], told["left"]) == (12, 1)
    assert told["zh"] == ["zh", "项目 2", "项目", "筛选行"]
    assert told["help"] is True
    assert "从行到原文" in told["keys"]


def test_a_link_to_a_span_opens_there(first: Filed, tmp_path: Path) -> None:
    script = "location.hash = '#17'; dispatchEvent(new HashChangeEvent('hashchange')); return [on(), seen($('.e.on'))];"
    assert ask(html_of(first), script, tmp_path) == ["17", True]


def test_a_report_of_a_hundred_thousand_characters(first: Filed, tmp_path: Path) -> None:
    report, size = first.report, len(first.report.text) + 1
    times = 100_000 // size + 1
    entities, relations = [], []
    for n in range(times):
        moved = {e.id: replace(e, id=f"{e.id}x{n}", start=e.start + n * size, end=e.end + n * size) for e in report.entities}
        entities += moved.values()
        relations += [replace(r, head=moved[r.head.id], tail=moved[r.tail.id]) for r in report.relations]
    text = (report.text + "\n") * times
    long = Report(text=text, span=Span(0, len(text)), entities=tuple(entities), relations=tuple(relations))
    assert len(text) > 100_000
    told = ask(
        page(long),
        """
        const start = performance.now();
        all('.e')[10000].click();
        key(String(all('nav button').findIndex((b) => b.dataset.table === 'entities') + 1));
        const row = all('#t-entities tr[data-at]')[9000];
        row.click();
        return {on: on(), seen: seen($('.e.on')), rows: all('#t-entities tr[data-at]').length, ms: performance.now() - start};
        """,
        tmp_path,
    )
    print(f"{len(text):,} characters, {len(entities):,} entities: two jumps and a table in {told['ms']:.0f} ms")
    assert (told["on"], told["seen"], told["rows"]) == (entities[9000].id, True, len(entities))
    assert told["ms"] < 20_000
