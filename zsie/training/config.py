"""Training configs: sectioned files as spaCy has them, with versioned registered functions, every key checked.

A section is either plain (its keys are the fields of a dataclass below) or names a registered function
(`@augmenters = "zsie.SwapMentions.v1"`) whose arguments are its other keys. An unknown section or key is an error that
carries its path.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_type_hints

import catalogue
from confection import Config, ConfigValidationError
from confection import registry as confection_registry

from zsie.errors import ConfigError
from zsie.messages import say
from zsie.model.engine import Settings
from zsie.model.network import HEADS, NetworkShape
from zsie.training import augment

T = TypeVar("T")


class registry(confection_registry):  # noqa: N801 - spaCy's name for it
    """The functions a config may name."""

    augmenters = catalogue.create("zsie", "augmenters", entry_points=True)


registry.augmenters("zsie.SwapMentions.v1", func=augment.swap_mentions)
registry.augmenters("zsie.MaskValues.v1", func=augment.mask_values)
registry.augmenters("zsie.Damage.v1", func=augment.damage)


@dataclass(frozen=True)
class EncoderSettings:
    """The pretrained encoder, a Hugging Face name or folder, and its size; with `--init` the model's own is cut to that size."""

    source: str
    layers: int = 0
    """Keep so many of its first layers; 0 keeps all."""
    feed: int = 0
    """Keep so many inner dimensions of each layer's feed-forward part, those that weigh most; 0 keeps all."""
    dropout: float = 0.1


@dataclass(frozen=True)
class TrainingSettings:
    """The loop. Rates are peak learning rates; `characters` is the padded size of a batch."""

    seed: int = 1
    epochs: int = 10
    window: int = 400
    characters: int = 3200
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    warmup: float = 0.1
    weight_decay: float = 0.01
    clip: float = 1.0
    piece_dropout: float = 0.05
    piece_split: float = 0.0
    """Share of the longer pieces that is read character by character."""
    tag_weight: float = 3.0
    """The three losses differ in scale: with equal weights attributes, the rarest, would have nine tenths of the gradient."""
    link_weight: float = 0.3
    attribute_weight: float = 0.15
    distill_weight: float = 0.0
    """Weight of following a teacher (`zsie train --teacher`) beside the gold annotation; needs the teacher's tokenizer."""
    tag_loss: Literal["structured", "softmax"] = "structured"
    """`structured`: likelihood of the whole tagging under the tag grammar; `softmax`: each tag by itself."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """float32, bfloat16, or auto: bfloat16 where the processor or GPU has it."""
    evaluate_every: int = 1
    patience: int = 0
    """Stop after so many evaluations without a better dev score; 0 never stops early."""
    keep: Literal["best", "last"] = "best"
    """`best` by dev score, or `last`."""


@dataclass(frozen=True)
class TrainConfig:
    """A whole config, resolved."""

    encoder: EncoderSettings
    network: NetworkShape
    training: TrainingSettings
    inference: Settings
    augment: tuple[augment.Maker, ...]
    raw: Mapping[str, Any]


def shipped_configs() -> dict[str, Path]:
    """Configs that come with zsie, by name: in the wheel beside the modules, in a checkout at its top."""
    package = Path(__file__).parents[1]
    folder = next((f for f in (package / "configs", package.parent / "configs") if f.is_dir()), None)
    return {} if folder is None else {path.stem: path for path in sorted(folder.glob("*.cfg"))}


def load_config(path: str | Path, overrides: Mapping[str, Any] | None = None) -> TrainConfig:
    """Read a config file, or a shipped one by its name (`finetune`).

    `overrides` are dotted keys (`{"training.seed": 3}`). Raise ConfigError naming the path of a fault.
    """
    shipped = shipped_configs()
    if not Path(path).exists():
        path = shipped.get(str(path), path)
    try:
        raw = Config().from_disk(path, interpolate=True, overrides=dict(overrides or {}))
    except FileNotFoundError as error:
        known = ", ".join(shipped)
        raise ConfigError(say("{path}: no such config file; zsie comes with {known}", path=path, known=known)) from error
    except (ValueError, ConfigValidationError) as error:
        raise ConfigError(f"{path}: {error}") from error
    return resolve(raw, source=str(path))


def resolve(raw: Mapping[str, Any], *, source: str = "config") -> TrainConfig:
    """Turn a nested mapping into a TrainConfig."""
    sections = {"encoder", "network", "training", "inference", "augment"}
    for name in raw:
        if name not in sections:
            known = ", ".join(sorted(sections))
            raise ConfigError(
                say("{path}: unknown section [{name}]; the sections are {known}", path=source, name=name, known=known)
            )
    makers = []
    for name, block in raw.get("augment", {}).items():
        try:
            makers.append(registry.resolve({"augmenter": block})["augmenter"])
        except (ConfigValidationError, catalogue.RegistryError) as error:
            raise ConfigError(f"{source}: [augment.{name}] {error}") from error
    shape = _plain(NetworkShape, raw.get("network", {}), source, "network")
    if shape.entity_dim < HEADS or shape.entity_dim % HEADS:
        facts = {"path": source, "key": "network.entity_dim", "heads": HEADS, "value": shape.entity_dim}
        raise ConfigError(say("{path}: {key} must be a positive multiple of {heads}, not {value}", **facts))
    return TrainConfig(
        _plain(EncoderSettings, raw.get("encoder", {}), source, "encoder"),
        shape,
        _plain(TrainingSettings, raw.get("training", {}), source, "training"),
        _plain(Settings, raw.get("inference", {}), source, "inference"),
        tuple(makers),
        raw,
    )


def _plain(kind: type[T], block: Mapping[str, Any], source: str, section: str) -> T:
    """Check a block's keys, types and choices against a dataclass and build it."""
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    values = {}
    for key, value in block.items():
        if key not in fields:
            facts = {"path": source, "section": section, "key": key, "known": ", ".join(fields)}
            raise ConfigError(say("{path}: unknown key {section}.{key}; the section has {known}", **facts))
        expected, choices = hints[key], get_args(hints[key])
        if choices:
            if value not in choices:
                facts = {"path": source, "key": f"{section}.{key}", "choices": ", ".join(choices), "value": repr(value)}
                raise ConfigError(say("{path}: {key} must be one of {choices}, not {value}", **facts))
            values[key] = value
            continue
        if expected is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not expected:
            facts = {"path": source, "key": f"{section}.{key}", "type": expected.__name__, "value": repr(value)}
            raise ConfigError(say("{path}: {key} must be a {type}, not {value}", **facts))
        values[key] = value
    missing = [n for n, f in fields.items() if f.default is dataclasses.MISSING and n not in values]
    if missing:
        raise ConfigError(say("{path}: {key} is missing; give it a value", path=source, key=f"{section}.{missing[0]}"))
    return kind(**values)
