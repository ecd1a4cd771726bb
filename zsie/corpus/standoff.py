"""Stand-off annotation: offsets, labels and a hash, without the text; joined again with texts that a user holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document, Entity, Relation

FORMAT = "zsie-standoff/1"


def fingerprint(text: str) -> str:
    """SHA-256 of a text in UTF-8, its leading and trailing line breaks left out (copies differ in them)."""
    return hashlib.sha256(text.strip("\n").encode("utf-8", "surrogatepass")).hexdigest()


def detach(documents: Iterable[Document], folder: str | Path) -> list[Path]:
    """Write one JSON file a document: no word of its text. Offsets count from the first character that is no line break."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for document in documents:
        shift = len(document.text) - len(document.text.lstrip("\n"))
        data = {
            "format": FORMAT,
            "id": document.id,
            "sha256": fingerprint(document.text),
            "characters": len(document.text.strip("\n")),
            "entities": [[e.id, e.label, e.start - shift, e.end - shift, dict(e.attributes)] for e in document.entities],
            "relations": [[r.type, r.head.id, r.tail.id] for r in document.relations],
        }
        path = target / f"{document.id}.json"
        path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def is_standoff(folder: str | Path) -> bool:
    """Whether a folder holds stand-off files."""
    first = next(iter(sorted(Path(folder).glob("*.json"))), None)
    return first is not None and FORMAT in first.read_text(encoding="utf-8", errors="replace")[:64]


def attach(
    standoff: str | Path, texts: str | Path | Mapping[str, str], *, schema: Schema = DEFAULT
) -> tuple[list[Document], list[Fault]]:
    """Join every stand-off file of a folder with its text; one that does not fit becomes a fault.

    `texts` is a folder that holds `<id>.txt` for each, or the texts themselves by id.
    """
    files = sorted(Path(standoff).glob("*.json"))
    if not files:
        raise CorpusError(f"{standoff}: no stand-off files (*.json) there")
    documents, faults = [], []
    for file in files:
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            documents.append(_join(data, texts if isinstance(texts, Mapping) else Path(texts), schema))
        except CorpusError as error:
            faults.append(Fault(str(file), 0, str(error)))
        except (ValueError, KeyError, TypeError) as error:
            faults.append(Fault(str(file), 0, f"not a {FORMAT} file ({error}); make it again with `zsie corpus detach`"))
    return documents, faults


def _text(name: str, texts: Path | Mapping[str, str]) -> tuple[str, str]:
    """(where it comes from, the text)."""
    if isinstance(texts, Mapping):
        if name not in texts:
            raise CorpusError(f"no text of {name} is given")
        return name, texts[name]
    path = texts / f"{name}.txt"
    try:
        return str(path), path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); put the text of {name} there") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8; save it as UTF-8") from error


def _join(data: dict[str, Any], texts: Path | Mapping[str, str], schema: Schema) -> Document:
    if data.get("format") != FORMAT:
        raise CorpusError(f"format {data.get('format')!r}, expected {FORMAT}")
    path, text = _text(data["id"], texts)
    if fingerprint(text) != data["sha256"]:
        length = len(text.strip("\n"))
        raise CorpusError(
            f"{path}: differs from the text that was annotated ({length} characters, {data['characters']} expected); get the original copy"
        )
    shift = len(text) - len(text.lstrip("\n"))
    entities = {}
    for name, label, start, end, attributes in data["entities"]:
        if label not in schema.labels:
            raise CorpusError(f"entity {name}: unknown label {label}")
        entities[name] = Entity(
            name, label, start + shift, end + shift, text[start + shift : end + shift], attributes=attributes
        )
    relations = tuple(Relation(kind, entities[head], entities[tail]) for kind, head, tail in data["relations"])
    return Document(data["id"], text, tuple(entities.values()), relations)
