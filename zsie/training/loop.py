"""The training loop: one seed gives the same weights on the same machine, and a resumed run ends where an unbroken one would."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs, broadcast_object_list
from tokenizers import Tokenizer
from torch import Tensor, nn

from zsie.errors import ConfigError, CorpusError
from zsie.messages import say
from zsie.model.annotate import annotate_like
from zsie.model.decode import tag_count
from zsie.model.engine import Engine, attribute_classes
from zsie.model.features import Batch, Featurizer, Floats, LinkBatch
from zsie.model.network import Network, NetworkShape, load_encoder, longest_window
from zsie.schema import Schema
from zsie.training.config import EncoderSettings, TrainConfig, TrainingSettings
from zsie.training.cut import cut_encoder
from zsie.training.data import IGNORE, Collator, Example, TrainBatch, batches, example, windows
from zsie.training.metrics import Scores, score
from zsie.types import Document


class TorchScorer:
    """Runs a network as the engine's scorer."""

    def __init__(self, network: Network, *, bfloat16: bool = False) -> None:
        """`bfloat16` runs the encoder in mixed precision."""
        self.network, self.bfloat16 = network, bfloat16
        self.device = next(network.parameters()).device

    def tag(self, batches: Iterable[Batch]) -> Iterator[tuple[Floats, Floats]]:
        """See `zsie.model.engine.Scorer.tag`."""
        for batch in batches:
            with self._ready(), torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16):
                vectors, logits = self.network.tagger(**self._inputs(batch))
            yield vectors.float().cpu().numpy(), logits.float().cpu().numpy()

    def link(self, batches: Iterable[LinkBatch]) -> Iterator[list[Floats]]:
        """See `zsie.model.engine.Scorer.link`."""
        for batch in batches:
            with self._ready():
                scores = self.network.linker(**self._inputs(batch))
            yield [t.float().cpu().numpy() for t in scores]

    def _ready(self) -> torch.inference_mode:
        self.network.eval()
        return torch.inference_mode()

    def _inputs(self, batch: Batch | LinkBatch) -> dict[str, Tensor]:
        return {name: torch.from_numpy(array).to(self.device) for name, array in batch.arrays().items()}


def build_network(encoder: EncoderSettings, shape: NetworkShape, featurizer: Featurizer, schema: Schema) -> Network:
    """A network with a pretrained encoder and fresh heads for `schema`."""
    body = cut_encoder(load_encoder(encoder.source, dropout=encoder.dropout), encoder)
    return Network(
        body,
        hidden=int(body.config.hidden_size),  # type: ignore[union-attr, arg-type]
        chars=featurizer.char_count,
        tags=tag_count(schema),
        labels=len(schema.labels),
        relations=len(schema.relations),
        attributes=[len(classes) for classes in attribute_classes(schema).values()],
        shape=shape,
    )


def losses(
    network: nn.Module, batch: TrainBatch, settings: TrainingSettings, *, bfloat16: bool, teacher: Network | None = None
) -> dict[str, Tensor]:
    """The losses of a batch: tags (mean a character), links (sum an entity), attributes (mean), distance from a teacher.

    `network` is a `Network`, or what hands its calls on to one and joins the gradients of several processes.
    """
    inputs = batch.tag_inputs
    if network.training and settings.piece_dropout > 0:
        ids = inputs["piece_ids"]
        drop = (torch.rand(ids.shape, device=ids.device) < settings.piece_dropout) & batch.droppable
        inputs = {**inputs, "piece_ids": ids.masked_fill(drop, batch.mask_id)}
    logits, link_logits, *attribute_logits = network(inputs, batch.link_inputs, bfloat16=bfloat16)
    result = {
        "tags": tag_loss(logits, batch.tags, settings.tag_loss) * settings.tag_weight,
        "links": link_loss(link_logits, batch.link_targets, batch) * settings.link_weight,
    }
    if attribute_logits:
        gold = [
            nn.functional.one_hot(classes.clamp(min=0), own.size(-1))
            for own, classes in zip(attribute_logits, batch.attributes, strict=True)
        ]
        result["attributes"] = attribute_loss(attribute_logits, gold, batch) * settings.attribute_weight
    if teacher is not None:
        with torch.no_grad():
            taught = teacher.eval()(batch.tag_inputs, batch.link_inputs, bfloat16=bfloat16)
        result["teacher"] = settings.distill_weight * distance(
            taught, (logits, link_logits, *attribute_logits), batch, settings
        )
    return result


