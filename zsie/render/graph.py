"""The knowledge graph: things and figures of reports as nodes, relations between them as edges.

A node is a record (project, event, official, company) with all its mentions, or else the mentions of one label and name
in one report. Nothing is joined across reports, where one name may mean two things; `name` and `label` are there to join by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from zsie import records
from zsie.render.filed import Checked, Draft, Filed, printable
from zsie.render.table import Row, entity_rows, real
from zsie.types import Entity

if TYPE_CHECKING:
    import networkx as nx

NODE = {
    "label": "string",
    "name": "string",
    "file": "string",
    "part": "int",
    "mentions": "int",
    "citation": "string",
    "start": "int",
    "end": "int",
    "stage": "string",
    "status": "string",
    "value": "string",
    "number": "double",
    "low": "string",
    "high": "string",
    "unit": "string",
    "approx": "string",
    "period_start": "string",
    "period_end": "string",
    "canonical": "string",
    "titles": "string",
    "organisation": "string",
    "confidence": "double",
}
"""Attributes of nodes and their GraphML types; those that do not apply are left out."""
EDGE = {"type": "string", "confidence": "double", "mentions": "int"}
"""Attributes of edges."""
_SINGLE = frozenset({"AMOUNT", "COUNT", "COMPLETION_RATE", "PERCENT", "INDICATOR"})
"""Labels of which each mention is a thing of its own: two figures that look alike are two facts."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def graph(filed: Filed) -> nx.MultiDiGraph:
    """The graph of a file's reports; node ids are unique among the files of a run."""
    import networkx as nx

    made = nx.MultiDiGraph()
    for number, part in enumerate(filed.parts, 1):
        _part(made, filed, part, number)
    return made


def _part(made: nx.MultiDiGraph, filed: Filed, part: Checked, number: int) -> None:
    prefix = f"{filed.stem}/{number}"
    nodes: dict[str, str] = {}
    groups = list(_groups(part))
    for label, name, mentions, facts in groups:
        node = f"{prefix}/{mentions[0].id}"
        nodes.update((m.id, node) for m in mentions)
        first = mentions[0]
        row = entity_rows([first])[0]
        attributes = {
            "label": label,
            "name": name,
            "file": filed.name,
            "part": number if len(filed.parts) > 1 else None,
            "mentions": len(mentions),
            "citation": filed.cite(first.start, first.end),
            "start": first.start,
            "end": first.end,
            **{key: row[key] for key in NODE if key in row and key not in ("start", "end", "name", "stage", "status")},
            "number": real(row["value"]),
            **facts,
            "confidence": round(max(m.confidence for m in mentions), 4),
        }
        made.add_node(node, **{k: v for k, v in attributes.items() if v not in (None, "")})
    for relation in part.report.relations:
        head, tail = nodes[relation.head.id], nodes[relation.tail.id]
        if made.has_edge(head, tail, relation.type):
            edge = made.edges[head, tail, relation.type]
            edge["mentions"] += 1
            edge["confidence"] = max(edge["confidence"], round(relation.confidence, 4))
        else:
            facts = {"type": relation.type, "confidence": round(relation.confidence, 4), "mentions": 1}
            made.add_edge(head, tail, key=relation.type, **facts)


def _groups(part: Checked) -> Iterator[tuple[str, str, Sequence[Entity], Mapping[str, Any]]]:
    """Label, name, mentions and facts of every node."""
    report = part.report
    taken: set[str] = set()

    def once(
        label: str, name: str, mentions: Sequence[Entity], **facts: Any
    ) -> Iterator[tuple[str, str, Sequence[Entity], Any]]:
        own = [m for m in mentions if m.id not in taken]
        if own:
            taken.update(m.id for m in own)
            yield label, name, own, facts

    for p in records.projects(report):
        yield from once("PROJECT", p.name, p.mentions, stage=p.stage)
    for e in records.events(report):
        yield from once("EVENT", e.name, e.mentions, status=e.status)
    for o in records.officials(report):
        yield from once("OFFICIAL", o.name, o.mentions, titles="; ".join(o.titles), organisation=o.organisation)
    for c in records.companies(report):
        yield from once("COMPANY", c.name, c.mentions)
    others: dict[tuple[str, ...], list[Entity]] = {}
    for entity in report.entities:
        if entity.id not in taken:
            key = (entity.label, records.flat_name(entity), *([entity.id] if entity.label in _SINGLE else []))
            others.setdefault(key, []).append(entity)
    for (label, name, *_), mentions in others.items():
        yield label, name, mentions, {"status": mentions[0].status or ("actual" if label in _SINGLE - {"INDICATOR"} else None)}


