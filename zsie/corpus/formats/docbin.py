"""spaCy `DocBin`: spans as `doc.ents`; ids, attributes and relations in `doc.user_data["zsie"]`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.corpus.counting import Draft, Mark
from zsie.corpus.marks import document_of
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document


def _spacy(path: Path) -> ModuleType:
    """The package spaCy, which zsie needs for this format alone."""
    try:
        import spacy
        import spacy.tokens
    except ImportError as error:
        raise CorpusError(f"{path}: a DocBin needs spaCy, which is not installed; pip install 'zsie[spacy]'") from error
    return spacy


def read(path: Path, *, schema: Schema = DEFAULT, units: str = "auto") -> tuple[list[Document], list[Fault]]:
    """Read a `.spacy` file, ours or of another spaCy pipeline (then entities alone); raise CorpusError without spaCy."""
    spacy = _spacy(path)
    try:
        docs = list(spacy.tokens.DocBin().from_disk(path).get_docs(spacy.blank("zh").vocab))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CorpusError(
            f"{path}: not a spaCy DocBin ({error}); write it with DocBin(store_user_data=True).to_disk"
        ) from error
    documents: list[Document] = []
    faults: list[Fault] = []
    for number, doc in enumerate(docs, 1):
        extra: dict[str, Any] = doc.user_data.get("zsie", {})
        known = {(e["start"], e["end"]): e for e in extra.get("entities", ())}
        marks = []
        for n, ent in enumerate(doc.ents, 1):
            own = known.get((ent.start_char, ent.end_char), {})
            attributes = own.get("attributes") or {k: own[k] for k in schema.attributes if own.get(k)}
            marks.append(Mark(own.get("id", str(n)), ent.label_, ent.start_char, ent.end_char, ent.text, attributes))
        links = [(r["type"], r["head"], r["tail"]) for r in extra.get("relations", ())]
        name = extra.get("document", f"{path.stem}-{number}")
        draft = Draft(name, doc.text, marks, links)
        document, found = document_of(draft, source=str(path), schema=schema, units="codepoint")
        documents.append(document)
        faults += found
    return documents, faults


def write(documents: Sequence[Document], path: Path) -> None:
    """Write one file; tokens are characters. Raise CorpusError where spaCy is not installed."""
    spacy = _spacy(path)
    vocab = spacy.blank("zh").vocab
    held = spacy.tokens.DocBin(store_user_data=True)
    for document in documents:
        doc = spacy.tokens.Doc(vocab, words=list(document.text), spaces=[False] * len(document.text))
        doc.set_ents([spacy.tokens.Span(doc, e.start, e.end, label=e.label) for e in document.entities])
        doc.user_data["zsie"] = {
            "document": document.id,
            "entities": [
                {"id": e.id, "start": e.start, "end": e.end, "attributes": dict(e.attributes)} for e in document.entities
            ],
            "relations": [{"type": r.type, "head": r.head.id, "tail": r.tail.id} for r in document.relations],
        }
        held.add(doc)
    held.to_disk(path)
