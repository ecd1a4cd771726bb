"""Annotated corpora: the authoring format, loading, splits."""

from zsie.corpus.annfile import Fault, format_ann, parse_ann, read_ann
from zsie.corpus.load import load_corpus
from zsie.corpus.split import read_splits, split
from zsie.corpus.standoff import attach, detach
from zsie.corpus.stats import Stats, by_prefix, stats

__all__ = [
    "Fault",
    "Stats",
    "attach",
    "by_prefix",
    "detach",
    "format_ann",
    "load_corpus",
    "parse_ann",
    "read_ann",
    "read_splits",
    "split",
    "stats",
]
