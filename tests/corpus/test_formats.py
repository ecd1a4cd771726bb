"""Every format there and back, and files as annotation tools really export them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zsie.corpus import FORMATS, load_corpus, read_file, write_files
from zsie.corpus.formats import guess
from zsie.corpus.formats.jsonl import load_hf
from zsie.corpus.formats.labelstudio import labelling_config
from zsie.errors import CorpusError
from zsie.types import Document, Entity, Relation

ROOT = Path(__file__).parents[2]
TARGET = {
    "ann": "d",
    "brat": "d",
    "jsonl": "d.jsonl",
    "labelstudio": "d.json",
    "doccano": "d.jsonl",
    "conll": "d.conll",
    "docbin": "d.spacy",
}


def essence(document: Document) -> tuple[object, ...]:
    """Everything but ids, which some formats number anew."""
    order = {e.id: n for n, e in enumerate(document.entities)}
    return (
        document.id,
        document.text,
        [(e.label, e.start, e.end, e.text, dict(e.attributes)) for e in document.entities],
        sorted((r.type, order[r.head.id], order[r.tail.id]) for r in document.relations),
    )


def sample(text: str = "前言😀\r\n1～6月,全縣引進項目30個🎉;力爭 到位資金\n2億元。") -> Document:
    amount, count, indicator = text.index("2億元"), text.index("30個"), text.index("引進項目")
    money = text.index("到位資金")
    entities = (
        Entity("1", "INDICATOR", indicator, indicator + 4, "引進項目"),
        Entity("2", "COUNT", count, count + 3, "30個"),
        Entity("3", "INDICATOR", money, money + 4, "到位資金"),
        Entity("4", "AMOUNT", amount, amount + 3, "2億元", attributes={"status": "target"}),
    )
    return Document(
        "d1", text, entities, (Relation("VALUE", entities[0], entities[1]), Relation("VALUE", entities[2], entities[3]))
    )


@pytest.mark.parametrize("name", FORMATS)
def test_emoji_carriage_returns_and_traditional_text_survive_every_format(name: str, tmp_path: Path) -> None:
    documents = [sample(), Document("d2", "沒有標注。\n")]
    write_files(documents, tmp_path / TARGET[name], format=name)
    back, faults = load_corpus(tmp_path / TARGET[name])
    assert faults == []
    assert [essence(d) for d in back] == [essence(d) for d in documents]


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "ann"])
def test_documents_of_the_corpus_come_back_to_the_byte(name: str, tmp_path: Path) -> None:
    files = sorted((ROOT / "corpus" / "authored").glob("?[57]_0[1-5].ann.txt"))
    documents = [read_file(f)[0][0] for f in files]
    assert len(documents) > 20
    write_files(documents, tmp_path / TARGET[name], format=name)
    back, faults = load_corpus(tmp_path / TARGET[name])
    assert faults == []
    write_files(back, tmp_path / "again", format="ann")
    for document, file in zip(documents, files, strict=True):
        first, _ = read_file(tmp_path / "again" / file.name)
        assert essence(first[0]) == essence(document)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any text with flat spans of two characters or more whose edges are Han characters."""
    piece = st.text(st.sampled_from("甲乙丙😀\r\n \u3000a1，🎉"), max_size=6)
    text, entities = draw(piece), []
    for n in range(draw(st.integers(0, 4))):
        surface = "企" + draw(st.text(st.sampled_from("甲乙😀a1"), max_size=3)) + "局"
        entities.append(Entity(str(n + 1), "ORG", len(text), len(text) + len(surface), surface))
        text += surface + draw(piece)
    return Document("x", text, tuple(entities))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents())
def test_offsets_are_exact_for_any_text(name: str, tmp_path: Path, document: Document) -> None:
    write_files([document], tmp_path / TARGET[name], format=name)
    (back,), faults = load_corpus(tmp_path / TARGET[name])
    assert faults == []
    assert essence(back) == essence(document)


