"""Raw texts in, annotated documents out: cleaning, the engine, and the way back to raw offsets."""

from __future__ import annotations

from collections.abc import Sequence

from zsie.model.decode import Found
from zsie.model.engine import Engine, Prediction
from zsie.schema import Schema
from zsie.text import Text, clean
from zsie.types import Document, Entity, Relation


def annotate(engine: Engine, texts: Sequence[Text], ids: Sequence[str] | None = None) -> list[Document]:
    """Annotate cleaned texts; the documents hold the raw texts and raw offsets. Entity ids are e1, e2, ... in order."""
    names = ids if ids is not None else [""] * len(texts)
    predictions = engine.predict([text.clean for text in texts])
    return [
        _document(text, name, prediction, engine.schema)
        for text, name, prediction in zip(texts, names, predictions, strict=True)
    ]


def annotate_like(engine: Engine, documents: Sequence[Document]) -> list[Document]:
    """Annotate the texts of `documents` afresh, whatever annotation they hold."""
    return annotate(engine, [clean(d.text) for d in documents], [d.id for d in documents])


def link(engine: Engine, documents: Sequence[Document]) -> list[Document]:
    """Annotate relations and attributes afresh on the entities that `documents` hold; entities that cleaning drops are gone."""
    index = {label: i for i, label in enumerate(engine.schema.labels)}
    texts = [clean(d.text) for d in documents]
    given = [
        sorted(
            (
                Found(start, end, index[e.label], 1.0)
                for e in d.entities
                for start, end in [text.to_clean(e.start, e.end)]
                if end > start
            ),
            key=lambda found: found.start,
        )
        for d, text in zip(documents, texts, strict=True)
    ]
    predictions = engine.predict([text.clean for text in texts], given)
    return [_document(text, d.id, p, engine.schema) for text, d, p in zip(texts, documents, predictions, strict=True)]


def _document(text: Text, name: str, prediction: Prediction, schema: Schema) -> Document:
    entities = []
    for number, (span, attributes) in enumerate(zip(prediction.spans, prediction.attributes, strict=True), 1):
        start, end = text.to_raw(span.start, span.end)
        label = schema.labels[span.label]
        entities.append(
            Entity(f"e{number}", label, start, end, text.raw[start:end], span.confidence, attributes=dict(attributes))
        )
    kinds = list(schema.relations)
    relations = []
    for link in prediction.links:
        head, tail = entities[link.head], entities[link.tail]
        # The linker takes both ends for granted; a relation is right only where they are.
        relations.append(Relation(kinds[link.type], head, tail, link.confidence * head.confidence * tail.confidence))
    return Document(name, text.raw, tuple(entities), tuple(relations))