def distance(taught: Sequence[Tensor], own: Sequence[Tensor], batch: TrainBatch, settings: TrainingSettings) -> Tensor:
    """How far logits are from a teacher's: cross-entropies with its probabilities in the place of the gold.

    Both are what `Network.forward` returns: of tags, of links, of each attribute.
    """
    tag_logits, link_logits, *attribute_logits = taught
    tags, links, *attributes = own
    real = batch.tags != IGNORE
    total: Tensor = -(tag_logits.softmax(-1) * tags.log_softmax(-1)).sum(-1)[real].mean() * settings.tag_weight
    total = total + link_loss(links, link_logits.sigmoid(), batch) * settings.link_weight
    if attributes:
        chances = [logits.softmax(-1) for logits in attribute_logits]
        total = total + attribute_loss(attributes, chances, batch) * settings.attribute_weight
    return total


def attribute_loss(logits: Sequence[Tensor], chances: Sequence[Tensor], batch: TrainBatch) -> Tensor:
    """Mean cross-entropy over the attributes, each over the entities that may have it.

    `logits` and `chances` hold for each attribute [B, N, classes]; `chances` is one-hot for gold, or a teacher's.
    """
    parts = []
    for own, wanted, gold in zip(logits, chances, batch.attributes, strict=True):
        may = gold != IGNORE
        parts.append(-(wanted * own.log_softmax(-1)).sum(-1)[may].sum() / may.sum().clamp(min=1))
    return torch.stack(parts).mean()


def link_loss(logits: Tensor, targets: Tensor, batch: TrainBatch) -> Tensor:
    """Summed loss of the links that the schema allows, for each entity; `logits` and `targets` [B, N, N, R]."""
    each = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    result: Tensor = (each * batch.link_mask).sum() / batch.link_inputs["present"].sum().clamp(min=1)
    return result


def tag_loss(logits: Tensor, tags: Tensor, kind: str) -> Tensor:
    """Mean loss a character, of the whole tagging (`structured`) or of each tag by itself (`softmax`)."""
    if kind == "structured":
        return structured_loss(logits, tags)
    return nn.functional.cross_entropy(logits.flatten(0, 1), tags.flatten(), ignore_index=IGNORE)


