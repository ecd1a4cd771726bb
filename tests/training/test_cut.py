"""A smaller network out of a larger one."""

from __future__ import annotations

import pytest
import torch
from transformers import AlbertConfig, AlbertModel, BertConfig, BertModel, DistilBertConfig, DistilBertModel

from zsie.errors import ConfigError
from zsie.model.features import PAIR_FEATURES
from zsie.model.network import Network, NetworkShape
from zsie.training.config import EncoderSettings
from zsie.training.cut import cut_encoder, cut_lstms


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


@pytest.fixture
def network(large: BertModel) -> Network:
    shape = NetworkShape(char_dim=8, place_dim=4, lstm_dim=6, entity_dim=16, entity_layers=1, pair_dim=8)
    heads = {"hidden": 16, "chars": 30, "tags": 9, "labels": 2, "relations": 2, "attributes": [3]}
    return Network(large, shape=shape, **heads).eval()


def outputs(network: Network) -> tuple[torch.Tensor, ...]:
    """Of a window of 12 characters with three entities."""
    chars = torch.arange(12)[None]
    tag_inputs = {
        "piece_ids": torch.arange(20)[None],
        "piece_mask": torch.ones(1, 20, dtype=torch.long),
        "char_piece": chars,
        "char_ids": chars,
        "char_place": chars * 0,
        "lengths": torch.tensor([12]),
    }
    places = torch.tensor([[1, 5, 8]])
    link_inputs = {
        "starts": places,
        "ends": places + 2,
        "labels": places % 2,
        "sections": places * 0,
        "present": places * 0 + 1,
        "pair_features": torch.zeros(1, 3, 3, len(PAIR_FEATURES), dtype=torch.long),
    }
    with torch.no_grad():
        result: tuple[torch.Tensor, ...] = network(tag_inputs, link_inputs)
    return result


def test_units_that_nothing_reads_are_those_left_out_of_the_lstms(network: Network) -> None:
    idle = {"forwards": [0, 4], "backwards": [1, 5]}
    with torch.no_grad():
        for n, (name, units) in enumerate(idle.items()):
            lstm = getattr(network.tagger, name)
            lstm.weight_hh_l0[:, units] = 0.0
            read = [unit + 6 * n for unit in units]
            network.tagger.tags.weight[:, read] = 0.0
            network.linker.project.weight[:, [place + 12 * k for place in read for k in range(3)]] = 0.0
            network.linker.between.out.weight[:, read] = 0.0
    before = outputs(network)
    cut_lstms(network, 4)
    assert network.shape.lstm_dim == network.tagger.forwards.hidden_size == network.tagger.backwards.hidden_size == 4
    for own, was in zip(outputs(network), before, strict=True):
        torch.testing.assert_close(own, was, atol=1e-5, rtol=0)


@pytest.mark.parametrize("size", [0, 6, 7])
def test_lstms_that_are_small_enough_stay(network: Network, size: int) -> None:
    lstm = network.tagger.forwards
    cut_lstms(network, size)
    assert network.tagger.forwards is lstm
    assert network.shape.lstm_dim == 6
