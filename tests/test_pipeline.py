"""The spaCy door: the same spans as `zsie.parse`, and everything spaCy does with a pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy import displacy
from spacy.language import Language
from spacy.tokens import DocBin

import zsie
from zsie.pipeline import blank


@pytest.fixture(scope="module")
def nlp() -> Language:
    pipeline = spacy.blank("zh")
    pipeline.add_pipe("zsie")
    return pipeline


def keys(doc: spacy.tokens.Doc) -> list[tuple[str, int, int]]:
    return [(e.label_, e.start_char, e.end_char) for e in doc.ents]


def test_same_spans_as_parse(nlp: Language, reports: dict[str, zsie.Report]) -> None:
    for report in reports.values():
        doc = nlp(report.text)
        assert doc.text == report.text
        assert keys(doc) == [(e.label, e.start, e.end) for e in report.entities]
        assert len(doc._.relations) == len(report.relations)
        head, kind, tail = doc._.relations[0]
        assert (head.text, kind, tail.text) == (
            report.relations[0].head.text,
            report.relations[0].type,
            report.relations[0].tail.text,
        )


def test_attributes_of_spans(nlp: Language) -> None:
    doc = nlp("今年力争引进项目30个，到位资金2亿元。")
    amount = next(e for e in doc.ents if e.label_ == "AMOUNT")
    assert amount._.value["amount"] == "200000000"
    assert 0 < amount._.confidence <= 1


def test_pipe_disk_bytes(nlp: Language, reports: dict[str, zsie.Report], tmp_path: Path) -> None:
    texts = [r.text for r in reports.values()]
    # In twos as here and there: 8-bit activations are scaled by batch, so a doubtful span may hang on its company.
    expected = [[(e.label, e.start, e.end) for e in r.entities] for r in zsie.load().stream(texts, batch_size=2)]
    assert [keys(doc) for doc in nlp.pipe(texts, batch_size=2)] == expected
    nlp.to_disk(tmp_path / "model")
    assert [keys(doc) for doc in spacy.load(tmp_path / "model").pipe(texts, batch_size=2)] == expected
    assert zsie.load(tmp_path / "model").parse(texts[0]).entities
    copy = spacy.blank("zh")
    copy.add_pipe("zsie")
    copy.from_bytes(nlp.to_bytes())
    assert keys(copy(texts[0])) == keys(nlp(texts[0]))


def test_a_model_folder_with_a_file_missing_is_told(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "model")
    (tmp_path / "model" / "zsie" / "tagger.onnx").unlink()
    with pytest.raises(zsie.ModelError, match=r"model.zsie: not a zsie model \(tagger\.onnx missing\)"):
        spacy.load(tmp_path / "model")


def test_relations_follow_the_entities_that_a_user_keeps(nlp: Language, reports: dict[str, zsie.Report]) -> None:
    report = reports["清湄市-2021年工作总结"]
    doc = nlp(report.text)
    first = report.relations[0]
    doc.set_ents([e for e in doc.ents if e.id_ != first.head.id])
    left = [(r.head.id, r.type, r.tail.id) for r in report.relations if first.head.id not in (r.head.id, r.tail.id)]
    assert 0 < len(left) < len(report.relations)
    assert [(head.id_, kind, tail.id_) for head, kind, tail in doc._.relations] == left
    doc.set_ents([doc.char_span(e.start, e.end, label="OTHER") for e in report.entities])
    assert doc._.relations == []


def test_docbin_and_displacy(nlp: Language, reports: dict[str, zsie.Report]) -> None:
    doc = nlp(next(iter(reports.values())).text)
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (back,) = DocBin(store_user_data=True).from_bytes(stored).get_docs(nlp.vocab)
    assert keys(back) == keys(doc)
    assert len(back._.relations) == len(doc._.relations)
    html = displacy.render(doc, style="ent", jupyter=False)
    assert doc.ents[0].label_ in html


SEGMENTED = (
    "全市 引进 项目 25 个 ， 到位 资金 4.34 亿元 。",
    "县 招商局 组织 企业 参加 投资 洽谈会 。",
    "清湄市 招商引资 工作 取得 明显 成效 。",
    "总投资 2 亿元 的 食品 加工 项目 开工 建设 。",
)


@pytest.fixture(scope="module")
def segmenter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pkuseg model of a few sentences: pkuseg's own models would have to be fetched."""
    import spacy_pkuseg

    folder = tmp_path_factory.mktemp("pkuseg")
    (folder / "train.txt").write_text("\n".join(SEGMENTED * 5) + "\n", encoding="utf-8")
    spacy_pkuseg.train(str(folder / "train.txt"), str(folder / "train.txt"), str(folder / "model"), train_iter=3)
    return folder / "model"


def test_word_tokens_keep_exact_spans(reports: dict[str, zsie.Report], segmenter: Path) -> None:
    words = blank(segmenter="pkuseg", pkuseg_model=segmenter)
    words.add_pipe("zsie")
    report = reports["清湄市-2021年工作总结"]
    doc = words(report.text)
    assert keys(doc) == [(e.label, e.start, e.end) for e in report.entities]
    assert max(len(token) for token in doc) > 1


def test_a_pkuseg_model_that_cannot_be_had_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    def unreachable(*args: object, **kwargs: object) -> None:
        raise requests.ConnectionError("no network")

    monkeypatch.setattr("spacy_pkuseg.pkuseg", unreachable)
    with pytest.raises(zsie.ModelError, match="give pkuseg_model= a folder"):
        blank(segmenter="pkuseg")
