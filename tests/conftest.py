"""What several tests share: the shipped model, the sample reports, the real texts where they are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import zsie

ROOT = Path(__file__).parents[1]
SAMPLES = sorted((ROOT / "samples").glob("*.txt"))
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _in_english() -> Iterator[None]:
    """Messages are compared in English, whatever the locale of the one who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZSIE_LANG", "en")
        yield


@pytest.fixture(scope="session")
def parser() -> zsie.Parser:
    return zsie.load()


@pytest.fixture(scope="session")
def reports(parser: zsie.Parser) -> dict[str, zsie.Report]:
    """The sample reports, parsed, by file stem."""
    return {path.stem: parser.parse(path.read_text(encoding="utf-8"), date="2024-01-05") for path in SAMPLES}


@pytest.fixture(scope="session")
def summaries() -> Path:
    """Folder of the real dev summaries, which the project does not hold."""
    folder = SHARED / "summaries"
    if not folder.is_dir():
        pytest.skip("needs ../shared/summaries (real texts that are not part of the project)")
    return folder