class GraphmlFile:
    """`reports.graphml`, which networkx, Gephi, yEd and Cytoscape read; written report by report."""

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        self._draft = Draft(out / "reports.graphml")
        self._file = self._draft.draft.open("w", encoding="utf-8", newline="\n")
        self._xml = XMLGenerator(self._file, "utf-8", short_empty_elements=True)
        self._xml.startDocument()
        self._xml.startElement("graphml", AttributesImpl({"xmlns": "http://graphml.graphdrawing.org/xmlns"}))
        for domain, kinds in (("node", NODE), ("edge", EDGE)):
            for name, kind in kinds.items():
                key = {"id": f"{domain}_{name}", "for": domain, "attr.name": name, "attr.type": kind}
                self._xml.startElement("key", AttributesImpl(key))
                self._xml.endElement("key")
        self._xml.startElement("graph", AttributesImpl({"edgedefault": "directed"}))
        self._edges = 0

    def add(self, filed: Filed) -> None:
        """Write a report's nodes and edges."""
        made = graph(filed)
        for node, facts in made.nodes(data=True):
            self._element("node", {"id": _legal(node)}, facts)
        for head, tail, facts in made.edges(data=True):
            self._edges += 1
            self._element("edge", {"id": f"r{self._edges}", "source": _legal(head), "target": _legal(tail)}, facts)

    def _element(self, kind: str, names: Mapping[str, str], facts: Mapping[str, Any]) -> None:
        self._xml.startElement(kind, AttributesImpl(dict(names)))
        for name, value in facts.items():
            self._xml.startElement("data", AttributesImpl({"key": f"{kind}_{name}"}))
            self._xml.characters(_legal(str(value)))
            self._xml.endElement("data")
        self._xml.endElement(kind)
        self._xml.ignorableWhitespace("\n")

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the file; a graph has no place for errors."""
        self._xml.endElement("graph")
        self._xml.endElement("graphml")
        self._xml.endDocument()
        self._file.close()
        return [self._draft.keep()]

    def drop(self) -> None:
        """Delete a half-written file."""
        self._file.close()
        self._draft.drop()


def _legal(text: str) -> str:
    """Text that XML can hold."""
    return _ILLEGAL.sub("\ufffd", printable(text))


CONTEXT = {
    "@vocab": "urn:zsie:",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "name": "schema:name",
    "value": {"@id": "urn:zsie:value", "@type": "xsd:decimal"},
    "low": {"@id": "urn:zsie:low", "@type": "xsd:decimal"},
    "high": {"@id": "urn:zsie:high", "@type": "xsd:decimal"},
    "period_start": {"@id": "urn:zsie:period_start", "@type": "xsd:date"},
    "period_end": {"@id": "urn:zsie:period_end", "@type": "xsd:date"},
}
"""JSON-LD context: names of attributes and relations are terms of `urn:zsie:`, those that schema.org knows are its own."""
_TYPES = {
    "PROJECT": "schema:Project",
    "EVENT": "schema:Event",
    "OFFICIAL": "schema:Person",
    "PERSON": "schema:Person",
    "COMPANY": "schema:Corporation",
    "ORG": "schema:Organization",
    "LOCATION": "schema:Place",
    "AMOUNT": "schema:MonetaryAmount",
    "COUNT": "schema:QuantitativeValue",
}


class JsonLdFile:
    """`reports.jsonld`: the same graph as linked data, a node a line."""

    def __init__(self, out: Path) -> None:
        """Write to folder `out`."""
        self._draft = Draft(out / "reports.jsonld")
        self._file = self._draft.draft.open("w", encoding="utf-8", newline="\n")
        self._file.write(f'{{"@context": {json.dumps(CONTEXT)},\n"@graph": [')
        self._first = True

    def add(self, filed: Filed) -> None:
        """Write a report's nodes."""
        made = graph(filed)
        for node, facts in made.nodes(data=True):
            label = facts["label"]
            data: dict[str, Any] = {"@id": _urn(node), "@type": [f"urn:zsie:{label}", *filter(None, (_TYPES.get(label),))]}
            data.update((k, v) for k, v in facts.items() if k not in ("label", "number"))
            for _, tail, edge in made.out_edges(node, data=True):
                data.setdefault(edge["type"], []).append({"@id": _urn(tail)})
            self._file.write(("\n" if self._first else ",\n") + printable(json.dumps(data, ensure_ascii=False)))
            self._first = False

    def close(self, errors: Sequence[Row]) -> list[Path]:
        """Finish the file."""
        self._file.write("\n]}\n")
        self._file.close()
        return [self._draft.keep()]

    def drop(self) -> None:
        """Delete a half-written file."""
        self._file.close()
        self._draft.drop()


def _urn(node: str) -> str:
    from urllib.parse import quote

    return f"urn:zsie:node:{quote(printable(node))}"
