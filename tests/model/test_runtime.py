"""Model folders."""

import json

import zsie
from zsie.model.runtime import Model


def test_a_setting_of_an_earlier_zsie_is_passed_over() -> None:
    model = zsie.load().model
    meta = {**model.meta, "inference": {**model.meta["inference"], "batch": 4}}
    old = Model({**model.files, "model.json": json.dumps(meta).encode()})
    assert old.settings == model.settings
