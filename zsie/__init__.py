"""zsie: projects, amounts, completion rates, officials and events from Chinese investment-promotion work reports.

import zsie
report = zsie.parse(text, date="2008-07-01")
report.entities, report.relations, report.projects, report.to_frames()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from zsie.errors import ConfigError, CorpusError, ModelError, ReadError, SchemaError, ZsieError
from zsie.types import Document, Entity, Relation, Span

if TYPE_CHECKING:
    from zsie.api import Parser, load, parse, stream
    from zsie.report import Report

__version__ = "0.1.0"

__all__ = [
    "ConfigError",
    "CorpusError",
    "Document",
    "Entity",
    "ModelError",
    "Parser",
    "ReadError",
    "Relation",
    "Report",
    "SchemaError",
    "Span",
    "ZsieError",
    "__version__",
    "load",
    "parse",
    "stream",
]

# Loaded when first asked for, so that `import zsie` stays light.
_LATE = {"Parser": "zsie.api", "load": "zsie.api", "parse": "zsie.api", "stream": "zsie.api", "Report": "zsie.report"}


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module 'zsie' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
