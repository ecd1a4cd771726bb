"""Stand-off annotation: offsets, labels and a hash, without the text; joined again with texts that a user holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from zsie.corpus.annfile import Fault
from zsie.corpus.counting import Draft, Mark
from zsie.corpus.marks import document_of
from zsie.corpus.naming import file_stem, file_stems
from zsie.corpus.reading import read_text
from zsie.errors import CorpusError
from zsie.schema import DEFAULT, Schema
from zsie.types import Document

FORMAT = "zsie-standoff/1"
_BREAKS = "\r\n"
"""Line breaks before and after a text do not count: copies differ in them."""


def fingerprint(text: str) -> str:
    """SHA-256 of a text in UTF-8, its leading and trailing line breaks left out; all other line ends count as they are."""
    return hashlib.sha256(text.strip(_BREAKS).encode("utf-8", "surrogatepass")).hexdigest()


def detach(documents: Iterable[Document], folder: str | Path) -> list[Path]:
    """Write one JSON file a document: no word of its text. Offsets count from the first character that is no line break.

    Files are named by id, made safe and unique (`zsie.corpus.naming`); the id itself is in the file. Returns their paths.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    held = list(documents)
    for document, stem in zip(held, file_stems(d.id for d in held), strict=True):
        shift = _shift(document.text)
        data = {
            "format": FORMAT,
            "id": document.id,
            "sha256": fingerprint(document.text),
            "characters": len(document.text.strip(_BREAKS)),
            "entities": [[e.id, e.label, e.start - shift, e.end - shift, dict(e.attributes)] for e in document.entities],
            "relations": [[r.type, r.head.id, r.tail.id] for r in document.relations],
        }
        path = target / f"{stem}.json"
        path.write_bytes((json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8"))
        paths.append(path)
    return paths


def is_standoff(folder: str | Path) -> bool:
    """Whether a folder holds stand-off files."""
    first = next(iter(sorted(Path(folder).glob("*.json"))), None)
    return first is not None and FORMAT in first.read_text(encoding="utf-8", errors="replace")[:64]


def attach(
    standoff: str | Path, texts: str | Path | Mapping[str, str], *, schema: Schema = DEFAULT
) -> tuple[list[Document], list[Fault]]:
    """Join every stand-off file of a folder with its text; one that does not fit becomes a fault, and so does what breaks a
    rule in one that fits, which is left out.

    `texts` is a folder that holds `<id>.txt` for each (named as `zsie.corpus.naming.file_stem` names it), or the texts
    themselves by id. A copy with other line ends (`\\r\\n` for `\\n` or the reverse) or a byte order mark is turned into the
    text that was annotated; the hash tells that nothing else differs.
    """
    files = sorted(Path(standoff).glob("*.json"))
    if not files:
        raise CorpusError(f"{standoff}: no stand-off files (*.json) there")
    documents: list[Document] = []
    faults: list[Fault] = []
    for file in files:
        try:
            data = json.loads(read_text(file))
            document, found = _join(data, file, texts if isinstance(texts, Mapping) else Path(texts), schema)
            documents.append(document)
            faults += found
        except CorpusError as error:
            faults.append(Fault(str(file), 0, str(error)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(Fault(str(file), 0, f"not a {FORMAT} file ({error}); make it again with `zsie corpus detach`"))
    return documents, faults


def _text(name: str, stem: str, texts: Path | Mapping[str, str]) -> tuple[str, str]:
    """(where it comes from, the text as it stands there)."""
    if isinstance(texts, Mapping):
        if name not in texts:
            raise CorpusError(f"no text of {name} is given")
        return name, texts[name]
    # Where two documents carry one id, the name of the stand-off file tells them apart.
    path = texts / f"{stem}.txt"
    if not path.is_file():
        path = texts / f"{file_stem(name)}.txt"
    try:
        return str(path), path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); put the text of {name} there") from error
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8; save it as UTF-8") from error


def _copies(text: str) -> Iterator[str]:
    """A text and what it may have been before git, an editor or an unpacker changed its line ends or its byte order mark."""
    for one in dict.fromkeys((text, text.removeprefix("\ufeff"))):
        unix = one.replace("\r\n", "\n")
        yield from dict.fromkeys((one, unix, unix.replace("\n", "\r\n")))


def _shift(text: str) -> int:
    """Where offsets count from."""
    return len(text) - len(text.lstrip(_BREAKS))


def _join(data: dict[str, Any], file: Path, texts: Path | Mapping[str, str], schema: Schema) -> tuple[Document, list[Fault]]:
    if data.get("format") != FORMAT:
        raise CorpusError(f"format {data.get('format')!r}, expected {FORMAT}")
    path, given = _text(data["id"], file.stem, texts)
    text = next((copy for copy in _copies(given) if fingerprint(copy) == data["sha256"]), None)
    if text is None:
        length = len(given.strip(_BREAKS))
        raise CorpusError(
            f"{path}: differs from the text that was annotated ({length} characters, {data['characters']} expected); get the original copy"
        )
    shift = _shift(text)
    marks = [
        Mark(str(name), label, start + shift, end + shift, attributes=attributes)
        for name, label, start, end, attributes in data["entities"]
    ]
    links = [(kind, str(head), str(tail)) for kind, head, tail in data["relations"]]
    return document_of(Draft(data["id"], text, marks, links), source=str(file), schema=schema, units="codepoint")
