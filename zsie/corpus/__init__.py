"""Annotated corpora: formats, loading, checks, splits, agreement, statistics, stand-off annotation."""

from zsie.corpus.annfile import Fault, format_ann, parse_ann, read_ann
from zsie.corpus.diff import Agreement, Comparison, Difference, compare
from zsie.corpus.formats import FORMATS, read_file, write_files
from zsie.corpus.load import load_corpus, load_parts
from zsie.corpus.split import format_splits, propose, read_splits, split, unmatched
from zsie.corpus.standoff import attach, detach, is_standoff
from zsie.corpus.stats import Stats, by_prefix, stats

__all__ = [
    "FORMATS",
    "Agreement",
    "Comparison",
    "Difference",
    "Fault",
    "Stats",
    "attach",
    "by_prefix",
    "compare",
    "detach",
    "format_ann",
    "format_splits",
    "is_standoff",
    "load_corpus",
    "load_parts",
    "parse_ann",
    "propose",
    "read_ann",
    "read_file",
    "read_splits",
    "split",
    "stats",
    "unmatched",
    "write_files",
]
