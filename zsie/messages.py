"""What zsie says to people, in English or Chinese by locale; `ZSIE_LANG=en` or `zh` decides over the locale."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.resources import files


def language() -> str:
    """`zh` or `en`, from ZSIE_LANG, LC_ALL, LC_MESSAGES and LANG, then the language of Windows."""
    for name in ("ZSIE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "zh" if os.environ[name].lower().startswith("zh") else "en"
    if sys.platform == "win32":
        import ctypes

        # The low ten bits of a Windows language id are the language; 4 is Chinese.
        return "zh" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 4 else "en"
    return "en"


@cache
def chinese() -> dict[str, str]:
    """English template to Chinese template; both name the same facts."""
    import json

    table: dict[str, str] = json.loads(files("zsie").joinpath("messages.zh.json").read_text(encoding="utf-8"))
    return table


def say(template: str, /, **facts: object) -> str:
    """The message in the user's language, its facts filled in; an untranslated one stays English."""
    if language() == "zh":
        template = chinese().get(template, template)
    return template.format(**facts)
