"""spaCy `DocBin`: what `zsie.pipeline` would have set on the documents, without running it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zsie.render.filed import Draft, Filed, printable
from zsie.render.json import to_dict
from zsie.render.table import Row

_TOKENS = 400_000
"""Characters a file holds before the next one is begun: a DocBin is written in one piece."""


class DocBinFiles:
    """`reports.spacy`, `reports-2.spacy` ...: tokens are characters, `doc.ents` the entities.

    `doc.user_data["zsie"]` is the report as JSON (schema `zsie/1`) with its file under `document`; after
    `import zsie.pipeline; zsie.pipeline.register_extensions()` it is `doc._.report` and `doc._.relations`.
    """

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        import spacy

        self._out = out
        self._vocab = spacy.blank("zh").vocab
        self._bin: Any = None
        self._held = 0
        self._drafts: list[Draft] = []

    def add(self, filed: Filed) -> None:
        """Hold a report, and write what is held when it is much."""
        from spacy.tokens import Doc, DocBin, Span

        report = filed.report
        data = json.loads(printable(json.dumps({"document": filed.name, **to_dict(report)}, ensure_ascii=False)))
        text = data["text"]
        doc = Doc(self._vocab, words=list(text), spaces=[False] * len(text))
        doc.set_ents([Span(doc, e.start, e.end, label=e.label, span_id=e.id) for e in report.entities])
        doc.user_data["zsie"] = data
        self._bin = self._bin or DocBin(store_user_data=True)
        self._bin.add(doc)
        self._held += len(text)
        if self._held >= _TOKENS:
            self._flush()

    def _flush(self) -> None:
        number = len(self._drafts) + 1
        draft = Draft(self._out / ("reports.spacy" if number == 1 else f"reports-{number}.spacy"))
        self._drafts.append(draft)
        self._bin.to_disk(draft.draft)
        self._bin, self._held = None, 0

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the files; a DocBin has no place for errors."""
        if self._bin is not None:
            self._flush()
        return [draft.keep() for draft in self._drafts]

    def drop(self) -> None:
        """Delete half-written files."""
        for draft in self._drafts:
            draft.drop()
