"""Learning curve: train on a share of the documents, score on real reports and on the in-domain test split.

    python training/curve.py --config fast --dev ../shared/summaries --share 0.25 0.5 1

Each share takes the same part of every author's documents; a smaller one is contained in a larger one. One line of
Markdown is printed for each run.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from zsie.corpus import load_corpus, load_parts
from zsie.corpus.split import author
from zsie.model.annotate import annotate_like
from zsie.schema import DEFAULT
from zsie.training.config import load_config
from zsie.training.loop import Trainer
from zsie.training.metrics import score
from zsie.types import Document

ROOT = Path(__file__).parents[1]


def part(documents: Sequence[Document], share: float) -> list[Document]:
    """A share of every author's documents, in an order that depends on the ids alone."""
    groups: dict[str, list[Document]] = {}
    for document in documents:
        groups.setdefault(author(document), []).append(document)
    chosen = []
    for group in groups.values():
        ordered = sorted(group, key=lambda d: hashlib.sha256(d.id.encode()).hexdigest())
        chosen += ordered[: max(1, round(share * len(group)))]
    return sorted(chosen, key=lambda d: d.id)


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="fast", help="a config file, or the name of one that comes with zsie")
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus" / "authored")
    parser.add_argument("--splits", type=Path, default=ROOT / "corpus" / "splits.toml")
    parser.add_argument("--dev", type=Path, required=True, help="annotated real reports")
    parser.add_argument("--epochs", type=int, help="instead of the config's")
    parser.add_argument("--share", type=float, nargs="+", default=[0.25, 0.5, 1.0])
    args = parser.parse_args()
    config = load_config(args.config, {"training.epochs": args.epochs} if args.epochs else {})
    parts, faults = load_parts(args.corpus, splits=args.splits)
    dev, dev_faults = load_corpus(args.dev)
    for fault in (*faults, *dev_faults):
        print(fault, file=sys.stderr)
    for share in args.share:
        chosen = part(parts["train"], share)
        tokenizer = Tokenizer.from_file(f"{config.encoder.source}/tokenizer.json")
        trainer = Trainer(config, DEFAULT, tokenizer, chosen, [])
        trainer.run(lambda _: None)
        cells = [f"{share:.0%}", str(len(chosen)), f"{sum(len(d.text) for d in chosen):,}"]
        for gold in (dev, parts["test"]):
            scores = score(annotate_like(trainer.engine(), gold), gold, DEFAULT)
            cells += [f"{scores.entity_micro.f1:.4f}", f"{scores.relation_micro.f1:.4f}"]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
