"""Annotate plain texts with a model, for a student to read beside the corpus (self-training).

    python training/pseudo.py build/fifth ../shared/unlabelled --every 2 --out build/pseudo

Writes one `.ann.txt` a text; what zsie finds is not gold, so nothing of it belongs into `corpus/`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import zsie
from zsie.corpus import write_files
from zsie.model.annotate import annotate
from zsie.read import read_file
from zsie.text import clean


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a model folder, or the name of a shipped model")
    parser.add_argument("texts", type=Path, help="a folder of .txt files")
    parser.add_argument("--every", type=int, default=1, help="take every n-th file only")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    files = sorted(args.texts.glob("*.txt"))[:: args.every]
    if not files:
        parser.error(f"{args.texts} holds no .txt file")
    engine = zsie.load(args.model).engine
    documents = annotate(engine, [clean(read_file(file).text) for file in files], [file.stem for file in files])
    write_files(documents, args.out, format="ann")
    print(f"{len(documents)} texts, {sum(len(d.entities) for d in documents)} entities")


if __name__ == "__main__":
    main()
