"""One HTML page a report, and an index of them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from zsie.messages import language
from zsie.render.filed import Draft, Filed, printable
from zsie.render.html import asset, page
from zsie.render.table import RECORDS, Row
from zsie.render.words import word


class HtmlFiles:
    """`STEM.html` for every report and `index.html`, which lists them with what was found."""

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        self._out = out
        self._written: list[Path] = []
        self._list = Draft(out / "index.html")
        self._file = self._list.draft.open("w", encoding="utf-8", errors="replace")
        names = ("file", *RECORDS)
        head = "".join(f"<th{' class=n' if n in RECORDS else ''}>{_heading(n)}</th>" for n in names)
        self._file.write(
            f'<!DOCTYPE html>\n<html lang="{language()}"><head><meta charset="utf-8"><title>zsie</title>'
            f'<meta name="viewport" content="width=device-width"><style>{asset("page.css")}</style></head>'
            f"<body class=index><main><table><thead><tr>{head}</tr></thead><tbody>\n"
        )

    def add(self, filed: Filed) -> None:
        """Write a report's page and its line in the index."""
        draft = Draft(self._out / f"{filed.stem}.html")
        findings = [finding for part in filed.parts for finding in part.findings]
        title = filed.report.title or filed.stem
        text = page(filed.report, title=title, findings=findings, cite=filed.cite)
        draft.draft.write_text(text, encoding="utf-8", errors="replace")
        self._written.append(draft.keep())
        counts = "".join(f"<td class=n>{len(filed.rows[name]):,}</td>" for name in RECORDS)
        link = f'<a href="{quote(printable(filed.stem))}.html">{escape(title)}</a><br><small>{escape(filed.name)}</small>'
        self._file.write(f"<tr><td>{link}</td>{counts}</tr>\n")

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the index."""
        lines = "".join(
            f"<tr><td class=bad>{escape(e['file'])}<br><small>{escape(e['reason'])}; {escape(e['remedy'])}</small></td>"
            f"<td colspan={len(RECORDS)}></td></tr>\n"
            for e in errors
        )
        self._file.write(f"{lines}</tbody></table></main></body></html>\n")
        self._file.close()
        return [self._list.keep(), *self._written]

    def drop(self) -> None:
        """Delete a half-written index; pages are complete."""
        self._file.close()
        self._list.drop()


def _heading(name: str) -> str:
    return escape(word("tables" if name in RECORDS else "columns", name, language()))
