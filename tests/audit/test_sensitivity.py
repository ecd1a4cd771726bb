"""How much of what is made wrong on purpose the audit sees: one digit of a figure that agreed, in one document of three.

`pytest tests/audit/test_sensitivity.py -s` prints the share.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from zsie.assemble import assemble
from zsie.corpus import load_corpus
from zsie.report import Report
from zsie.text import clean
from zsie.types import Document, Entity, Relation

CORPUS = Path(__file__).parents[2] / "corpus" / "authored"


def audited(document: Document) -> Report:
    return assemble(clean(document.text), document, date=None, model={})


def altered(document: Document, start: int) -> Document:
    """The document with the first digit of the figure at `start` changed by three."""
    place = next(i for i in range(start, len(document.text)) if document.text[i].isascii() and document.text[i].isdigit())
    digit = str((int(document.text[place]) + 3) % 10 or 9)
    text = document.text[:place] + digit + document.text[place + 1 :]
    entities = {e.id: replace(e, text=text[e.start : e.end]) for e in document.entities}

    def moved(entity: Entity) -> Entity:
        return entities[entity.id]

    relations = tuple(Relation(r.type, moved(r.head), moved(r.tail)) for r in document.relations)
    return replace(document, text=text, entities=tuple(entities.values()), relations=relations)


def test_a_changed_digit_is_seen() -> None:
    documents, _ = load_corpus(CORPUS)
    documents = documents[::3]
    made: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    silent = 0
    for document in documents:
        found = audited(document).check(agreeing=True)
        silent += all(f.agrees for f in found)
        for finding in found:
            if finding.kind == "part_exceeds_total":
                continue  # a changed part is seldom more than its total
            figure = finding.evidence[0 if finding.kind == "list_count" else -1]
            if not (finding.agrees and any(c.isascii() and c.isdigit() for c in figure.text)):
                continue
            made[finding.kind] += 1
            after = audited(altered(document, figure.start)).check()
            seen[finding.kind] += any(figure.start in {e.start for e in f.evidence} for f in after)
    print(f"{len(documents)} documents, {silent} without a finding;", {kind: f"{seen[kind]} of {made[kind]}" for kind in made})
    assert sum(made.values()) > 60
    assert sum(seen.values()) / sum(made.values()) > 0.7
    assert silent / len(documents) > 0.97
