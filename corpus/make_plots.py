"""Draw the plots of DATACARD.md: python corpus/make_plots.py [--real FOLDER].

Writes SVG files into corpus/plots/. With `--real` the density of the real summaries is drawn beside that of the corpus.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

from zsie.corpus import load_corpus
from zsie.types import Document

HERE = Path(__file__).parent
WAVES = "abcdefgh"


def density(document: Document) -> float:
    """Entities per 1,000 characters."""
    return 1000 * len(document.entities) / len(document.text)


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", type=Path, help="folder of annotated real reports, e.g. ../shared/summaries")
    args = parser.parse_args()
    plt.rcParams.update({"svg.hashsalt": "zsie", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    documents, _ = load_corpus(HERE / "authored")
    real = load_corpus(args.real)[0] if args.real else []
    (HERE / "plots").mkdir(exist_ok=True)

    figure, axes = plt.subplots(1, 2, figsize=(10, 3.6))
    for axis, title, counts in (
        (axes[0], "entities", Counter(e.label for d in documents for e in d.entities)),
        (axes[1], "relations", Counter(r.type for d in documents for r in d.relations)),
    ):
        names, values = zip(*reversed(counts.most_common()), strict=True)
        axis.barh(names, values, color="#4c78a8")
        axis.set_title(f"{title}: {sum(values):,}")
        for i, value in enumerate(values):
            axis.text(value, i, f" {value:,}", va="center", fontsize=7)
    save(figure, "labels")

    figure, axes = plt.subplots(1, 2, figsize=(10, 3.2))
    groups = [[d for d in documents if d.id.startswith(key)] for key in WAVES]
    names = [f"{key}\n({len(group)})" for key, group in zip(WAVES, groups, strict=True)]
    boxes = [[density(d) for d in group] for group in groups]
    if real:
        names.append(f"real dev\n({len(real)})")
        boxes.append([density(d) for d in real])
    axes[0].boxplot(boxes, tick_labels=names)
    axes[0].set_title("entities per 1,000 characters, documents by wave")
    axes[1].hist([len(d.text) for d in documents], bins=30, color="#4c78a8")
    axes[1].set_title("characters a document")
    save(figure, "documents")


def save(figure: plt.Figure, name: str) -> None:
    """Write a figure without a date in it, so that the same corpus gives the same file."""
    figure.tight_layout()
    figure.savefig(HERE / "plots" / f"{name}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
