"""Two processes of `torchrun` train one model: each takes half of the batches, and both end with the same weights."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from pathlib import Path

from tokenizers import Tokenizer

import zsie
from zsie.corpus import format_ann
from zsie.schema import DEFAULT
from zsie.training.config import load_config
from zsie.training.data import batches
from zsie.training.loop import Trainer
from zsie.types import Document

CONFIG = Path(__file__).parents[2] / "configs" / "tiny.cfg"
WORKER = """
import json, sys
import torch
from tokenizers import Tokenizer
from zsie.corpus import load_corpus
from zsie.schema import DEFAULT
from zsie.training.config import load_config
from zsie.training.loop import Trainer

encoder, corpus, config = sys.argv[1:]
documents, _ = load_corpus(corpus)
settings = load_config(config, {"encoder.source": encoder, "training.epochs": 1})
trainer = Trainer(settings, DEFAULT, Tokenizer.from_file(encoder + "/tokenizer.json"), documents, documents[:1])
steps = []
trainer.run(lambda progress: steps.append(progress.steps))
own = torch.cat([p.detach().flatten() for p in trainer.network.parameters()])
every = trainer.accelerator.gather(own[None])
if trainer.first:
    same = bool((every == every[0]).all())
    print(json.dumps({"processes": len(every), "same": same, "steps": steps[0], "history": len(trainer.history)}))
"""


def launch(*arguments: object, folder: Path) -> str:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def test_each_takes_its_share_and_all_end_alike(encoder: Path, documents: list[Document], tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for document in documents[:6]:
        (corpus / f"{document.id}.ann.txt").write_text(format_ann(document), encoding="utf-8")
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER, encoding="utf-8")
    output = launch(worker, encoder, corpus, CONFIG, folder=tmp_path)
    told = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    config = load_config(CONFIG, {"encoder.source": str(encoder)})
    alone = Trainer(config, DEFAULT, Tokenizer.from_file(str(encoder / "tokenizer.json")), documents[:6], [])
    rng = random.Random(f"{config.training.seed}/0")
    steps = len(batches(alone.draw(rng), characters=config.training.characters, rng=rng))
    assert told == {"processes": 2, "same": True, "steps": math.ceil(steps / 2), "history": 1}
    # The command: one of the two speaks and writes.
    output = launch(
        "-m", "zsie", "train", "--config", CONFIG, "--set", f"encoder.source={encoder}", "--set", "training.epochs=1",
        "--train", corpus, "--out", tmp_path / "model", folder=tmp_path,
    )  # fmt: skip
    assert output.count("wrote") == 1
    assert zsie.load(tmp_path / "model").parse("2023年到位资金3亿元").text
