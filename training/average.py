"""The weighted mean of two trained models of one shape: a model trained further, and the one that it started from.

    python training/average.py FURTHER BASE --share 0.6 --dev ../shared/summaries --out build/mean

What the second training has learnt stays, and some of what it has forgotten comes back. FURTHER and BASE are folders of
`zsie train`; OUT is such a folder too, calibrated and scored on `--dev`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from confection import Config

import zsie
from zsie.corpus import load_corpus
from zsie.model.export import to_onnx
from zsie.model.restore import network_of
from zsie.model.runtime import Model
from zsie.training.output import lay_out


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("further", type=Path)
    parser.add_argument("base", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of FURTHER in the mean, 0 to 1")
    parser.add_argument("--dev", type=Path, required=True, help="annotated real reports")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    further, base = (zsie.load(folder).model for folder in (args.further, args.base))
    if further.schema.outputs != base.schema.outputs:
        parser.error(f"{args.base} has other labels or relations than {args.further}")
    dev, _ = load_corpus(args.dev)
    if not dev:
        parser.error(f"{args.dev} holds no annotated document")
    network, other = network_of(further), network_of(base).state_dict()
    mean = {name: args.share * own + (1 - args.share) * other[name] for name, own in network.state_dict().items()}
    network.load_state_dict(mean)
    tagger, linker = to_onnx(network)
    model = Model({**further.files, "tagger.onnx": tagger, "linker.onnx": linker})
    history = json.loads((args.further / "metrics.json").read_text(encoding="utf-8"))["history"]
    config = Config().from_disk(args.further / "training.cfg")
    scores = lay_out(model, network, args.out, config, {"history": history, "mean": {"share": args.share}}, dev)
    assert scores is not None  # there is something to score on
    print(f"dev: entities {scores.entity_micro.f1:.4f}, relations {scores.relation_micro.f1:.4f}")


if __name__ == "__main__":
    main()
