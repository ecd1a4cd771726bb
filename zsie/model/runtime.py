"""A model folder and the ONNX Runtime that runs it: all that parsing needs of the network.

A folder holds `model.json` (schema, inference settings, name, version, figures), `tokenizer.json`, `tagger.onnx` and
`linker.onnx`.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from zsie.errors import ModelError, ZsieError
from zsie.messages import say
from zsie.model.engine import Engine, Settings
from zsie.model.features import Batch, Featurizer, Floats, LinkBatch
from zsie.schema import Schema

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FORMAT = 1
FILES = ("model.json", "tokenizer.json", "tagger.onnx", "linker.onnx")


class OnnxScorer:
    """Runs the exported network; see `zsie.model.engine.Scorer`."""

    def __init__(self, tagger: bytes, linker: bytes, *, threads: int | None = None, source: str = "memory") -> None:
        """Open both graphs; `threads` windows are worked on at once (default: the processors this process may use).

        A window a thread keeps processors busier than the threads of a window, which wait for each other at every product.
        Any number of threads may share a scorer, and so may processes forked from this one. Raise ModelError, naming the file
        in the folder `source`, when a graph does not open or is another version's.
        """
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3

        def opened(graph: bytes, path: str, inputs: type[Batch] | type[LinkBatch]) -> InferenceSession:
            with _sound(path):
                session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
            strange = {node.name for node in session.get_inputs()} - {field.name for field in fields(inputs)}
            if strange:
                told = say(
                    "{path}: made by another version of zsie, it wants {inputs}; train it further with `zsie train --init`, or anew",
                    path=path,
                    inputs=", ".join(sorted(strange)),
                )
                raise ModelError(told)
            return session

        self._tagger = opened(tagger, f"{source}/tagger.onnx", Batch)
        self._linker = opened(linker, f"{source}/linker.onnx", LinkBatch)
        self._threads = threads or _processors()
        self._pool: ThreadPoolExecutor | None = None
        self._owner = 0

    def tag(self, batches: Iterable[Batch]) -> Iterator[tuple[Floats, Floats]]:
        """Character vectors and tag logits."""
        return cast(Iterator[tuple[Floats, Floats]], self._run(self._tagger, batches))

    def link(self, batches: Iterable[LinkBatch]) -> Iterator[list[Floats]]:
        """Relation logits, then attribute logits."""
        return cast(Iterator[list[Floats]], self._run(self._linker, batches))

    def _run(self, session: InferenceSession, batches: Iterable[Batch | LinkBatch]) -> Iterator[Any]:
        # A graph may not have every input: one window needs no mask.
        names = {node.name for node in session.get_inputs()}

        def work(batch: Batch | LinkBatch) -> Any:
            return session.run(None, {name: array for name, array in batch.arrays().items() if name in names})

        return map(work, batches) if self._threads == 1 else self._several(work, batches)

    def _several(self, work: Callable[[Any], Any], batches: Iterable[Any]) -> Iterator[Any]:
        """Results in order, worked on a few batches ahead of whoever takes them."""
        ahead: deque[Future[Any]] = deque()
        try:
            for batch in batches:
                if len(ahead) == _AHEAD * self._threads:
                    yield ahead.popleft().result()
                ahead.append(self._submit(work, batch))
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()

    def _submit(self, work: Callable[[Any], Any], batch: Any) -> Future[Any]:
        if self._pool is None or self._owner != os.getpid():
            # A forked process inherits the pool, but not its threads.
            self._pool, self._owner = ThreadPoolExecutor(self._threads, "zsie"), os.getpid()
        try:
            return self._pool.submit(work, batch)
        except RuntimeError:
            # The main thread has ended, and pools take nothing more; others may go on reading.
            done: Future[Any] = Future()
            done.set_result(work(batch))
            return done


_AHEAD = 8
"""Batches in work or waiting for each thread: enough while the results before them are decoded."""


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _sound(file: str) -> Iterator[None]:
    """Tell whatever is raised as a fault of `file`, a ModelError: the runtimes have exceptions of their own."""
    try:
        yield
    except (ZsieError, MemoryError):
        raise
    except Exception as error:
        told = say(
            "{path}: damaged or incomplete ({error}); copy the model folder again, or train one with `zsie train`",
            path=file,
            error=repr(error),
        )
        raise ModelError(told) from error


class Model:
    """The content of a model folder, kept as bytes so that it can be copied, pickled and sent to other processes.

    `name` and `version` are those given at training.
    """

    def __init__(self, files: dict[str, bytes], *, source: str = "memory") -> None:
        """`files` maps each of `FILES` to its content; raise ModelError when one is missing, or `model.json` damaged or of another format."""
        missing = [name for name in FILES if name not in files]
        if missing:
            names = ", ".join(missing)
            raise ModelError(
                say("{path}: not a zsie model ({names} missing); train one with `zsie train`", path=source, names=names)
            )
        self.files, self.source = files, source
        with _sound(f"{source}/model.json"):
            self.meta: dict[str, Any] = json.loads(files["model.json"])
            made = self.meta.get("format")
        if made != FORMAT:
            raise ModelError(
                say(
                    "{path}: model format {format}, this zsie reads {ours}; train it again, or use the zsie that made it",
                    path=source,
                    format=repr(made),
                    ours=FORMAT,
                )
            )
        # A folder made by an earlier zsie may hold a setting that there no longer is.
        known = {field.name for field in fields(Settings)}
        with _sound(f"{source}/model.json"):
            self.schema = Schema.from_dict(self.meta["schema"], source=f"{source}/model.json")
            self.settings = Settings(**{key: value for key, value in self.meta["inference"].items() if key in known})
            self.name, self.version = str(self.meta["name"]), str(self.meta["version"])

    @classmethod
    def load(cls, folder: str | Path) -> Model:
        """Read a model folder (also one written by spaCy, which keeps the model in a subfolder `zsie`)."""
        path = Path(folder)
        if not (path / "model.json").is_file() and (path / "zsie" / "model.json").is_file():
            path = path / "zsie"
        if not path.is_dir():
            raise ModelError(say("{path}: no such model folder; give a folder made by `zsie train`", path=folder))
        return cls({name: (path / name).read_bytes() for name in FILES if (path / name).is_file()}, source=str(folder))

    def with_settings(self, settings: Settings) -> Model:
        """The same network, run otherwise."""
        meta = json.dumps({**self.meta, "inference": asdict(settings)}, ensure_ascii=False, indent=1).encode()
        return Model({**self.files, "model.json": meta}, source=self.source)

    def save(self, folder: str | Path) -> None:
        """Write the folder."""
        path = Path(folder)
        path.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (path / name).write_bytes(content)

    def engine(self, *, threads: int | None = None) -> Engine:
        """Start the runtime (about a second); raise ModelError when a file is damaged."""
        from tokenizers import Tokenizer

        scorer = OnnxScorer(self.files["tagger.onnx"], self.files["linker.onnx"], threads=threads, source=self.source)
        with _sound(f"{self.source}/tokenizer.json"):
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
