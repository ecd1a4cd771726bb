"""A run over many files: what to read, in how many processes, and a journal that survives being killed."""

from zsie.batch.inputs import Found, Item, find
from zsie.batch.journal import Fault, Journal, Results, Tally
from zsie.batch.run import Settings, fingerprint, run

__all__ = ["Fault", "Found", "Item", "Journal", "Results", "Settings", "Tally", "find", "fingerprint", "run"]
