"""A tiny encoder made on the spot, and a handful of documents to train on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from zsie.corpus import load_corpus
from zsie.text import clean
from zsie.types import Document

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    found, _ = load_corpus(ROOT / "corpus" / "authored")
    return [d for d in found if d.id.startswith("a3_")]


@pytest.fixture(scope="session")
def encoder(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    characters = sorted({c for d in documents for c in clean(d.text).clean if not c.isspace()})
    vocabulary = [(piece, 0.0) for piece in ("<s>", "<pad>", "</s>", "<unk>", "<mask>", "▁")]
    tokenizer = Tokenizer(models.Unigram([*vocabulary, *((c, -5.0) for c in characters if c != "▁")], unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=48,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=96,
        max_position_embeddings=512,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder
