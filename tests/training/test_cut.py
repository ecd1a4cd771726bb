"""A smaller encoder out of a larger one."""

from __future__ import annotations

import pytest
import torch
from transformers import AlbertConfig, AlbertModel, BertConfig, BertModel, DistilBertConfig, DistilBertModel

from zsie.errors import ConfigError
from zsie.training.config import EncoderSettings
from zsie.training.cut import cut_encoder


@pytest.fixture
def large() -> BertModel:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 24}
    return BertModel(BertConfig(vocab_size=50, **sizes), add_pooling_layer=False).eval()


def vectors(encoder: torch.nn.Module) -> torch.Tensor:
    with torch.no_grad():
        result: torch.Tensor = encoder(input_ids=torch.arange(20)[None]).last_hidden_state
    return result


def test_the_first_layers_stay_as_they_were(large: BertModel) -> None:
    with torch.no_grad():
        second = large(input_ids=torch.arange(20)[None], output_hidden_states=True).hidden_states[2]
    small = cut_encoder(large, EncoderSettings("", layers=2)).eval()
    assert small.config.num_hidden_layers == 2
    assert torch.equal(vectors(small), second)


def test_inner_dimensions_without_weight_are_those_left_out(large: BertModel) -> None:
    with torch.no_grad():
        for number, layer in enumerate(large.encoder.layer):
            layer.output.dense.weight[:, number % 2 :: 2] = 0.0  # the odd ones of one layer, the even ones of the next
    small = cut_encoder(large, EncoderSettings("", feed=12)).eval()
    assert {tuple(layer.intermediate.dense.weight.shape) for layer in small.encoder.layer} == {(12, 16)}
    torch.testing.assert_close(vectors(small), vectors(large), atol=1e-5, rtol=0)


def test_what_is_small_enough_stays(large: BertModel) -> None:
    assert cut_encoder(large, EncoderSettings("")) is large
    assert cut_encoder(large, EncoderSettings("", layers=3, feed=24)) is large


def test_an_encoder_without_such_a_size_is_refused() -> None:
    config = DistilBertConfig(vocab_size=50, dim=16, n_layers=2, n_heads=2, hidden_dim=24)
    assert cut_encoder(DistilBertModel(config), EncoderSettings("", layers=1)).config.n_layers == 1
    with pytest.raises(ConfigError, match="cannot be narrowed"):
        cut_encoder(DistilBertModel(config), EncoderSettings("", feed=12))
    shared = AlbertConfig(
        vocab_size=50, embedding_size=8, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24
    )
    with pytest.raises(ConfigError, match="cannot be narrowed"):
        cut_encoder(AlbertModel(shared), EncoderSettings("", feed=12))


def test_where_inner_and_outer_sizes_are_the_same() -> None:
    sizes = {"hidden_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24}
    encoder = BertModel(BertConfig(vocab_size=50, **sizes), add_pooling_layer=False).eval()
    with torch.no_grad():
        encoder.encoder.layer[0].output.dense.weight[:, ::2] = 0.0
    small = cut_encoder(encoder, EncoderSettings("", feed=12)).eval()
    torch.testing.assert_close(vectors(small), vectors(encoder), atol=1e-5, rtol=0)
