"""The label set: the one place where labels, relation types and attributes are defined.

The default is `corpus/GUIDELINES.md` in code. Another label set (own labels, own relations) is a JSON file of the
same shape, read by `Schema.load`; no other code changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zsie.errors import SchemaError
from zsie.messages import say

RESERVED = ("id", "label", "start", "end", "text", "confidence", "value")
"""What a report's entities are written with; their attributes stand beside these, so that none may have such a name."""


@dataclass(frozen=True)
class RelationType:
    """A directed relation: which labels may stand at its head and at its tail."""

    name: str
    heads: frozenset[str]
    tails: frozenset[str]
    unique: str | None = None
    """`"tail"` when a tail has at most one head of this type (a figure has one indicator), `"head"` likewise, else None."""


@dataclass(frozen=True)
class Attribute:
    """A property of an entity with a closed set of values; `default` is the value that is not written out."""

    name: str
    labels: frozenset[str]
    values: tuple[str, ...]
    default: str | None = None


@dataclass(frozen=True)
class Schema:
    """Entity labels in canonical order, relation types and attributes by name."""

    labels: tuple[str, ...]
    relations: Mapping[str, RelationType]
    attributes: Mapping[str, Attribute]
    whole: frozenset[str] = frozenset()
    """Labels of which no two entities touch: what looks like two names with nothing between them is one."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, source: str = "schema") -> Schema:
        """Build from `{"labels": [...], "relations": {...}, "attributes": {...}, "whole": [...]}`.

        Only the labels must be there. Raise SchemaError naming the fault.
        """
        try:
            labels = tuple(str(label) for label in data["labels"])
            relations = {
                name: RelationType(name, frozenset(spec["heads"]), frozenset(spec["tails"]), spec.get("unique"))
                for name, spec in data.get("relations", {}).items()
            }
            attributes = {
                name: Attribute(name, frozenset(spec["labels"]), tuple(spec["values"]), spec.get("default"))
                for name, spec in data.get("attributes", {}).items()
            }
            whole = frozenset(str(label) for label in data.get("whole", ()))
        except (KeyError, TypeError, AttributeError) as error:
            raise SchemaError(
                say(
                    "{path}: missing or malformed key {error}; `zsie.schema.DEFAULT.to_dict()` shows the shape",
                    path=source,
                    error=error,
                )
            ) from error
        schema = cls(labels, relations, attributes, whole)
        schema._validate(source)
        return schema

    @classmethod
    def load(cls, path: str | Path) -> Schema:
        """Read a schema file (JSON, UTF-8)."""
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            told = say("{path}: not a readable JSON schema file ({error}); mend it, or check the path", path=path, error=error)
            raise SchemaError(told) from error
        return cls.from_dict(data, source=str(path))

    def to_dict(self) -> dict[str, Any]:
        """The inverse of `from_dict`, with sorted label lists (stable across runs)."""
        relations: dict[str, Any] = {}
        for name, relation in self.relations.items():
            relations[name] = {"heads": sorted(relation.heads), "tails": sorted(relation.tails)}
            if relation.unique:
                relations[name]["unique"] = relation.unique
        attributes: dict[str, Any] = {}
        for name, attribute in self.attributes.items():
            attributes[name] = {"labels": sorted(attribute.labels), "values": list(attribute.values)}
            if attribute.default:
                attributes[name]["default"] = attribute.default
        whole = {"whole": sorted(self.whole)} if self.whole else {}
        return {"labels": list(self.labels), "relations": relations, "attributes": attributes, **whole}

    @property
    def outputs(self) -> tuple[object, ...]:
        """What a network's outputs stand for, in their order; `whole` only says how they are read."""
        return self.labels, tuple(self.relations.items()), tuple(self.attributes.items())

    def allows(self, relation: str, head: str, tail: str) -> bool:
        """Whether `relation` may link an entity labelled `head` to one labelled `tail`."""
        spec = self.relations.get(relation)
        return spec is not None and head in spec.heads and tail in spec.tails

    def _validate(self, source: str) -> None:
        if not self.labels:
            raise SchemaError(say("{path}: no labels; give at least one", path=source))
        if len(set(self.labels)) != len(self.labels):
            raise SchemaError(say("{path}: a label is given twice; leave one out", path=source))
        known = set(self.labels)
        if self.whole - known:
            raise SchemaError(_unknown(source, "whole", self.whole - known))
        for relation in self.relations.values():
            unknown = (relation.heads | relation.tails) - known
            if unknown:
                raise SchemaError(_unknown(source, f"relations.{relation.name}", unknown))
            if relation.unique not in (None, "head", "tail"):
                name = f"relations.{relation.name}"
                raise SchemaError(say("{path}: {name}: unique must be 'head' or 'tail'", path=source, name=name))
        for attribute in self.attributes.values():
            if attribute.name in RESERVED:
                facts = {"path": source, "name": f"attributes.{attribute.name}", "names": ", ".join(RESERVED)}
                raise SchemaError(
                    say("{path}: {name}: every entity of a report has this key; name it otherwise than {names}", **facts)
                )
            if attribute.labels - known:
                raise SchemaError(_unknown(source, f"attributes.{attribute.name}", attribute.labels - known))
            if attribute.default is not None and attribute.default not in attribute.values:
                name = f"attributes.{attribute.name}"
                told = say(
                    "{path}: {name}: default {value} is not among its values", path=source, name=name, value=attribute.default
                )
                raise SchemaError(told)


