"""The spaCy door: the component `zsie` sets `doc.ents`, `doc._.relations`, `ent._.value` and `ent._.confidence`.

`spacy.load(folder)` opens a folder made by `zsie train`, `spacy.blank("zh").add_pipe("zsie")` takes the shipped model.
Entities keep their exact characters: a word token that a span cuts through is split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span, Token
from spacy.util import minibatch

from zsie.api import Parser, load
from zsie.errors import ModelError
from zsie.model.runtime import Model
from zsie.report import Report
from zsie.types import Entity


def register_extensions() -> None:
    """Define the custom attributes (once)."""
    if not Doc.has_extension("relations"):
        Doc.set_extension("relations", getter=_relations)
        Doc.set_extension("report", getter=_report)
        for name in ("value", "confidence", "status", "stage"):
            Span.set_extension(name, getter=_of_entity(name))


def _report(doc: Doc) -> Report | None:
    data = doc.user_data.get("zsie")
    return Report.from_dict(data) if data else None


def _relations(doc: Doc) -> list[tuple[Span, str, Span]]:
    """Relations as (head span, type, tail span); without those whose head or tail is no longer in `doc.ents`."""
    data = doc.user_data.get("zsie")
    if not data:
        return []
    # By place and label: spaCy keeps the id on the tokens when another entity is put there.
    spans = {(ent.start_char, ent.end_char, ent.label_): ent for ent in doc.ents}
    ends = {e["id"]: spans.get((e["start"], e["end"], e["label"])) for e in data["entities"]}
    found = ((ends[r["head"]], r["type"], ends[r["tail"]]) for r in data["relations"])
    return [(head, kind, tail) for head, kind, tail in found if head is not None and tail is not None]


def _of_entity(name: str) -> Any:
    def get(span: Span) -> Any:
        for entity in span.doc.user_data.get("zsie", {}).get("entities", ()):
            if entity["start"] == span.start_char and entity["end"] == span.end_char:
                return entity.get(name)
        return None

    return get


@Language.factory("zsie", assigns=["doc.ents"], default_config={"model": "default"})
def make_component(nlp: Language, name: str, model: str) -> ZsieComponent:
    """Factory registered by entry point; `model` is a folder or the name of a shipped model."""
    return ZsieComponent(model, name)


class ZsieComponent:
    """Runs the same engine as `zsie.parse` over spaCy documents."""

    def __init__(self, model: str | Parser, name: str = "zsie") -> None:
        """Wrap a loaded model, or the folder or name of one, which is then loaded with the first document."""
        register_extensions()
        self.model, self.name = model, name

    @property
    def parser(self) -> Parser:
        """The loaded model."""
        if isinstance(self.model, str):
            self.model = load(self.model)
        return self.model

    def __call__(self, doc: Doc) -> Doc:
        """Annotate one document."""
        return self.set_annotations([doc], self.predict([doc]))[0]

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 32) -> Iterator[Doc]:
        """Annotate documents in batches."""
        for docs in minibatch(stream, batch_size):  # type: ignore[no-untyped-call]
            yield from self.set_annotations(docs, self.predict(docs))

    def predict(self, docs: list[Doc]) -> list[Report]:
        """Parse without touching the documents."""
        return list(self.parser.stream([doc.text for doc in docs]))

    def set_annotations(self, docs: list[Doc], reports: list[Report]) -> list[Doc]:
        """Write entities and relations into the documents."""
        for doc, report in zip(docs, reports, strict=True):
            _split_tokens(doc, report.entities)
            doc.user_data["zsie"] = report.to_dict()
            spans = []
            for entity in report.entities:
                span = doc.char_span(entity.start, entity.end, label=entity.label, span_id=entity.id)
                if span is None:
                    raise ValueError(f"tokens of {doc.text[:20]!r} do not meet the span {entity.start}-{entity.end}")
                spans.append(span)
            doc.set_ents(spans)
        return docs

    def to_bytes(self, **_: Any) -> bytes:
        """The model's files, for `nlp.to_bytes`."""
        import srsly

        return bytes(srsly.msgpack_dumps(self.parser.model.files))

    def from_bytes(self, data: bytes, **_: Any) -> ZsieComponent:
        """The inverse of `to_bytes`."""
        import srsly

        self.model = Parser(Model(srsly.msgpack_loads(data)))
        return self

    def to_disk(self, path: str | Path, **_: Any) -> None:
        """Write the model's files, for `nlp.to_disk`."""
        self.parser.model.save(path)

    def from_disk(self, path: str | Path, **_: Any) -> ZsieComponent:
        """Read the model's files, for `spacy.load`. Raise ModelError where one is missing."""
        self.model = Parser(Model.load(path))
        return self


def _split_tokens(doc: Doc, entities: Iterable[Entity]) -> None:
    """Split the tokens that an entity's edge cuts through."""
    cuts: dict[int, set[int]] = {}
    owner = {token.idx + k: token.i for token in doc for k in range(1, len(token.text))}
    for entity in entities:
        for edge in (entity.start, entity.end):
            if edge in owner:
                token = doc[owner[edge]]
                cuts.setdefault(token.i, set()).add(edge - token.idx)
    if not cuts:
        return
    with doc.retokenize() as retokenizer:
        for i, places in cuts.items():
            text = doc[i].text
            edges = [0, *sorted(places), len(text)]
            orths = [text[a:b] for a, b in zip(edges, edges[1:], strict=False)]
            heads: list[Token | tuple[Token, int]] = [(doc[i], k) for k in range(len(orths))]
            retokenizer.split(doc[i], orths, heads=heads)


def blank(*, segmenter: str = "char", pkuseg_model: str | Path = "spacy_ontonotes") -> Language:
    """An empty Chinese pipeline whose tokens are characters (`char`) or words by spacy-pkuseg (`pkuseg`).

    spacy-pkuseg carries no model: `pkuseg_model` is a folder of one, or a name that it fetches on first use. Raise
    ModelError where that cannot be had.
    """
    import spacy

    tokenizer = {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": segmenter}
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}})
    if segmenter == "pkuseg":
        try:
            nlp.tokenizer.initialize(pkuseg_model=str(pkuseg_model))  # type: ignore[union-attr]
        except OSError as error:
            raise ModelError(
                f"the pkuseg model {pkuseg_model} cannot be had here; give pkuseg_model= a folder with features.msgpack and weights.npz"
            ) from error
    return nlp


def save(model: Model, folder: str | Path) -> None:
    """Write a model as a folder that both `zsie.load` and `spacy.load` open."""
    nlp = blank()
    component = nlp.add_pipe("zsie")
    assert isinstance(component, ZsieComponent)
    component.model = Parser(model)
    nlp.meta.update(name=model.name, version=model.version, description="zsie model: entities and relations of work reports")
    nlp.to_disk(folder)
