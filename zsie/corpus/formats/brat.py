"""brat stand-off: `name.txt` with `name.ann` (T spans, R relations, A attributes); offsets in code points.

brat cuts a span at a line break into fragments (`0 4;5 8`); fragments with nothing but a line break between are one span here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from zsie.corpus.annfile import Fault
from zsie.corpus.counting import Draft, Mark
from zsie.corpus.marks import document_of
from zsie.corpus.naming import file_stems, id_of
from zsie.corpus.reading import read_text, write_text
from zsie.schema import DEFAULT, Schema
from zsie.types import Document


def read(path: Path, *, schema: Schema = DEFAULT, units: str = "auto") -> tuple[list[Document], list[Fault]]:
    """Read one `.ann` and the `.txt` beside it."""
    text = read_text(path.with_suffix(".txt"))
    faults: list[Fault] = []
    spans: dict[str, tuple[str, int, int, str]] = {}
    attributes: dict[str, dict[str, str]] = {}
    links: list[tuple[str, str, str]] = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        line = line.rstrip("\r")
        try:
            if line.startswith("T"):
                name, head, surface = line.split("\t", 2)
                label, _, places = head.partition(" ")
                fragments = [tuple(int(n) for n in part.split()) for part in places.split(";")]
                if any(text[a[1] : b[0]].strip("\r\n") for a, b in zip(fragments, fragments[1:], strict=False)):
                    faults.append(Fault(str(path), number, f"{name}: a span in pieces; mark one stretch of text"))
                    continue
                spans[name] = label, fragments[0][0], fragments[-1][1], surface
            elif line.startswith("R"):
                kind, first, second = line.split("\t")[1].split()
                links.append((kind, first.partition(":")[2], second.partition(":")[2]))
            elif line.startswith(("A", "M")):
                key, target, value = line.split("\t")[1].split()
                attributes.setdefault(target, {})[key] = value
        except (ValueError, IndexError):
            faults.append(Fault(str(path), number, f"unreadable line {line[:40]!r}; see brat's stand-off format"))
    marks = [
        Mark(name, label, start, end, surface, attributes.get(name, {})) for name, (label, start, end, surface) in spans.items()
    ]
    counting = "codepoint" if units == "auto" else units
    draft = Draft(id_of(path.stem), text, marks, links)
    document, found = document_of(draft, source=str(path), schema=schema, units=counting)
    return [document], faults + found


def write(documents: Sequence[Document], folder: Path) -> None:
    """Write a pair of files a document, named by its id (made safe and unique, `zsie.corpus.naming`)."""
    for document, stem in zip(documents, file_stems(d.id for d in documents), strict=True):
        ids = {e.id: f"T{n}" for n, e in enumerate(document.entities, 1)}
        lines = []
        attributes = 0
        for entity in document.entities:
            pieces = [(entity.start + m.start(), entity.start + m.end()) for m in re.finditer(r"[^\r\n]+", entity.text)]
            places = ";".join(f"{start} {end}" for start, end in pieces)
            surface = " ".join(document.text[start:end] for start, end in pieces)
            lines.append(f"{ids[entity.id]}\t{entity.label} {places}\t{surface}")
            for name, value in entity.attributes.items():
                attributes += 1
                lines.append(f"A{attributes}\t{name} {ids[entity.id]} {value}")
        for n, relation in enumerate(document.relations, 1):
            lines.append(f"R{n}\t{relation.type} Arg1:{ids[relation.head.id]} Arg2:{ids[relation.tail.id]}")
        write_text(folder / f"{stem}.txt", document.text)
        write_text(folder / f"{stem}.ann", "".join(f"{line}\n" for line in lines))
