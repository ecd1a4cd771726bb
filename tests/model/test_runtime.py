"""Model folders, and graphs run from threads and forked processes."""

import json
import os
import subprocess
import sys

import pytest

import zsie
from zsie.errors import ModelError
from zsie.model.runtime import Model

LATE = """
import threading, time, zsie
parser = zsie.load(threads=2)
first = parser.parse(TEXT)
def late():
    time.sleep(0.5)
    print(parser.parse(TEXT).to_dict() == first.to_dict())
threading.Thread(target=late).start()
"""
FORKED = """
import os, zsie
parser = zsie.load(threads=2)
first = parser.parse(TEXT)
child = os.fork()
same = parser.parse(TEXT).to_dict() == first.to_dict()
if child == 0:
    os._exit(0 if same else 1)
print(same and os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0)
"""


@pytest.mark.parametrize(
    "program", [LATE, pytest.param(FORKED, marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork"))]
)
def test_a_parser_goes_on_after_the_main_thread_and_in_a_forked_process(program: str) -> None:
    text = "1～6月，全县引进项目25个，到位资金4.34亿元。\n" * 60
    done = subprocess.run(
        [sys.executable, "-c", program.replace("TEXT", repr(text))], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split() == ["True"]


def test_a_setting_of_an_earlier_zsie_is_passed_over() -> None:
    model = zsie.load().model
    meta = {**model.meta, "inference": {**model.meta["inference"], "batch": 4}}
    old = Model({**model.files, "model.json": json.dumps(meta).encode()})
    assert old.settings == model.settings


META = {"name": "x", "version": "1", "schema": {"labels": ["A"]}, "inference": {}, "format": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\xfd",
        b"[]",
        *(json.dumps({k: v for k, v in META.items() if k != key}).encode() for key in META if key != "format"),
        json.dumps({**META, "inference": None}).encode(),
    ],
)
def test_a_damaged_description_is_told(content: bytes) -> None:
    files = {**zsie.load().model.files, "model.json": json.dumps(META).encode()}
    assert Model(files).name == "x"
    with pytest.raises(ModelError, match=r"^folder/model\.json: damaged or incomplete \(.+\); copy the model folder again"):
        Model({**files, "model.json": content}, source="folder")


@pytest.mark.parametrize("name", ["tagger.onnx", "linker.onnx", "tokenizer.json"])
@pytest.mark.parametrize("kept", [0, 1000])
def test_a_damaged_graph_or_tokenizer_is_told_with_the_first_text(name: str, kept: int) -> None:
    files = zsie.load("fast").model.files
    parser = zsie.Parser(Model({**files, name: files[name][:kept]}, source="folder"))
    with pytest.raises(ModelError, match=rf"^folder/{name}: damaged or incomplete \(.+\); copy the model folder again"):
        parser.parse("全县引进项目25个。")


def test_a_graph_of_another_version_is_told() -> None:
    onnx = pytest.importorskip("onnx")
    files = zsie.load("fast").model.files
    graph = onnx.load_from_string(files["linker.onnx"])
    graph.graph.input.append(onnx.helper.make_tensor_value_info("lengths", onnx.TensorProto.INT64, ["batch"]))
    parser = zsie.Parser(Model({**files, "linker.onnx": graph.SerializeToString()}, source="folder"))
    with pytest.raises(
        ModelError, match=r"^folder/linker\.onnx: made by another version of zsie, it wants lengths; train it further"
    ):
        parser.parse("全县引进项目25个。")
