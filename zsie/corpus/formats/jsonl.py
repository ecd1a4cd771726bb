"""zsie's own JSON lines: one document a line, offsets in code points; `datasets.load_dataset` reads it with typed features."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zsie.corpus.annfile import Fault
from zsie.corpus.counting import Draft, Mark
from zsie.corpus.marks import documents_of
from zsie.corpus.reading import json_lines, read_text
from zsie.schema import DEFAULT, Schema
from zsie.types import Document

if TYPE_CHECKING:
    from datasets import Dataset, Features


def to_dict(document: Document) -> dict[str, Any]:
    """A document as the dictionary of its line."""
    return {
        "id": document.id,
        "text": document.text,
        "entities": [
            {
                "id": e.id,
                "label": e.label,
                "start": e.start,
                "end": e.end,
                "text": e.text,
                "attributes": [{"name": name, "value": value} for name, value in e.attributes.items()],
            }
            for e in document.entities
        ],
        "relations": [{"type": r.type, "head": r.head.id, "tail": r.tail.id} for r in document.relations],
    }


def _draft(data: dict[str, Any], line: int) -> Draft:
    marks = [
        Mark(
            str(e["id"]),
            e["label"],
            e["start"],
            e["end"],
            e.get("text"),
            {a["name"]: a["value"] for a in e.get("attributes", ())},
        )
        for e in data["entities"]
    ]
    links = [(r["type"], str(r["head"]), str(r["tail"])) for r in data.get("relations", ())]
    return Draft(str(data["id"]), data["text"], marks, links, line)


def is_own(path: Path) -> bool:
    """Whether the first line is of this format: doccano's hold `label` or `Comments`, or offsets named `start_offset`."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = json.loads(next((line for line in file if line.strip()), "{}"))
    except (OSError, ValueError):
        return True
    if not isinstance(first, dict) or first.keys() & {"label", "labels", "Comments"}:
        return False
    entities = first.get("entities") or [{}]
    return isinstance(entities[0], dict) and "start_offset" not in entities[0]


def read(path: Path, *, schema: Schema = DEFAULT, units: str = "auto") -> tuple[list[Document], list[Fault]]:
    """Read a file; a broken line becomes a fault."""
    drafts: list[Draft] = []
    faults: list[Fault] = []
    for number, data in json_lines(read_text(path), str(path), faults):
        try:
            drafts.append(_draft(data, number))
        except (KeyError, TypeError, AttributeError) as error:
            faults.append(Fault(str(path), number, f"not a document line ({error!r}); it needs id, text, entities, relations"))
    documents, found = documents_of(drafts, source=str(path), schema=schema, units=units, own="codepoint")
    return documents, faults + found


def write(documents: Sequence[Document], path: Path) -> None:
    """Write one line a document."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(to_dict(d), ensure_ascii=False) + "\n" for d in documents)


def features(schema: Schema = DEFAULT) -> Features:
    """Typed features for `datasets.load_dataset("json", data_files=..., features=features())`."""
    from datasets import ClassLabel, Features, List, Value

    text, number = Value("string"), Value("int64")
    entity = {
        "id": text,
        "label": ClassLabel(names=list(schema.labels)),
        "start": number,
        "end": number,
        "text": text,
        "attributes": List({"name": text, "value": text}),
    }
    relation = {"type": ClassLabel(names=list(schema.relations)), "head": text, "tail": text}
    return Features({"id": text, "text": text, "entities": List(entity), "relations": List(relation)})


def load_hf(path: str | Path, *, schema: Schema = DEFAULT) -> Dataset:
    """Open a JSON lines file as a Hugging Face dataset with typed features."""
    from datasets import Dataset, load_dataset

    loaded = load_dataset("json", data_files=str(path), features=features(schema), split="train")
    assert isinstance(loaded, Dataset)
    return loaded
