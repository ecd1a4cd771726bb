"""Every error zsie raises on purpose.

    ZsieError
    ├── SchemaError      a label set that contradicts itself
    ├── ConfigError      an unknown or ill-typed key in a training config
    ├── CorpusError      an annotated file that breaks the format or the guidelines
    ├── ReadError        a file that cannot be turned into text
    └── ModelError       a model folder that is missing, incomplete or of another version

Each message names the place (file, line or key) and what to do about it.
"""


class ZsieError(Exception):
    """Base of all errors of this package."""


class SchemaError(ZsieError):
    """A label set that contradicts itself."""


class ConfigError(ZsieError):
    """An unknown or ill-typed key in a training config; the message carries the key's path."""


class CorpusError(ZsieError):
    """An annotated file that breaks the format or the guidelines; the message carries file, line and id."""


class ReadError(ZsieError):
    """A file that cannot be turned into text; the message is the reason and, where there is one, a remedy."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        """Keep both, so that a list of errors can show them side by side."""
        super().__init__(f"{reason}; {remedy}" if remedy else reason)
        self.reason, self.remedy = reason, remedy


class ModelError(ZsieError):
    """A model folder that is missing, incomplete or of another version."""