def test_label_studio_export(tmp_path: Path) -> None:
    """As version 1.x exports: UTF-16 offsets, a cancelled annotation first, a relation that points left."""
    text = "🎉副县长王五率队赴重庆。\n引资2亿元"
    result = [
        {
            "id": "aX1",
            "type": "labels",
            "from_name": "label",
            "to_name": "text",
            "value": {"start": 2, "end": 7, "text": "副县长王五", "labels": ["OFFICIAL"]},
        },
        {
            "id": "bY2",
            "type": "labels",
            "from_name": "label",
            "to_name": "text",
            "value": {"start": 14, "end": 16, "text": "引资", "labels": ["INDICATOR"]},
        },
        {
            "id": "cZ3",
            "type": "labels",
            "from_name": "label",
            "to_name": "text",
            "value": {"start": 16, "end": 19, "text": "2亿元", "labels": ["AMOUNT"]},
        },
        {
            "id": "cZ3",
            "type": "choices",
            "from_name": "status",
            "to_name": "text",
            "value": {"start": 16, "end": 19, "choices": ["target"]},
        },
        {"type": "relation", "from_id": "cZ3", "to_id": "bY2", "direction": "left", "labels": ["VALUE"]},
    ]
    task = {
        "id": 7,
        "data": {"text": text},
        "annotations": [{"was_cancelled": True, "result": []}, {"was_cancelled": False, "result": result}],
    }
    path = tmp_path / "project-1-at-2024-05-01.json"
    path.write_text(json.dumps([task], ensure_ascii=False), encoding="utf-8")
    (document,), faults = load_corpus(path)
    assert faults == []
    assert [(e.label, e.text) for e in document.entities] == [
        ("OFFICIAL", "副县长王五"),
        ("INDICATOR", "引资"),
        ("AMOUNT", "2亿元"),
    ]
    assert all(document.text[e.start : e.end] == e.text for e in document.entities)
    assert document.entities[2].status == "target"
    assert [(r.head.text, r.tail.text) for r in document.relations] == [("引资", "2亿元")]


def test_carriage_returns_that_a_browser_does_not_count(tmp_path: Path) -> None:
    text = "一行\r\n二行\r\n县政府来函"
    value = {"start": 6, "end": 9, "text": "县政府", "labels": ["ORG"]}
    task = {"data": {"text": text}, "annotations": [{"result": [{"id": "a", "type": "labels", "value": value}]}]}
    path = tmp_path / "e.json"
    path.write_text(json.dumps([task]), encoding="utf-8")
    (document,), faults = load_corpus(path)
    assert faults == []
    assert document.entities[0].start == 8


def test_doccano_exports_with_and_without_relations(tmp_path: Path) -> None:
    lines = [
        {"id": 3, "text": "县招商局引进项目5个", "label": [[0, 4, "ORG"], [4, 8, "INDICATOR"], [8, 10, "COUNT"]]},
        {
            "id": 4,
            "text": "引进项目5个",
            "entities": [
                {"id": 11, "label": "INDICATOR", "start_offset": 0, "end_offset": 4},
                {"id": 12, "label": "COUNT[status=target]", "start_offset": 4, "end_offset": 6},
            ],
            "relations": [{"id": 1, "from_id": 11, "to_id": 12, "type": "VALUE"}],
            "Comments": [],
        },
    ]
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    (first, second), faults = load_corpus(path)
    assert faults == []
    assert [(e.label, e.text) for e in first.entities] == [("ORG", "县招商局"), ("INDICATOR", "引进项目"), ("COUNT", "5个")]
    assert second.entities[1].status == "target"
    assert len(second.relations) == 1


def test_doccano_in_utf16_is_read_when_it_is_said(tmp_path: Path) -> None:
    line = {"id": 1, "text": "😀，县招商局来电", "label": [[3, 7, "ORG"]]}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    (document,), _ = load_corpus(path, units="utf16")
    assert document.entities[0].text == "县招商局"
    with pytest.raises(CorpusError, match="one of auto"):
        read_file(path, units="bytes")


