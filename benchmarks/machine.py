"""What a figure was measured on, and where it is written down."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def facts(*packages: str) -> str:
    """One line: processor, cores, Python, versions of the packages that are installed."""
    told = [processor(), f"{len(os.sched_getaffinity(0))} cores", f"Python {platform.python_version()}"]
    for package in packages:
        try:
            told.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(told)


def processor() -> str:
    """Model name and the vector instructions that matter to 8-bit arithmetic."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    held = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    flags = set(held.get("flags", "").split())
    known = [
        name
        for flag, name in (("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_vnni", "VNNI"), ("avx_vnni", "AVX-VNNI"))
        if flag in flags
    ]
    return f"{held.get('model name', platform.machine())} ({' '.join(known) or 'no AVX2'})"


def publish(text: str, name: str, into: Path | None) -> None:
    """Print a table, and put it into a file where one is given."""
    print(text)
    if into:
        put(text, name, into)


def put(text: str, name: str, into: Path) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->` in a file; raise ValueError where it has no such marks."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    whole = into.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(whole):
        raise ValueError(f"{into}: no place for the table; put {begin} and {end} where it belongs")
    into.write_text(pattern.sub(lambda _: f"{begin}\n{text.strip()}\n{end}", whole, count=1), encoding="utf-8")
