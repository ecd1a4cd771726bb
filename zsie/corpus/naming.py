"""File names for documents: safe on every disk, unique, and readable back.

An id may hold anything (`../x`, `报告/3`, `a:b`). Characters that a file name cannot hold everywhere are written `%XX`, as in
a web address: the document `2023/报告` is the file `2023%2F报告.ann.txt`, and reading that file gives the id back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

LONGEST = 200
"""Bytes of a name in UTF-8 before its suffix; file systems allow 255 in all."""

# Separators, control characters, what Windows forbids; a dot in front (hidden, `..`), a dot or space at the end (Windows
# drops it), and `%` where reading would take it for an escape. `x.ann` of brat would have the text `x.ann.txt`: escaped too.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\<>:"|?*\ud800-\udfff]|^[. ]|[. ]$|%(?=[0-9A-Fa-f]{2})|\.(?=ann$)')
_UNSAFE_OR_CASED = re.compile(_UNSAFE.pattern + "|[A-Za-z]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-7][0-9A-Fa-f])")


def file_stem(name: str) -> str:
    """The file name, without suffix, of a document id; `id_of` is the inverse, but for empty and overlong ids."""
    stem = _UNSAFE.sub(_escaped, name)
    if _DEVICE.match(stem):
        stem = f"%{ord(stem[0]):02X}{stem[1:]}"
    return _cut(stem) or "_"


def id_of(stem: str) -> str:
    """The document id of a file name without suffix."""
    return _ESCAPE.sub(lambda m: chr(int(m.group(1), 16)), stem)


def file_stems(names: Iterable[str]) -> list[str]:
    """A file name for each id, all different, also on a disk that ignores case.

    Of ids that differ in case alone the first keeps its letters and the others have theirs escaped, so that all read back.
    An id that is given again gets `~2`, `~3` ...: two documents of one id cannot have one name.
    """
    ids = list(names)
    taken: set[str] = set()
    first: dict[str, str] = {}
    for name in dict.fromkeys(ids):
        stem = file_stem(name)
        if stem.casefold() in taken:
            stem = _cut(_UNSAFE_OR_CASED.sub(_escaped, name)) or stem
        first[name] = _free(stem, taken)
        taken.add(first[name].casefold())
    stems = []
    for name in ids:
        stem = first.pop(name, "") or _free(file_stem(name), taken)
        taken.add(stem.casefold())
        stems.append(stem)
    return stems


def _free(stem: str, taken: set[str]) -> str:
    number, free = 1, stem
    while free.casefold() in taken:
        number += 1
        free = f"{stem}~{number}"
    return free


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "surrogatepass"))


def _cut(stem: str) -> str:
    """The name itself, or its beginning and a hash where it is too long."""
    if len(stem.encode("utf-8")) <= LONGEST:
        return stem
    digest = hashlib.sha256(stem.encode("utf-8")).hexdigest()[:10]
    short = stem.encode("utf-8")[: LONGEST - len(digest) - 1].decode("utf-8", "ignore")
    return f"{re.sub('%[0-9A-F]?$', '', short)}~{digest}"
