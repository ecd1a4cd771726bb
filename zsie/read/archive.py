"""Zip archives: which reports they hold, with their Chinese names right."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from zsie.errors import ReadError
from zsie.messages import say

_UTF8, _ENCRYPTED = 0x800, 0x1
_LITTER = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its name, its place in the archive's list, its size unpacked, its checksum."""

    name: str
    index: int
    size: int
    crc: int


def is_litter(name: str) -> bool:
    """Whether a file is left behind by a system or an open Word, not put there by anyone."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and (
        any(p.startswith(".") and p not in (".", "..") for p in parts)
        or parts[0] == "__MACOSX"
        or parts[-1].startswith("~$")
        or parts[-1].lower() in _LITTER
    )


def members(path: Path) -> list[Member]:
    """The files of an archive, in its order; raise ReadError for one that is damaged or empty."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise ReadError(say("the zip archive is damaged"), say("pack or download it again")) from error
    found = [Member(_name(info), i, info.file_size, info.CRC) for i, info in enumerate(infos) if not info.is_dir()]
    found = [member for member in found if not is_litter(member.name)]
    if not found:
        raise ReadError(say("the zip archive is empty"), say("leave it out"))
    return found


def read_member(path: Path, index: int) -> bytes:
    """The unpacked content of a file in an archive, named by its place in the list."""
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.infolist()[index]
            if info.flag_bits & _ENCRYPTED:
                raise ReadError(say("the zip archive is encrypted"), say("unpack it with its password"))
            return archive.read(info)
    except (zipfile.BadZipFile, EOFError, zlib.error, IndexError) as error:
        raise ReadError(say("the zip archive is damaged"), say("pack or download it again")) from error
    except NotImplementedError as error:
        raise ReadError(say("the zip archive is packed in a way not known here"), say("unpack it, or pack it anew")) from error


def _name(info: zipfile.ZipInfo) -> str:
    """Windows packs Chinese names as GBK without saying so, and zipfile then takes them for code page 437."""
    if info.flag_bits & _UTF8 or info.filename.isascii():
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
