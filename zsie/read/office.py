"""Old Office formats (.doc, .wps, .rtf, .odt), which LibreOffice turns into .docx where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from zsie.errors import ReadError
from zsie.messages import say
from zsie.read.docx import read_docx
from zsie.read.source import Builder

_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
SECONDS = 120
"""How long a conversion may take."""


def libreoffice() -> str | None:
    """The path of LibreOffice's program: `ZSIE_SOFFICE`, on the PATH, or where it is commonly installed."""
    given = os.environ.get("ZSIE_SOFFICE")
    if given is not None:
        return given if Path(given).is_file() else None
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def read_office(data: bytes, suffix: str) -> Builder:
    """Convert and read; paragraph numbers are those of the converted document."""
    program = libreoffice()
    if program is None:
        raise ReadError(
            say("reading {suffix} needs LibreOffice, which is not installed", suffix=suffix),
            say("install LibreOffice, or save the file as .docx"),
        )
    with tempfile.TemporaryDirectory(prefix="zsie-", ignore_cleanup_errors=True) as folder:
        source = Path(folder) / f"report{suffix}"
        source.write_bytes(data)
        # A profile of its own: LibreOffice refuses to start twice with one.
        profile = (Path(folder) / "profile").as_uri()
        command = [program, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        command += ["--convert-to", "docx", "--outdir", str(Path(folder) / "out"), str(source)]
        try:
            _convert(command)
        except subprocess.TimeoutExpired as error:
            raise ReadError(
                say("LibreOffice did not finish in {n} seconds", n=SECONDS), say("save the file as .docx")
            ) from error
        except OSError as error:
            raise ReadError(say("LibreOffice did not start ({error})", error=error), say("save the file as .docx")) from error
        made = Path(folder) / "out" / "report.docx"
        if not made.is_file():
            raise ReadError(
                say("LibreOffice could not open it: it may be encrypted or damaged, or LibreOffice lacks Writer"),
                say("open it in Word or WPS and save it as .docx without a password"),
            )
        return read_docx(made.read_bytes())


def _convert(command: list[str]) -> None:
    """Run a conversion; one that takes too long is ended with all the processes it started."""
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True, creationflags=hidden)
    try:
        process.wait(SECONDS)
    finally:
        if process.poll() is None:
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
