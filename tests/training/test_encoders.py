"""How much a Hugging Face encoder reads at a time, as far as its kind goes."""

from __future__ import annotations

import pytest
import torch
from transformers import AutoConfig, AutoModel, PreTrainedModel

from zsie.model.network import longest_window, places_of

SMALL = {
    "vocab_size": 30,
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "max_position_embeddings": 20,
}


def made(kind: str, **settings: object) -> PreTrainedModel:
    model: PreTrainedModel = AutoModel.from_config(AutoConfig.for_model(kind, **{**SMALL, **settings}))
    return model.eval()


@pytest.mark.parametrize(
    ("kind", "places"), [("bert", 20), ("distilbert", 20), ("electra", 20), ("roberta", 18), ("camembert", 18), ("mpnet", 18)]
)
def test_an_encoder_reads_as_many_pieces_as_it_has_places_for(kind: str, places: int) -> None:
    encoder = made(kind, pad_token_id=0 if kind in ("bert", "distilbert", "electra") else 1)
    assert places_of(encoder) == places
    assert longest_window(encoder) == places - 3
    pieces = torch.full((1, places), 5)
    with torch.inference_mode():
        assert encoder(input_ids=pieces).last_hidden_state.shape[1] == places
        with pytest.raises((IndexError, RuntimeError)):
            encoder(input_ids=torch.full((1, places + 1), 5))


def test_an_encoder_of_rotary_places_has_no_longest_row() -> None:
    encoder = made("modernbert", pad_token_id=0, global_attn_every_n_layers=1, local_attention=8)
    assert longest_window(encoder) is None
    with torch.inference_mode():
        assert encoder(input_ids=torch.full((1, 50), 5)).last_hidden_state.shape[1] == 50
