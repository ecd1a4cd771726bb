"""CoNLL columns: a token and its tag a line, an empty line for each line break of the text; BIO or BIOES.

Our own files hold one character a token and lose nothing: `# id = NAME` begins a document, `# relation = VALUE 1 2` links
its first and second entity, white space is written as `<U+0020>`, attributes ride in the label (`B-AMOUNT[status=target]`).
Files of other tools may hold words; words of Latin letters or figures are joined by a space, Chinese ones by nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zsie.corpus.annfile import Fault
from zsie.corpus.counting import Draft, Mark
from zsie.corpus.marks import document_of, join_label, split_label
from zsie.corpus.reading import read_text
from zsie.schema import DEFAULT, Schema
from zsie.types import Document

_ESCAPE = re.compile(r"<U\+([0-9A-F]{4,6})>")
_COMMENT = re.compile(r"# (id|relation) = (.*)")
_LATIN = re.compile(r"[A-Za-z0-9]")


@dataclass
class _Draft:
    """A document while its lines are read."""

    name: str
    parts: list[str] = field(default_factory=list)
    length: int = 0
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    open: str | None = None

    def add(self, token: str) -> int:
        """Append a token; return where it begins."""
        before = self.parts[-1] if self.parts else ""
        if len(token) > 1 and before and _LATIN.match(token) and _LATIN.match(before[-1]):
            self.parts.append(" ")
            self.length += 1
        start = self.length
        self.parts.append(token)
        self.length += len(token)
        return start


def read(path: Path, *, schema: Schema = DEFAULT, units: str = "auto") -> tuple[list[Document], list[Fault]]:
    """Read all documents of a file (one, where no `# id` lines or `-DOCSTART-` part it)."""
    faults: list[Fault] = []
    drafts: list[_Draft] = []
    for number, line in enumerate(read_text(path).replace("\r\n", "\n").removesuffix("\n").split("\n"), 1):
        comment = _COMMENT.fullmatch(line)
        if comment and comment.group(1) == "id":
            drafts.append(_Draft(comment.group(2)))
        elif line.startswith("-DOCSTART-"):
            drafts.append(_Draft(f"{path.stem}-{len(drafts) + 1}"))
        elif comment and drafts:
            kind, head, tail = [*comment.group(2).split(), "", "", ""][:3]
            drafts[-1].links.append((kind, head, tail))
        else:
            if not drafts:
                drafts.append(_Draft(path.stem))
            _line(drafts[-1], line, Fault(str(path), number, ""), faults)
    documents = []
    for draft in drafts:
        text = "".join(draft.parts)
        # The empty line after a document's last line only parts it from the next.
        text = text.removesuffix("\n")
        marks = []
        for n, (start, end, label) in enumerate(draft.spans, 1):
            name, attributes = split_label(label)
            marks.append(Mark(str(n), name, start, end, None, attributes))
        whole = Draft(draft.name, text, marks, draft.links)
        document, found = document_of(whole, source=str(path), schema=schema, units="codepoint")
        documents.append(document)
        faults += found
    return documents, faults


def _line(draft: _Draft, line: str, place: Fault, faults: list[Fault]) -> None:
    if not line.strip():
        draft.add("\n")
        return
    columns = line.split("\t") if "\t" in line else line.split()
    token, tag = _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), columns[0]), columns[-1]
    start = draft.add(token)
    prefix, _, label = tag.partition("-")
    if len(columns) < 2 or (tag != "O" and (prefix not in "BIESMLU" or not label)):
        faults.append(Fault(place.source, place.line, f"tag {tag!r} is no BIO tag; write token TAB tag"))
    elif prefix in ("I", "E", "M", "L") and draft.open == label and draft.spans:
        draft.spans[-1] = draft.spans[-1][0], draft.length, label
    elif label:
        draft.spans.append((start, draft.length, label))
    draft.open = label if label and prefix not in ("E", "S", "L", "U") else None


def write(documents: Sequence[Document], path: Path) -> None:
    """Write all documents into one file."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for document in documents:
            order = {e.id: n for n, e in enumerate(document.entities, 1)}
            file.write(f"# id = {document.id}\n")
            file.writelines(f"# relation = {r.type} {order[r.head.id]} {order[r.tail.id]}\n" for r in document.relations)
            tags = ["O"] * len(document.text)
            for entity in document.entities:
                for i in range(entity.start, entity.end):
                    tags[i] = ("B-" if i == entity.start else "I-") + join_label(entity)
            for char, tag in zip(document.text, tags, strict=True):
                if char == "\n" and tag == "O":
                    file.write("\n")
                else:
                    shown = f"<U+{ord(char):04X}>" if char.isspace() or not char.isprintable() else char
                    file.write(f"{shown}\t{tag}\n")
            file.write("\n")
