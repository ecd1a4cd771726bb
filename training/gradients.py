"""How much of the encoder's gradient does each loss have? What the loss weights of a config are chosen by.

    python training/gradients.py --config default [--checkpoint build/model/checkpoint.pt] [--batches 6]

Prints for each batch the norm of every weighted loss's gradient over all encoder weights.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

from zsie.corpus import load_parts
from zsie.schema import DEFAULT
from zsie.training.config import load_config
from zsie.training.data import batches
from zsie.training.loop import Trainer, losses

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="default")
    parser.add_argument("--checkpoint", type=Path, help="of `zsie train`; without it the heads are fresh")
    parser.add_argument("--batches", type=int, default=6)
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=NUMBER", help="training.attribute_weight=1")
    args = parser.parse_args()
    overrides = {key: float(value) for key, _, value in (item.partition("=") for item in args.set)}
    config = load_config(args.config, overrides)
    parts, _ = load_parts(ROOT / "corpus" / "authored", splits=ROOT / "corpus" / "splits.toml")
    tokenizer = Tokenizer.from_file(f"{config.encoder.source}/tokenizer.json")
    trainer = Trainer(config, DEFAULT, tokenizer, parts["train"][::12], [])
    if args.checkpoint:
        trainer.network.load_state_dict(torch.load(args.checkpoint, weights_only=True)["network"])
    encoder = list(trainer.network.tagger.encoder.parameters())
    rng = random.Random(1)
    trainer.network.train()
    for group in batches(trainer.draw(rng), characters=config.training.characters, rng=rng)[: args.batches]:
        batch = trainer.collate(group, rng)
        told = []
        for name, loss in losses(trainer.network, batch, config.training, bfloat16=False).items():
            gradients = torch.autograd.grad(loss, encoder, retain_graph=True, allow_unused=True)
            norm = sum(float(g.square().sum()) for g in gradients if g is not None) ** 0.5
            told.append(f"{name} {loss.item():.3f} gradient {norm:.3f}")
        print("; ".join(told), flush=True)


if __name__ == "__main__":
    main()
