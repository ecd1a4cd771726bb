"""A model folder and the ONNX Runtime that runs it: all that parsing needs of the network.

A folder holds `model.json` (schema, inference settings, name, version, figures), `tokenizer.json`, `tagger.onnx` and
`linker.onnx`.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from zsie.errors import ModelError
from zsie.model.engine import Engine, Settings
from zsie.model.features import Batch, Featurizer, Floats, LinkBatch
from zsie.schema import Schema

FORMAT = 1
FILES = ("model.json", "tokenizer.json", "tagger.onnx", "linker.onnx")


class OnnxScorer:
    """Runs the exported network; see `zsie.model.engine.Scorer`."""

    def __init__(self, tagger: bytes, linker: bytes, *, threads: int | None = None) -> None:
        """Open both graphs with `threads` intra-op threads (default: the processors this process may use)."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or _processors()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Memory grows with the largest batch seen and is never given back when the arena is on.
        options.enable_cpu_mem_arena = False
        self._tagger = onnxruntime.InferenceSession(tagger, options, providers=["CPUExecutionProvider"])
        self._linker = onnxruntime.InferenceSession(linker, options, providers=["CPUExecutionProvider"])

    def tag(self, batch: Batch) -> tuple[Floats, Floats]:
        """Character vectors and tag logits."""
        vectors, logits = self._tagger.run(None, batch.arrays())
        return cast(Floats, vectors), cast(Floats, logits)

    def link(self, batch: LinkBatch) -> list[Floats]:
        """Relation logits, then attribute logits."""
        # TEMPORARY until the new model is in: the old graph has no sections.
        known = {i.name for i in self._linker.get_inputs()}
        return cast(list[Floats], self._linker.run(None, {k: v for k, v in batch.arrays().items() if k in known}))


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Model:
    """The content of a model folder, kept as bytes so that it can be copied, pickled and sent to other processes."""

    def __init__(self, files: dict[str, bytes], *, source: str = "memory") -> None:
        """`files` maps each of `FILES` to its content; raise ModelError when one is missing or of another format."""
        missing = [name for name in FILES if name not in files]
        if missing:
            raise ModelError(f"{source}: not a zsie model ({', '.join(missing)} missing); train one with `zsie train`")
        self.files, self.source = files, source
        self.meta: dict[str, Any] = json.loads(files["model.json"])
        if self.meta.get("format") != FORMAT:
            raise ModelError(
                f"{source}: model format {self.meta.get('format')!r}, this zsie reads {FORMAT}; train it again, or use the zsie that made it"
            )
        self.schema = Schema.from_dict(self.meta["schema"], source=f"{source}/model.json")
        self.settings = Settings(**self.meta["inference"])

    @classmethod
    def load(cls, folder: str | Path) -> Model:
        """Read a model folder (also one written by spaCy, which keeps the model in a subfolder `zsie`)."""
        path = Path(folder)
        if not (path / "model.json").is_file() and (path / "zsie" / "model.json").is_file():
            path = path / "zsie"
        if not path.is_dir():
            raise ModelError(f"{folder}: no such model folder; give a folder made by `zsie train`")
        return cls({name: (path / name).read_bytes() for name in FILES if (path / name).is_file()}, source=str(folder))

    def save(self, folder: str | Path) -> None:
        """Write the folder."""
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (path / name).write_bytes(content)

    @property
    def name(self) -> str:
        """Name given at training."""
        return str(self.meta["name"])

    @property
    def version(self) -> str:
        """Version given at training."""
        return str(self.meta["version"])

    def engine(self, *, threads: int | None = None) -> Engine:
        """Start the runtime (about a second)."""
        from tokenizers import Tokenizer

        scorer = OnnxScorer(self.files["tagger.onnx"], self.files["linker.onnx"], threads=threads)
        tokenizer = Tokenizer.from_buffer(self.files["tokenizer.json"])
        return Engine(scorer, Featurizer(tokenizer), self.schema, self.settings)


def describe(schema: Schema, settings: Settings, *, name: str, version: str, **facts: Any) -> bytes:
    """Content of a `model.json`."""
    meta = {
        "format": FORMAT,
        "name": name,
        "version": version,
        "schema": schema.to_dict(),
        "inference": asdict(settings),
        **facts,
    }
    return json.dumps(meta, ensure_ascii=False, indent=1).encode()