def structured_loss(logits: Tensor, tags: Tensor) -> Tensor:
    """Mean negative log-likelihood a character of the gold taggings among all well-formed ones (see `zsie.model.decode`).

    `logits` [B, C, T], `tags` [B, C] with IGNORE for padding. What is trained is thus what decoding maximises.
    """
    real = tags != IGNORE
    gold = logits.gather(2, tags.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    outside, rest = logits[..., 0], logits[..., 1:]
    begin, inside, end, single = rest.reshape(*rest.shape[:-1], -1, 4).unbind(-1)
    # One step outside a span: O, or a span of one character.
    step = torch.logaddexp(outside, single.logsumexp(-1))
    closed = logits.new_zeros(len(logits))
    opened = logits.new_full((len(logits), begin.size(-1)), -1e4)
    for t in range(logits.size(1)):
        now = torch.logaddexp(closed + step[:, t], (opened + end[:, t]).logsumexp(-1))
        within = torch.logaddexp(closed.unsqueeze(-1) + begin[:, t], opened + inside[:, t])
        kept = real[:, t]
        closed = torch.where(kept, now, closed)
        opened = torch.where(kept.unsqueeze(-1), within, opened)
    return (closed.sum() - gold[real].sum()) / real.sum()


@dataclass(frozen=True)
class Progress:
    """What the loop tells after each step; `scores` only after an evaluation."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    seconds_left: float
    scores: Scores | None = None


def use_bfloat16(precision: str, device: torch.device) -> bool:
    """Decide the precision; `auto` takes bfloat16 where the hardware multiplies it natively."""
    if precision != "auto":
        return precision == "bfloat16"
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    # Not what mkldnn supports: that includes processors on which it imitates bfloat16, three times slower than float32.
    # An older torch has no such table: float32.
    features: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(features.get("avx512_bf16") or features.get("amx_bf16"))


class Trainer:
    """Trains one network; `run` may be called again after `resume`."""

    def __init__(
        self,
        config: TrainConfig,
        schema: Schema,
        tokenizer: Tokenizer,
        train: Sequence[Document],
        dev: Sequence[Document],
        *,
        network: Network | None = None,
        teacher: Network | None = None,
    ) -> None:
        """`network` continues from given weights (fine-tuning) instead of the config's encoder. Raise CorpusError
        where `train` holds no text, ConfigError where tokenizer or encoder cannot do what the config asks.

        `teacher` is a larger network of the same tokenizer and label set, to be followed beside the gold annotation.
        """
        self.config, self.schema, self.dev = config, schema, list(dev)
        self.settings = config.training
        self.accelerator = accelerator()
        self.device = self.accelerator.device
        self.examples = [example(document) for document in train]
        if not any(item.text.strip() for item in self.examples):
            raise CorpusError(say("no text to train on; give annotated documents, and splits that leave some to training"))
        torch.manual_seed(self.settings.seed)
        self.featurizer = Featurizer(tokenizer)
        if self.settings.piece_dropout > 0 and self.featurizer.mask_id is None:
            raise ConfigError(say("training.piece_dropout must be 0: the tokenizer has no piece <mask> or [MASK]"))
        reading = config.inference
        if reading.window <= 2 * reading.context:
            told = say(
                "inference.window = {window}: a window must be longer than the context on its two sides; give it more than {least}, or a smaller inference.context",
                window=reading.window,
                least=2 * reading.context,
            )
            raise ConfigError(told)
        fresh = network or build_network(config.encoder, config.network, self.featurizer, schema)
        longest = longest_window(fresh.tagger.encoder)
        for key, window in (("training.window", self.settings.window), ("inference.window", reading.window)):
            if longest is not None and window > longest:
                told = say(
                    "{key} = {window}: this encoder reads at most {most} characters at a time",
                    key=key,
                    window=window,
                    most=longest,
                )
                raise ConfigError(told)
        self.network = fresh.to(self.device)
        # One process: the network itself. Several: a wrapper that joins their gradients.
        self.parallel: nn.Module = self.accelerator.prepare_model(self.network)
        self.teacher = teacher.to(self.device) if teacher is not None and self.settings.distill_weight > 0 else None
        self.augmenters = [make(self.examples) for make in config.augment]
        self.collate = Collator(self.featurizer, schema, piece_split=self.settings.piece_split)
        self.bfloat16 = use_bfloat16(self.settings.precision, self.device)
        self.optimizer = self._optimizer()
        self.epoch = 0
        self.best: tuple[float, int] = (-1.0, -1)
        self.best_weights: dict[str, Tensor] | None = None
        self.history: list[dict[str, Any]] = []

    @property
    def first(self) -> bool:
        """Whether this is the only or the first of the processes that train together."""
        return bool(self.accelerator.is_main_process)

    def engine(self) -> Engine:
        """An engine over the network as it is now."""
        scorer = TorchScorer(self.network, bfloat16=self.bfloat16)
        return Engine(scorer, self.featurizer, self.schema, self.config.inference)

    def run(self, report: Callable[[Progress], None], checkpoint: Path | None = None) -> None:
        """Train to the last epoch; write `checkpoint` after each; leave the kept weights in the network.

        Of several processes each takes its share of the batches; the first one evaluates, reports and writes.
        """
        settings, begun = self.settings, time.monotonic()
        first = self.epoch
        while self.epoch < settings.epochs and not self._stopped():
            rng = random.Random(f"{settings.seed}/{self.epoch}")
            torch.manual_seed(settings.seed * 1000 + self.epoch + 1_000_000 * self.accelerator.process_index)
            drawn = batches(self.draw(rng), characters=settings.characters, rng=rng)
            with self.accelerator.split_between_processes(drawn, apply_padding=True) as share:
                groups: list[list[Example]] = share
            self.network.train()
            running = 0.0
            for step, group in enumerate(groups):
                loss = self._step(group, (self.epoch + step / len(groups)) / settings.epochs, rng)
                running = loss if step == 0 else 0.95 * running + 0.05 * loss
                done = self.epoch - first + (step + 1) / len(groups)
                left = (time.monotonic() - begun) / done * (settings.epochs - first - done)
                report(Progress(self.epoch, settings.epochs, step + 1, len(groups), running, left))
            self.epoch += 1
            (scores,) = broadcast_object_list([self._evaluate() if self.first else None])
            if scores is not None:
                self._judge(scores)
                report(Progress(self.epoch - 1, settings.epochs, len(groups), len(groups), running, left, scores))
            self.history.append({"epoch": self.epoch, "loss": running, **_summary(scores)})
            if checkpoint is not None and self.first:
                self.save(checkpoint)
        if settings.keep == "best" and self.best_weights is not None:
            self.network.load_state_dict(self.best_weights)

    def _stopped(self) -> bool:
        """Whether the last epoch was evaluated and `patience` is over; also after `resume`, so that nothing is trained on."""
        settings = self.settings
        evaluated = bool(self.history) and "entities" in self.history[-1]
        overdue = self.epoch - self.best[1] >= settings.patience * settings.evaluate_every
        return settings.patience > 0 and evaluated and overdue

    def save(self, path: Path) -> None:
        """Write everything that `resume` needs, in one atomic step."""
        state = {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epoch": self.epoch,
            "best": self.best,
            "best_weights": self.best_weights,
            "history": self.history,
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint of the same config and corpus; random states derive from seed and epoch alone.

        Raise ConfigError where its network has other sizes.
        """
        state = torch.load(path, map_location=self.device, weights_only=True)
        try:
            self.network.load_state_dict(state["network"])
        except RuntimeError as error:
            told = say(
                "{path}: made by a network of other sizes; give the config that it was made with, or start anew without --resume",
                path=path,
            )
            raise ConfigError(told) from error
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch, self.best, self.history = state["epoch"], tuple(state["best"]), state["history"]
        self.best_weights = state["best_weights"]

    def _optimizer(self) -> torch.optim.Optimizer:
        settings = self.settings
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, parameter in self.network.named_parameters():
            rate = settings.encoder_rate if name.startswith("tagger.encoder.") else settings.head_rate
            decay = 0.0 if parameter.ndim == 1 else settings.weight_decay
            groups.setdefault((rate, decay), []).append(parameter)
        return torch.optim.AdamW(
            [{"params": p, "lr": rate, "peak": rate, "weight_decay": decay} for (rate, decay), p in groups.items()],
            fused=True,
        )

    def draw(self, rng: random.Random) -> list[Example]:
        """An epoch's windows: the examples augmented and cut anew."""
        result: list[Example] = []
        for item in self.examples:
            for augment in self.augmenters:
                item = augment(item, rng)
            result.extend(windows(item, size=self.settings.window, rng=rng))
        return result

    def _step(self, group: Sequence[Example], progress: float, rng: random.Random | None = None) -> float:
        warmup = self.settings.warmup
        factor = progress / warmup if progress < warmup else (1.0 - progress) / (1.0 - warmup)
        for param_group in self.optimizer.param_groups:
            param_group["lr"] = param_group["peak"] * max(factor, 1e-3)
        batch = self.collate(group, rng).to(self.device)
        parts = losses(self.parallel, batch, self.settings, bfloat16=self.bfloat16, teacher=self.teacher)
        loss = torch.stack(list(parts.values())).sum()
        if not math.isfinite(loss.item()):
            raise FloatingPointError(f"loss is {loss.item()} in epoch {self.epoch}; lower encoder_rate or head_rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.settings.clip)
        self.optimizer.step()
        return float(loss.item())

    def _evaluate(self) -> Scores | None:
        settings = self.settings
        if not self.dev or (self.epoch % settings.evaluate_every and self.epoch != settings.epochs):
            return None
        return score(annotate_like(self.engine(), self.dev), self.dev, self.schema)

    def _judge(self, scores: Scores) -> None:
        merit = scores.entity_micro.f1 + 0.5 * scores.relation_micro.f1
        if merit > self.best[0]:
            self.best = merit, self.epoch
            if self.settings.keep == "best":
                self.best_weights = {k: v.detach().cpu().clone() for k, v in self.network.state_dict().items()}


def _summary(scores: Scores | None) -> dict[str, float]:
    if scores is None:
        return {}
    return {"entities": scores.entity_micro.f1, "relations": scores.relation_micro.f1}


def accelerator() -> Accelerator:
    """Where training runs: on the GPU if there is one, as one of several processes under `torchrun`, else on the CPU."""
    unused = DistributedDataParallelKwargs(find_unused_parameters=True)
    return Accelerator(cpu=not torch.cuda.is_available(), kwargs_handlers=[unused])
