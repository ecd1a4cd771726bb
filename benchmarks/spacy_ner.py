"""The peer that a spaCy user would train: characters, tok2vec, transition NER, on the same training documents.

`python -m benchmarks spacy_ner --out build/spacy-ner [--epochs 20] [--dev ../shared/summaries]`

Prints strict micro F1 on the test split (and on `--dev`) and leaves the pipeline for `python -m benchmarks speed --spacy`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from zsie.corpus import load_corpus, load_parts
from zsie.schema import DEFAULT
from zsie.training.metrics import score
from zsie.types import Document, Entity

ROOT = Path(__file__).parents[1]


def main(argv: list[str] | None = None) -> int:
    """Train, score, save."""
    assert __doc__
    parser = argparse.ArgumentParser(prog="python -m benchmarks spacy_ner", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--dev", type=Path)
    options = parser.parse_args(argv)
    import spacy
    from spacy.training import Example
    from spacy.util import compounding, fix_random_seed, minibatch

    fix_random_seed(1)
    rng = random.Random(1)
    parts = load_parts(ROOT / "corpus" / "authored", splits=ROOT / "corpus" / "splits.toml")[0]
    nlp = spacy.blank("zh")  # one token a character
    ner = nlp.add_pipe("ner")
    for label in DEFAULT.labels:
        ner.add_label(label)
    examples = []
    for document in parts["train"]:
        doc = nlp.make_doc(document.text)
        reference = doc.copy()
        reference.ents = [s for e in document.entities if (s := doc.char_span(e.start, e.end, label=e.label))]
        examples.append(Example(doc, reference))
    nlp.initialize(lambda: examples)
    for epoch in range(options.epochs):
        rng.shuffle(examples)
        losses: dict[str, float] = {}
        for batch in minibatch(examples, compounding(2, 16, 1.01)):
            nlp.update(batch, losses=losses, drop=0.2)
        print(f"epoch {epoch + 1}: loss {losses['ner']:.0f}", flush=True)
    nlp.to_disk(options.out)
    sets = {"test": parts["test"], **({"dev": load_corpus(options.dev)[0]} if options.dev else {})}
    for name, gold in sets.items():
        micro = score([read(nlp, d) for d in gold], [replace(d, relations=()) for d in gold], DEFAULT).entity_micro
        print(f"{name}: {micro.f1:.4f} F1 ({micro.precision:.4f} / {micro.recall:.4f}), {len(gold)} documents")
    return 0


def read(nlp: object, document: Document) -> Document:
    """The document as the pipeline annotates it."""
    ents: Sequence[object] = nlp(document.text).ents  # type: ignore[operator]
    entities = tuple(Entity(str(n), e.label_, e.start_char, e.end_char, e.text) for n, e in enumerate(ents))  # type: ignore[attr-defined]
    return replace(document, entities=entities, relations=())


if __name__ == "__main__":
    raise SystemExit(main())