def test_brat_with_fragments_over_a_line_break(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("引进投资促\n进项目2个", encoding="utf-8")
    annotation = "T1\tINDICATOR 2 5;6 9\t投资促 进项目\nT2\tCOUNT 9 11\t2个\nR1\tVALUE Arg1:T1 Arg2:T2\nA1\tstatus T2 forecast\nT3\tORG 0 1;3 4\t引 资\n"
    (tmp_path / "r.ann").write_text(annotation, encoding="utf-8")
    (document,), faults = load_corpus(tmp_path)
    assert [(e.text, dict(e.attributes)) for e in document.entities] == [
        ("投资促\n进项目", {}),
        ("2个", {"status": "forecast"}),
    ]
    assert len(document.relations) == 1
    assert [f.line for f in faults] == [5]
    assert "in pieces" in faults[0].message


def test_conll_of_another_tool(tmp_path: Path) -> None:
    """Words with BIOES tags, columns parted by spaces, no document lines."""
    (tmp_path / "x.bio").write_text(
        "县 S-ORG\n引进 O\nLED B-PROJECT\nchip I-PROJECT\n项目 E-PROJECT\n\n2 B-COUNT\n个 E-COUNT\n。 O\n", encoding="utf-8"
    )
    (document,), faults = load_corpus(tmp_path / "x.bio")
    assert faults == []
    assert document.text == "县引进LED chip项目\n2个。"
    assert [e.text for e in document.entities] == ["县", "LED chip项目", "2个"]
    (tmp_path / "y.bio").write_text("县\tX\n", encoding="utf-8")
    _, faults = load_corpus(tmp_path / "y.bio")
    assert "y.bio:1" in str(faults[0])


def test_what_does_not_fit_is_told_with_file_line_and_id(tmp_path: Path) -> None:
    good = json.dumps(
        {
            "id": "ok",
            "text": "县委",
            "entities": [{"id": "1", "label": "ORG", "start": 0, "end": 2, "text": "县委"}],
            "relations": [],
        }
    )
    bad = json.dumps(
        {
            "id": "no",
            "text": "县委",
            "entities": [{"id": "9", "label": "ORG", "start": 0, "end": 2, "text": "县府"}],
            "relations": [{"type": "VALUE", "head": "9", "tail": "9"}],
        }
    )
    path = tmp_path / "c.jsonl"
    path.write_text(f"{good}\n{bad}\nnonsense\n[1]\n", encoding="utf-8")
    documents, faults = load_corpus(path)
    assert [d.id for d in documents] == ["ok", "no"]
    told = [str(f) for f in faults]
    assert any("c.jsonl:2" in t and "#9" in t and "another text" in t for t in told)
    assert any("c.jsonl:3" in t and "no JSON" in t for t in told)
    assert any("c.jsonl:4" in t for t in told)
    assert any("no entity has this id" in t for t in told)


def test_overlaps_and_places_outside_are_told(tmp_path: Path) -> None:
    line = {"id": 1, "text": "县委县政府", "label": [[0, 4, "ORG"], [2, 5, "ORG"], [4, 90, "ORG"]]}
    path = tmp_path / "o.jsonl"
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    (document,), faults = load_corpus(path)
    assert len(document.entities) == 1
    assert ["overlaps" in f.message or "outside the text" in f.message for f in faults] == [True, True]


def test_hugging_face_datasets_read_our_lines_with_typed_features(tmp_path: Path) -> None:
    write_files([sample(), Document("d2", "空")], tmp_path / "c.jsonl", format="jsonl")
    data = load_hf(tmp_path / "c.jsonl")
    assert data.num_rows == 2
    label = data.features["entities"].feature["label"]
    entity = data[0]["entities"][3]
    assert label.int2str(entity["label"]) == "AMOUNT"
    assert entity["attributes"] == [{"name": "status", "value": "target"}]
    assert data[0]["text"][entity["start"] : entity["end"]] == "2億元"


def test_the_labelling_config_names_every_label() -> None:
    config = labelling_config()
    assert all(f'value="{name}"' in config for name in ("PROJECT", "AMOUNT", "VALUE", "TIME", "target", "stalled"))


def test_unknown_formats_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_bytes(b"x")
    assert guess(tmp_path / "x.docx") is None
    with pytest.raises(CorpusError, match="no known format"):
        read_file(tmp_path / "x.docx")
    with pytest.raises(CorpusError, match="unknown format"):
        write_files([], tmp_path, format="xml")
    (tmp_path / "x.spacy").write_bytes(b"nothing")
    _, faults = load_corpus(tmp_path / "x.spacy")
    assert "not a spaCy DocBin" in faults[0].message