def _unknown(source: str, name: str, labels: AbstractSet[str]) -> str:
    names = ", ".join(sorted(labels))
    return say("{path}: {name} has unknown labels {labels}; add them to labels", path=source, name=name, labels=names)


DEFAULT = Schema.from_dict(
    {
        "labels": [
            "PROJECT",
            "AMOUNT",
            "COMPLETION_RATE",
            "PERCENT",
            "OFFICIAL",
            "PERSON",
            "EVENT",
            "COMPANY",
            "ORG",
            "LOCATION",
            "DATE",
            "COUNT",
            "INDICATOR",
        ],
        "relations": {
            "VALUE": {
                "heads": ["INDICATOR"],
                "tails": ["AMOUNT", "COUNT", "COMPLETION_RATE", "PERCENT"],
                "unique": "tail",
            },
            "COMPLETION": {
                "heads": ["AMOUNT", "COUNT", "PROJECT", "EVENT"],
                "tails": ["COMPLETION_RATE"],
                "unique": "tail",
            },
            "FIGURE": {"heads": ["PROJECT", "EVENT", "COMPANY"], "tails": ["AMOUNT", "COUNT"]},
            "INVESTS_IN": {"heads": ["COMPANY", "PERSON", "ORG"], "tails": ["PROJECT"]},
            "PARTICIPATES_IN": {"heads": ["OFFICIAL", "PERSON", "COMPANY", "ORG"], "tails": ["EVENT"]},
            "AT_EVENT": {"heads": ["PROJECT"], "tails": ["EVENT"]},
            "LOCATED_IN": {"heads": ["PROJECT", "EVENT", "COMPANY"], "tails": ["LOCATION"]},
            "TIME": {"heads": ["EVENT", "PROJECT", "AMOUNT", "COUNT"], "tails": ["DATE"]},
        },
        "attributes": {
            "stage": {
                "labels": ["PROJECT"],
                "values": ["proposed", "negotiating", "signed", "construction", "completed", "stalled"],
            },
            "status": {
                "labels": ["AMOUNT", "COUNT", "COMPLETION_RATE", "PERCENT", "EVENT"],
                "values": ["actual", "target", "forecast"],
                "default": "actual",
            },
        },
        "whole": ["PROJECT", "EVENT", "COMPANY"],
    },
    source="zsie.schema.DEFAULT",
)
